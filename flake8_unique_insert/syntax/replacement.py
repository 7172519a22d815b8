"""Expressions with parts of them replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from flake8_unique_insert.syntax.expressions import Expression


def replaced(expression: Expression, values: Mapping[Expression, Expression]) -> Expression:
    """The expression with each of these parts (the outermost where they are nested) replaced by its value."""
    if not values:
        return expression
    if expression in values:
        return values[expression]
    changed: dict[str, Any] = {}
    for item in fields(expression):  # type: ignore[arg-type]
        old = getattr(expression, item.name)
        new = _inside(old, values)
        if new is not old:
            changed[item.name] = new
    return replace(expression, **changed) if changed else expression  # type: ignore[type-var]


def _inside(value: object, values: Mapping[Expression, Expression]) -> object:
    if isinstance(value, Expression):
        return replaced(value, values)
    if isinstance(value, tuple):
        new = tuple(_inside(item, values) for item in value)
        return new if any(one is not other for one, other in zip(new, value, strict=True)) else value
    return value
