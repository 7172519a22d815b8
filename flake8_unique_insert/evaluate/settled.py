"""Settled states of a function, kept for the next time that the same chain of calls leads to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate.state import State
from flake8_unique_insert.flow.graph import Graph
from flake8_unique_insert.flow.solve import Solution, solve

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.transfer import FlowTransfer


def settled(transfer: FlowTransfer, graph: Graph, start: State) -> Solution[State]:
    """The solution from a start; the last one for the same chain of calls serves again while the start is the same.

    A block is visited until its state settles, and once more to record: the calls in it start from the settled state.
    """
    frame, solved = transfer.frame, transfer.analysis.solved
    chain = frame.path, frame.following, frame.within
    known = solved.get(chain)
    solution: Solution[State]
    if known is not None and known[0] == start:
        _, solution, former = known
        transfer.specific, transfer.escaping = former.specific.copy(), former.escaping.copy()
        return solution
    solution = solve(graph, start, transfer)
    solved[chain] = start, solution, transfer
    return solution
