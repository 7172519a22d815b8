"""Expressions → results. One evaluator serves one frame; its state changes as expressions are evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flake8_unique_insert.evaluate import picks
from flake8_unique_insert.evaluate.branching import branches, logic
from flake8_unique_insert.evaluate.calls import calls, lambdas
from flake8_unique_insert.evaluate.calls.protections import protections
from flake8_unique_insert.evaluate.calls.spreading import lay_over
from flake8_unique_insert.evaluate.collections import comprehensions, items, membership
from flake8_unique_insert.evaluate.collections.elements import element_of, is_generated, loop_symbols, row_of
from flake8_unique_insert.evaluate.frame import Analysis, Frame, Unreachable
from flake8_unique_insert.evaluate.globals import global_result
from flake8_unique_insert.evaluate.objects import assignments, attributes
from flake8_unique_insert.evaluate.rows import copies
from flake8_unique_insert.evaluate.rows.lookups import rows_in
from flake8_unique_insert.evaluate.rows.writes import Protection
from flake8_unique_insert.evaluate.states.state import State, meet
from flake8_unique_insert.evaluate.states.terms import too_large
from flake8_unique_insert.facts import Facts, NewRow
from flake8_unique_insert.flow.graph import Iterate, Region
from flake8_unique_insert.syntax.expressions import (
    Argument,
    Attribute,
    Await,
    Binary,
    Boolean,
    Call,
    Comparison,
    Comprehension,
    Conditional,
    Constant,
    Expression,
    Formatted,
    Lambda,
    Mapping,
    Name,
    Sequence,
    Starred,
    Subscript,
    Symbol,
    Unary,
    Unsupported,
    Walrus,
    Yield,
    constant,
    string,
)
from flake8_unique_insert.values import (
    Answer,
    Column,
    Elements,
    Entries,
    Fresh,
    Instance,
    Items,
    Known,
    NestedFunction,
    Result,
    Rows,
    RowsByKey,
    result,
    unknown,
)


class Evaluator:
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
        self.raised: list[tuple[str, str, Facts]] = []

    def aside(self) -> Evaluator:
        """An evaluator at the same place, in a copy of the state: what it does is not done here."""
        other = Evaluator(self.analysis, self.frame, self.state.copy())
        other.regions, other.loops, other.awaiting = self.regions, self.loops, self.awaiting
        other.in_lookup, other.begun = self.in_lookup, dict(self.begun)
        return other

    def all_protections(self) -> tuple[Protection, ...]:
        """What protects the current block, callers' protections first. Only worked out when writes are recorded."""
        if not self.analysis.recording:
            return ()
        return (*self.frame.outer, *(found for region in self.regions for found in protections(self, region)))

    # --- names

    def symbol(self, kind: str, node: object, name: str = "") -> Symbol:
        """A symbol for what this node binds; what an earlier evaluation of it bound is forgotten."""
        made = self.analysis.symbol(kind, self.frame, node, name)
        self.state.rebind(made, self.analysis.rows.get(made))
        return made

    def look_up(self, name: str) -> Result:
        """The value of a name: local, then global, then a bare name."""
        bound = self.state.names.get(name)
        if bound is None:
            bound = global_result(self, self.frame.module, name)
        if bound is None:
            return unknown(Name(name))
        if isinstance(bound.value, NestedFunction):
            self.analysis.nested_used.add(id(bound.value.node))
        return bound

    def bind(self, name: str, value: Result) -> None:
        """Assign a local name."""
        if too_large(value.term):
            value = Result(self.analysis.symbol("large", self.frame, name, name), value.options)
        self.state.names[name] = value

    # --- expressions

    def evaluate(self, expression: Expression) -> Result:
        """The value of an expression, with its effects on the state. Raises Unreachable, BudgetExceeded."""
        self.analysis.step()
        rule = _RULES.get(type(expression))
        return rule(self, expression) if rule else self.opaque(expression)

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
        return result(Fresh(made))

    def compound(self, node: object, term: Expression, parts: Iterable[Result]) -> Result:
        """A value computed from others: fresh when one of them is, or many of them were picked at random."""
        is_made = any(is_generated(part) for part in parts)
        if picks.grows(term, is_made):
            return result(Fresh(self.symbol(picks.GROWN, node)))
        return self.generated(node) if is_made or picks.are_many(term) else unknown(term)

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

    def split(self, test: Expression) -> tuple[State | None, State | None]:
        """The states in which a test is true and false."""
        return branches.split(self, test)

    def flag(self, test: Expression) -> Result:
        """A test's truth as a value."""
        return logic.flag(self, test)

    # --- assignment

    def assign(self, target: Expression, value: Result) -> None:
        """Bind a target to a value."""
        if isinstance(target, Name):
            self.bind(target.id, value)
        elif isinstance(target, Attribute):
            base = self.evaluate(target.base)
            own = copies.under_own_name(self, base, target.name, value)
            if own is not base:
                self.assign(target.base, own)
            assignments.assign(self, own, target.name, value)
        elif isinstance(target, Sequence):
            self._unpack(target, value)
        elif isinstance(target, Starred):
            self.assign(target.value, unknown(Subscript(value.term, Unsupported("rest"))))
        elif isinstance(target, Subscript):
            items.assign(self, target, value)

    def _unpack(self, target: Sequence, value: Result) -> None:
        size = len(target.items)
        for index, item in enumerate(target.items):
            term = Subscript(value.term, Constant(index, "int"))
            part = items.part_of(value, index, term, size)
            self.assign(item, part or (result(Fresh(term)) if is_generated(value) else unknown(term)))

    def iterate(self, loop: Iterate) -> None:
        """Bind the target of a loop to the next element."""
        iterable = self.evaluate(loop.iterable)
        element = element_of(self, iterable, loop)
        if isinstance(iterable.value, Rows):
            self.begun[element.term] = iterable.value
        self.analysis.variables[id(loop)] = loop_symbols(self.state, element)
        self.state.end_loops(self.within())
        self.assign(loop.target, element)

    def within(self) -> frozenset[int]:
        """The points of the variables of all loops around, callers' too."""
        own = (symbol.point for loop in self.loops for symbol in self.analysis.variables.get(id(loop), ()))
        return self.frame.within.union(own)


