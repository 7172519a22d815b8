"""The names that an assignment binds."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_unique_insert.syntax.expressions import Attribute, Expression, Name, Sequence, dotted
from flake8_unique_insert.syntax.summary import Assignment


def bound(
    target: Expression, value: Expression | None, line: int, annotation: Expression | None
) -> Iterator[tuple[str, Assignment]]:
    """What each name in a target is assigned. annotation: that of `target: annotation = value`."""
    if isinstance(target, Name):
        yield target.id, Assignment(value, annotation, line)
    elif isinstance(target, Attribute) and (name := dotted(target)):
        yield name, Assignment(value, annotation, line)  # `Model.attribute = value`
    elif isinstance(target, Sequence):
        for index, item in enumerate(target.items):
            if isinstance(item, Name):
                if isinstance(value, Sequence) and len(value.items) == len(target.items):
                    yield item.id, Assignment(value.items[index], None, line)
                else:
                    yield item.id, Assignment(value, None, line, index)
