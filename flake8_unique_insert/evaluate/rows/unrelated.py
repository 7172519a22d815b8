"""What a queryset's conditions on related rows say of each of its rows: `filter(profile__isnull=True)`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.rows.lookups import condition
from flake8_unique_insert.evaluate.rows.subqueries import REFERRED
from flake8_unique_insert.facts import Absent, Condition
from flake8_unique_insert.schema import Model
from flake8_unique_insert.syntax.expressions import TRUE, Attribute, Expression
from flake8_unique_insert.values import Rows, unknown


def unrelated(ev: Evaluator, rows: Rows, row: Expression) -> list[Absent]:
    """The related rows that a row of these does not have."""
    if len(rows.alternatives) != 1:
        return []
    (group,) = rows.alternatives
    found = [_missing(ev, rows.model, item, row) for item in map(partial(_denied, rows.model, group), group) if item]
    return [fact for fact in found if fact is not None]


def _denied(model: Model, group: frozenset[Condition], item: Condition) -> Condition | None:
    """What a condition denies of related rows: `profile__isnull=True`, `exclude(tags=t)`, `exclude(pk__in=tagged)`,
    `filter(~Exists(...))`."""
    if item.lookup == "isnull":
        return item if item.term == TRUE else None
    if not item.excluded:
        return None
    if item.lookup == REFERRED:
        return item
    if item.field in ("pk", model.primary_key) and item.lookup == "in":
        others = [other for other in item.among if other not in group]
        return _denied(model, group, replace(others[0], excluded=True)) if len(others) == 1 else None
    return item if item.lookup == "exact" or item.among else None


def _missing(ev: Evaluator, model: Model, item: Condition, row: Expression) -> Absent | None:
    if item.lookup == REFERRED and item.via is not None:
        value = Attribute(row, item.via.target) if item.via.target else row
        return Absent(item.via.table, frozenset([Condition(item.via.source, "exact", value), *item.among]))
    name, _, path = item.field.partition("__")
    lookup = ev.analysis.lookup
    accessor = lookup.accessor(model, name) or lookup.accessor(model, f"{name}_set")
    target = lookup.model_labelled(accessor.model) if accessor is not None else None
    if accessor is None or target is None or (item.lookup != "exact" and path):
        return None
    if accessor.kind != "m2m":
        wanted = [condition(target, path or "pk", unknown(item.term))] if item.lookup == "exact" else item.among
        return Absent(target.table, frozenset([Condition(accessor.field, "exact", row), *wanted]))
    link = lookup.link(model, accessor)
    if link is None or item.among:
        return None
    reached = link.target if path in ("", "pk", "id") else f"{link.target}__{path}"
    wanted = [] if item.lookup == "isnull" else [Condition(reached, "exact", item.term)]
    return Absent(link.table, frozenset([Condition(link.source, "exact", row), *wanted]))
