"""Settled states of a function, kept for the next time that the same chain of calls leads to it."""

from __future__ import annotations

from typing import Protocol

from flake8_unique_insert.evaluate.evaluator import Raised
from flake8_unique_insert.evaluate.frame import Analysis, Frame
from flake8_unique_insert.evaluate.rows.writes import Records
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.flow.graph import Block, Edge, Graph
from flake8_unique_insert.flow.solve import Solution, Transfer, solve


class NotingTransfer(Transfer[State], Protocol):
    """A transfer that notes what the last visit of each block has found besides the states.

    specific: edges to handlers that were entered from what raises just that; True for lookups and the project's errors.
    escaping: by block the lookup errors that nothing catches, and the errors that are raised. records: by block what is
    found there.
    """

    analysis: Analysis
    frame: Frame
    specific: dict[Edge, bool]
    escaping: dict[Block, Raised]
    records: dict[Block, Records]


def settled(transfer: NotingTransfer, graph: Graph, start: State) -> Solution[State]:
    """The solution from a start; what was found at its states is added to what the analysis has found.

    The last solution for the same chain of calls serves again while the start is the same.
    """
    analysis = transfer.analysis
    solution = _known(transfer, start)
    if solution is None:
        solution = solve(graph, start, transfer)
        analysis.solved[_chain(transfer)] = start, solution, transfer, analysis.recording
    if analysis.recording:
        for block in sorted(solution.at_start, key=graph.places.__getitem__):
            analysis.records.extend(transfer.records[block])
    return solution


def _known(transfer: NotingTransfer, start: State) -> Solution[State] | None:
    known = transfer.analysis.solved.get(_chain(transfer))
    if known is None or known[0] != start or (transfer.analysis.recording and not known[3]):
        return None
    solution: Solution[State] = known[1]
    former: NotingTransfer = known[2]
    transfer.specific, transfer.escaping = former.specific.copy(), former.escaping.copy()
    transfer.records = former.records
    return solution


def _chain(transfer: NotingTransfer) -> object:
    """Identifies the chain of calls that a function is reached by."""
    frame = transfer.frame
    return frame.path, frame.following, frame.within
