"""Batches of new instances that `bulk_create` has inserted."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.states.facts import added
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.facts import NewRow
from flake8_unique_insert.values import Elements, Option, Result


def all_stored(state: State, batch: Result, elements: Elements) -> Result:
    """The same instances as rows in the database, new ones, whatever name the batch has."""
    made = {term for term, known in elements.objects if known.new is True}
    options = tuple(
        Option(item.value, added(item.facts, [NewRow(item.value.term)] if item.value.term in made else ()))
        for item in elements.element.options
    )
    objects = tuple((term, replace(known, new=False)) for term, known in elements.objects)
    stored = replace(elements, element=replace(elements.element, options=options), objects=objects)
    found = Result(batch.term, (Option(stored, batch.options[0].facts),))
    for name, bound in state.names.items():
        if bound == batch:
            state.names[name] = found
    return found
