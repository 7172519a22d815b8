"""What is known at a program point, and how states meet.

`names` maps local names to results, `objects` terms to what is known of the object, `facts` hold on every path,
`checks` are the lookups that were made on some path (only for messages: a check was there, but it does not protect the
key), `bound` the symbols that have a value already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeVar

from flake8_unique_insert.evaluate.collections.apart import RowFields
from flake8_unique_insert.evaluate.collections.collected import (
    MAX_OPTIONS,
    any_if_empty,
    as_elements,
    merged,
    met_column,
    met_entries,
    met_object,
    partly_known,
    with_if_empty,
)
from flake8_unique_insert.evaluate.states.changes import (
    Effect,
    asks_for_attribute,
    assignment,
    end_of_loops,
    growth,
    insertion,
    item_assignment,
    rebinding,
)
from flake8_unique_insert.evaluate.states.facts import Change, added, by_other_names, changed, common, has_values
from flake8_unique_insert.evaluate.states.grown import without_start
from flake8_unique_insert.evaluate.states.renamed import (
    Renaming,
    facts_renamed,
    questions_renamed,
    terms_met,
    value_renamed,
)
from flake8_unique_insert.evaluate.states.terms import is_message, mentions
from flake8_unique_insert.evaluate.states.texts import parts_told
from flake8_unique_insert.facts import NO_FACTS, Absent, Condition, Fact, Facts, Inserted, NewRow
from flake8_unique_insert.record import record
from flake8_unique_insert.syntax.expressions import (
    NONE,
    Attribute,
    Expression,
    Formatted,
    Symbol,
    constant,
)
from flake8_unique_insert.syntax.replacement import replaced
from flake8_unique_insert.values import (
    Answer,
    Column,
    Elements,
    Entries,
    ObjectState,
    Option,
    Result,
    RowsByKey,
    Text,
    Unknown,
    unknown,
)

K = TypeVar("K")
V = TypeVar("V")
MAX_DICTS = 3
FORMER = "$former"
"""Stands between an object and an attribute for the value that it had before it was assigned."""
INNER = "$^"
"""What names begin with that are not written in the function: those of the analysis itself, and those of callers."""


@record
class Check:
    """A lookup of rows that was made before: on which table, with what. row: the one that it finds, if it is one."""

    table: str
    conditions: frozenset[frozenset[Condition]]
    row: Expression | None = None


@dataclass(slots=True)
class State:
    """The state at one point. Copy before changing."""

    names: dict[str, Result] = field(default_factory=dict)
    objects: dict[Expression, ObjectState] = field(default_factory=dict)
    facts: Facts = NO_FACTS
    checks: frozenset[Check] = frozenset()
    bound: frozenset[Symbol] = frozenset()

    def copy(self) -> State:
        """A state that can be changed without changing this one."""
        return State(dict(self.names), dict(self.objects), self.facts, self.checks, self.bound)

    def keeping(self, live: frozenset[str]) -> State:
        """This state without the local names that are not live; those of callers and of the analysis itself stay.

        A new row that nothing refers to any more goes, too: whoever makes one at that place again makes another.
        """
        dead = {name for name in self.names if name not in live and name[0] not in INNER}
        new = [term for term in self.objects if isinstance(term, Symbol) and term.kind == "new"]
        if not dead and not new:
            return self
        state = self.copy()
        for term in state._without_name(new, dead):
            del state.objects[term]
        for name in forgotten(dead):
            del state.names[name]
        return state

    def _without_name(self, rows: list[Symbol], dead: set[str]) -> list[Symbol]:
        """Those of the rows that no other name than these refers to, nor an object."""
        names = [value for name, value in self.names.items() if rows and name not in dead]
        inside = [value for known in self.objects.values() if rows for _, value in known.values]
        held = frozenset[Symbol]().union(*(value.symbols for value in (*names, *inside)))
        return [term for term in rows if term not in held]

    def learn(self, facts: Iterable[Fact]) -> None:
        """Add facts that hold from here on."""
        self.facts = added(self.facts, facts)

    # --- what ends facts

    def _change(self, effect: Effect) -> None:
        """Change every fact, also those of a value's option, and those of the elements of a collection."""
        change, inside = effect.change, effect.inside
        self.facts = changed(self.facts, change)
        for name, bound in self.names.items():
            if (found := bound.contents) is not None and effect.concerns(found):
                self.names[name] = _changed_options(bound, change, inside)
        for term, item in self.objects.items():
            if item.new is not False and (found := item.contents) is not None and effect.concerns(found):
                self._set_values(term, item, lambda value: _changed_options(value, change, inside))

    def _set_values(self, term: Expression, item: ObjectState, change: Callable[[Result], Result]) -> None:
        """Change the values of an object; the same state stays where none changes: new ones take long to meet."""
        values = tuple((name, change(value)) for name, value in item.values)
        if any(new is not old for (_, new), (_, old) in zip(values, item.values)):
            self.objects[term] = replace(item, values=values)

    def rebind(self, symbol: Symbol, rows: RowFields | None = None) -> None:
        """A symbol gets a new value: what was known of its last one is about another value now. rows: of its loop."""
        if symbol not in self.bound:
            self.bound |= {symbol}
            return
        self._change(rebinding(symbol, rows))
        for term in [term for term in self.objects if mentions(term, symbol)]:
            del self.objects[term]
        for name, bound in self.names.items():
            self.names[name] = _outdated(bound, symbol, name)
        for term, item in self.objects.items():
            is_found = item.new is False and not (isinstance(term, Symbol) and term.kind == "new")
            if is_found and any(symbol in bound.symbols for _, bound in item.values):
                values = ((name, _outdated(bound, symbol, name)) for name, bound in item.values)
                self.objects[term] = replace(item, values=tuple(values))

    def assign_attribute(self, base: Expression, name: str) -> dict[Expression, Expression]:
        """`base.name` gets a new value. Returns what its former one goes by from here on, if something is known of it.

        Whatever holds the former value goes by that, too.
        """
        former = Attribute(Attribute(base, FORMER), name)
        known = [fact for fact in self.facts if isinstance(fact, Absent) and asks_for_attribute(fact, base, name)]
        self._change(assignment(base, name))
        if not known:
            return {}
        self._change(assignment(former.base, name))
        renaming: dict[Expression, Expression] = {Attribute(base, name): former}
        self.learn(by_other_names(fact, renaming) for fact in known)
        for key, bound in self.names.items():
            self.names[key] = with_terms(bound, renaming)
        for term, item in self.objects.items():
            self._set_values(term, item, lambda value: with_terms(value, renaming))
        return renaming

    def assign_item(self, holder: Expression, key: str) -> None:
        """`holder[key]` gets a new value."""
        self._change(item_assignment(holder, key))

    def grow(self, collection: Expression) -> None:
        """A collection gets more elements."""
        self._change(growth(collection))

    def end_loops(self, going_on: frozenset[int]) -> None:
        """Only loops with variables at these points go on."""
        self._change(end_of_loops(going_on))

    def insert(self, tables: frozenset[str], row: Inserted) -> None:
        """A row was inserted into these tables (several for multi-table inheritance)."""
        self._change(insertion(tables, row))
        for name, bound in self.names.items():
            self.names[name] = _after_insert(bound, name, tables, row)


