"""Loops over models that are written out, `for model in [Customer, Team]`: what is asked of each in turn."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from flake8_unique_insert.syntax.expressions import Attribute, Boolean, Call, Comprehension, Expression, Name, Sequence
from flake8_unique_insert.syntax.replacement import replaced

MAX_MODELS = 12
MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
CHAINS = {"any": "or", "all": "and"}


def models_named(target: Expression, iterable: Expression, body: Iterable[Expression]) -> tuple[Expression, ...]:
    """The models that a loop over a display goes through; none where its body asks no manager of its target."""
    items = iterable.items if isinstance(iterable, Sequence) else ()
    if not 0 < len(items) <= MAX_MODELS or not all(isinstance(item, (Name, Attribute)) for item in items):
        return ()
    asks = any(isinstance(part, Attribute) and part.base == target and part.name in MANAGERS for part in body)
    return items if asks and isinstance(target, Name) else ()


def spelled_out(call: Call) -> Expression:
    """`any(model.objects.exists() for model in (Customer, Team))` as `Customer.objects.exists() or ...`."""
    operator = CHAINS.get(call.function.id) if isinstance(call.function, Name) else None
    inner = call.arguments[0].value if len(call.arguments) == 1 else None
    if operator is None or not isinstance(inner, Comprehension) or len(inner.clauses) != 1:
        return call
    (clause,) = inner.clauses
    models = () if clause.conditions else models_named(clause.target, clause.iterable, inner.element.walk())
    each = [replaced(inner.element, {clause.target: model}) for model in models]
    return reduce(lambda left, right: Boolean(operator, left, right), each) if each else call
