"""What a queryset's conditions on related rows say of each of its rows: `filter(profile__isnull=True)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate.lookups import condition
from flake8_unique_insert.facts import Absent, Condition
from flake8_unique_insert.schema import Model
from flake8_unique_insert.syntax.expressions import TRUE, Expression
from flake8_unique_insert.values import Rows, unknown

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator


def unrelated(ev: Evaluator, rows: Rows, row: Expression) -> list[Absent]:
    """The related rows that a row of these does not have."""
    if len(rows.alternatives) != 1:
        return []
    (group,) = rows.alternatives
    found = [_missing(ev, rows.model, item, row) for item in group if _denies(item)]
    return [fact for fact in found if fact is not None]


def _denies(item: Condition) -> bool:
    """True for `profile__isnull=True` and for `exclude(tags=t)`."""
    if item.lookup == "isnull":
        return (item.term == TRUE) is not item.excluded
    return item.lookup == "exact" and item.excluded


def _missing(ev: Evaluator, model: Model, item: Condition, row: Expression) -> Absent | None:
    name, _, path = item.field.partition("__")
    lookup = ev.analysis.lookup
    accessor = lookup.accessor(model, name) or lookup.accessor(model, f"{name}_set")
    target = lookup.model_labelled(accessor.model) if accessor is not None else None
    if accessor is None or target is None or (item.lookup == "isnull" and path):
        return None
    if accessor.kind != "m2m":
        wanted = [] if item.lookup == "isnull" else [condition(target, path or "pk", unknown(item.term))]
        return Absent(target.table, frozenset([Condition(accessor.field, "exact", row), *wanted]))
    link = lookup.link(model, accessor)
    if link is None:
        return None
    reached = link.target if path in ("", "pk", "id") else f"{link.target}__{path}"
    wanted = [] if item.lookup == "isnull" else [Condition(reached, "exact", item.term)]
    return Absent(link.table, frozenset([Condition(link.source, "exact", row), *wanted]))
