"""Values that pass a loop once: `if x in seen: continue` with `seen.add(x)`."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.collections.apart import keyed_by, read_from
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.states.facts import about
from flake8_unique_insert.evaluate.states.terms import symbols
from flake8_unique_insert.flow.graph import Assign, Evaluate, Graph
from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Call,
    Expression,
    Name,
    Sequence,
    Subscript,
    Symbol,
)
from flake8_unique_insert.syntax.replacement import replaced
from flake8_unique_insert.values import Instance, Option, Result

ADDING = ("add", "append")
LOOP_VARIABLES = ("element", "item")


def tell_apart(ev: Evaluator, item: Expression, holder: Expression, node: object) -> None:
    """Where `item not in holder`, and items are put into the holder: an equal item of another round is not here."""
    if not isinstance(holder, Name) or (holder.id, item) not in _collected(ev):
        return
    for name in _roots(item):
        bound = ev.state.names.get(name)
        if bound is not None and any(part.kind in LOOP_VARIABLES for part in symbols(bound.term)):
            symbol = ev.symbol("distinct", (id(node), name), name)
            if not _tell_owner_apart(ev, name, bound, symbol):
                _rename(ev, name, bound, symbol)


def _tell_owner_apart(ev: Evaluator, name: str, bound: Result, symbol: Symbol) -> bool:
    """True for `number = row["number"]`, where it is the rows of the loop that have another number each."""
    owner, _ = read_from(bound.term) or (None, "")
    if not isinstance(owner, Symbol) or owner.kind not in LOOP_VARIABLES:
        return False
    held = [other for other, found in ev.state.names.items() if found.term == owner]
    keyed = keyed_by(bound.term, owner)
    if not held or keyed is None:
        return False
    ev.analysis.rows[symbol] = keyed
    for other in held:
        _rename(ev, other, ev.state.names[other], symbol)
    term = replaced(bound.term, {owner: symbol})
    ev.state.names[name] = Result(term, tuple(_under(option, bound.term, term) for option in bound.options))
    return True


def _collected(ev: Evaluator) -> frozenset[tuple[str, Expression]]:
    """What the function puts into collections: (the collection's name, the item as written)."""
    code = ev.frame.code
    graph = ev.analysis.functions.graph(code) if code is not None else None
    if graph is None:
        return frozenset()
    if id(graph) not in ev.analysis.collected:
        ev.analysis.collected[id(graph)] = frozenset(_additions(graph))
    return ev.analysis.collected[id(graph)]


def _additions(graph: Graph) -> list[tuple[str, Expression]]:
    found = []
    for action in (action for block in graph.blocks for action in block.actions):
        if isinstance(action, Assign) and isinstance(action.target, Subscript):
            found.append((action.target.base, action.target.index))
        elif isinstance(action, Evaluate) and isinstance(action.value, Call) and len(action.value.arguments) == 1:
            function = action.value.function
            if isinstance(function, Attribute) and function.name in ADDING:
                found.append((function.base, action.value.arguments[0].value))
    return [(holder.id, item) for holder, item in found if isinstance(holder, Name)]


def _roots(item: Expression) -> list[str]:
    """The names that an item is read from: `row` of `row["name"].lower()`."""
    if isinstance(item, Name):
        return [item.id]
    if isinstance(item, (Attribute, Subscript)):
        return _roots(item.base)
    if isinstance(item, Call):
        return _roots(item.function)
    return [name for part in item.items for name in _roots(part)] if isinstance(item, Sequence) else []


def _rename(ev: Evaluator, name: str, bound: Result, symbol: Symbol) -> None:
    """Give what a loop binds, or a value made of it, a symbol of its own, with all that is known of it."""
    if bound.term in ev.state.objects and any(isinstance(option.value, Instance) for option in bound.options):
        ev.state.objects[symbol] = ev.state.objects[bound.term]
    values = {bound.term: symbol}
    ev.state.learn([about(fact, values) for fact in ev.state.facts if symbols(bound.term) <= fact.symbols])
    ev.state.names[name] = Result(symbol, tuple(_under(option, bound.term, symbol) for option in bound.options))
    for loop, variables in ev.analysis.variables.items():
        if variables & symbols(bound.term):
            ev.analysis.variables[loop] = variables | {symbol}


def _under(option: Option, former: Expression, term: Expression) -> Option:
    """An option by its new name."""
    return replace(option, value=replace(option.value, term=term)) if option.value.term == former else option
