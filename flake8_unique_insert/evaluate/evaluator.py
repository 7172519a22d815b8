"""What evaluates expressions: the place and the state, and what the rules for single kinds of expressions may ask for.

`Interpreter` has the rules; they know it as an `Evaluator` only, as it is made of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

from flake8_unique_insert.evaluate.frame import Analysis, Frame, Unreachable
from flake8_unique_insert.evaluate.rows.writes import Protection
from flake8_unique_insert.evaluate.states.facts import added
from flake8_unique_insert.evaluate.states.state import State, meet
from flake8_unique_insert.evaluate.states.terms import too_large
from flake8_unique_insert.facts import Facts, NewRow
from flake8_unique_insert.flow.graph import Define, Graph, Iterate, Region
from flake8_unique_insert.record import record
from flake8_unique_insert.syntax.expressions import Expression, Symbol, Unsupported
from flake8_unique_insert.syntax.summary import FunctionSummary
from flake8_unique_insert.values import Fresh, Result, Rows, result, unknown


@record
class RaisedError:
    """An error that something may raise. error: the exception. table: that was looked up, "" for none.

    learned: what it says itself. facts: all that holds when it is raised.
    """

    error: str
    table: str
    learned: Facts
    facts: Facts


Raised = list[RaisedError]


class Evaluator(ABC):
    """Evaluates in one frame, on one state.

    raised: exceptions that what was evaluated may raise, with the facts that hold when it does.
    regions: what stands around the current block in this frame, outermost first. awaiting: how many `await`s stand
    around the current expression. in_lookup: an error of a lookup is caught around it.
    calls_unknown: something was called that may raise anything. loops: the `for` loops around the block.
    begun: of each row that a loop has bound in this block, so that what follows is done to all, the rows of the loop.
    """

    def __init__(self, analysis: Analysis, frame: Frame, state: State) -> None:
        self.analysis = analysis
        self.frame = frame
        self.state = state
        self.regions: tuple[Region, ...] = ()
        self.loops: tuple[Iterate, ...] = ()
        self.awaiting = 0
        self.in_lookup = False
        self.calls_unknown = False
        self.begun: dict[Expression, Rows] = {}
        self.raised: Raised = []

    def at(self, frame: Frame, state: State) -> Evaluator:
        """An evaluator of the same analysis in another frame."""
        return type(self)(self.analysis, frame, state)

    def aside(self) -> Evaluator:
        """An evaluator at the same place, in a copy of the state: what it does is not done here."""
        other = self.at(self.frame, self.state.copy())
        other.regions, other.loops, other.awaiting = self.regions, self.loops, self.awaiting
        other.in_lookup, other.begun = self.in_lookup, dict(self.begun)
        return other

    def symbol(self, kind: str, node: object, name: str = "") -> Symbol:
        """A symbol for what this node binds; what an earlier evaluation of it bound is forgotten."""
        made = self.analysis.symbol(kind, self.frame, node, name)
        self.state.rebind(made, self.analysis.rows.get(made))
        return made

    def raises(self, error: str, table: str, learned: Facts) -> None:
        """Note an error that something may raise, see `RaisedError`."""
        self.raised.append(RaisedError(error, table, learned, added(self.state.facts, learned)))

    def bind(self, name: str, value: Result) -> None:
        """Assign a local name."""
        if too_large(value.term):
            value = Result(self.analysis.symbol("large", self.frame, name, name), value.options)
        self.state.names[name] = value

    def term(self, expression: Expression) -> Expression:
        """The term of an expression."""
        return self.evaluate(expression).term

    def opaque(self, expression: Expression) -> Result:
        """An expression of which nothing is known: equal to others written alike over the same values."""
        if isinstance(expression, Unsupported):
            parts = tuple(self.term(part) for part in expression.parts)
            return unknown(Unsupported(expression.text, parts))
        return unknown(expression)

    def generated(self, node: object) -> Result:
        """A fresh value made at this node: no row has it, but for those inserted since."""
        made = self.symbol("fresh", node)
        self.state.learn([NewRow(made)])
        self.analysis.made[made] = self.within()
        return result(Fresh(made))

    def fork(self, states: list[State | None], node: object) -> None:
        """Go on from whichever of these states; None is one that control never leaves. Raises Unreachable."""
        alive = [state for state in states if state is not None]
        if not alive:
            raise Unreachable
        point = self.analysis.point((self.frame.path, id(node), "fork"))
        self.state = meet(point, alive)
        if len(alive) == 1:
            self.state = self.state.copy()

    def branch(self, state: State | None, expression: Expression) -> tuple[Result | None, State | None]:
        """Evaluate an expression on another state; (None, None) where that is never reached."""
        if state is None:
            return None, None
        saved, self.state = self.state, state.copy()
        try:
            value = self.evaluate(expression)
            return value, self.state
        except Unreachable:
            return None, None
        finally:
            self.state = saved

    def within(self) -> frozenset[int]:
        """The points of the variables of all loops around, callers' too."""
        own = (symbol.point for loop in self.loops for symbol in self.analysis.variables.get(id(loop), ()))
        return self.frame.within.union(own)

    # --- what takes the rules

    @abstractmethod
    def evaluate(self, expression: Expression) -> Result:
        """The value of an expression, with its effects on the state. Raises Unreachable, BudgetExceeded."""

    @abstractmethod
    def look_up(self, name: str) -> Result:
        """The value of a name: local, then global, then a bare name."""

    @abstractmethod
    def assign(self, target: Expression, value: Result) -> None:
        """Bind a target to a value."""

    @abstractmethod
    def iterate(self, loop: Iterate) -> None:
        """Bind the target of a loop to the next element."""

    @abstractmethod
    def split(self, test: Expression) -> tuple[State | None, State | None]:
        """The states in which a test is true and false."""

    @abstractmethod
    def flag(self, test: Expression) -> Result:
        """A test's truth as a value."""

    @abstractmethod
    def compound(self, node: object, term: Expression, parts: Iterable[Result]) -> Result:
        """A value computed from others: fresh when one of them is, or many of them were picked at random."""

    @abstractmethod
    def all_protections(self) -> tuple[Protection, ...]:
        """What protects the current block, callers' protections first. Only worked out when writes are recorded."""

    @abstractmethod
    def run(self, frame: Frame, graph: Graph, start: State) -> tuple[State | None, Raised]:
        """Analyse a function: the state at its exit (None: never reached), the lookup errors that escape."""

    @abstractmethod
    def entry_state(self, frame: Frame, function: FunctionSummary) -> State:
        """The state at the start of a function of whose callers nothing is known."""

    @abstractmethod
    def analyse_nested(self, action: Define) -> None:
        """Note the writes in a nested function, when nothing is known of when it runs."""
