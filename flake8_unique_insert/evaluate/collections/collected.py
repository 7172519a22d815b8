"""Collections that are filled bit by bit: what is known of each element, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from flake8_unique_insert.evaluate.states.facts import added, common
from flake8_unique_insert.facts import NO_FACTS, Absent, Facts, Inserted, NewRow
from flake8_unique_insert.syntax.expressions import NONE, Attribute, Constant, Expression, Subscript, Symbol
from flake8_unique_insert.syntax.replacement import replaced
from flake8_unique_insert.values import (
    Column,
    Elements,
    Entries,
    Instance,
    Items,
    Known,
    ObjectState,
    Option,
    Result,
    Unknown,
    Unset,
    Value,
    result,
    unknown,
)

MAX_OPTIONS = 6
NO_ROWS: frozenset[Inserted] = frozenset()
EITHER = "$either"
"""Stands between a dict and a key for a value of which it has one or another."""
NOTHING = Symbol("none", 0)
"""The element of an empty collection."""


def as_elements(value: Value) -> Elements | None:
    """A collection whose items are known one by one as one whose elements are alike; None for other values."""
    if isinstance(value, Elements):
        return value
    if not isinstance(value, Items) or value.kind == "tuple":
        return None
    if not value.items:
        return Elements(value.term, unknown(NOTHING), distinct=True, depth=value.depth)
    element = alike(value.term, [option for item in value.items for option in item.options])
    return Elements(value.term, element, value.kind in ("set", "frozenset"), depth=value.depth)


def merged(point: int, term: Expression, parts: list[Elements]) -> Elements:
    """A collection that has elements of any of these."""
    filled = [part for part in parts if part.element.term != NOTHING]
    depth = min(part.depth for part in parts)
    if not filled:
        return Elements(term, unknown(NOTHING), distinct=True, depth=depth)
    element = alike(term, [option for part in filled for option in part.element.options])
    objects: dict[Expression, ObjectState] = {}
    for part in filled:
        for key, known in part.objects:
            former = objects.get(key)
            objects[key] = (
                known if former in (None, known) else met_object(point, key, [objects[key], known], [NO_FACTS] * 2)
            )
    distinct, found = all(part.distinct for part in filled), frozenset().union(*(part.nests for part in filled))
    return Elements(term, element, distinct, tuple(objects.items()), found, depth)


def alike(term: Expression, options: list[Option]) -> Result:
    """One element for several: for each value that it may be, the facts that hold whenever it is this one."""
    found: dict[Value, Option] = {}
    for option in options:
        former = found.get(option.value)
        facts = option.facts if former is None else common([former.facts, option.facts])
        found[option.value] = Option(option.value, facts)
    terms = {value.term for value in found}
    single = terms.pop() if len(terms) == 1 else Attribute(term, "each")
    return Result(single, tuple(found.values())) if len(found) <= MAX_OPTIONS else unknown(single)


def is_there(entry: Result) -> bool:
    """True for an entry that a dict has on all ways."""
    return not any(isinstance(option.value, Unset) for option in entry.options)


def any_if_empty(options: Iterable[Option]) -> Facts | None:
    """What holds where a collection or dict is empty, whichever of these it is; None where none of them is empty."""
    known = [found for option in options if (found := _if_empty(option)) is not None]
    return common(known) if known else None


def _if_empty(option: Option) -> Facts | None:
    value = option.value
    if isinstance(value, Entries) and any(is_there(entry) for _, entry in value.entries):
        return None
    if isinstance(value, (Elements, Entries)):
        return None if value.if_empty is None else added(option.facts, value.if_empty)
    return None if isinstance(value, Items) and value.items else option.facts


def with_if_empty(value: Value, change: Callable[[Facts], Facts]) -> Value:
    """A value after a change of what holds where it is empty; the very same one where that stays."""
    if not isinstance(value, (Elements, Entries)) or not value.if_empty:
        return value
    known = change(value.if_empty)
    return value if known == value.if_empty else replace(value, if_empty=known)


def met_entries(term: Expression, options: list[Option]) -> Result:
    """One dict for several: the keys of all; those that one of them lacks may be unset."""
    dicts = [option.value for option in options if isinstance(option.value, Entries)]
    known = [option.facts for option in options]
    merged: list[tuple[str, Result]] = []
    for name in dict.fromkeys(name for value in dicts for name, _ in value.entries):
        found = [dict(value.entries).get(name) for value in dicts]
        present = [value for value in found if value is not None]
        if len(present) == len(found) and all(value == present[0] for value in present):
            merged.append((name, present[0]))
            continue
        given = ((value, facts) for value, facts in zip(found, known) if value is not None)
        inner = [Option(item.value, added(facts, item.facts)) for value, facts in given for item in value.options]
        if len(present) < len(found):
            inner.append(Option(Unset(Subscript(term, Constant(name, "str")))))
        terms = {value.term for value in present}
        joined = terms.pop() if len(terms) == 1 else Subscript(Attribute(term, EITHER), Constant(name, "str"))
        merged.append((name, Result(joined, alike(joined, inner).options)))
    value = Entries(term, tuple(merged), any(value.open for value in dicts), any_if_empty(options))
    return Result(term, (Option(value, common(known)),))


def met_column(values: list[Value]) -> Column | None:
    """One column for several that differ in the rows that were inserted since; None for other values."""
    columns = [value for value in values if isinstance(value, Column)]
    if len(columns) < len(values) or len({replace(item, but=NO_ROWS, due=NO_ROWS) for item in columns}) != 1:
        return None
    but = NO_ROWS.union(*(column.but for column in columns))
    return replace(columns[0], but=but, due=columns[0].due.intersection(*(column.due for column in columns)))


def met_object(point: int, term: Expression, known: list[ObjectState], facts: list[Facts]) -> ObjectState:
    """What is known of an object that is in one of these states. facts: what holds in each and not in all.

    Of a new row, and of one that was changed, it is kept with its values: one that was found to be free on one way and
    another one on another way. So it is with an attribute that holds a row made here, or another one.
    """
    is_written = all(item.new is True for item in known) or any(item.changed for item in known)
    values = []
    names = dict.fromkeys(name for item in known for name, _ in item.values)
    changed = frozenset[str]().union(*(item.changed for item in known))
    for name in names:
        results = [None if name in changed and _keeps(item, name) else item.get(name) for item in known]
        first = results[0]
        if first is None or any(bound != first for bound in results):
            if is_written or any(bound is not None and _tells_of_rows(bound) for bound in results):
                results = [bound and _with_facts(bound, own) for bound, own in zip(results, facts)]
            first = _met_value(point, term, name, results)
        values.append((name, first))
    new = known[0].new if all(item.new == known[0].new for item in known) else None
    return ObjectState(
        new,
        tuple(values),
        any(item.open for item in known),
        changed,
        _met_former(known),
        any(item.copied for item in known),
        next((item.form for item in known if item.form is not None), None),
    )


def _met_former(known: list[ObjectState]) -> tuple[tuple[str, Expression], ...]:
    """What changed fields were before, where all states that have another value now agree on it."""
    pairs = dict.fromkeys(pair for item in known for pair in item.former)
    names = [name for name, _ in pairs]
    return tuple(pair for pair in pairs if names.count(pair[0]) == 1)


def _keeps(item: ObjectState, name: str) -> bool:
    """True for a row that has its own value in a field, even where a lookup or a comparison told what that is."""
    return item.new is False and name not in item.changed


def _tells_of_rows(value: Result) -> bool:
    """True for a row that was made by calling its class, and for None: it may stand for one that was not found."""
    if value.value == Known(NONE):
        return True
    terms = (option.value.term for option in value.options if isinstance(option.value, Instance))
    return any(isinstance(term, Symbol) and term.kind == "new" for term in terms)


def _with_facts(value: Result, facts: Facts) -> Result:
    """A value with what is known besides of rows that are not there, and of new ones."""
    of_rows = frozenset(fact for fact in facts if isinstance(fact, (Absent, NewRow)))
    if not of_rows:
        return value
    return Result(value.term, tuple(Option(item.value, added(of_rows, item.facts)) for item in value.options))


def partly_known(point: int, term: Expression, known: ObjectState, facts: Facts) -> ObjectState:
    """What is known of an object that is in this state on some ways, and not spoken of on the others.

    facts: what holds on these ways only.
    """
    values = []
    is_given = _is_given(term)
    for name, value in known.values:
        if is_given and known.new is False and name not in known.changed:
            continue  # a comparison told it
        before = {_joined(point, term, name), Attribute(term, name)}
        is_made_of_former = value.term not in before and any(part in before for part in value.term.walk())
        if is_made_of_former:
            value = _met_value(point, term, name, [value, None])
        elif name in known.changed and known.new is False and value.term not in before:
            value = _met_value(point, term, name, [_with_facts(value, facts), None])
        values.append((name, value))
    return replace(known, values=tuple(values), open=True)


def _is_given(term: Expression) -> bool:
    """True for a parameter, and for what hangs on one: it is there whichever way was taken."""
    while isinstance(term, Attribute):
        term = term.base
    return isinstance(term, Symbol) and term.kind == "param"


def _joined(point: int, term: Expression, name: str) -> Symbol:
    """What an attribute holds where states meet: neither a local name of its own name, nor another object's."""
    return Symbol("join", point, f"{term.point if isinstance(term, Symbol) else ''}.{name}")


