"""Subqueries in lookups: `filter(~Exists(lines.filter(basket=OuterRef("pk"))))`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flake8_unique_insert.facts import Condition
from flake8_unique_insert.schema import Link, Model
from flake8_unique_insert.syntax.expressions import (
    FALSE,
    TRUE,
    Argument,
    Attribute,
    Call,
    Expression,
    Name,
    constant,
    dotted,
    string,
)
from flake8_unique_insert.values import Answer, Arguments, Known, Option, Result, Rows, Value, result

EXISTS = frozenset({"django.db.models.Exists", "django.db.models.expressions.Exists"})
REFERRED = "referred"
"""The lookup of a condition that rows of another table refer to a row, or have the value of one of its fields.

via: that table, its field, and that of the row, if it is not the primary key; among: which rows.
"""


def exists(term: Expression, queryset: Value) -> Result | None:
    """`Exists(queryset)`: whether any of the rows is there, for each row of the query around it."""
    return result(Answer(term, queryset, "bool")) if isinstance(queryset, Rows) else None


def negated(term: Expression, value: Value) -> Result | None:
    """`~Exists(...)`; None for anything else."""
    if not isinstance(value, Answer):
        return None
    return Result(term, (Option(replace(value, term=term, negated=not value.negated)),))


def condition_of(model: Model, asked: Value) -> Condition | None:
    """What `filter(Exists(others))` asks of the rows of a model; None for anything else."""
    if not isinstance(asked, Answer) or len(asked.rows.alternatives) != 1 or asked.rows.link is not None:
        return None
    (group,) = asked.rows.alternatives
    outer = [(item, field) for item in group if (field := _outer_field(model, item)) is not None]
    if len(outer) != 1:
        return None
    ((item, field),) = outer
    via = Link(asked.rows.model.table, item.field, field)
    return Condition("", REFERRED, asked.term, asked.negated, group - {item}, via)


def _outer_field(model: Model, item: Condition) -> str | None:
    """The sku of `sku=OuterRef("sku")`, of which each row of the query around it has another one; "" for a primary key.

    None for other conditions.
    """
    call = item.term
    if not isinstance(call, Call) or not isinstance(call.function, Name) or len(call.arguments) != 1:
        return None
    if call.function.id.rsplit(".", 1)[-1] != "OuterRef" or item.lookup != "exact" or item.excluded:
        return None
    name = string(call.arguments[0].value) or ""
    field = model.field(name)
    if name in ("pk", model.primary_key):
        return ""
    is_key = any(key.members == (name,) and key.condition is None and not key.expressions for key in model.keys)
    return field.name if field is not None and is_key else None


def restated(known: Mapping[Expression, Arguments], query: Expression, arguments: Arguments) -> Arguments:
    """`filter(taken=False)` after `annotate(taken=Exists(others))` as `filter(~Exists(others))`.

    And `filter(n=0)` after `annotate(n=Count("profile"))` as `filter(profile__isnull=True)`. known: what `annotate()`
    was called with, by the query that it gave.
    """
    if not known:
        return arguments
    annotated: dict[str, Result] = {}
    while isinstance(query, Call) and isinstance(query.function, Attribute):
        given = zip(*known[query]) if query in known else ()
        annotated = {**{node.keyword: value for node, value in given if node.keyword}, **annotated}
        query = query.function.base
    if not annotated:
        return arguments
    pairs = [_restated(annotated.get(node.keyword or ""), node, value) for node, value in zip(*arguments)]
    return tuple(node for node, _ in pairs), [value for _, value in pairs]


def _restated(annotated: Result | None, node: Argument, value: Result) -> tuple[Argument, Result]:
    if annotated is None:
        return node, value
    asked, term = annotated.value, annotated.term
    if isinstance(asked, Answer) and value.term in (TRUE, FALSE):
        wanted = annotated if value.term == TRUE else negated(term, asked)
        return replace(node, keyword=None), wanted or value
    counted = [string(argument.value) for argument in term.arguments] if isinstance(term, Call) else []
    is_count = isinstance(term, Call) and (dotted(term.function) or "").rpartition(".")[2] == "Count"
    if is_count and len(counted) == 1 and counted[0] is not None and value.term == constant(0):
        return replace(node, keyword=f"{counted[0]}__isnull"), result(Known(TRUE))
    return node, value
