"""Sets of facts: adding, meeting, and what ends or weakens a fact."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

from flake8_unique_insert.evaluate.apart import RowFields, names_read, tells_apart
from flake8_unique_insert.evaluate.terms import ANY, OTHER, is_attribute_of, mentions, normal, refers_to, same, symbols
from flake8_unique_insert.facts import (
    MADE_BY,
    Absent,
    Condition,
    Fact,
    Facts,
    Inserted,
    Lasting,
    NewRow,
    Null,
    Validated,
)
from flake8_unique_insert.schema import KeyKind, UniqueKey
from flake8_unique_insert.syntax.expressions import Attribute, Expression, Subscript, Symbol, constant
from flake8_unique_insert.syntax.replacement import replaced

APART = ("distinct", "item")
"""The kinds of symbols for elements of a loop that are taken to differ."""

ROUND = "round"
"""The kind of the symbol for a value that was inserted in an earlier round of the loop at its point."""

EACH = "$each"
"""Stands between a collection and an attribute for what all of its elements have there."""

MAX_BELOW = 16
"""How many rows that may refer to the new rows of a list are counted: with more the list is not worth its time."""

Change = Callable[[Fact], Fact | None]
"""What becomes of a fact; None ends it."""


def key_of(fact: Fact) -> object:
    """What a fact is about; two facts of one key differ in what was inserted since, or in the keys validated."""
    if isinstance(fact, Absent):
        return fact.table, fact.conditions
    return type(fact), fact.term, isinstance(fact, Null) and fact.missing


def _by_key(facts: Facts) -> dict[object, Fact]:
    return {key_of(fact): fact for fact in facts}


def added(facts: Facts, more: Iterable[Fact]) -> Facts:
    """All of these facts: of two about the same, the one with fewer exceptions, or the keys of both."""
    more = frozenset(more)
    if more <= facts:
        return facts
    found = _by_key(facts)
    for fact in more:
        former = found.get(key_of(fact))
        if isinstance(former, Validated) and isinstance(fact, Validated):
            found[key_of(fact)] = replace(fact, keys=fact.keys | former.keys, by=fact.by or former.by)
        elif former is None or len(fact.but) < len(former.but):
            found[key_of(fact)] = fact
    return frozenset(found.values())


def common(sets: Iterable[Facts]) -> Facts:
    """The facts that hold in every set, with the exceptions of all."""
    first, *others = sets
    for other in others:
        if other != first:
            both = first & other
            met = frozenset([*_held_by(first - both, other), *_held_by(other - both, first)])
            first = both.union(_by_key(met).values())
    return first


def _held_by(facts: Facts, others: Facts) -> Iterator[Fact]:
    """Those of the facts that hold among the others, too, with the exceptions of both."""
    known = _by_key(others)
    for fact in facts:
        other = known.get(key_of(fact)) or (_wider(fact, others) if isinstance(fact, Absent) else None)
        if other is not None:
            yield _met(fact, other)


def _wider(fact: Absent, others: Facts) -> Fact | None:
    """A fact from which this one follows: no row at all has this name, or what it asks for is new itself, or None."""
    asked = {condition.term for condition in fact.conditions if condition.lookup == "exact" and not condition.excluded}
    for other in others:
        if isinstance(other, (NewRow, Null)) and other.term in asked and not _is_missing(other, fact):
            return other
        if isinstance(other, Absent) and other.table == fact.table and _implied(other, fact):
            return other
    return None


def _is_missing(other: Fact, fact: Absent) -> bool:
    """True for a value that is not there, unless the rest of the fact is what a row holds that keeps its own then."""
    if not isinstance(other, Null) or not other.missing:
        return False
    rows = {item.term for item in fact.conditions if item.excluded}
    rest = (item.term for item in fact.conditions if not item.excluded and item.term != other.term)
    return len(rows) != 1 or not all(isinstance(term, Attribute) and term.base in rows for term in rest)


def _implied(wider: Absent, fact: Absent) -> bool:
    """True when every row that the fact speaks of meets the conditions of the wider one: `iexact` finds `exact`."""
    more = wider.conditions - fact.conditions
    if len(wider.conditions) > len(fact.conditions):
        return False
    return all(any(_follows(item, own) for own in fact.conditions) for item in more)


def _follows(item: Condition, own: Condition) -> bool:
    """True when what meets one condition meets this one, too; the same value may be written otherwise."""
    if (item.field, item.excluded) != (own.field, own.excluded) or not same(item.term, own.term):
        return False
    return item.lookup == own.lookup or (item.lookup, own.lookup, own.excluded) == ("iexact", "exact", False)


def _met(left: Fact, right: Fact) -> Fact:
    """What holds of two facts, one of which follows from the other, whichever is true."""
    if isinstance(left, Validated):
        assert isinstance(right, Validated)
        return replace(left, keys=left.keys & right.keys, by=left.by if left.by == right.by else None)
    if isinstance(left, Absent) and not left.or_null:
        left = replace(left, or_null=isinstance(right, Null) or (isinstance(right, Absent) and right.or_null))
    return _with_rows(left, left.but | right.but)


def without(facts: Facts, known: Facts) -> Facts:
    """The facts that are not known anyway."""
    return facts - known


def changed(facts: Facts, change: Change) -> Facts:
    """The facts after a change of each; None ends it."""
    if not facts:
        return facts
    changes = {fact: after for fact in facts if (after := change(fact)) is not fact}
    if not changes:
        return facts
    return frozenset(after for fact in facts if (after := changes.get(fact, fact)) is not None)


def about(fact: Fact, values: Mapping[Expression, Expression]) -> Fact:
    """The same fact about other terms."""
    if isinstance(fact, Absent):
        conditions = frozenset(replace(item, term=replaced(item.term, values)) for item in fact.conditions)
        return replace(fact, conditions=conditions)
    return replace(fact, term=replaced(fact.term, values))


def by_other_names(fact: Fact, values: Mapping[Expression, Expression]) -> Fact:
    """The same fact where what these terms denoted goes by other ones, also in the rows inserted since."""
    rows = (frozenset((name, replaced(term, values)) for name, term in row.values) for row in fact.but)
    but = frozenset(replace(row, values=own) for row, own in zip(fact.but, rows))
    return _with_rows(about(fact, values), but)


# --- changes


def after_rebinding(symbol: Symbol, rows: RowFields | None = None) -> Change:
    """What is left of a fact when a symbol gets a new value. rows: if these are the rows of a loop."""

    def change(fact: Fact) -> Fact | None:
        if symbol not in fact.symbols:
            return fact
        if isinstance(fact, Absent):
            if any(mentions(condition.term, symbol) for condition in fact.conditions):
                return None
        elif mentions(fact.term, symbol):
            return None
        return _with_outlived(fact, symbol, rows)

    return change


def after_round(symbol: Symbol, rows: RowFields | None = None) -> Change:
    """The same for a fact about the elements of a collection: its symbol goes on to stand for each one's own value."""

    def change(fact: Fact) -> Fact | None:
        if symbol not in fact.symbols:
            return fact
        if isinstance(fact, Absent) and any(mentions(condition.term, symbol) for condition in fact.conditions):
            return _with_rows(fact, (_blurred(row, symbol, ANY, rows) for row in fact.but))
        former = ANY if symbol.kind == "element" else Symbol(ROUND, symbol.point)
        return _with_rows(fact, (_blurred(row, symbol, former, rows) for row in fact.but))

    return change


