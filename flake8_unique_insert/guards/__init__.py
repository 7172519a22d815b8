"""Guards: recognisers that are asked whether they protect one key at one write."""

from __future__ import annotations

from flake8_unique_insert.evaluate.frame import Analysis
from flake8_unique_insert.evaluate.rows.writes import Write
from flake8_unique_insert.guards import absence, handler, upsert, validation
from flake8_unique_insert.schema import UniqueKey

GUARDS = (handler, upsert, absence, validation)
"""In the order in which a verdict names them."""


def guard_of(analysis: Analysis, write: Write, key: UniqueKey, handlers: frozenset[str]) -> str | None:
    """The verdict of the first guard that protects a key ("handled", "checked", "upsert", "validated"), or None.

    handlers: names of context managers, decorators and classes below which IntegrityError is handled.
    """
    if handler.covers(write, handlers):
        return handler.VERDICT
    if upsert.covers(analysis, write, key):
        return upsert.VERDICT
    if absence.covers(analysis, write, key):
        return absence.VERDICT
    if validation.covers(analysis, write, key):
        return validation.VERDICT
    return None


__all__ = ["GUARDS", "guard_of"]
