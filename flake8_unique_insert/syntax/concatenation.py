"""Implicit concatenation: string literals that stand side by side are one."""

from __future__ import annotations

from collections.abc import Iterable

from flake8_unique_insert.syntax.expressions import Constant, Expression, constant


def joined_literals(parts: Iterable[Expression]) -> tuple[Expression, ...]:
    """The parts of a string, neighbouring literals as one."""
    found: list[Expression] = []
    for part in parts:
        both = _both(found[-1], part) if found else None
        if both is not None:
            found[-1] = both
        else:
            found.append(part)
    return tuple(found)


def _both(left: Expression, right: Expression) -> Constant | None:
    """Two string literals as one; None for anything else, numbers in the braces of an f-string among it."""
    first = left.value if isinstance(left, Constant) else None
    second = right.value if isinstance(right, Constant) else None
    if isinstance(first, str) and isinstance(second, str):
        return constant(first + second)
    if isinstance(first, bytes) and isinstance(second, bytes):
        return constant(first + second)
    return None
