"""What ends or weakens facts: which sets of them something concerns, and what it leaves of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import cache

from flake8_unique_insert.evaluate.collections.apart import RowFields, names_read, tells_apart
from flake8_unique_insert.evaluate.states.facts import APART, EACH, ROUND, Change, with_rows
from flake8_unique_insert.evaluate.states.terms import (
    ANY,
    OTHER,
    is_attribute_of,
    mentions,
    normal,
    refers_to,
    same,
    symbols,
)
from flake8_unique_insert.facts import MADE_BY, Absent, Contents, Different, Fact, Inserted, NewRow, Null, Validated
from flake8_unique_insert.record import record
from flake8_unique_insert.schema import KeyKind, UniqueKey
from flake8_unique_insert.syntax.expressions import Attribute, Expression, Subscript, Symbol, constant

MAX_BELOW = 16
"""How many rows that may refer to the new rows of a list are counted: with more the list is not worth its time."""


# --- what is left of a fact


def after_rebinding(symbol: Symbol, rows: RowFields | None = None) -> Change:
    """What is left of a fact when a symbol gets a new value. rows: if these are the rows of a loop."""

    def change(fact: Fact) -> Fact | None:
        if symbol not in fact.symbols:
            return fact
        if isinstance(fact, Absent):
            if any(mentions(condition.term, symbol) for condition in fact.conditions):
                return None
        elif mentions(fact.term, symbol):
            return None
        return _with_outlived(fact, symbol, rows)

    return change


def after_round(symbol: Symbol, rows: RowFields | None = None) -> Change:
    """The same for a fact about the elements of a collection: its symbol goes on to stand for each one's own value."""

    def change(fact: Fact) -> Fact | None:
        if symbol not in fact.symbols:
            return fact
        if isinstance(fact, Absent) and any(mentions(condition.term, symbol) for condition in fact.conditions):
            return with_rows(fact, (_blurred(row, symbol, ANY, rows) for row in fact.but))
        former = ANY if symbol.kind == "element" else Symbol(ROUND, symbol.point)
        return with_rows(fact, (_blurred(row, symbol, former, rows) for row in fact.but))

    return change


def in_loop(fact: Fact, variables: Collection[Symbol]) -> Fact:
    """A fact about the elements of a collection where a loop over it begins its next round.

    What earlier rounds inserted are other elements, what another loop inserted may be any.
    """
    if not fact.but:
        return fact
    own = {Symbol(ROUND, variable.point) for variable in variables}
    rows = [row for row in fact.but if not any(term in own for _, term in row.values)]
    return with_rows(fact, (_of_any_loop(row, frozenset()) for row in rows))


def after_loops(going_on: frozenset[int]) -> Change:
    """What is left of a fact about elements where only these loops go on: what others inserted may be any of them."""

    @cache
    def after(rows: frozenset[Inserted]) -> list[Inserted]:
        return [_of_any_loop(row, going_on) for row in rows]

    def change(fact: Fact) -> Fact | None:
        if not fact.but:
            return fact
        return with_rows(fact, after(fact.but))

    return change


def _of_any_loop(row: Inserted, going_on: frozenset[int]) -> Inserted:
    def ended(term: Expression) -> bool:
        return isinstance(term, Symbol) and term.kind == ROUND and term.point not in going_on

    if not any(ended(term) for _, term in row.values):
        return row
    return replace(row, values=frozenset((name, ANY if ended(term) else term) for name, term in row.values))


def _with_outlived(fact: Fact, symbol: Symbol, rows: RowFields | None) -> Fact:
    if not fact.but:
        return fact
    outlived = (_outlive(row, symbol, rows) for row in fact.but)
    return with_rows(fact, (row for row in outlived if row is not None))


