"""Expressions → values. One rule for each kind of expression; assignment, loops, and calls that are followed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flake8_unique_insert.evaluate import parameters, picks, transfer
from flake8_unique_insert.evaluate.branching import branches, logic
from flake8_unique_insert.evaluate.calls import calls, lambdas
from flake8_unique_insert.evaluate.calls.protections import protections
from flake8_unique_insert.evaluate.calls.spreading import lay_over
from flake8_unique_insert.evaluate.collections import comprehensions, items, membership
from flake8_unique_insert.evaluate.collections.elements import element_of, is_generated, loop_symbols
from flake8_unique_insert.evaluate.collections.filled import row_of
from flake8_unique_insert.evaluate.evaluator import Evaluator, Raised
from flake8_unique_insert.evaluate.frame import Frame
from flake8_unique_insert.evaluate.globals import global_result
from flake8_unique_insert.evaluate.objects import assignments, attributes
from flake8_unique_insert.evaluate.rows import copies
from flake8_unique_insert.evaluate.rows.lookups import rows_in
from flake8_unique_insert.evaluate.rows.writes import Protection
from flake8_unique_insert.evaluate.states.grown import GROWN
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.flow.graph import Define, Graph, Iterate
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
from flake8_unique_insert.syntax.summary import FunctionSummary
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


class Interpreter(Evaluator):
    """Evaluates in one frame, on one state."""

    def all_protections(self) -> tuple[Protection, ...]:
        """What protects the current block, callers' protections first. Only worked out when writes are recorded."""
        if not self.analysis.recording:
            return ()
        return (*self.frame.outer, *(found for region in self.regions for found in protections(self, region)))

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

    def evaluate(self, expression: Expression) -> Result:
        """The value of an expression, with its effects on the state. Raises Unreachable, BudgetExceeded."""
        self.analysis.step()
        rule = _RULES.get(type(expression))
        return rule(self, expression) if rule else self.opaque(expression)

    def compound(self, node: object, term: Expression, parts: Iterable[Result]) -> Result:
        """A value computed from others: fresh when one of them is, or many of them were picked at random."""
        is_made = any(is_generated(part) for part in parts)
        if picks.grows(term, is_made):
            return result(Fresh(self.symbol(GROWN, node)))
        return self.generated(node) if is_made or picks.are_many(term) else unknown(term)

    def split(self, test: Expression) -> tuple[State | None, State | None]:
        """The states in which a test is true and false."""
        return branches.split(self, test)

    def flag(self, test: Expression) -> Result:
        """A test's truth as a value."""
        return logic.flag(self, test)

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

    def run(self, frame: Frame, graph: Graph, start: State) -> tuple[State | None, Raised]:
        """Analyse a function: the state at its exit (None: never reached), the lookup errors that escape."""
        return transfer.run(self, frame, graph, start)

    def entry_state(self, frame: Frame, function: FunctionSummary) -> State:
        """The state at the start of a function of whose callers nothing is known."""
        return parameters.entry_state(self.at(frame, State()), function)

    def analyse_nested(self, action: Define) -> None:
        """Note the writes in a nested function, when nothing is known of when it runs."""
        transfer.analyse_nested(self, action)


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
    if (entry := items.entry_of(base, string(key), Subscript(base.term, key))) is not None:
        return entry
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
    if is_generated(index):
        return unknown(ev.symbol(picks.KIND, expression))
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
