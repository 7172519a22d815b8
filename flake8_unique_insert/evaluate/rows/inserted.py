"""Inserted rows as facts see them, one by one or in batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.rows.row_values import object_values, with_kept
from flake8_unique_insert.evaluate.rows.writes import RowValues
from flake8_unique_insert.evaluate.states.changes import of_other_elements
from flake8_unique_insert.facts import MADE_BY, NO_FACTS, Facts, Inserted
from flake8_unique_insert.schema import Model
from flake8_unique_insert.syntax.expressions import NONE, Expression
from flake8_unique_insert.values import Elements, Instance, Items, ObjectState, Option, Result

Element = tuple[Instance | None, RowValues, Facts, int | None]
"""A kind of element of a batch: (instance, values, facts, count); the count None means many."""


def inserted_row(model: Model, values: RowValues, made_by: Expression = NONE) -> Inserted:
    """An inserted row as facts see it. made_by: the manager."""
    pairs = frozenset([(name, value.term) for name, value in values.values] + [(MADE_BY, made_by)])
    return Inserted(model.table, pairs, not values.open and values.spread is None)


def with_parents(ev: Evaluator, row: Inserted, values: RowValues) -> Inserted:
    """An inserted row with what rows that it refers to were found by, if that differs in a loop: `tag__name`."""
    known = [(name, ev.state.objects.get(value.term) or ObjectState(None)) for name, value in values.values]
    told = (
        (f"{name}__{field}", own.term)
        for name, found in known
        for field, own in found.values
        if field not in found.changed and any(symbol.kind == "distinct" for symbol in own.term.symbols)
    )
    return replace(row, values=row.values.union(told))


def bulk_elements(ev: Evaluator, objects: Result | None) -> list[Element]:
    """What `bulk_create` inserts."""
    inner = objects.value if objects is not None else None
    found: list[Element] = []
    if isinstance(inner, Items):
        for item in inner.items:
            for option in item.options:
                found.append(_element(option, dict(ev.state.objects), 1))
    elif isinstance(inner, Elements):
        for option in inner.element.options:
            found.append(_element(option, {**ev.state.objects, **dict(inner.objects)}, None))
    return found or [(None, RowValues((), objects.term if objects else None, True), NO_FACTS, None)]


def _element(option: Option, objects: dict[Expression, ObjectState], count: int | None) -> Element:
    value = option.value
    if isinstance(value, Instance) and (known := objects.get(value.term)) is not None:
        values = object_values(known)
        return value, values if known.open else with_kept(value, known, values), option.facts, count
    return None, RowValues((), value.term, True), option.facts, count


def rows_of_batch(ev: Evaluator, model: Model, elements: list[Element]) -> Iterator[Inserted]:
    """The rows that a batch inserts, as facts see them."""
    for instance, values, _, count in elements:
        if instance is None:
            yield Inserted(model.table, frozenset(), False)
            continue
        row = with_parents(ev, inserted_row(model, values), values)
        yield row
        if count is None:
            yield from of_other_elements(row, ev.analysis.rows)
