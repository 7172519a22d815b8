"""The part of a graph from which control can still come to something: the rest need not be analysed for it."""

from __future__ import annotations

from collections.abc import Callable

from flake8_unique_insert.flow.graph import Action, Block, Define, Graph, expressions_of
from flake8_unique_insert.syntax.expressions import Expression

Slice = dict[Block, int]
"""The blocks that lead to what was looked for, each with how many of its actions do."""


def leading_to(graph: Graph, is_wanted: Callable[[Expression], bool]) -> Slice:
    """The blocks from which control can come to a wanted expression. A nested function counts as one."""
    found: Slice = {}
    for block in graph.blocks:
        if block.test is not None and is_wanted(block.test):
            found[block] = len(block.actions)
        else:
            last = max((n for n, action in enumerate(block.actions, 1) if _is_any(action, is_wanted)), default=0)
            if last:
                found[block] = last
    into: dict[Block, list[Block]] = {}
    for block in graph.blocks:
        for edge in block.edges:
            into.setdefault(edge.target, []).append(block)
    waiting = list(found)
    while waiting:
        for block in into.get(waiting.pop(), ()):
            if block not in found:
                waiting.append(block)
            found[block] = len(block.actions)
    return found


def _is_any(action: Action, is_wanted: Callable[[Expression], bool]) -> bool:
    return isinstance(action, Define) or any(is_wanted(part) for part in expressions_of(action))
