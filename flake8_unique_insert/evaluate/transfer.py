"""Actions and edges: how a block changes the state. `run` analyses one function from a given state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flake8_unique_insert import django_names
from flake8_unique_insert.evaluate.calls import functions
from flake8_unique_insert.evaluate.collections import collection_methods, membership
from flake8_unique_insert.evaluate.collections.exhausted import along, began, between_rounds, is_inside
from flake8_unique_insert.evaluate.errors import (
    CAUGHT_BY,
    catches,
    error_names,
    is_own,
    may_raise,
    names_of,
    quietly,
    raised_by,
)
from flake8_unique_insert.evaluate.evaluator import Evaluator, Raised
from flake8_unique_insert.evaluate.frame import Frame, Unreachable
from flake8_unique_insert.evaluate.globals import import_result
from flake8_unique_insert.evaluate.objects import setting
from flake8_unique_insert.evaluate.objects.annotations import annotated
from flake8_unique_insert.evaluate.parameters import kind_of
from flake8_unique_insert.evaluate.rows import largest
from flake8_unique_insert.evaluate.rows.inserts import names_in
from flake8_unique_insert.evaluate.rows.writes import Records
from flake8_unique_insert.evaluate.states.facts import common
from flake8_unique_insert.evaluate.states.settled import settled
from flake8_unique_insert.evaluate.states.state import Check, State, meet
from flake8_unique_insert.facts import Absent, Facts
from flake8_unique_insert.flow.graph import (
    Assign,
    Block,
    Define,
    Edge,
    EdgeKind,
    Enter,
    Evaluate,
    Forget,
    Gather,
    Graph,
    ImportNames,
    Iterate,
    Raise,
    Return,
    TakeOut,
)
from flake8_unique_insert.flow.slice import Slice
from flake8_unique_insert.syntax.expressions import (
    NONE,
    Attribute,
    Binary,
    Call,
    Comprehension,
    Expression,
    Name,
    Subscript,
    constant,
)
from flake8_unique_insert.values import (
    Column,
    Elements,
    Items,
    Known,
    NestedFunction,
    Result,
    Unknown,
    result,
    unknown,
)


class FlowTransfer:
    """The transfer of one frame, or of a slice of it."""

    def __init__(self, ev: Evaluator, frame: Frame, graph: Graph, within: Slice | None = None) -> None:
        self.at = ev.at
        self.analysis = ev.analysis
        self.frame = frame
        self.within = within
        self.live = graph.live_at_heads
        self.specific: dict[Edge, bool] = {}
        self.escaping: dict[Block, Raised] = {}
        self.records: dict[Block, Records] = {}

    def flow(self, block: Block, state: State) -> dict[Edge, State]:
        """The states on the out-edges of a block. What is found in it replaces what a former visit found."""
        around = self.analysis.records
        self.analysis.records = self.records[block] = Records()
        try:
            return self._flow(block, state)
        finally:
            self.analysis.records = around

    def _flow(self, block: Block, state: State) -> dict[Edge, State]:
        ev = self.at(self.frame, state.copy())
        ev.regions, ev.loops = block.regions, block.loops
        caught = ev.in_lookup = any(edge.kind is EdgeKind.RAISES for edge in block.edges)
        yes: State | None = None
        no: State | None = None
        try:
            for action in block.actions[: self.within[block]] if self.within is not None else block.actions:
                _ACTIONS[type(action)](ev, action)
            if block.test is not None:
                yes, no = ev.split(block.test)
            after: State | None = ev.state
        except Unreachable:
            after = None
        leaving: dict[Edge, State] = {}
        for edge in block.edges:
            leads_on = self.within is None or edge.target in self.within
            arriving = self._along(edge, ev, state, after, yes, no) if leads_on else None
            if arriving is not None:
                leaving[edge] = along(block, edge, arriving)
        self.escaping[block] = [] if caught else ev.raised
        return leaving

    def _along(
        self, edge: Edge, ev: Evaluator, before: State, after: State | None, yes: State | None, no: State | None
    ) -> State | None:
        if edge.kind is EdgeKind.TRUE:
            return yes
        if edge.kind is EdgeKind.FALSE:
            return no
        if edge.kind is EdgeKind.NEXT:
            return after
        return self._raised(edge, ev, before)

    def _raised(self, edge: Edge, ev: Evaluator, before: State) -> State | None:
        """The state in which a handler starts: with the facts of the lookup that raised what it catches.

        None when nothing in the block can raise what it catches.
        """
        self.specific.pop(edge, None)
        names = error_names(ev, edge.types)
        if names and not may_raise(ev, edge.source, names):
            return None
        if not ev.raised:
            return before
        facts: list[Facts] = []
        learned: list[Facts] = []
        broad = names is None or bool(names_of(names) & django_names.BROAD_ERRORS)
        says_so = False
        for found in ev.raised:
            is_of_lookup = found.error in CAUGHT_BY
            caught = names is not None and catches(ev, names, found.error, found.table)
            if caught or (broad and is_of_lookup and _is_exact(ev, found.table, found.learned)):
                facts.append(found.facts)
                learned.append(found.learned)
                says_so = says_so or is_of_lookup or is_own(ev, found.error)
        if not facts:
            return before
        state = before.copy()
        state.checks = before.checks | ev.state.checks
        state.learn(common(facts))
        asked = (fact for known in learned for fact in known if isinstance(fact, Absent))
        state.checks |= {Check(fact.table, frozenset([fact.conditions])) for fact in asked}
        if not broad:
            self.specific[edge] = says_so
        return state

    def meet(self, block: Block, arriving: list[tuple[Edge, State]]) -> State:
        """The state at a block's start. A handler of a lookup's error is entered from lookups, where there are any."""
        loop = block.heads
        if (live := self.live.get(block)) is not None:
            arriving = [(edge, state.keeping(live)) for edge, state in arriving]
        if len(arriving) == 1 and loop is None:
            return arriving[0][1]
        specific = [state for edge, state in arriving if edge in self.specific]
        from_lookups = any(self.specific.get(edge) for edge, _ in arriving)
        states = specific if from_lookups else [state for _, state in arriving]
        point = self.analysis.point((self.frame.path, id(block), "block"))
        if loop is None or (loop.stored and (block.loops or self.frame.stack)):
            return meet(point, states)
        counted = [state if is_inside(edge.source, loop) else began(state, loop) for edge, state in arriving]
        bound = self.analysis.variables.get(id(loop), frozenset())
        return between_rounds(meet(point, counted), loop, bound, arriving, self.analysis.made)


def _is_exact(ev: Evaluator, table: str, learned: Facts) -> bool:
    """True when a lookup can find one row at most: a broad handler of its errors is not entered with two rows."""
    model = ev.analysis.lookup.model_labelled(table) if table else None
    if model is None:
        return True
    for fact in (fact for fact in learned if isinstance(fact, Absent) and fact.table == model.table):
        fields = {item.field for item in fact.conditions if item.lookup == "exact"}
        if not fields & {"pk", model.primary_key} and not any(set(key.members) <= fields for key in model.keys):
            return False
    return True


# --- actions


def _evaluate(ev: Evaluator, action: Evaluate) -> None:
    ev.evaluate(action.value)


def _assign(ev: Evaluator, action: Assign) -> None:
    target = action.target
    if isinstance(target, Subscript) and not action.operator and setting.assign_items(ev, target, action.value):
        return None
    value = _lazily(ev, action.value)
    if action.operator:
        old = ev.evaluate(action.target)
        if (grown := membership.union(old, value)) is not None and action.operator == "|":
            return ev.assign(action.target, grown)
        term = Binary(action.operator, old.term, value.term)
        remaining = membership.difference(ev, value, term, action) if action.operator == "-" else None
        more, value = value, remaining or ev.compound(action, term, [old, value])
        if isinstance(action.target, Name) and isinstance(old.value, (Items, Elements)) and action.operator == "+":
            value = collection_methods.extended(ev, old, more, action) or unknown(ev.symbol("changed", action))
    elif action.annotation is not None and not _is_known(value):
        value = annotated(ev, action.annotation, value.term, ev.frame.module) or value
    ev.state.learn(largest.carried(ev.state.facts, value.term))
    ev.assign(action.target, value)


def _lazily(ev: Evaluator, value: Expression) -> Result:
    """Evaluate; a generator that is only made here runs outside of what stands around it (oracle D30)."""
    if not isinstance(value, Comprehension) or value.kind != "generator":
        return ev.evaluate(value)
    regions, ev.regions = ev.regions, ()
    try:
        return ev.evaluate(value)
    finally:
        ev.regions = regions


def _is_known(value: Result) -> bool:
    return not isinstance(value.value, Unknown)


def _iterate(ev: Evaluator, action: Iterate) -> None:
    ev.iterate(action)


def _gather(ev: Evaluator, action: Gather) -> None:
    """What rows have told is known of a comprehension only; of anything else the loop itself says as much."""
    value = quietly(ev, action.value)
    if value is not None and isinstance(value.value, Column):
        ev.bind(action.target.id, value)


def _take_out(ev: Evaluator, action: TakeOut) -> None:
    """Where it is not known which names these are, it is one that is not known."""
    names = names_in(ev.look_up(action.iterable.id))
    known = [result(Known(constant(name))) for name in sorted(names or ())]
    for name in known or [unknown(ev.symbol("item", action))]:
        ev.bind(action.target.id, name)
        ev.evaluate(action.call)


def _enter(ev: Evaluator, action: Enter) -> None:
    value = ev.evaluate(action.value)
    if action.target is not None:
        ev.assign(action.target, unknown(Attribute(value.term, "__enter__")))


def _forget(ev: Evaluator, action: Forget) -> None:
    target = action.target
    if isinstance(target, Name):
        ev.bind(target.id, unknown(ev.symbol("bound", action, target.id)))
    elif isinstance(target, Attribute):
        base = ev.evaluate(target.base)
        ev.state.assign_attribute(base.term, target.name)
    elif isinstance(target, Subscript):
        membership.remove(ev, target)


def _import(ev: Evaluator, action: ImportNames) -> None:
    for name, imported in action.names:
        ev.bind(name, import_result(ev, imported))


def _define(ev: Evaluator, action: Define) -> None:
    name = action.node.header.name
    term = ev.analysis.symbol("function", ev.frame, action, name)
    ev.bind(name, result(NestedFunction(term, action.node, ev.frame)))
    if ev.analysis.recording:
        analyse_nested(ev, action)


def analyse_nested(ev: Evaluator, action: Define) -> None:
    """The writes in a nested function, when nothing is known of when it runs."""
    nested = ev.analysis.nested(action.node, ev.frame.code)
    if nested is None or ev.frame.depth > 1:
        return
    code, graph, parameters = nested
    following = (*ev.frame.following, f"nested:{id(action.node)}")
    frame = Frame(ev.frame.module, ev.frame.owner, code, (*ev.frame.path, id(action)), ev.frame.stack, following)
    start = State({**ev.state.names})
    for parameter in parameters:
        symbol = ev.analysis.symbol(kind_of(parameter, parameters), frame, parameter.name, parameter.name)
        start.names[parameter.name] = unknown(symbol)
    writes = ev.analysis.records.writes
    before = len(writes)
    run(ev, frame, graph, start)
    writes[before:] = [replace(write, nested=id(action.node)) for write in writes[before:]]
    if action.node.header.decorators:
        ev.analysis.nested_used.add(id(action.node))


def _return(ev: Evaluator, action: Return) -> None:
    if isinstance(action.value, Call) and _is_recursive(ev, action.value):
        raise Unreachable  # what it returns and establishes, another way through the function does, too
    value = _lazily(ev, action.value) if action.value is not None else result(Known(NONE))
    ev.state.names["$return"] = value
    if not ev.frame.stack:
        functions.hand_on(ev, value)


def _is_recursive(ev: Evaluator, call: Call) -> bool:
    """True when a function that was called returns what it returns itself for the same arguments: another try."""
    return bool(ev.frame.stack) and not call.arguments and call.function == Name(ev.frame.function)


def _raise(ev: Evaluator, action: Raise) -> None:
    if action.value is not None:
        ev.evaluate(action.value)
        errors = raised_by(ev, action.value)
        for error, table in errors:
            ev.raises(error, table, ev.state.facts)
    raise Unreachable


_ACTIONS: dict[type, Any] = {
    Evaluate: _evaluate,
    Assign: _assign,
    Iterate: _iterate,
    Gather: _gather,
    TakeOut: _take_out,
    Enter: _enter,
    Forget: _forget,
    ImportNames: _import,
    Define: _define,
    Return: _return,
    Raise: _raise,
}


def run(
    ev: Evaluator, frame: Frame, graph: Graph, start: State, within: Slice | None = None
) -> tuple[State | None, Raised]:
    """Analyse a graph, or a slice of it: the state at its exit (None: never reached), the lookup errors that escape."""
    if within is not None and graph.entry not in within:
        return None, []
    transfer = FlowTransfer(ev, frame, graph, within)
    solution = settled(transfer, graph, start)
    raised = [item for block, items in transfer.escaping.items() if block in solution.at_start for item in items]
    return solution.at_start.get(graph.exit), raised
