"""Sets of facts: adding, meeting, and what ends or weakens a fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from flake8_unique_insert.evaluate.states.terms import same
from flake8_unique_insert.facts import (
    GIVEN,
    Absent,
    Condition,
    Fact,
    Facts,
    Inserted,
    Lasting,
    NewRow,
    Null,
    Validated,
)
from flake8_unique_insert.syntax.expressions import FALSE, TRUE, Attribute, Expression
from flake8_unique_insert.syntax.replacement import replaced

APART = ("distinct", "item")
"""The kinds of symbols for elements of a loop that are taken to differ."""

ROUND = "round"
"""The kind of the symbol for a value that was inserted in an earlier round of the loop at its point."""

INDEX = "$index"
"""The name of a symbol for a number that counts the rounds of a loop from 0 on."""

EACH = "$each"
"""Stands between a collection and an attribute for what all of its elements have there."""

MAX_BELOW = 16
"""How many rows that may refer to the new rows of a list are counted: with more the list is not worth its time."""

Change = Callable[[Fact], Fact | None]
"""What becomes of a fact; None ends it."""


def key_of(fact: Fact) -> object:
    """What a fact is about; two facts of one key differ in what was inserted since, or in the keys validated."""
    if isinstance(fact, Absent):
        return fact.table, fact.conditions
    return type(fact), fact.term, isinstance(fact, Null) and fact.missing


def _by_key(facts: Facts) -> dict[object, Fact]:
    return {key_of(fact): fact for fact in facts}


def added(facts: Facts, more: Iterable[Fact]) -> Facts:
    """All of these facts: of two about the same, the one with fewer exceptions, or the keys of both."""
    more = frozenset(more)
    if more <= facts:
        return facts
    found = _by_key(facts)
    for fact in more:
        former = found.get(key_of(fact))
        if isinstance(former, Validated) and isinstance(fact, Validated):
            found[key_of(fact)] = replace(fact, keys=fact.keys | former.keys, by=fact.by or former.by)
        elif former is None or len(fact.but) < len(former.but):
            found[key_of(fact)] = fact
    return frozenset(found.values())


def common(sets: Iterable[Facts]) -> Facts:
    """The facts that hold in every set, with the exceptions of all."""
    first, *others = sets
    for other in others:
        if other != first:
            both = first & other
            left, right = first - both, other - both
            met = [*_held_by(left, other), *_held_by(right, first), *_given(left, right), *_given(right, left)]
            first = both.union(_by_key(frozenset(met)).values())
    return first


def _held_by(facts: Facts, others: Facts) -> Iterator[Fact]:
    """Those of the facts that hold among the others, too, with the exceptions of both."""
    known = _by_key(others)
    for fact in facts:
        other = known.get(key_of(fact))
        if other is None and isinstance(fact, Absent) and fact.table:
            other = _wider(fact, others)
        if other is not None:
            yield _met(fact, other)


def _given(facts: Facts, others: Facts) -> Iterator[Fact]:
    """What holds of the facts where a term is true that is false where the others hold."""
    for other in others:
        if isinstance(other, Absent) and not other.table:
            (condition,) = other.conditions
            for fact in facts if not condition.excluded else ():
                if isinstance(fact, Absent) and fact.table and _may_need(condition.term, fact):
                    yield replace(fact, conditions=fact.conditions | {condition})


def contradict(facts: Facts, others: Facts) -> bool:
    """True where something is true by some facts that is false by others."""
    return any(
        Absent("", frozenset(replace(item, excluded=not item.excluded) for item in fact.conditions)) in others
        for fact in facts
        if isinstance(fact, Absent) and not fact.table
    )


def _may_need(term: Expression, fact: Absent) -> bool:
    """True where a row may get a term, and collide with what a fact asks for: it asks for the term, or for a flag."""
    asks = any(item.term in (term, TRUE, FALSE) for item in fact.conditions)
    return asks and all(item.lookup != GIVEN for item in fact.conditions)


def _wider(fact: Absent, others: Facts) -> Fact | None:
    """A fact from which this one follows: no row at all has this name, or what it asks for is new itself, or None."""
    asked = {condition.term for condition in fact.conditions if condition.lookup == "exact" and not condition.excluded}
    for other in others:
        if isinstance(other, (NewRow, Null)) and other.term in asked and not _is_missing(other, fact):
            return other
        if isinstance(other, Absent) and other.table == fact.table and _implied(other, fact):
            return other
    return None


def _is_missing(other: Fact, fact: Absent) -> bool:
    """True for a value that is not there, unless the rest of the fact is what a row holds that keeps its own then."""
    if not isinstance(other, Null) or not other.missing:
        return False
    rows = {item.term for item in fact.conditions if item.excluded}
    rest = (item.term for item in fact.conditions if not item.excluded and item.term != other.term)
    return len(rows) != 1 or not all(isinstance(term, Attribute) and term.base in rows for term in rest)


def _implied(wider: Absent, fact: Absent) -> bool:
    """True when every row that the fact speaks of meets the conditions of the wider one: `iexact` finds `exact`."""
    more = wider.conditions - fact.conditions
    if len(wider.conditions) > len(fact.conditions):
        return False
    return all(any(_follows(item, own) for own in fact.conditions) for item in more)


def _follows(item: Condition, own: Condition) -> bool:
    """True when what meets one condition meets this one, too; the same value may be written otherwise."""
    if (item.field, item.excluded) != (own.field, own.excluded) or not same(item.term, own.term):
        return False
    return item.lookup == own.lookup or (item.lookup, own.lookup, own.excluded) == ("iexact", "exact", False)


def _met(left: Fact, right: Fact) -> Fact:
    """What holds of two facts, one of which follows from the other, whichever is true."""
    if isinstance(left, Validated):
        assert isinstance(right, Validated)
        return replace(left, keys=left.keys & right.keys, by=left.by if left.by == right.by else None)
    if isinstance(left, Absent) and not left.or_null:
        left = replace(left, or_null=isinstance(right, Null) or (isinstance(right, Absent) and right.or_null))
    return with_rows(left, left.but | right.but)


def without(facts: Facts, known: Facts) -> Facts:
    """The facts that are not known anyway."""
    return facts - known


def changed(facts: Facts, change: Change) -> Facts:
    """The facts after a change of each; None ends it."""
    if not facts:
        return facts
    changes = {fact: after for fact in facts if (after := change(fact)) is not fact}
    if not changes:
        return facts
    return frozenset(after for fact in facts if (after := changes.get(fact, fact)) is not None)


def about(fact: Fact, values: Mapping[Expression, Expression]) -> Fact:
    """The same fact about other terms."""
    if isinstance(fact, Absent):
        conditions = frozenset(replace(item, term=replaced(item.term, values)) for item in fact.conditions)
        return replace(fact, conditions=conditions)
    return replace(fact, term=replaced(fact.term, values))


def by_other_names(fact: Fact, values: Mapping[Expression, Expression]) -> Fact:
    """The same fact where what these terms denoted goes by other ones, also in the rows inserted since."""
    rows = (frozenset((name, replaced(term, values)) for name, term in row.values) for row in fact.but)
    but = frozenset(replace(row, values=own) for row, own in zip(fact.but, rows))
    return with_rows(about(fact, values), but)


def has_values(row: Inserted, other: Inserted) -> bool:
    """True when a row has all values of another one of which something is known."""
    own = dict(row.values)
    return bool(other.values) and all(name in own and same(own[name], term) for name, term in other.values)


def with_rows(fact: Fact, rows: Iterable[Inserted]) -> Fact:
    """The fact with these exceptions; the very same one where it has them, as equal ones take long to compare."""
    but = frozenset(rows)
    return fact if but == fact.but or isinstance(fact, Lasting) else replace(fact, but=but)


def of_each(collection: Expression, name: str) -> Expression:
    """The term for what the elements of a collection have in an attribute."""
    return Attribute(Attribute(collection, EACH), name)
