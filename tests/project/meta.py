"""What real Django says of models, in the words that the project layer uses: the truth of these tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple


class Key(NamedTuple):
    """A unique key. expressions: Django's own text of each, without its class names' noise."""

    kind: str
    fields: frozenset[str]
    conditional: bool = False
    expressions: frozenset[tuple[str, frozenset[str]]] = frozenset()
    nulls_distinct: bool = True
    deferrable: bool = False


def keys_of(model: Any) -> set[Key]:
    """Every unique key of a model: its own and those of its multi-table parents; none of an unmanaged model."""
    found: set[Key] = set()
    for options in _tables(model):
        if options.managed:
            found |= set(_field_keys(options))
            found |= {Key("unique_together", frozenset(names)) for names in options.unique_together}
            found |= set(_constraint_keys(options))
    return found


def _tables(model: Any) -> list[Any]:
    concrete = model._meta.concrete_model or model
    parents = [parent for parent in concrete._meta.parents if not parent._meta.abstract]
    found = [concrete._meta]
    for parent in parents:
        found.extend(options for options in _tables(parent) if options not in found)
    return found


def _field_keys(options: Any) -> Iterator[Key]:
    from django.db import models

    for field in options.local_fields:
        if field.primary_key:
            if not isinstance(field, models.AutoField) and not _is_numbered(field) and not field.auto_created:
                yield Key("pk", frozenset(getattr(field, "field_names", [field.name])))
        elif field.unique:
            yield Key("unique", frozenset({field.name}))


def _is_numbered(field: Any) -> bool:
    return field.get_internal_type() in ("AutoField", "BigAutoField", "SmallAutoField")


def _constraint_keys(options: Any) -> Iterator[Key]:
    from django.db.models import UniqueConstraint

    for item in options.constraints:
        if isinstance(item, UniqueConstraint):
            yield Key(
                "constraint",
                frozenset(item.fields),
                item.condition is not None,
                frozenset((_function(one), frozenset(_names(one))) for one in item.expressions),
                getattr(item, "nulls_distinct", None) is not False,
                item.deferrable is not None,
            )


def _function(expression: Any) -> str:
    name = type(expression).__name__
    if name == "OrderBy":
        return _function(expression.expression)
    return "" if name == "F" else name


def _names(expression: Any) -> Iterator[str]:
    if type(expression).__name__ == "F":
        yield expression.name
    for child in getattr(expression, "get_source_expressions", list)():
        if child is not None:
            yield from _names(child)


def accessors_of(model: Any) -> set[tuple[str, str, str, str]]:
    """(name, label of the model reached, its field, kind) of every reverse relation and many-to-many field."""
    found = {(field.name, field.related_model._meta.label, "", "m2m") for field in model._meta.many_to_many}
    for relation in model._meta.related_objects:
        name = relation.get_accessor_name()
        if name is None:
            continue
        kind = "one" if relation.one_to_one else "m2m" if relation.many_to_many else "many"
        found.add((name, relation.related_model._meta.label, relation.field.name, kind))
    return found


def managers_of(model: Any) -> dict[str, tuple[str, str]]:
    """Of each manager its class and its queryset's class, "" for Django's own."""
    return {manager.name: (_manager_class(type(manager)), _queryset_class(manager)) for manager in model._meta.managers}


def _manager_class(kind: type) -> str:
    while "From" in kind.__name__ and kind.__bases__:
        kind = kind.__bases__[0]
    return "" if kind.__module__.startswith("django.db.models") else f"{kind.__module__}.{kind.__qualname__}"


def _queryset_class(manager: Any) -> str:
    kind = type(manager.get_queryset())
    return "" if kind.__module__.startswith("django.db.models") else f"{kind.__module__}.{kind.__qualname__}"


def relation(field: Any) -> str:
    """ "o2o", "fk", "m2m" or ""."""
    if field.one_to_one:
        return "o2o"
    if field.many_to_many:
        return "m2m"
    return "fk" if field.many_to_one else ""
