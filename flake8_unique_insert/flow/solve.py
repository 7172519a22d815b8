"""One forward analysis over a graph, to a fixpoint.

The solver knows nothing of what a state holds. A `Transfer` says how a block changes it, what travels along each edge
and how states meet.
"""

from __future__ import annotations

import heapq
from typing import Generic, Protocol, TypeVar

from flake8_unique_insert.flow.graph import Block, Edge, Graph

S = TypeVar("S")

MAX_VISITS = 12
"""How often one block is visited before its state is taken as it is. Chains of loops settle in three or four."""


class Transfer(Protocol[S]):
    """What an analysis does; states are never changed once handed over."""

    def flow(self, block: Block, state: S) -> dict[Edge, S]:
        """The state at the end of each out-edge that can be taken."""

    def meet(self, block: Block, arriving: list[tuple[Edge, S]]) -> S:
        """The state at a block's start from those that arrive there."""


class Solution(Generic[S]):
    """The state at the start of each block that can be reached."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.at_start: dict[Block, S] = {}


def solve(graph: Graph, start: S, transfer: Transfer[S]) -> Solution[S]:
    """Run the analysis from a state at the graph's entry."""
    solution: Solution[S] = Solution(graph)
    place = graph.places
    arrived: dict[Block, dict[Edge, S]] = {}
    visits: dict[Block, int] = {}
    waiting = [(0, graph.entry.number)]
    queued = {graph.entry}
    by_number = {block.number: block for block in graph.blocks}
    while waiting:
        block = by_number[heapq.heappop(waiting)[1]]
        queued.discard(block)
        incoming = list(arrived.get(block, {}).items())
        state = start if block is graph.entry and not incoming else transfer.meet(block, incoming)
        if block in solution.at_start and solution.at_start[block] == state:
            continue
        visits[block] = visits.get(block, 0) + 1
        if visits[block] > MAX_VISITS:
            continue
        solution.at_start[block] = state
        leaving = transfer.flow(block, state)
        for edge in block.edges:
            box = arrived.setdefault(edge.target, {})
            if edge in leaving:
                box[edge] = leaving[edge]
            else:
                box.pop(edge, None)
            if box and edge.target not in queued:
                queued.add(edge.target)
                heapq.heappush(waiting, (place[edge.target], edge.target.number))
    return solution