def forgotten(dead: Iterable[str]) -> Iterable[str]:
    """The dead names that go at a loop's head: all, which saves work and changes no finding."""
    return dead


def _outdated(bound: Result, symbol: Symbol, name: str) -> Result:
    """A value after a symbol was bound anew: one that mentions it is the one of before, of which nothing is known."""
    return unknown(Symbol("stale", symbol.point, name)) if symbol in bound.symbols else bound


def with_terms(bound: Result, renaming: dict[Expression, Expression]) -> Result:
    """A value of which only terms are known, by other terms."""
    if not any(old.symbols <= bound.symbols for old in renaming):
        return bound
    if not all(isinstance(option.value, Unknown) for option in bound.options):
        return bound
    options = (
        Option(replace(item.value, term=replaced(item.value.term, renaming)), item.facts) for item in bound.options
    )
    changed = Result(replaced(bound.term, renaming), tuple(options))
    return changed if changed != bound else bound


def _changed_options(bound: Result, change: Change, inside: Change) -> Result:
    """A value after a change of the facts that hold for its options, and for the elements of a collection."""
    if bound.contents is None:
        return bound
    options = []
    for option in bound.options:
        value, facts = option.value, changed(option.facts, change)
        value = with_if_empty(value, lambda known: changed(known, change))
        if isinstance(value, (Elements, RowsByKey)):
            element = _changed_options(value.element, inside, inside)
            value = value if element is value.element else replace(value, element=element)
        elif isinstance(value, Column):
            value = _changed_column(value, change)
        same = value is option.value and facts is option.facts
        options.append(option if same else Option(value, facts))
    if all(new is old for new, old in zip(options, bound.options)):
        return bound
    return Result(bound.term, tuple(options))


