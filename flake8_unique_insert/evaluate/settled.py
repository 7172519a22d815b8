"""Settled states of a function, kept for the next time that the same chain of calls leads to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate.state import State
from flake8_unique_insert.flow.graph import Graph
from flake8_unique_insert.flow.solve import Solution, solve

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.transfer import FlowTransfer


def settled(transfer: FlowTransfer, graph: Graph, start: State) -> Solution[State]:
    """The solution from a start, its writes recorded when the analysis records.

    The last solution for the same chain of calls serves again while the start is the same. Without a cycle each block
    is visited once, from its settled state, and recorded then. Else it is visited until its state settles, and once
    more to record: the calls in it start from the settled state.
    """
    analysis = transfer.analysis
    solution = _known(transfer, start)
    is_recorded = solution is None and not graph.has_cycle
    if solution is None:
        recording, analysis.recording = analysis.recording, analysis.recording and is_recorded
        try:
            solution = solve(graph, start, transfer)
        finally:
            analysis.recording = recording
        analysis.solved[_chain(transfer)] = start, solution, transfer
    if analysis.recording and not is_recorded:
        for block in sorted(solution.at_start, key=graph.places.__getitem__):
            transfer.flow(block, solution.at_start[block])
    return solution


def _known(transfer: FlowTransfer, start: State) -> Solution[State] | None:
    known = transfer.analysis.solved.get(_chain(transfer))
    if known is None or known[0] != start:
        return None
    solution: Solution[State] = known[1]
    former: FlowTransfer = known[2]
    transfer.specific, transfer.escaping = former.specific.copy(), former.escaping.copy()
    return solution


def _chain(transfer: FlowTransfer) -> object:
    """Identifies the chain of calls that a function is reached by."""
    frame = transfer.frame
    return frame.path, frame.following, frame.within
