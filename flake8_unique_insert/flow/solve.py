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
    """Run the analysis from a state at the graph's entry.

    A nest of loops settles before what comes after it. In the nest one sweep goes through all blocks with news before
    the next begins: an inner loop that settled anew in each round of the outer one would take many more visits.
    """
    solution: Solution[S] = Solution(graph)
    place, nest = graph.places, graph.nests
    in_order = sorted(place, key=place.__getitem__)
    arrived: dict[Block, dict[Edge, S]] = {}
    visits: dict[Block, int] = {}
    waiting = [(nest[graph.entry], 0, 0)]  # nest, sweep, place
    queued = {graph.entry}
    while waiting:
        _, sweep, at = heapq.heappop(waiting)
        block = in_order[at]
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
            target = edge.target
            box = arrived.setdefault(target, {})
            if edge in leaving:
                box[edge] = leaving[edge]
            else:
                box.pop(edge, None)
            if box and target not in queued:
                queued.add(target)
                again = sweep + (place[target] <= at) if nest[target] == nest[block] else 0
                heapq.heappush(waiting, (nest[target], again, place[target]))
    return solution
