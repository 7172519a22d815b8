"""The slice of a function that leads to its writes: what comes after the last one, on each path, says nothing of it."""

from __future__ import annotations

from collections.abc import Callable

from flake8_unique_insert.evaluate.verbs import is_known, may_write, plain
from flake8_unique_insert.flow.graph import Define, Graph
from flake8_unique_insert.flow.slice import Slice, leading_to
from flake8_unique_insert.syntax.expressions import Attribute, Call, Expression, Lambda, Name


class _Held(Exception):
    """Something that writes is held as a value, and may be called anywhere."""


def to_writes(graph: Graph, names: frozenset[str]) -> Slice | None:
    """The blocks of a function that lead to calls which may write; None when that cannot be told by names.

    names: of functions that write, whose mention counts, too.
    """
    nested = (
        action.node.header.name for block in graph.blocks for action in block.actions if isinstance(action, Define)
    )
    try:
        return leading_to(graph, _writes(names.union(nested)))
    except _Held:
        return None


def _writes(names: frozenset[str]) -> Callable[[Expression], bool]:
    def is_wanted(expression: Expression) -> bool:
        found = False
        called: set[int] = set()
        for part in expression.walk():
            if isinstance(part, Call):
                found = found or may_write(part)
                called.add(id(part.function))
            elif isinstance(part, Name):
                found = found or part.id in names
            elif isinstance(part, Attribute):
                found = found or part.name in names
                if is_known(plain(part.name)) and id(part) not in called:
                    raise _Held
            elif isinstance(part, Lambda) and _may_write(part):
                raise _Held
        return found

    return is_wanted


def _may_write(expression: Expression) -> bool:
    return any(isinstance(part, Call) and may_write(part) for part in expression.walk())
