"""Expressions with names replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from flake8_unique_insert.syntax.expressions import Expression, Name


def substitute(expression: Expression, values: Mapping[str, Expression]) -> Expression:
    """The expression with each of these names replaced by its value."""
    if not values:
        return expression
    if isinstance(expression, Name):
        return values.get(expression.id, expression)
    changed: dict[str, Any] = {}
    for item in fields(expression):  # type: ignore[arg-type]
        old = getattr(expression, item.name)
        new = _inside(old, values)
        if new is not old:
            changed[item.name] = new
    return replace(expression, **changed) if changed else expression  # type: ignore[type-var]


def _inside(value: object, values: Mapping[str, Expression]) -> object:
    if isinstance(value, Expression):
        return substitute(value, values)
    if isinstance(value, tuple):
        new = tuple(_inside(item, values) for item in value)
        return new if any(one is not other for one, other in zip(new, value, strict=True)) else value
    return value
