"""Copies of rows: an instance that loses its primary key is another row from then on."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.objects import attributes
from flake8_unique_insert.evaluate.states.terms import normal
from flake8_unique_insert.syntax.expressions import NONE, Attribute
from flake8_unique_insert.values import Instance, Result, result


def under_own_name(ev: Evaluator, row: Result, name: str, value: Result) -> Result:
    """The row under a name of its own where `row.name = value` makes a copy of one that it was looked up by.

    `get(pk=old.pk)` is another name of `old`, which the copy must not go by.
    """
    instance = row.value
    if value.term != NONE or not isinstance(instance, Instance) or normal(instance.term) == instance.term:
        return row
    known = ev.state.objects.get(instance.term)
    if name not in ("pk", "id", instance.model.primary_key) or known is None:
        return row
    copy = ev.symbol("new", ("copy", instance.term))
    missing = [field for field in instance.model.fields if known.get(field) is None]
    kept = ((field, attributes.read(ev, row, field, Attribute(instance.term, field))) for field in missing)
    ev.state.objects[copy] = replace(known, values=(*known.values, *kept))
    return result(replace(instance, term=copy))