def in_loop(fact: Fact, variables: Collection[Symbol]) -> Fact:
    """A fact about the elements of a collection where a loop over it begins its next round.

    What earlier rounds inserted are other elements, what another loop inserted may be any.
    """
    if not fact.but:
        return fact
    own = {Symbol(ROUND, variable.point) for variable in variables}
    rows = [row for row in fact.but if not any(term in own for _, term in row.values)]
    return _with_rows(fact, (_of_any_loop(row, frozenset()) for row in rows))


def after_loops(going_on: frozenset[int]) -> Change:
    """What is left of a fact about elements where only these loops go on: what others inserted may be any of them."""

    @cache
    def after(rows: frozenset[Inserted]) -> list[Inserted]:
        return [_of_any_loop(row, going_on) for row in rows]

    def change(fact: Fact) -> Fact | None:
        if not fact.but:
            return fact
        return _with_rows(fact, after(fact.but))

    return change


def has_values(row: Inserted, other: Inserted) -> bool:
    """True when a row has all values of another one of which something is known."""
    own = dict(row.values)
    return bool(other.values) and all(name in own and same(own[name], term) for name, term in other.values)


def _with_rows(fact: Fact, rows: Iterable[Inserted]) -> Fact:
    """The fact with these exceptions; the very same one where it has them, as equal ones take long to compare."""
    but = frozenset(rows)
    return fact if but == fact.but or isinstance(fact, Lasting) else replace(fact, but=but)


def _of_any_loop(row: Inserted, going_on: frozenset[int]) -> Inserted:
    def ended(term: Expression) -> bool:
        return isinstance(term, Symbol) and term.kind == ROUND and term.point not in going_on

    if not any(ended(term) for _, term in row.values):
        return row
    return replace(row, values=frozenset((name, ANY if ended(term) else term) for name, term in row.values))


def _with_outlived(fact: Fact, symbol: Symbol, rows: RowFields | None) -> Fact:
    if not fact.but:
        return fact
    outlived = (_outlive(row, symbol, rows) for row in fact.but)
    return _with_rows(fact, (row for row in outlived if row is not None))


def _outlive(row: Inserted, symbol: Symbol, rows: RowFields | None) -> Inserted | None:
    """An inserted row as seen after a symbol it mentions was rebound; None when no later row can equal it."""
    if symbol not in row.symbols or symbol.kind not in APART:
        return _blurred(row, symbol, ANY, rows)
    if symbol.kind == "distinct" and any(
        tells_apart(term, symbol, rows) and (not row.complete or name == MADE_BY) for name, term in row.values
    ):
        return None
    return _blurred(row, symbol, OTHER, rows)


