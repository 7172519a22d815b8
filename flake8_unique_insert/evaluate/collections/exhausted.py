"""Loops over rows that came to their end: what each round found out of its row holds for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from flake8_unique_insert.evaluate.rows.absent_rows import absent
from flake8_unique_insert.evaluate.states.facts import common, of_each
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.evaluate.states.terms import refers_to, symbols
from flake8_unique_insert.facts import Absent, Condition, Facts, NewRow, Null
from flake8_unique_insert.flow.graph import Block, Edge, Iterate
from flake8_unique_insert.syntax.expressions import NONE, Expression, Name, Symbol
from flake8_unique_insert.values import Column, Fresh, Instance, Known, Option, Result, Rows, Unknown

Made = Mapping[Expression, frozenset[int]]
"""In which loops something was made, see `Analysis`."""
BEGUN, ENDED = Symbol("loop", 0, "begun"), Symbol("loop", 0, "ended")


def is_inside(block: Block, loop: Iterate) -> bool:
    """True for a block of the loop's body."""
    return any(step is loop for step in block.loops)


def began(state: State, loop: Iterate) -> State:
    """The state before the first round of a loop; from here on the rows that are inserted are counted."""
    rows = _rows(state, loop)
    state = state.copy()
    state.names.pop(_name(loop, ENDED), None)
    state.names.pop(_name(loop, BEGUN), None)
    if rows is not None:
        state.names[_name(loop, BEGUN)] = Result(BEGUN, (Option(Column(BEGUN, rows, (rows.model.primary_key,))),))
    return state


def between_rounds(
    met: State,
    loop: Iterate,
    bound: frozenset[Symbol],
    arriving: list[tuple[Edge, State]],
    made: Made,
) -> State:
    """The state where a round of a loop begins, or none does: it knows what holds if the last one is over.

    bound: what the loop binds.
    """
    rows = _rows(met, loop)
    begun = met.names.get(_name(loop, BEGUN))
    rounds = [state for edge, state in arriving if is_inside(edge.source, loop)]
    learned: Facts = frozenset(_of_each(met, loop, bound, rounds, made))
    if rows is not None and begun is not None and isinstance(begun.value, Column):
        found = _of_all(common([state.facts for state in rounds]), bound, rows) if rounds else absent(rows)
        since = begun.value.but
        learned |= {replace(fact, but=fact.but | since) for fact in found}
    if not learned and _name(loop, ENDED) not in met.names:
        return met
    met = met.copy()
    met.names[_name(loop, ENDED)] = Result(ENDED, (Option(Unknown(ENDED), learned),))
    return met


def _of_each(
    state: State,
    loop: Iterate,
    bound: frozenset[Symbol],
    rounds: list[State],
    made: Made,
) -> Iterator[Null | NewRow]:
    """The attributes that every round has set to None, or to a new value: so it is with all elements of a list that has
    a name."""
    held = state.names.get(loop.iterable.id) if isinstance(loop.iterable, Name) else None
    for row in bound if held is not None and rounds else ():
        seen = [found for after in rounds if (found := after.objects.get(row)) is not None]
        known = [dict(found.values) for found in seen if not found.open]
        for name, value in known[0].items() if len(known) == len(rounds) else ():
            values = [other.get(name, value) for other in known]
            if held is None or any(name not in other for other in known):
                continue
            if all(other.value == Known(NONE) for other in values):
                yield Null(of_each(held.term, name))
            elif all(is_new_of(made, row, other) for other in values):
                yield NewRow(of_each(held.term, name))


def is_new_of(made: Made, row: Expression, value: Result) -> bool:
    """True for what was generated for the row of a loop, and for a text with its primary key."""
    if all(isinstance(item.value, Fresh) for item in value.options):
        around = frozenset[int]().union(*(made.get(symbol, ()) for symbol in value.symbols))
        return isinstance(row, Symbol) and row.point in around
    return value.term != row and refers_to(value.term, row) and not isinstance(value.value, Instance)


def along(block: Block, edge: Edge, state: State) -> State:
    """The state along an edge; where a loop has gone through all its rows, with what is known of all."""
    known = state.names.get(_name(block.heads, ENDED)) if block.heads is not None else None
    if known is None or block.heads is None or is_inside(edge.target, block.heads):
        return state
    state = state.copy()
    state.learn(known.options[0].facts)
    return state


def of_row(row: Expression, table: str, conditions: Iterable[Condition] = ()) -> Absent:
    """This row does not meet the conditions; without any: it is gone."""
    return Absent(table, frozenset([Condition("pk", "exact", row), *conditions]))


def _of_all(known: Facts, bound: frozenset[Symbol], rows: Rows) -> Iterator[Absent]:
    """What is known of each row, for all of them; nothing that speaks of what the loop binds."""
    for fact in known:
        if not isinstance(fact, Absent) or fact.table != rows.model.table:
            continue
        for row in bound:
            itself = Condition("pk", "exact", row)
            others = fact.conditions - {itself}
            if itself in fact.conditions and not any(symbols(item.term) & bound for item in others):
                yield from (replace(fact, conditions=group | others) for group in rows.alternatives)


def _rows(state: State, loop: Iterate) -> Rows | None:
    held = state.names.get(loop.iterable.id) if isinstance(loop.iterable, Name) else None
    value = held.value if held is not None else None
    return value if isinstance(value, Rows) and value.link is None else None


def _name(loop: Iterate, what: Symbol) -> str:
    return f"${what.name}:{id(loop)}"
