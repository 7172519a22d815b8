"""A model of the project layer beside Django's: the differences, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flake8_unique_insert.schema import Model
from tests.project import meta


def keys_found(model: Model) -> set[meta.Key]:
    """The keys of our model in the words of `meta`."""
    return {
        meta.Key(
            key.kind.value,
            frozenset(key.fields),
            key.condition is not None,
            frozenset((item.function, frozenset(item.fields)) for item in key.expressions),
            key.nulls_distinct,
            key.deferrable,
        )
        for key in model.keys
    }


def managers_found(model: Model) -> dict[str, tuple[str, str]]:
    """The managers of our model in the words of `meta`."""
    return {
        name: (item.manager.dotted if item.manager else "", item.queryset.dotted if item.queryset else "")
        for name, item in model.managers.items()
    }


def differences(real: Any, ours: Model | None) -> Iterator[str]:
    """What our model says otherwise than Django's; nothing when they agree."""
    if ours is None:
        yield "not found"
        return
    wanted, found = meta.keys_of(real), keys_found(ours)
    for key in wanted - found:
        yield f"lacks {tuple(key)[:3]}"
    for key in found - wanted:
        yield f"has too many: {tuple(key)[:3]}"
    yield from _field_differences(real, ours)
    names = {manager.name for manager in real._meta.managers}
    if set(ours.managers) != names:
        yield f"managers {sorted(ours.managers)} instead of {sorted(names)}"


def _field_differences(real: Any, ours: Model) -> Iterator[str]:
    listed = [*real._meta.fields, *real._meta.many_to_many]
    theirs = {field.name: field for field in listed if field.column is not None or field.many_to_many}
    for name in set(theirs) ^ set(ours.fields):
        yield f"field {name}"
    for name in set(theirs) & set(ours.fields):
        field, other = ours.fields[name], theirs[name]
        if (field.null, field.primary_key) != (other.null, other.primary_key):
            yield f"field {name}: null or primary key"
        if (field.default is not None) != (other.has_default() or getattr(other, "has_db_default", bool)()):
            yield f"field {name}: default {field.default}"
        if field.relation and field.target != other.related_model._meta.label:
            yield f"field {name}: target {field.target} instead of {other.related_model._meta.label}"
        if field.relation != meta.relation(other):
            yield f"field {name}: relation {field.relation!r} instead of {meta.relation(other)!r}"
