"""The slice of a function that leads to certain calls: what comes after the last of them, on each path, is left out."""

from __future__ import annotations

from collections.abc import Callable

from flake8_unique_insert.evaluate.rows.verbs import is_known, may_write, plain
from flake8_unique_insert.flow.graph import Define, Graph
from flake8_unique_insert.flow.slice import Slice, leading_to
from flake8_unique_insert.syntax.expressions import Attribute, Call, Expression, Lambda, Name


class _Held(Exception):
    """What leads to a wanted call is held as a value, and may be called anywhere."""


def to_writes(graph: Graph, names: frozenset[str]) -> Slice | None:
    """What leads to calls that may write, or call something of these names; None when names cannot tell."""
    return _slice(graph, names, may_write, lambda name: is_known(plain(name)))


def to_calls(graph: Graph, names: frozenset[str]) -> Slice | None:
    """What leads to calls of something of these names; None when names cannot tell."""
    return _slice(graph, names, lambda node: False, lambda name: False)


def _slice(
    graph: Graph, names: frozenset[str], is_wanted: Callable[[Call], bool], is_method: Callable[[str], bool]
) -> Slice | None:
    """names: of wanted functions, besides those nested in the graph's. is_method: whether a method's name is one."""
    actions = (action for block in graph.blocks for action in block.actions)
    names = names.union(action.node.header.name for action in actions if isinstance(action, Define))

    def leads_on(expression: Expression) -> bool:
        found = False
        called: set[int] = set()
        for part in expression.walk():
            is_named = False
            if isinstance(part, Call):
                found = found or is_wanted(part)
                called.add(id(part.function))
            elif isinstance(part, Name):
                is_named = part.id in names
            elif isinstance(part, Attribute):
                is_named = part.name in names or is_method(part.name)
            if (is_named and id(part) not in called) or (isinstance(part, Lambda) and leads_on(part.body)):
                raise _Held
            found = found or is_named
        return found

    try:
        return leading_to(graph, leads_on)
    except _Held:
        return None