def of_other_elements(row: Inserted, rows: Mapping[Symbol, RowFields]) -> Iterator[Inserted]:
    """The other rows of a batch, where this is the one of one element of the loops in which it was filled.

    rows: what is known of rows that loops bind.
    """
    variables = [symbol for symbol in row.symbols if symbol.kind in (*APART, "element")]
    for symbol in variables:
        other = _outlive(row, symbol, rows.get(symbol))
        for rest in variables:
            other = _blurred(other, rest, ANY, None) if other is not None and rest is not symbol else other
        if other is not None:
            yield other


def _outlive(row: Inserted, symbol: Symbol, rows: RowFields | None) -> Inserted | None:
    """An inserted row as seen after a symbol it mentions was rebound; None when no later row can equal it."""
    if symbol not in row.symbols or symbol.kind not in APART:
        return _blurred(row, symbol, ANY, rows)
    if symbol.kind == "distinct" and any(
        tells_apart(term, symbol, rows) and (not row.complete or name == MADE_BY) for name, term in row.values
    ):
        return None
    return _blurred(row, symbol, OTHER, rows)


def _blurred(row: Inserted, symbol: Symbol, former: Symbol, rows: RowFields | None) -> Inserted:
    """An inserted row with `former` for each value that another element has otherwise, ANY for what it may share."""
    if symbol not in row.symbols:
        return row
    touched = {name: term for name, term in row.values if mentions(term, symbol)}
    apart = {name for name, term in touched.items() if tells_apart(term, symbol, rows)}
    if not apart and rows is not None:  # several fields together
        read = {name: frozenset(names_read(term, symbol)) for name, term in touched.items()}
        together = frozenset().union(*read.values())
        apart = {name for name, names in read.items() if names and rows.differ(together)}
    others = (pair for pair in row.values if pair[0] not in touched)
    return replace(row, values=frozenset([*others, *((name, former if name in apart else ANY) for name in touched)]))


def after_assignment(base: Expression, name: str) -> Change:
    """What is left of a fact when `base.name` is assigned."""

    def change(fact: Fact) -> Fact | None:
        if isinstance(fact, Absent):
            return None if asks_for_attribute(fact, base, name) else fact
        if isinstance(fact, Null):
            return None if is_attribute_of(fact.term, base, name) or _is_of_each(fact.term, name) else fact
        if isinstance(fact, (Different, NewRow)):
            return None if _is_of_each(fact.term, name) else fact
        if isinstance(fact, Validated) and fact.term == base:
            return replace(fact, keys=frozenset(key for key in fact.keys if not _reads(key, name)))
        return fact

    return change


def _is_of_each(term: Expression, name: str | None = None) -> bool:
    """True for an attribute (of this name) of all elements, any of which may be assigned by a name of its own."""
    return isinstance(term, Attribute) and name in (None, term.name) and getattr(term.base, "name", "") == EACH


def asks_for_attribute(fact: Absent, base: Expression, name: str) -> bool:
    """True for a fact about the rows that have the value of `base.name`, or of something below it."""
    return any(is_attribute_of(condition.term, base, name) for condition in fact.conditions)


def _reads(key: UniqueKey, name: str) -> bool:
    """True when assigning this attribute may change a row's key: a field, the column of a foreign key, `pk`."""
    return (
        name in key.read or name.removesuffix("_id") in key.read or (name == "pk" and key.kind is KeyKind.PRIMARY_KEY)
    )


def after_item(holder: Expression, key: str) -> Change:
    """What is left of a fact when `holder[key]` is assigned."""
    item = normal(Subscript(holder, constant(key)))

    def change(fact: Fact) -> Fact | None:
        if not isinstance(fact, (Absent, Null)) or not holder.symbols <= fact.symbols:
            return fact
        asked = [fact.term] if isinstance(fact, Null) else [condition.term for condition in fact.conditions]
        read = (normal(part) for term in asked for part in term.walk())
        return None if item in read else fact

    return change