def _changed_column(column: Column, change: Change) -> Column:
    """A column after a change: a row that is inserted is missing in it, unless its values were added before."""
    but, due = rows_since(column, change), column.due
    if due:
        kept = due & rows_since(replace(column, but=due), change)
        found = {row for row in but - column.but for expected in kept if has_values(row, expected)}
        but -= found
        due = frozenset(expected for expected in kept if not any(has_values(row, expected) for row in found))
    return column if but == column.but and due == column.due else replace(column, but=but, due=due)


def rows_since(column: Column, change: Change) -> frozenset[Inserted]:
    """The rows that were inserted since a column was read, after a change."""
    after = change(column.fact)
    return after.but if isinstance(after, Absent) else column.but


def _after_insert(bound: Result, name: str, tables: frozenset[str], row: Inserted) -> Result:
    options = []
    for option in bound.options:
        value = option.value
        if isinstance(value, Answer) and value.shape not in ("row", "former") and value.rows.model.table in tables:
            is_list = value.shape == "list"
            value = replace(value, shape="former") if is_list else Unknown(Symbol("stale", 0, name))
        options.append(Option(value, option.facts) if value is not option.value else option)
    if all(new is old for new, old in zip(options, bound.options)):
        return bound
    return Result(bound.term, tuple(options))


# --- meeting


def meet(point: int, states: list[State]) -> State:
    """The state that holds whichever of these states control came from.

    A name that has different terms gets a symbol of this point; facts about the terms become facts about the symbol.
    """
    if all(state is states[0] for state in states):
        return states[0]
    first, *others = states
    names = dict(first.names)
    differing = _differing(names, [other.names for other in others])
    renamings: list[Renaming] = [{} for _ in states]
    held = {name: [state.names.get(name) for state in states] for name in differing}
    terms = terms_met(point, held)
    for name, results in held.items():
        for renaming, bound in zip(renamings, results):
            if bound is not None and bound.term != terms[name]:
                renaming[bound.term] = terms[name]
    objects = _differing(first.objects, [other.objects for other in others])
    holding, known = map(list, zip(*map(facts_renamed, _facts_of(states, objects), renamings)))
    for name, results in held.items():
        renamed = map(value_renamed, questions_renamed(results, renamings), renamings)
        names[name] = _met_result(point, terms[name], name, list(renamed), holding)
    facts = common(known)
    for name in differing:
        names[name] = _without_common(names[name], facts)
    checks = first.checks.union(*(other.checks for other in others))
    symbols = first.bound.union(*(other.bound for other in others))
    return State(names, _met_objects(point, states, objects), facts, checks, symbols)


def _facts_of(states: list[State], differing: list[Expression]) -> list[Facts]:
    """What is known in each state, also of rows that another one has saved: no row refers to what is not saved yet.

    differing: the objects that are not in the same state in all.
    """
    unsaved = [{term for term in differing if _is_unsaved(state.objects.get(term))} for state in states]
    in_all = unsaved[0].intersection(*unsaved)
    return [added(state.facts, map(NewRow, own - in_all)) for state, own in zip(states, unsaved)]


