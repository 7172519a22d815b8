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
    frame, analysis = transfer.frame, transfer.analysis
    chain = frame.path, frame.following, frame.within
    known_start, solution, former = analysis.solved.get(chain, (None, None, None))
    is_known = known_start == start
    if is_known:
        transfer.specific, transfer.escaping = former.specific.copy(), former.escaping.copy()
    else:
        recording, analysis.recording = analysis.recording, analysis.recording and not graph.has_cycle
        try:
            solution = solve(graph, start, transfer)
        finally:
            analysis.recording = recording
        analysis.solved[chain] = start, solution, transfer
    if analysis.recording and (is_known or graph.has_cycle):
        for block in sorted(solution.at_start, key=graph.places.__getitem__):
            transfer.flow(block, solution.at_start[block])
    return solution
