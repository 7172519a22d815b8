"""Subqueries in lookups: `filter(~Exists(lines.filter(basket=OuterRef("pk"))))`."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.facts import Condition
from flake8_unique_insert.schema import Link, Model
from flake8_unique_insert.syntax.expressions import Call, Expression, Name, string
from flake8_unique_insert.values import Answer, Option, Result, Rows, Value, result

EXISTS = frozenset({"django.db.models.Exists", "django.db.models.expressions.Exists"})
REFERRED = "referred"
"""The lookup of a condition that rows of another table refer to a row. via: that table and the field; among: which."""


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
    outer = [item for item in group if _is_key(model, item)]
    if len(outer) != 1:
        return None
    via = Link(asked.rows.model.table, outer[0].field, "")
    return Condition("", REFERRED, asked.term, asked.negated, group - {outer[0]}, via)


def _is_key(model: Model, item: Condition) -> bool:
    """True for `basket=OuterRef("pk")`, where the rows of the query around it are baskets."""
    call = item.term
    if not isinstance(call, Call) or not isinstance(call.function, Name) or len(call.arguments) != 1:
        return False
    is_outer = call.function.id.rsplit(".", 1)[-1] == "OuterRef" and item.lookup == "exact" and not item.excluded
    return is_outer and string(call.arguments[0].value) in ("pk", model.primary_key)
