"""Live variables: which names a graph may still read, so that the others need not be kept from round to round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flake8_unique_insert.flow.graph import (
    Action,
    Assign,
    Block,
    Define,
    EdgeKind,
    Enter,
    Forget,
    Graph,
    ImportNames,
    Iterate,
    Region,
    WithRegion,
    expressions_of,
)
from flake8_unique_insert.syntax.expressions import Expression, Name, Sequence

Names = frozenset[str]
NO_NAMES: Names = frozenset()


def live_at_heads(graph: Graph) -> dict[Block, Names]:
    """By the first block of each loop the names that are read after it begins, before they are bound again.

    Empty for a graph with nested functions, which may read any name whenever they are called.
    """
    if not graph.has_cycle or any(isinstance(action, Define) for block in graph.blocks for action in block.actions):
        return {}
    place = graph.places
    heads = {edge.target for block in place for edge in block.edges if place[edge.target] <= place[block]}
    live = _live(graph)
    return {block: live[block] for block in heads}


def _live(graph: Graph) -> dict[Block, Names]:
    """The names that are live where each block that can be reached begins."""
    backward = sorted(graph.places, key=graph.places.__getitem__, reverse=True)
    effects = {block: _effect(block) for block in backward}
    live = {block: read for block, (read, _) in effects.items()}
    is_settled = False
    while not is_settled:
        is_settled = True
        for block in backward:
            bound = effects[block][1]
            found = live[block].union(*(
                live[edge.target] if edge.kind is EdgeKind.RAISES else live[edge.target] - bound for edge in block.edges
            ))  # fmt: skip
            if len(found) > len(live[block]):
                live[block] = found
                is_settled = False
    return live


def _effect(block: Block) -> tuple[Names, Names]:
    """The names that a block reads before it binds them, and those that it certainly binds."""
    read: set[str] = set()
    bound: set[str] = set()
    for action in block.actions:
        targets = set(_bound(action))
        read.update(_names(expressions_of(action, with_target=not targets)) - bound)
        bound |= targets
    if block.test is not None:
        read.update(_names([block.test]) - bound)
    read.update(_names(edge.types for edge in block.edges if edge.types is not None))
    read.update(name for region in block.regions for name in _names(_around(region)))
    return frozenset(read), frozenset(bound)


def _around(region: Region) -> Iterator[Expression]:
    """What is asked of a region at each write in it: what its handlers catch, and what its manager is."""
    if isinstance(region, WithRegion):
        yield region.manager
    else:
        yield from (handler.types for handler in region.handlers if handler.types is not None)


def _bound(action: Action) -> Iterator[str]:
    """The names that an action binds; none where its target is something else, too, or is read before."""
    if isinstance(action, ImportNames):
        yield from (name for name, _ in action.names)
    elif isinstance(action, (Assign, Iterate, Enter, Forget)) and not getattr(action, "operator", ""):
        target = action.target
        parts = target.items if isinstance(target, Sequence) else (target,)
        if all(isinstance(part, Name) for part in parts):
            yield from (part.id for part in parts if isinstance(part, Name))


def _names(expressions: Iterable[Expression]) -> set[str]:
    return {part.id for expression in expressions for part in expression.walk() if isinstance(part, Name)}