def _is_unsaved(item: ObjectState | None) -> bool:
    """True for an instance that is not in the database, and that was not given the primary key of one that is."""
    if item is None or item.new is not True:
        return False
    return all(key is None or key.term == NONE for key in (item.get("pk"), item.get("id")))


def _differing(first: dict[K, V], others: list[dict[K, V]]) -> list[K]:
    """The keys that do not have one and the same value in all."""
    start = min(_shared(first, other) for other in others)
    own, *rest = (dict(islice(entries.items(), start, None)) for entries in (first, *others))
    differing = [key for key, value in own.items() if any(other.get(key) is not value for other in rest)]
    return [*differing, *dict.fromkeys(key for other in rest for key in other if key not in own)]


def _shared(first: dict[K, V], other: dict[K, V]) -> int:
    """How many of the very same entries both begin with: those of the state that both come from, unless changed."""
    for place, ((key, value), (name, bound)) in enumerate(zip(first.items(), other.items())):
        if key is not name or value is not bound:
            return place
    return min(len(first), len(other))


def _met_result(point: int, term: Expression, name: str, results: list[Result | None], holding: list[Facts]) -> Result:
    options: dict[object, Option] = {}
    for bound, own in zip(results, holding):
        for option in bound.options if bound is not None else ():
            facts = added(own, option.facts) if option.facts else own
            seen = options.get(option.value)
            options[option.value] = Option(option.value, facts if seen is None else common([seen.facts, facts]))
    options = without_start(options)
    collections = [as_elements(option.value) for option in options.values()]
    filled = [value for value in collections if value is not None]
    if 1 < len(filled) == len(collections):
        collection = merged(point, Symbol("collected", point, name), filled)
        collection = replace(collection, if_empty=any_if_empty(options.values()))
        return Result(term, (Option(collection, common([option.facts for option in options.values()])),))
    column = met_column([option.value for option in options.values()]) if len(options) > 1 else None
    if column is not None:
        return Result(term, (Option(column, common([option.facts for option in options.values()])),))
    if len(options) > MAX_DICTS and all(isinstance(option.value, Entries) for option in options.values()):
        return met_entries(term, list(options.values()))
    if len(options) > MAX_OPTIONS:
        return unknown(term)
    for is_sure in (True, False):  # what is not known need not be told apart, but for messages, which are not empty
        unknowns = [value for value in options if isinstance(value, Unknown) and is_message(value.term) is is_sure]
        if len(unknowns) > 1:
            facts = common([options.pop(value).facts for value in unknowns])
            told = frozenset[Expression].intersection(*(parts_told(value) for value in unknowns))
            joined = Formatted((constant("..."), term)) if is_sure else term
            options[joined] = Option(Text(joined, told) if told else Unknown(joined), facts)
    return Result(term, tuple(options.values()))


def _without_common(bound: Result, facts: Facts) -> Result:
    if not any(option.facts & facts for option in bound.options) and not any_if_empty(bound.options):
        return bound
    options = (Option(with_if_empty(item.value, lambda own: own - facts), item.facts - facts) for item in bound.options)
    return Result(bound.term, tuple(options))


def _met_objects(point: int, states: list[State], differing: list[Expression]) -> dict[Expression, ObjectState]:
    first, *others = states
    if not differing or all(other.objects == first.objects for other in others):
        return first.objects
    met = dict(first.objects)
    shared = first.facts.intersection(*(other.facts for other in others))
    for term in differing:
        known = [state.objects[term] for state in states if term in state.objects]
        facts = [state.facts - shared for state in states if term in state.objects]
        met[term] = known[0] if all(item is known[0] for item in known) else met_object(point, term, known, facts)
        if len(known) < len(states) and not (isinstance(term, Symbol) and term.kind == "new"):
            met[term] = partly_known(point, term, met[term], common(facts))
    return met
