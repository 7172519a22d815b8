"""Comprehensions: what they collect, and the writes in them, which may run any number of times."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.collections import membership, projections
from flake8_unique_insert.evaluate.collections.apart import keyed_by
from flake8_unique_insert.evaluate.collections.collected import NOTHING
from flake8_unique_insert.evaluate.collections.elements import element_of, is_distinct, is_made
from flake8_unique_insert.evaluate.collections.nests import independent, spanned
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.rows import inserts
from flake8_unique_insert.evaluate.states.facts import added, common
from flake8_unique_insert.evaluate.states.state import meet
from flake8_unique_insert.evaluate.states.terms import is_folded, symbols, unfolded
from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Call,
    Clause,
    Comprehension,
    Expression,
    Name,
    Sequence,
    Symbol,
    constant,
)
from flake8_unique_insert.values import (
    Column,
    Elements,
    Entries,
    Instance,
    Items,
    Known,
    Option,
    Result,
    Rows,
    RowsByKey,
    Unknown,
    result,
    unknown,
)


def evaluate(ev: Evaluator, expression: Comprehension) -> Result:
    """Elements, or a dict of names that are known; effects of the body are those of any number of rounds."""
    entries = _by_names(ev, expression) or _items_of(ev, expression)
    if entries is not None:
        return entries
    if not _has_effect(expression):
        names, facts = dict(ev.state.names), ev.state.facts
        value = _one_round(ev, expression)
        ev.state.names, ev.state.facts = names, common([facts, ev.state.facts])
        return value
    before = ev.state
    recording, ev.analysis.recording = ev.analysis.recording, False
    ev.state = before.copy()
    _one_round(ev, expression)
    ev.analysis.recording = recording
    point = ev.analysis.point((ev.frame.path, id(expression), "round"))
    after_some = ev.state
    ev.state = meet(point, [before, after_some]).copy()
    value = _one_round(ev, expression)
    ev.state = meet(point, [before, ev.state]).copy()
    ev.state.names = dict(before.names)
    return value


def _by_names(ev: Evaluator, expression: Comprehension) -> Result | None:
    """`{name: getattr(row, name) for name in FIELDS}` of literal names: a dict with these keys."""
    clause, pair = expression.clauses[0], expression.element
    if expression.kind != "dict" or len(expression.clauses) > 1 or clause.conditions or not isinstance(pair, Sequence):
        return None
    names = inserts.names_in(ev.evaluate(clause.iterable)) if pair.items[0] == clause.target else None
    if not names or not isinstance(clause.target, Name):
        return None
    before, found = dict(ev.state.names), []
    for name in sorted(names):
        ev.bind(clause.target.id, result(Known(constant(name))))
        found.append((name, ev.evaluate(pair.items[1])))
    ev.state.names = before
    return result(Entries(ev.analysis.symbol("comprehension", ev.frame, expression), tuple(found)))


def _items_of(ev: Evaluator, expression: Comprehension) -> Result | None:
    """`{name: value for name, value in data.items() if name != "note"}` of data that is not known: some of the same."""
    clause, call = expression.clauses[0], expression.clauses[0].iterable
    if expression.kind != "dict" or len(expression.clauses) > 1 or not isinstance(call, Call):
        return None
    if not isinstance(clause.target, Sequence) or not isinstance(expression.element, Sequence):
        return None
    if clause.target.items != expression.element.items or not isinstance(call.function, Attribute):
        return None
    data = ev.evaluate(call.function.base).value if call.function.name == "items" and clause.conditions else None
    if type(data) is Unknown:
        return result(Entries(data.term, (), True))
    return result(data) if isinstance(data, Entries) and data.open else None


def _has_effect(expression: Comprehension) -> bool:
    verbs = ("create", "save", "get_or_create", "update_or_create", "acreate", "asave", "delete")
    return any(isinstance(part, Attribute) and part.name in verbs for part in expression.walk())


def _one_round(ev: Evaluator, expression: Comprehension) -> Result:
    term = ev.analysis.symbol("comprehension", ev.frame, expression)
    empty = result(Elements(term, unknown(NOTHING)))
    source: Rows | None = None
    column: Column | None = None
    saved_raised = list(ev.raised)
    loops: list[tuple[Expression, frozenset[Symbol]]] = []
    for clause in expression.clauses:
        iterable = ev.evaluate(clause.iterable)
        if isinstance(iterable.value, Rows) and len(expression.clauses) == 1:
            source = _source(ev, iterable.value, clause)
        elif isinstance(iterable.value, Column) and len(expression.clauses) == 1 and not clause.conditions:
            column, source = iterable.value, iterable.value.rows
        each = element_of(ev, iterable, clause)
        loops.append((iterable.term, symbols(each.term)))
        ev.assign(clause.target, each)
        for condition in clause.conditions:
            yes, _ = ev.split(condition)
            if yes is None:
                return empty
            ev.state = yes.copy()
    element = ev.evaluate(expression.element)
    ev.raised = saved_raised
    row: Result | None = None
    maps = False
    if expression.kind == "dict":
        inner = element.value
        if isinstance(inner, Items) and len(inner.items) == 2:
            element, mapped = inner.items
            is_row = isinstance(mapped.value, Instance) and is_distinct(mapped.term) and mapped.term in loops[-1][1]
            row = mapped if is_row else None
            maps = is_row or _is_key_of_row(mapped.term, loops[-1][1])
            if (known := keyed_by(element.term, mapped.term)) is not None:
                ev.analysis.rows[term] = known
    if source is not None:
        parts = element.value.items if isinstance(element.value, Items) else (element,)
        paths = [_lookup(column, part.term, loops[0][1]) for part in parts]
        if paths and all(paths):
            but = column.but if column is not None else frozenset()
            return result(Column(term, source, tuple(paths), but, maps=maps))
    if (
        source is not None
        and column is None
        and isinstance(element.value, Instance)
        and is_distinct(element.value.term)
    ):
        return result(replace(source, term=term)) if expression.kind in ("list", "generator") else unknown(term)
    projections.note(ev, term, expression, iterable, each, element)
    options = _with_facts(ev, element)
    if row is not None:
        return result(RowsByKey(term, Result(row.term, _with_facts(ev, row))))
    objects = tuple(
        (option.value.term, ev.state.objects[option.value.term])
        for option in element.options
        if option.value.term in ev.state.objects
    )
    nest = independent(loops)
    distinct = is_distinct(element.term) and spanned(nest, symbols(element.term))
    distinct = distinct or expression.kind in ("set", "dict") or is_made(ev, expression.element, element)
    return result(Elements(term, Result(element.term, options), distinct, objects, nest, len(ev.loops)))


def _with_facts(ev: Evaluator, element: Result) -> tuple[Option, ...]:
    """What an element may be, with all that is known where it is put into the collection."""
    return tuple(Option(option.value, added(ev.state.facts, option.facts)) for option in element.options)


def _source(ev: Evaluator, rows: Rows, clause: Clause) -> Rows | None:
    """The rows that the elements come from; None where a condition leaves some out in a way that is not known."""
    for condition in clause.conditions:
        found = membership.rows_where(ev, rows, clause.target, condition)
        if found is None:
            return None
        rows = found
    return rows


def _only_field(column: Column | None, term: Expression, variables: frozenset[Symbol]) -> str:
    """The field whose values a column has, for the variable that goes through it; "" for anything else."""
    return column.fields[0] if column is not None and len(column.fields) == 1 and term in variables else ""


def _lookup(column: Column | None, term: Expression, variables: frozenset[Symbol]) -> str:
    """What an element is a value of: "name", or "name__iexact" for `row.name.lower()`."""
    text = unfolded(term) if is_folded(term) else term
    path = _path(text) or _only_field(column, text, variables)
    return f"{path}__iexact" if path and text != term else path


def _is_key_of_row(term: Expression, variables: frozenset[Symbol]) -> bool:
    """True for `row.pk`: as good as the row, in a dict."""
    return (
        isinstance(term, Attribute) and term.name in ("pk", "id") and term.base in variables and is_distinct(term.base)
    )


def _path(term: Expression) -> str:
    """`row.team.name` as a lookup: "team__name"; "" for what is no path from a row."""
    names: list[str] = []
    while isinstance(term, Attribute):
        if names or term.name not in ("pk", "id") or isinstance(term.base, Symbol):
            names.insert(0, term.name)
        term = term.base
    return "__".join(names) if is_distinct(term) else ""
