"""Values that are made of what no other row has."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_unique_insert.evaluate.frame import Analysis
from flake8_unique_insert.evaluate.rows.writes import Write
from flake8_unique_insert.evaluate.states.terms import is_text, left_of_cut
from flake8_unique_insert.facts import Absent
from flake8_unique_insert.schema import Model
from flake8_unique_insert.sites.values import FieldValue, default_of
from flake8_unique_insert.syntax.expressions import (
    Argument,
    Attribute,
    Binary,
    Call,
    Constant,
    Expression,
    called_name,
    positional,
    string,
)
from flake8_unique_insert.values import Instance


def is_derived(write: Write, values: dict[str, FieldValue]) -> bool:
    """True when a member is made from what no other row has: from another value of the row that was found to be free,
    as in `f"{username}@a.io"`, or from what tells the row that is changed from all others: its primary key, as in
    `f"deleted-{row.pk}"`, or another unique field."""
    free = {
        condition.term
        for fact in write.facts
        if isinstance(fact, Absent) and fact.table == write.model.table and len(fact.conditions) == 1 and not fact.but
        for condition in fact.conditions
        if condition.lookup == "exact" and condition.field not in values and condition.field in _alone(write)
    }
    own, other = frozenset(_held(write, _own_key(write))), frozenset(_held(write, _telling(write, values)))
    terms = [left_of_cut(term) for value in values.values() for term in value.terms]
    texts = [term for term in terms if is_text(term)]
    parts = (part for term in texts for part in _parts(term, write) if not isinstance(part, Constant))
    return (
        bool(own.intersection(terms))
        or bool((free | own) and any(part in free | own for part in parts))
        or any(piece in other for term in texts for piece in _pieces(term))
        or is_made_of_columns(write, values)
    )


def is_made_of_columns(write: Write, values: dict[str, FieldValue]) -> bool:
    """True for `update(name=Concat("name", Value("-"), "pk"))`: each row gets a value with something of its own."""
    if write.method != "update":
        return False
    telling = {*_own_key(write), *_telling(write, values)}
    return any(not telling.isdisjoint(_columns(term)) for value in values.values() for term in value.terms)


def is_generated_in(analysis: Analysis, write: Write, term: Expression, row: Expression) -> bool:
    """True for `row.token` of a new row, or a text with it, where the default of the field generates.

    And for a text with a number that a counter gave, which is the new thing itself.
    """
    if isinstance(row, Binary):
        return row in _pieces(term)
    read = {piece.name for piece in _pieces(term) if isinstance(piece, Attribute) and piece.base == row}
    known = write.state.objects.get(row)
    if not read or (known is not None and known.open):
        return False
    options = (option.value for bound in write.state.names.values() for option in bound.options)
    models = {value.model for value in options if isinstance(value, Instance) and value.term == row}
    fields = (field for model in models for name in read if (field := model.field(name)) is not None)
    return any(field.default is not None and default_of(analysis, field).kind == "fresh" for field in fields)


def telling_fields(model: Model) -> set[str]:
    """The fields in each of which no two rows of a model are equal, but for the automatic primary key."""
    plain = (key for key in model.keys if key.condition is None and not key.expressions and len(key.members) == 1)
    return {name for key in plain for name in key.members if (field := model.field(name)) and not field.null}


def _alone(write: Write) -> set[str]:
    """The fields that are a key of the model by themselves."""
    return {key.members[0] for key in write.model.keys if len(key.members) == 1}


def _changed(write: Write) -> set[str]:
    """The fields of an existing row, or of several, that a write changes."""
    return set(write.object.changed) if write.object is not None else {name for name, _ in write.values.values}


def _own_key(write: Write) -> set[str]:
    """The names of the primary key of what is changed, but for that key."""
    names = {"pk", write.model.primary_key}
    return names if write.kind == "update" and names.isdisjoint(_changed(write)) else set()


def _telling(write: Write, values: dict[str, FieldValue]) -> set[str]:
    """The other fields in which no two rows are equal, where these are changed and they are not."""
    return telling_fields(write.model) - _changed(write) - values.keys() if write.kind == "update" else set()


def _held(write: Write, names: set[str]) -> Iterator[Expression]:
    """The terms for what the row that is changed has in these fields."""
    for name in names if write.instance is not None and write.object is not None else ():
        assert write.instance is not None
        assert write.object is not None
        yield Attribute(write.instance.term, name)
        if (known := write.object.get(name)) is not None:
            yield known.term


def _parts(term: Expression, write: Write) -> Iterator[Expression]:
    """What a value is made of, but for what the row itself was looked up by: `get(pk=pk).name` tells nothing of pk."""
    stack = [term]
    while stack:
        item = stack.pop()
        if write.instance is None or item != write.instance.term:
            yield item
            stack.extend(item.children())


def _pieces(term: Expression) -> Iterator[Expression]:
    """The values that a text has in it as they are."""
    yield term
    for part in term.children() if is_text(term) or isinstance(term, Argument) else ():
        yield from _pieces(part)


def _columns(term: Expression) -> Iterator[str]:
    """The fields that are put together by `Concat("name", Value("-"), F("pk"))`; `+` adds numbers in most databases."""
    for item in positional(term) if isinstance(term, Call) and _function(term) == "Concat" else ():
        named = next(iter(positional(item)), item) if isinstance(item, Call) and _function(item) == "F" else item
        if (name := string(named)) is not None:
            yield name
        else:
            yield from _columns(item)


def _function(call: Call) -> str:
    """The last name of what a call calls."""
    return called_name(call).rsplit(".", 1)[-1]
