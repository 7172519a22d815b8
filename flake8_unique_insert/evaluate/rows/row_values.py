"""Arguments → the fields that a row gets."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.calls.spreading import lay_over
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.rows.writes import RowValues
from flake8_unique_insert.schema import ClassSymbol, Model
from flake8_unique_insert.syntax.expressions import Argument, Attribute, Call, Expression, Name, string
from flake8_unique_insert.syntax.summary import Assignment
from flake8_unique_insert.values import (
    Arguments,
    Entries,
    Instance,
    ModelClass,
    ObjectState,
    Result,
    Rows,
    Unset,
    unknown,
)

OF_CONTENT_TYPE = frozenset({"get_object_for_this_type", "aget_object_for_this_type"})
"""Methods of a content type that look up a row of its class."""

SPREAD = "**"
"""Stands among the values of a row for a dict that holds others, and among its changed fields for all that this has."""


def keyword_values(arguments: Arguments, model: Model) -> RowValues:
    """The fields that keyword arguments set: `create(email=e, **data)`."""
    values: dict[str, Result] = {}
    spread, is_open = None, False
    for argument, value in zip(*arguments):
        if argument.star == "**":
            inner = value.value
            if isinstance(inner, Entries):
                lay_over(values, _all_fields(model, inner).items())
                is_open = is_open or inner.open
            if not isinstance(inner, Entries) or inner.open:
                spread = value.term
        elif argument.keyword is not None:
            values.update(fields_set(model, argument.keyword, value))
    return RowValues(tuple(values.items()), spread, is_open)


def entries_values(value: Result | None, model: Model) -> RowValues:
    """The fields of a `defaults=` dict."""
    if value is None:
        return RowValues()
    inner = value.value
    if isinstance(inner, Entries):
        values = tuple(_all_fields(model, inner).items())
        return RowValues(values, value.term if inner.open else None, inner.open)
    return RowValues((), value.term, True)


def _all_fields(model: Model, entries: Entries) -> dict[str, Result]:
    found: dict[str, Result] = {}
    for name, value in entries.entries:
        found.update(fields_set(model, name, value))
    return found


def with_given(rows: Rows, values: RowValues) -> RowValues:
    """The values and those that a related manager adds."""
    named = dict(values.values)
    added = tuple((name, unknown(term)) for name, term in rows.given if name not in named)
    return replace(values, values=(*values.values, *added))


def object_values(known: ObjectState) -> RowValues:
    """The values of a new instance."""
    found = known.get(SPREAD)
    values = tuple((name, value) for name, value in known.values if name != SPREAD)
    given = [option.value.term for option in found.options if not isinstance(option.value, Unset)] if found else []
    spread = given[0] if len(given) == 1 else found.term if found else None
    return RowValues(values, spread, known.open)


def fields_set(model: Model, name: str, value: Result) -> dict[str, Result]:
    """The fields that setting an attribute of an instance sets: for a GenericForeignKey the two that hold it."""
    field = model.field(name)
    if field is not None:
        return {field.name: value}
    if name not in model.generic_keys:
        return {name: value}
    content_type, object_id = model.generic_keys[name]
    return {content_type: unknown(content_type_of(value)), object_id: unknown(Attribute(value.term, "pk"))}


def content_type_of(value: Result) -> Expression:
    """The term of `ContentType.objects.get_for_model(value)`: a row has that of its class, or that which gave it."""
    inner, term = value.value, value.term
    if isinstance(term, Call) and isinstance(term.function, Attribute) and term.function.name in OF_CONTENT_TYPE:
        return term.function.base
    if isinstance(inner, (Instance, ModelClass)):
        term = Name(inner.model.label)
    elif isinstance(term, Attribute) and term.name == "__class__":
        term = term.base
    return Call(Name("django.contrib.contenttypes.models.ContentType"), (Argument(term),))


def username_field(ev: Evaluator, model: Model) -> str:
    """USERNAME_FIELD of a user model."""
    member = (
        ev.analysis.lookup.class_member(model.symbol, "USERNAME_FIELD")
        if isinstance(model.symbol, ClassSymbol)
        else None
    )
    stated = member.definition.value if member is not None and isinstance(member.definition, Assignment) else None
    return (string(stated) if stated is not None else None) or "username"


def with_kept(instance: Instance, known: ObjectState, values: RowValues) -> RowValues:
    """The values of a new row, with those that a copy keeps of the row it was made from."""
    if not known.copied:
        return values
    named = dict(values.values)
    kept = ((name, unknown(Attribute(instance.term, name))) for name in instance.model.fields if name not in named)
    return replace(values, values=(*values.values, *kept))