def _met_value(point: int, term: Expression, name: str, results: list[Result | None]) -> Result:
    """What an attribute holds that has one of these values, None where it was not assigned."""
    joined = _joined(point, term, name)
    options = [option for bound in results if bound is not None for option in bound.options]
    if any(isinstance(option.value, Unknown) and joined in option.value.term.symbols for option in options):
        # made of what it was before: one such value stands for all that are not known, or there would be ever more
        options = [
            replace(item, value=Unknown(joined)) if isinstance(item.value, Unknown) else item for item in options
        ]
    values: dict[Value, Facts] = {}
    for option in options:
        values[option.value] = common([option.facts, values.get(option.value, option.facts)])
    if len(values) > 1 and None not in results and (column := met_column([*values])) is not None:
        values = {column: common(list(values.values()))}
    if len(values) > MAX_OPTIONS:
        values = {Unknown(joined): NO_FACTS}
    if None in results:
        values[Unset(Attribute(term, name))] = NO_FACTS
    terms = {bound.term if bound is not None else joined for bound in results}
    return Result(
        terms.pop() if len(terms) == 1 else joined, tuple(Option(value, facts) for value, facts in values.items())
    )


def renamed(value: Result, names: Mapping[Expression, Symbol]) -> Result | None:
    """A tuple or dict of plain values under new names for them; None for what holds other values."""
    (option, *others) = value.options
    term = replaced(value.term, names)
    inner = option.value
    if others or isinstance(inner, (Unknown, Known)):
        plain = all(isinstance(option.value, (Unknown, Known)) for option in value.options)
        return unknown(term) if plain and not isinstance(inner, Known) else value if plain else None
    if isinstance(inner, Items):
        items = [renamed(item, names) for item in inner.items]
        found = tuple(item for item in items if item is not None)
        return result(replace(inner, term=term, items=found)) if len(found) == len(items) else None
    if isinstance(inner, Entries):
        entries = [(name, renamed(entry, names)) for name, entry in inner.entries]
        pairs = tuple((name, entry) for name, entry in entries if entry is not None)
        return result(replace(inner, term=term, entries=pairs)) if len(pairs) == len(entries) else None
    return None


def under_names(value: Result, names: Mapping[Expression, Symbol]) -> Result:
    """A value under new names for what it is made of; of others than rows and plain values only the term is kept."""
    if not names.keys() & value.symbols:
        return value
    term = replaced(value.term, names)
    if not all(isinstance(option.value, (Unknown, Instance)) for option in value.options):
        return unknown(term)
    values = (replace(option.value, term=replaced(option.value.term, names)) for option in value.options)
    return Result(term, tuple(dict.fromkeys(Option(one) for one in values)))
