"""Where states meet: what is known of values that go by one name from here on, whichever they are.

The name may have stood for another value before, in the last round of a loop: that one has no name any more.
"""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.collections.collected import with_if_empty
from flake8_unique_insert.evaluate.states.facts import with_rows
from flake8_unique_insert.evaluate.states.terms import ANY
from flake8_unique_insert.facts import Absent, Condition, Fact, Facts, Groups
from flake8_unique_insert.syntax.expressions import Expression, Symbol
from flake8_unique_insert.syntax.replacement import replaced
from flake8_unique_insert.values import Answer, Option, Result, Rows, Value

Renaming = dict[Expression, Expression]
"""By what the values of a state go from here on."""


def terms_met(point: int, held: dict[str, list[Result | None]]) -> dict[str, Expression]:
    """By what each name goes: its term if it has one only, not made of what another name stood for, or a symbol."""
    terms = {name: {value.term for value in values if value is not None} for name, values in held.items()}
    met: dict[str, Expression] = {
        name: Symbol("join", point, name) if len(found) > 1 else next(iter(found)) for name, found in terms.items()
    }
    new = frozenset(term for name, term in met.items() if len(terms[name]) > 1)
    if new:
        for name, term in met.items():
            if term not in new and not new.isdisjoint(term.symbols):
                met[name] = Symbol("join", point, name)
    return met


def facts_renamed(facts: Facts, renaming: Renaming) -> tuple[Facts, Facts]:
    """The facts that still hold; these, and each of them again for the new names of the values it speaks of."""
    if not renaming or not facts:
        return facts, facts
    outdated: set[Fact] = set()
    more: set[Fact] = set()
    new = frozenset(renaming.values())
    for fact in facts:
        asked = [item.term for item in fact.conditions] if isinstance(fact, Absent) else [fact.term]
        if not all(new.isdisjoint(term.symbols) for term in asked):
            outdated.add(fact)
        elif fact.but and not new.isdisjoint(fact.symbols):
            outdated.add(fact)
            more.add(_with_rows_renamed(fact, {}, new))
        if not any(term in renaming for term in asked):
            continue
        if not isinstance(fact, Absent):
            more.add(replace(fact, term=renaming[fact.term]))
        elif (conditions := _conditions_renamed(fact.conditions, renaming)) is not None:
            more.add(_with_rows_renamed(replace(fact, conditions=conditions), renaming, new))
    still = facts - outdated if outdated else facts
    return still, still | more if more else still


def _with_rows_renamed(fact: Fact, renaming: Renaming, new: frozenset[Expression]) -> Fact:
    """A fact with the rows that were inserted since by the new names of their values; ANY for those without one."""

    def renamed(term: Expression) -> Expression:
        if term in renaming:
            return renaming[term]
        return ANY if term.symbols & new else replaced(term, renaming) if renaming else term

    rows = (frozenset((name, renamed(term)) for name, term in row.values) for row in fact.but)
    return with_rows(fact, [replace(row, values=values) for row, values in zip(fact.but, rows)]) if fact.but else fact


def value_renamed(value: Result | None, renaming: Renaming) -> Result | None:
    """A value with what is known of it, by the new names."""
    if value is None or not renaming:
        return value
    options = tuple(_option_renamed(option, renaming) for option in value.options)
    return value if all(new is old for new, old in zip(options, value.options)) else replace(value, options=options)


def _option_renamed(option: Option, renaming: Renaming) -> Option:
    facts = facts_renamed(option.facts, renaming)[1]
    value = with_if_empty(option.value, lambda known: facts_renamed(known, renaming)[1])
    return option if facts is option.facts and value is option.value else Option(value, facts)


def questions_renamed(values: list[Result | None], renamings: list[Renaming]) -> list[Result | None]:
    """What a name holds in each state, with all its answers to one question if they are: `taken` of a loop that tries
    others, `while taken: name = ...; taken = rows.filter(name=name).exists()`."""
    if not any(renamings):
        return values
    asked = {
        _groups_renamed(rows.alternatives, renaming)
        for value, renaming in zip(values, renamings)
        for option in (value.options if value is not None else ())
        if (rows := _rows_of(option.value)) is not None
    }
    groups = asked.pop() if len(asked) == 1 else None
    return values if groups is None else [value and _answering(value, groups) for value in values]


def _rows_of(value: Value) -> Rows | None:
    return value.rows if isinstance(value, Answer) else value if isinstance(value, Rows) else None


def _answering(value: Result, groups: Groups) -> Result:
    options = tuple(_to(groups, item) for item in value.options)
    same = all(new is old for new, old in zip(options, value.options))
    return value if same else replace(value, options=options)


def _to(groups: Groups, option: Option) -> Option:
    """An answer as one to this question."""
    rows = _rows_of(option.value)
    if rows is None or rows.alternatives == groups:
        return option
    rows = replace(rows, alternatives=groups)
    return replace(option, value=replace(option.value, rows=rows) if isinstance(option.value, Answer) else rows)


def _groups_renamed(groups: Groups, renaming: Renaming) -> Groups | None:
    renamed = [_conditions_renamed(group, renaming) for group in groups]
    found = frozenset(group for group in renamed if group is not None)
    return found if len(found) == len(groups) else None


def _conditions_renamed(conditions: frozenset[Condition], renaming: Renaming) -> frozenset[Condition] | None:
    """The conditions by the new names; None where one asks for what has no name any more."""
    new = frozenset(renaming.values())
    if any(item.term not in renaming and not new.isdisjoint(item.term.symbols) for item in conditions):
        return None
    return frozenset(replace(item, term=renaming.get(item.term, item.term)) for item in conditions)
