"""Texts that a loop puts together of what is random."""

from __future__ import annotations

from flake8_unique_insert.syntax.expressions import Expression, Symbol
from flake8_unique_insert.values import Fresh, Known, Option

GROWN = "grown"
"""The kind of the symbol for a text that grows by what is random, each time that ways meet: in a loop."""


def without_start(options: dict[object, Option]) -> dict[object, Option]:
    """What a text may be, by value, without the literals that it grew from: the loop has made it by then."""
    if not any(isinstance(value, Fresh) and _is_grown(value.term) for value in options):
        return options
    return {value: option for value, option in options.items() if not isinstance(value, Known)}


def _is_grown(term: Expression) -> bool:
    return isinstance(term, Symbol) and term.kind == GROWN
