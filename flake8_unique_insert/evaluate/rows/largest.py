"""The largest value of a field among rows: no row has a larger one, so the next number is free (oracle C60)."""

from __future__ import annotations

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.rows.absent_rows import absent, narrowed
from flake8_unique_insert.evaluate.rows.moves import order_of
from flake8_unique_insert.facts import Condition, Facts
from flake8_unique_insert.syntax.expressions import (
    NONE,
    Attribute,
    Binary,
    Boolean,
    Call,
    Constant,
    Expression,
    constant,
    dotted,
    positional,
    string,
)
from flake8_unique_insert.values import Answer, Arguments, Column, Entries, Known, Option, Result, Rows, result, unknown

LOOKUP = "gt"
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


def is_beyond(largest: Expression, term: Expression) -> bool:
    """True for `largest + 1`, `(largest or 0) + 1` and the like; for 1 where the largest is 0."""
    if isinstance(largest, Constant) and isinstance(term, Constant):
        return isinstance(largest.value, int) and isinstance(term.value, int) and term.value > largest.value
    if not isinstance(term, Binary) or term.operator != "+":
        return False
    for step, base in ((term.right, term.left), (term.left, term.right)):
        if isinstance(step, Constant) and isinstance(step.value, int) and step.value > 0:
            if isinstance(base, Boolean) and base.operator == "or" and isinstance(base.right, Constant):
                base = base.left
            return base == largest or is_beyond(largest, base)
    return False
