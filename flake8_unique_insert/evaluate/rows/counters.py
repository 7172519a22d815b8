"""Numbers that a row counts: `company.last_number += 1`."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_unique_insert.facts import NewRow
from flake8_unique_insert.syntax.expressions import Attribute, Binary, Constant, Expression
from flake8_unique_insert.values import Instance, ObjectState


def counted(row: Instance, known: ObjectState, saved: frozenset[str] | None) -> Iterator[NewRow]:
    """Once a row is saved whose counter was raised, `company.last_number += 1`, nobody else gets that number from it.

    saved: the fields that are saved, None for all.
    """
    former = dict(known.former)
    for name in known.changed if saved is None else known.changed & saved:
        value = found.term if (found := known.get(name)) is not None else None
        own = {Attribute(row.term, name), former.get(name, value)}
        if isinstance(value, Binary) and value.operator == "+" and value.left in own and is_step(value.right):
            yield NewRow(value)


def is_step(term: Expression) -> bool:
    """True for a positive number."""
    return isinstance(term, Constant) and isinstance(term.value, int) and term.value > 0