# --- one rule for each kind of expression


def _constant(ev: Evaluator, expression: Constant) -> Result:
    return result(Known(expression))


def _name(ev: Evaluator, expression: Name) -> Result:
    return ev.look_up(expression.id)


def _symbol(ev: Evaluator, expression: Symbol) -> Result:
    return unknown(expression)


def _attribute(ev: Evaluator, expression: Attribute) -> Result:
    return attributes.read(ev, ev.evaluate(expression.base), expression.name, expression)


def _call(ev: Evaluator, expression: Call) -> Result:
    return calls.call(ev, expression)


def _await(ev: Evaluator, expression: Await) -> Result:
    ev.awaiting += 1
    try:
        return ev.evaluate(expression.value)
    finally:
        ev.awaiting -= 1


def _subscript(ev: Evaluator, expression: Subscript) -> Result:
    base, index = ev.evaluate(expression.base), ev.evaluate(expression.index)
    inner, key = rows_in(base) or base.value, index.term
    place = key.value if isinstance(key, Constant) else None
    if not isinstance(inner, Rows) and isinstance(place, int):
        item = items.part_of(base, place, Subscript(base.term, key))
        if item is not None:
            return item
    if isinstance(inner, Elements) and isinstance(place, int) and isinstance(inner.element.value, Instance):
        for term, known in inner.objects:
            ev.state.objects.setdefault(term, known)
        return inner.element
    if isinstance(inner, Entries):
        for name, value in inner.entries:
            if name == string(key):
                return value
    if isinstance(inner, Instance) and (field := string(key)) is not None:  # of `rows.values("name", ...)`
        return attributes.read(ev, base, field, expression)
    if isinstance(inner, Rows):
        return items.of_rows(ev, inner, index, expression)
    if isinstance(inner, RowsByKey):
        return row_of(ev, inner, Subscript(base.term, key))
    if isinstance(inner, Column) and inner.maps:
        return membership.row_of_key(ev, inner, index, "")
    if isinstance(inner, (Answer, Column)) and isinstance(key, Constant):
        return items.of_column(ev, inner, Subscript(base.term, key))
    return ev.compound(expression, Subscript(base.term, index.term), [base])


def _sequence(ev: Evaluator, expression: Sequence) -> Result:
    if any(isinstance(item, Starred) for item in expression.items):
        parts = [ev.evaluate(item.value if isinstance(item, Starred) else item) for item in expression.items]
        return unknown(Sequence(expression.kind, tuple(part.term for part in parts)))
    items = tuple(ev.evaluate(item) for item in expression.items)
    term = Sequence(expression.kind, tuple(item.term for item in items))
    return result(Items(term, expression.kind, items, len(ev.loops)))


def _mapping(ev: Evaluator, expression: Mapping) -> Result:
    entries: dict[str, Result] = {}
    is_open = False
    terms: list[tuple[Expression | None, Expression]] = []
    for key, value in expression.items:
        bound = ev.evaluate(value)
        terms.append((ev.term(key) if key is not None else None, bound.term))
        if key is None and isinstance(bound.value, Entries):
            lay_over(entries, bound.value.entries)
            is_open = is_open or bound.value.open
        elif (name := string(terms[-1][0])) is not None:
            entries[name] = bound
        else:
            is_open = True
    return result(Entries(Mapping(tuple(terms)), tuple(entries.items()), is_open))


def _walrus(ev: Evaluator, expression: Walrus) -> Result:
    value = ev.evaluate(expression.value)
    ev.bind(expression.name, value)
    return value


def _formatted(ev: Evaluator, expression: Formatted) -> Result:
    parts = [ev.evaluate(part) for part in expression.parts]
    texts = [string(part.term) for part in parts]
    if None not in texts and not any(isinstance(part, Formatted) for part in expression.parts):  # `{name!r}` is one
        return result(Known(constant("".join(text or "" for text in texts))))
    return ev.compound(expression, Formatted(tuple(part.term for part in parts)), parts)


def _yield(ev: Evaluator, expression: Yield) -> Result:
    if expression.value is not None:
        ev.evaluate(expression.value)
    return unknown(ev.symbol("sent", expression))


def _starred(ev: Evaluator, expression: Starred) -> Result:
    return unknown(Starred(ev.term(expression.value)))


def _argument(ev: Evaluator, expression: Argument) -> Result:
    return ev.evaluate(expression.value)


_RULES: dict[type, Callable[[Evaluator, Any], Result]] = {
    Constant: _constant,
    Name: _name,
    Symbol: _symbol,
    Attribute: _attribute,
    Call: _call,
    Await: _await,
    Subscript: _subscript,
    Sequence: _sequence,
    Mapping: _mapping,
    Unary: logic.unary,
    Binary: logic.binary,
    Boolean: logic.boolean,
    Conditional: logic.conditional,
    Comparison: logic.comparison,
    Walrus: _walrus,
    Formatted: _formatted,
    Comprehension: comprehensions.evaluate,
    Lambda: lambdas.evaluate,
    Yield: _yield,
    Starred: _starred,
    Argument: _argument,
}