def _blurred(row: Inserted, symbol: Symbol, former: Symbol, rows: RowFields | None) -> Inserted:
    """An inserted row with `former` for each value that another element has otherwise, ANY for what it may share."""
    if symbol not in row.symbols:
        return row
    touched = {name: term for name, term in row.values if mentions(term, symbol)}
    apart = {name for name, term in touched.items() if tells_apart(term, symbol, rows)}
    if not apart and rows is not None:  # several fields together
        read = {name: frozenset(names_read(term, symbol)) for name, term in touched.items()}
        together = frozenset().union(*read.values())
        apart = {name for name, names in read.items() if names and rows.differ(together)}
    others = (pair for pair in row.values if pair[0] not in touched)
    return replace(row, values=frozenset([*others, *((name, former if name in apart else ANY) for name in touched)]))


def after_assignment(base: Expression, name: str) -> Change:
    """What is left of a fact when `base.name` is assigned."""

    def change(fact: Fact) -> Fact | None:
        if isinstance(fact, Absent):
            return None if asks_for_attribute(fact, base, name) else fact
        if isinstance(fact, Null):
            return None if is_attribute_of(fact.term, base, name) or _is_of_each(fact.term, name) else fact
        if isinstance(fact, Validated) and fact.term == base:
            return replace(fact, keys=frozenset(key for key in fact.keys if not _reads(key, name)))
        return fact

    return change


def of_each(collection: Expression, name: str) -> Expression:
    """The term for what the elements of a collection have in an attribute."""
    return Attribute(Attribute(collection, EACH), name)


def _is_of_each(term: Expression, name: str) -> bool:
    """True for an attribute of this name of all elements, any of which may be assigned by a name of its own."""
    return isinstance(term, Attribute) and term.name == name and getattr(term.base, "name", "") == EACH


def asks_for_attribute(fact: Absent, base: Expression, name: str) -> bool:
    """True for a fact about the rows that have the value of `base.name`, or of something below it."""
    return any(is_attribute_of(condition.term, base, name) for condition in fact.conditions)


def _reads(key: UniqueKey, name: str) -> bool:
    """True when assigning this attribute may change a row's key: a field, the column of a foreign key, `pk`."""
    return (
        name in key.read or name.removesuffix("_id") in key.read or (name == "pk" and key.kind is KeyKind.PRIMARY_KEY)
    )


def after_item(holder: Expression, key: str) -> Change:
    """What is left of a fact when `holder[key]` is assigned."""
    item = normal(Subscript(holder, constant(key)))

    def change(fact: Fact) -> Fact | None:
        if not isinstance(fact, (Absent, Null)) or not holder.symbols <= fact.symbols:
            return fact
        asked = [fact.term] if isinstance(fact, Null) else [condition.term for condition in fact.conditions]
        read = (normal(part) for term in asked for part in term.walk())
        return None if item in read else fact

    return change


def after_growth(collection: Expression) -> Change:
    """What is left of a fact when a collection gets more elements: `name__in=names` asked for those before."""

    def change(fact: Fact) -> Fact | None:
        if isinstance(fact, Absent):
            listed = (condition.term for condition in fact.conditions if condition.lookup == "in")
            return None if any(collection in term.walk() for term in listed) else fact
        return None if isinstance(fact, Null) and Attribute(collection, EACH) in fact.term.walk() else fact

    return change


def after_insert(tables: frozenset[str], row: Inserted, of_elements: bool = False) -> Change:
    """A fact after a row was inserted into these tables. of_elements: a fact about the elements of a collection."""

    def change(fact: Fact) -> Fact | None:
        if isinstance(fact, Absent) and fact.table in tables and not _excludes(fact, row, of_elements):
            return replace(fact, but=fact.but | {row})
        if isinstance(fact, NewRow) and _may_be_below(fact, row, of_elements):
            is_kept = not of_elements or len(fact.but) < MAX_BELOW
            return replace(fact, but=fact.but | {row}) if is_kept else None
        return fact

    return change


def _may_be_below(fact: NewRow, row: Inserted, of_elements: bool) -> bool:
    """True when an inserted row may refer to a new one, or have something of it; what a loop inserts of any element."""
    if not row.complete:
        return True
    values = [value for _, value in row.values]
    own = any(refers_to(value, fact.term) or fact.term in value.symbols for value in values)
    return own or (of_elements and any(map(_is_looped, values)))


def _excludes(fact: Absent, row: Inserted, of_elements: bool) -> bool:
    """True when the inserted row visibly is not one that the fact speaks of; what a loop inserts may be an element."""
    values = dict(row.values)
    for condition in fact.conditions:
        if condition.lookup != "exact" or condition.excluded or condition.field not in values:
            continue
        given = values[condition.field]
        if given != ANY and not same(given, condition.term) and not (of_elements and _is_looped(given)):
            return True
    return False


def _is_looped(term: Expression) -> bool:
    """True for a value that a loop takes from a collection."""
    return any(symbol.kind in ("distinct", "item", "element", ROUND) for symbol in symbols(term))
