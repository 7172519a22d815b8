"""The largest value of a field among rows: no row has a larger one, so the next number is free (oracle C60)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.rows.absent_rows import absent, narrowed
from flake8_unique_insert.evaluate.rows.counters import is_step
from flake8_unique_insert.evaluate.rows.moves import order_of
from flake8_unique_insert.evaluate.states.facts import INDEX
from flake8_unique_insert.evaluate.states.terms import same
from flake8_unique_insert.facts import Absent, Condition, Facts, Inserted
from flake8_unique_insert.syntax.expressions import (
    NONE,
    Attribute,
    Binary,
    Boolean,
    Call,
    Constant,
    Expression,
    Symbol,
    constant,
    dotted,
    positional,
    string,
)
from flake8_unique_insert.values import Answer, Arguments, Column, Entries, Known, Option, Result, Rows, result, unknown

LOOKUP, FROM = "gt", "gte"
ZERO = constant(0)


def aggregate(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    """`rows.aggregate(Max("number"), last=Coalesce(Max("number"), 0))`: None, in the first case, without rows."""
    entries = []
    for argument in arguments[0]:
        first = _first(argument.value, "Coalesce")
        found = _first(first if first is not None else argument.value, "Max")
        field = string(found) if found is not None else None
        if field is None or "__" in field:
            continue
        name = argument.keyword or f"{field}__max"
        largest = ev.symbol("largest", (id(call), name))
        ev.state.learn(_beyond(rows, field, largest))
        entries.append((name, _or_none(rows, field, largest) if first is None else unknown(largest)))
    return result(Entries(term, tuple(entries), True))


def of_row(rows: Rows, row: Expression, method: str, arguments: Arguments) -> Facts:
    """What is known with `order_by("-number").first()`, `order_by("number").last()`, `latest("number")`."""
    order = order_of(rows.term) or ""
    if method == "latest":
        field = string(arguments[1][0].term) if len(arguments[1]) == 1 else None
    else:
        field = order.removeprefix("-") if (method == "first") is order.startswith("-") else None
    return _beyond(rows, field, Attribute(row, field)) if field and field in rows.model.fields else frozenset()


def of_column(ev: Evaluator, column: Column, method: str, call: Call) -> Result | None:
    """`order_by("-number").values_list("number", flat=True).first()`, as `aggregate(Max(...))`; None for others."""
    chain = call.function.base if isinstance(call.function, Attribute) else column.term
    order = order_of(chain) or order_of(column.rows.term) or ""
    is_largest = (method == "first") is order.startswith("-") and column.fields == (order.removeprefix("-"),)
    if column.maps or column.dicts or not is_largest:
        return None
    largest = ev.symbol("largest", call)
    ev.state.learn(_beyond(column.rows, column.fields[0], largest))
    return _or_none(column.rows, column.fields[0], largest)


def _first(expression: Expression, function: str) -> Expression | None:
    """The first argument of a call of a function of this name."""
    if not isinstance(expression, Call) or (dotted(expression.function) or "").rsplit(".", 1)[-1] != function:
        return None
    given = positional(expression)
    return given[0] if given else None


def _or_none(rows: Rows, field: str, largest: Expression) -> Result:
    """A number that is false when no row has one above 0, or None without rows."""
    positive = narrowed(rows, Condition(field, LOOKUP, ZERO))
    nothing = Option(Known(NONE), absent(rows) | absent(positive))
    return Result(largest, (Option(Answer(largest, positive, "largest")), nothing))


def _beyond(rows: Rows, field: str, largest: Expression) -> Facts:
    return absent(narrowed(rows, Condition(field, LOOKUP, largest)))


def carried(facts: Facts, term: Expression) -> Iterator[Absent]:
    """What bounds a number that is made of another one, `last or 0` or `number + 1`, as far as that one is bounded."""
    base = _raised(term)
    if base is None and not _is_or_literal(term):
        return
    for fact in (fact for fact in facts if isinstance(fact, Absent)):
        for item in fact.conditions:
            others = fact.conditions - {item}
            if item.excluded or item.lookup not in (LOOKUP, FROM):
                continue
            if base is None and isinstance(term, Boolean) and term.left == item.term:
                yield replace(fact, conditions=others | {replace(item, term=term)})
            elif base is not None and item.term in (base, _plain(base)):
                rows = fact.but if item.lookup == LOOKUP else _others(fact, item.field, base)
                for lookup in (LOOKUP, FROM):
                    yield replace(fact, conditions=others | {replace(item, lookup=lookup, term=term)}, but=rows)


def _others(fact: Absent, field: str, term: Expression) -> frozenset[Inserted]:
    """The rows that were inserted since without those that have just this number, which is below the next one."""
    return frozenset(row for row in fact.but if (held := dict(row.values).get(field)) is None or not same(held, term))


def _raised(term: Expression) -> Expression | None:
    """The x of `x + 1`."""
    if not isinstance(term, Binary) or term.operator != "+":
        return None
    return next((base for step, base in ((term.right, term.left), (term.left, term.right)) if is_step(step)), None)


def _is_or_literal(term: Expression) -> bool:
    """True for `last or 0`."""
    return isinstance(term, Boolean) and term.operator == "or" and isinstance(term.right, Constant)


def _plain(term: Expression) -> Expression:
    """The x of `x or 0`."""
    return term.left if isinstance(term, Boolean) and _is_or_literal(term) else term


def is_beyond(largest: Expression, term: Expression) -> bool:
    """True for `largest + 1`, `(largest or 0) + 1` and the like; for 1 where the largest is 0.

    What `enumerate()` and `range()` count may be added.
    """
    if isinstance(largest, Constant) and isinstance(term, Constant):
        return isinstance(largest.value, int) and isinstance(term.value, int) and term.value > largest.value
    rest = list(_addends(term))
    for part in _addends(largest):
        if part not in rest:
            return False
        rest.remove(part)
    return any(map(is_step, rest)) and all(is_step(part) or _is_index(part) for part in rest)


def _addends(term: Expression) -> Iterator[Expression]:
    if isinstance(term, Binary) and term.operator == "+":
        yield from (*_addends(term.left), *_addends(term.right))
    elif term != ZERO:
        yield _plain(term)


def _is_index(term: Expression) -> bool:
    """True for a number that counts rounds from 0 on."""
    return isinstance(term, Symbol) and (term.kind, term.name) == ("distinct", INDEX)
