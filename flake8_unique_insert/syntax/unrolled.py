"""Loops over what is written out, `for model in [Customer, Team]`: what is asked of each in turn.

Besides models these are the fields of a lookup, `for field in ("name", "email")`, and what `any([...])` is given.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Boolean,
    Call,
    Comprehension,
    Expression,
    Mapping,
    Name,
    Sequence,
    Starred,
    string,
)
from flake8_unique_insert.syntax.replacement import replaced

MAX_ITEMS = 12
MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
CHAINS = {"any": "or", "all": "and"}


def models_named(target: Expression, iterable: Expression, body: Iterable[Expression]) -> tuple[Expression, ...]:
    """The models that a loop over a display goes through; none where its body asks no manager of its target."""
    items = _display(iterable)
    if not items or not all(isinstance(item, (Name, Attribute)) for item in items):
        return ()
    asks = any(isinstance(part, Attribute) and part.base == target and part.name in MANAGERS for part in body)
    return items if asks and isinstance(target, Name) else ()


def fields_named(target: Expression, iterable: Expression, body: Iterable[Call]) -> tuple[Expression, ...]:
    """The field names, alone or each with a value, by which a loop looks up: `filter(**{field: value})`."""
    items = _display(iterable)
    first = [item.items[0] if isinstance(item, Sequence) and item.items else item for item in items]
    if not items or not all(string(item) for item in first):
        return ()
    names = {part for part in target.walk() if isinstance(part, Name)}
    given = (argument.value for call in body for argument in call.arguments if argument.star == "**")
    keys = (key for found in given if isinstance(found, Mapping) for key, _ in found.items if key is not None)
    return items if any(part in names for key in keys for part in key.walk()) else ()


def _display(iterable: Expression) -> tuple[Expression, ...]:
    """The items of a list, tuple or set that is written out; none where there are too many."""
    items = iterable.items if isinstance(iterable, Sequence) else ()
    return items if len(items) <= MAX_ITEMS and not any(isinstance(item, Starred) for item in items) else ()


def spelled_out(call: Call) -> Expression:
    """`any(model.objects.exists() for model in (Customer, Team))` as `Customer.objects.exists() or ...`."""
    operator = CHAINS.get(call.function.id) if isinstance(call.function, Name) else None
    inner = call.arguments[0].value if len(call.arguments) == 1 else None
    if operator is not None and inner is not None and (items := _display(inner)):
        return reduce(lambda left, right: Boolean(operator, left, right), items)
    if operator is None or not isinstance(inner, Comprehension) or len(inner.clauses) != 1:
        return call
    (clause,) = inner.clauses
    models = () if clause.conditions else models_named(clause.target, clause.iterable, inner.element.walk())
    each = [replaced(inner.element, {clause.target: model}) for model in models]
    return reduce(lambda left, right: Boolean(operator, left, right), each) if each else call