def after_growth(collection: Expression) -> Change:
    """What is left of a fact when a collection gets more elements: `name__in=names` asked for those before."""

    def change(fact: Fact) -> Fact | None:
        if isinstance(fact, Absent):
            listed = (condition.term for condition in fact.conditions if condition.lookup == "in")
            return None if any(collection in term.walk() for term in listed) else fact
        is_of_all = isinstance(fact, (Null, NewRow, Different)) and Attribute(collection, EACH) in fact.term.walk()
        return None if is_of_all else fact

    return change


def after_insert(tables: frozenset[str], row: Inserted, of_elements: bool = False) -> Change:
    """A fact after a row was inserted into these tables. of_elements: a fact about the elements of a collection."""

    def change(fact: Fact) -> Fact | None:
        if isinstance(fact, Absent) and fact.table in tables and not _excludes(fact, row, of_elements):
            return replace(fact, but=fact.but | {row})
        if isinstance(fact, NewRow) and _may_be_below(fact, row, of_elements):
            is_kept = not of_elements or len(fact.but) < MAX_BELOW
            return replace(fact, but=fact.but | {row}) if is_kept else None
        return fact

    return change


def _may_be_below(fact: NewRow, row: Inserted, of_elements: bool) -> bool:
    """True when an inserted row may refer to a new one, or have something of it; what a loop inserts of any element."""
    if not row.complete:
        return True
    values = [value for _, value in row.values]
    own = any(refers_to(value, fact.term) or fact.term in value.symbols for value in values)
    return own or (of_elements and any(map(_is_looped, values)))


def _excludes(fact: Absent, row: Inserted, of_elements: bool) -> bool:
    """True when the inserted row visibly is not one that the fact speaks of; what a loop inserts may be an element."""
    values = dict(row.values)
    for condition in fact.conditions:
        if condition.lookup == "gt" and same(values.get(condition.field, ANY), condition.term):
            return True
        if condition.lookup != "exact" or condition.excluded or condition.field not in values:
            continue
        given = values[condition.field]
        if given != ANY and not same(given, condition.term) and not (of_elements and _is_looped(given)):
            return True
    return False


def _is_looped(term: Expression) -> bool:
    """True for a value that a loop takes from a collection."""
    return any(symbol.kind in ("distinct", "item", "element", ROUND) for symbol in symbols(term))


# --- what happens to sets of facts


@record
class Effect:
    """What happens to facts at a statement.

    concerns: tells whether it may change any fact of a set with such contents. change: what becomes of one; None ends
    it. inside: what becomes of one about the elements of a collection.
    """

    concerns: Callable[[Contents], bool]
    change: Change
    inside: Change


def rebinding(symbol: Symbol, rows: RowFields | None) -> Effect:
    """A symbol gets a new value. rows: of its loop."""
    return Effect(lambda found: symbol in found.symbols, after_rebinding(symbol, rows), after_round(symbol, rows))


def assignment(base: Expression, name: str) -> Effect:
    """`base.name` is assigned."""
    change = after_assignment(base, name)
    return Effect(lambda found: any(map(_is_of_each, found.told)) or base.symbols <= found.symbols, change, change)


def item_assignment(holder: Expression, key: str) -> Effect:
    """`holder[key]` is assigned."""
    change = after_item(holder, key)
    return Effect(lambda found: holder.symbols <= found.symbols, change, change)


def growth(collection: Expression) -> Effect:
    """A collection gets more elements."""
    change = after_growth(collection)
    return Effect(lambda found: collection.symbols <= found.symbols, change, change)


def _is_of_rounds(found: Contents) -> bool:
    return any(symbol.kind == ROUND for symbol in found.symbols)


def end_of_loops(going_on: frozenset[int]) -> Effect:
    """Only the loops with variables at these points go on."""
    return Effect(
        lambda found: any(symbol.kind == ROUND for symbol in found.symbols), lambda fact: fact, after_loops(going_on)
    )


def insertion(tables: frozenset[str], row: Inserted) -> Effect:
    """A row is inserted into these tables."""
    return Effect(
        lambda found: found.new or not tables.isdisjoint(found.tables),
        after_insert(tables, row),
        after_insert(tables, row, of_elements=True),
    )
