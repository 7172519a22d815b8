"""What is known at a program point, and how states meet.

`names` maps local names to results, `objects` terms to what is known of the object, `facts` hold on every path,
`fresh` are rows inserted in this function (with what has been inserted that refers to them since), `checks` the lookups
that were made on some path (only for messages: a check was there, but it does not protect the key).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from flake8_unique_insert.evaluate.terms import ANY, differs, is_attribute_of, mentions, same
from flake8_unique_insert.syntax.expressions import Attribute, Expression, Symbol
from flake8_unique_insert.values import (
    NO_FACTS,
    Absent,
    Answer,
    Column,
    Fact,
    Facts,
    Inserted,
    ObjectState,
    Option,
    Result,
    Unknown,
    Unset,
    Validated,
    unknown,
)

MAX_OPTIONS = 6


@dataclass(frozen=True, slots=True)
class Check:
    """A lookup of rows that was made before: on which table, with what, at which line."""

    table: str
    conditions: frozenset[frozenset[object]]
    line: int = 0


@dataclass(slots=True)
class State:
    """The state at one point. Copy before changing."""

    names: dict[str, Result] = field(default_factory=dict)
    objects: dict[Expression, ObjectState] = field(default_factory=dict)
    facts: Facts = NO_FACTS
    fresh: dict[Expression, frozenset[Inserted]] = field(default_factory=dict)
    checks: frozenset[Check] = frozenset()

    def copy(self) -> State:
        """A state that can be changed without changing this one."""
        return State(dict(self.names), dict(self.objects), self.facts, dict(self.fresh), self.checks)

    def learn(self, facts: Iterable[Fact]) -> None:
        """Add facts that hold from here on."""
        self.facts |= frozenset(facts)

    # --- what ends facts

    def _drop(self, ends: Callable[[Fact], bool]) -> None:
        """Forget the facts for which `ends` is true, also those that hold for one option of a name only."""
        self.facts = _without(self.facts, ends)
        for name, bound in self.names.items():
            if any(option.facts for option in bound.options):
                options = tuple(Option(option.value, _without(option.facts, ends)) for option in bound.options)
                self.names[name] = Result(bound.term, options)

    def rebind(self, symbol: Symbol) -> None:
        """A symbol gets a new value: what was known of its last one is about another value now."""
        self._drop(lambda fact: _fact_mentions(fact, symbol))
        for term in [term for term in self.objects if mentions(term, symbol)]:
            del self.objects[term]
        for name, bound in self.names.items():
            if mentions(bound.term, symbol) or any(mentions(option.value.term, symbol) for option in bound.options):
                self.names[name] = unknown(Symbol("stale", symbol.point, name))
        fresh = {}
        for term, inserted in self.fresh.items():
            if not mentions(term, symbol):
                fresh[term] = frozenset(filter(None, (_outlive(row, symbol) for row in inserted)))
        self.fresh = fresh

    def assign_attribute(self, base: Expression, name: str) -> None:
        """`base.name` gets a new value."""
        self._drop(lambda fact: _fact_reads(fact, base, name))

    def insert(self, tables: frozenset[str], row: Inserted) -> None:
        """A row was inserted into these tables (several for multi-table inheritance)."""
        self._drop(lambda fact: isinstance(fact, Absent) and fact.table in tables and not _excludes(fact, row))
        for name, bound in self.names.items():
            self.names[name] = _after_insert(bound, name, tables, row)
        for term, inserted in self.fresh.items():
            if not row.complete or any(same(value, term) for _, value in row.values):
                self.fresh[term] = inserted | {row}


def _without(facts: Facts, ends: Callable[[Fact], bool]) -> Facts:
    kept = frozenset(fact for fact in facts if not ends(fact))
    return kept if len(kept) != len(facts) else facts


def _fact_mentions(fact: Fact, symbol: Symbol) -> bool:
    if isinstance(fact, Validated):
        return mentions(fact.term, symbol)
    return any(mentions(condition.term, symbol) for condition in fact.conditions)


def _fact_reads(fact: Fact, base: Expression, name: str) -> bool:
    if isinstance(fact, Validated):
        return fact.term == base
    return any(is_attribute_of(condition.term, base, name) for condition in fact.conditions)


def _excludes(fact: Absent, row: Inserted) -> bool:
    """True when the inserted row certainly or visibly is not one that the fact speaks of."""
    values = dict(row.values)
    for condition in fact.conditions:
        if condition.lookup != "exact" or condition.excluded or condition.field not in values:
            continue
        given = values[condition.field]
        if given != ANY and not same(given, condition.term):
            return True
    return False


def _after_insert(bound: Result, name: str, tables: frozenset[str], row: Inserted) -> Result:
    options = []
    for option in bound.options:
        value = option.value
        if isinstance(value, Column) and value.rows.model.table in tables:
            given = dict(row.values).get(value.field, ANY)
            value = replace(value, missing=value.missing | {given})
        elif isinstance(value, Answer) and value.shape != "row" and value.rows.model.table in tables:
            value = Unknown(Symbol("stale", 0, name))
        options.append(Option(value, option.facts) if value is not option.value else option)
    if all(new is old for new, old in zip(options, bound.options)):
        return bound
    return Result(bound.term, tuple(options))


def _outlive(row: Inserted, symbol: Symbol) -> Inserted | None:
    """An inserted row as seen after a symbol it mentions was rebound; None when no later row can equal it."""
    touched = {(name, term) for name, term in row.values if mentions(term, symbol)}
    if not touched:
        return row
    if symbol.kind in ("distinct", "item"):
        return None
    return replace(row, values=frozenset((row.values - touched) | {(name, ANY) for name, _ in touched}))


# --- meeting


def meet(point: int, states: list[State]) -> State:
    """The state that holds whichever of these states control came from.

    A name that has different terms gets a symbol of this point; facts about the old terms become facts about the symbol.
    """
    if len(states) == 1:
        return states[0]
    first = states[0]
    renamed: list[dict[Expression, Expression]] = [{} for _ in states]
    names: dict[str, Result] = {}
    for name in dict.fromkeys(name for state in states for name in state.names):
        results = [state.names.get(name) for state in states]
        if all(bound is results[0] for bound in results) and results[0] is not None:
            names[name] = results[0]
            continue
        term = _met_term(point, name, results)
        for renaming, bound in zip(renamed, results):
            if bound is not None and bound.term != term:
                renaming[bound.term] = term
        names[name] = _met_result(term, name, results, states)
    facts = _translated(first, renamed[0])
    for state, renaming in zip(states[1:], renamed[1:]):
        facts &= _translated(state, renaming)
    return State(
        {name: _without_common(bound, facts) for name, bound in names.items()},
        _met_objects(point, states),
        facts,
        _met_fresh(states),
        frozenset().union(*(state.checks for state in states)),
    )


def _met_term(point: int, name: str, results: list[Result | None]) -> Expression:
    terms = {bound.term for bound in results if bound is not None}
    return terms.pop() if len(terms) == 1 else Symbol("join", point, name)


def _met_result(term: Expression, name: str, results: list[Result | None], states: list[State]) -> Result:
    options: dict[object, Option] = {}
    for bound, state in zip(results, states):
        for option in bound.options if bound is not None else ():
            facts = option.facts | state.facts
            seen = options.get(option.value)
            options[option.value] = Option(option.value, facts if seen is None else seen.facts & facts)
    if len(options) > MAX_OPTIONS:
        return unknown(term)
    unknowns = [value for value in options if isinstance(value, Unknown)]
    if len(unknowns) > 1:  # what is not known need not be told apart
        facts = frozenset.intersection(*(options.pop(value).facts for value in unknowns))
        options[term] = Option(Unknown(term), facts)
    return Result(term, tuple(options.values()))


def _without_common(bound: Result, facts: Facts) -> Result:
    if not any(option.facts & facts for option in bound.options):
        return bound
    return Result(bound.term, tuple(Option(option.value, option.facts - facts) for option in bound.options))


def _translated(state: State, renaming: dict[Expression, Expression]) -> Facts:
    """The facts, and each of them again for the new terms of the values it speaks of."""
    if not renaming:
        return state.facts
    found = set(state.facts)
    for fact in state.facts:
        if isinstance(fact, Absent):
            conditions = frozenset(
                replace(condition, term=renaming.get(condition.term, condition.term)) for condition in fact.conditions
            )
            found.add(Absent(fact.table, conditions))
        elif fact.term in renaming:
            found.add(replace(fact, term=renaming[fact.term]))
    return frozenset(found)


def _met_objects(point: int, states: list[State]) -> dict[Expression, ObjectState]:
    met: dict[Expression, ObjectState] = {}
    for term in dict.fromkeys(term for state in states for term in state.objects):
        known = [state.objects[term] for state in states if term in state.objects]
        met[term] = known[0] if all(item is known[0] for item in known) else _met_object(point, term, known)
        if len(known) < len(states) and not (isinstance(term, Symbol) and term.kind == "new"):
            met[term] = replace(met[term], open=True)
    return met


def _met_object(point: int, term: Expression, known: list[ObjectState]) -> ObjectState:
    values = []
    names = dict.fromkeys(name for item in known for name, _ in item.values)
    for name in names:
        results = [item.get(name) for item in known]
        if all(bound == results[0] for bound in results) and results[0] is not None:
            values.append((name, results[0]))
        elif None in results:
            joined = Symbol("join", point, name)
            options = dict.fromkeys(option.value for bound in results if bound for option in bound.options)
            unset = Option(Unset(Attribute(term, name)))
            values.append((name, Result(joined, (*(Option(value) for value in options), unset))))
        else:
            options = dict.fromkeys(option.value for bound in results if bound for option in bound.options)
            joined = Symbol("join", point, name)
            values.append((name, Result(joined, tuple(Option(value) for value in options))))
    new = known[0].new if all(item.new == known[0].new for item in known) else None
    return ObjectState(
        new,
        tuple(values),
        any(item.open for item in known),
        frozenset().union(*(item.changed for item in known)),
        any(item.copied for item in known),
    )


def _met_fresh(states: list[State]) -> dict[Expression, frozenset[Inserted]]:
    shared = set(states[0].fresh).intersection(*(state.fresh for state in states[1:]))
    return {term: frozenset().union(*(state.fresh[term] for state in states)) for term in shared}


def may_equal(left: Expression, right: Expression) -> bool:
    """True unless two terms are visibly different values."""
    return ANY in (left, right) or same(left, right) or not differs(left, right)
