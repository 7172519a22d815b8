"""The elements of collections that were filled here, each under a name of its own."""

from __future__ import annotations

from collections import abc
from collections.abc import Iterable
from dataclasses import replace

from flake8_unique_insert.evaluate.collections.apart import fields_of
from flake8_unique_insert.evaluate.collections.collected import renamed, under_names
from flake8_unique_insert.evaluate.collections.nests import spanned
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.states.changes import after_round, in_loop
from flake8_unique_insert.evaluate.states.facts import APART, about, by_other_names, changed, common
from flake8_unique_insert.evaluate.states.terms import symbols
from flake8_unique_insert.facts import Absent, Fact, NewRow
from flake8_unique_insert.syntax.expressions import Attribute, Expression, Symbol
from flake8_unique_insert.values import (
    Elements,
    Entries,
    Instance,
    Items,
    Known,
    ObjectState,
    Result,
    Rows,
    RowsByKey,
    Unknown,
    Unset,
    result,
    unknown,
)

NAMED = "$named"
"""Stands among the values of a collected instance for the name that a loop has given to it."""


AS_MADE = "$made"
"""Stands behind that name for what the instance had then."""


def element_of(ev: Evaluator, collection: Elements, node: object) -> Result:
    """The next element, with what is known of all. node: identifies the loop."""
    for key, known in collection.objects:
        ev.state.objects.setdefault(key, known)
    options = collection.element.options
    if all(isinstance(option.value, (Unknown, Known)) for option in options):
        return _each(ev, collection, node)
    if len(options) > 1 and all(isinstance(option.value, Instance) for option in options):
        loop = _place(node)
        alone = (replace(collection, element=Result(option.value.term, (option,))) for option in options)
        parts = [element_of(ev, each, (*loop, place)) for place, each in enumerate(alone)]
        return Result(collection.element.term, tuple(option for part in parts for option in part.options))
    named = _each_record(ev, collection, node) or _each_row(ev, collection, node) or _each_stored(ev, collection, node)
    return named or collection.element


def _place(node: object) -> tuple[object, ...]:
    """What tells a loop from others, also where it is told by several things."""
    return node if isinstance(node, tuple) else (id(node),)


def _each(ev: Evaluator, collection: Elements, node: object) -> Result:
    """An element of which only facts are known: they hold for its new name."""
    former = collection.element.term
    kinds = {symbol.kind for symbol in former.symbols}
    given = ("element" in kinds and kinds.isdisjoint(APART)) or not spanned(collection.nests, symbols(former))
    symbol = ev.symbol("distinct" if collection.distinct else "element" if given else "item", node)
    _learn_of_each(ev, collection, {former: symbol})
    return unknown(symbol)


def _each_record(ev: Evaluator, collection: Elements, node: object) -> Result | None:
    """A tuple or dict under new names for what it holds; None where it holds more than plain values."""
    element = collection.element
    if len(element.options) > 1 or not isinstance(element.value, (Items, Entries)):
        return None
    names = _named_anew(ev, collection, symbols(element.term), node)
    renamed_element = renamed(element, names)
    if renamed_element is not None:
        _learn_of_each(ev, collection, names)
    return renamed_element


def _named_anew(
    ev: Evaluator, collection: Elements, formers: Iterable[Symbol], node: object
) -> dict[Expression, Symbol]:
    """New names for what loops bound while a collection was filled."""
    names: dict[Expression, Symbol] = {}
    for former in sorted(formers, key=lambda symbol: symbol.point):
        if former.kind in (*APART, "element"):
            kind = former.kind if spanned(collection.nests, [former]) else "element"
            names[former] = ev.symbol(kind, (*_place(node), former.point))
    return names


def _each_row(ev: Evaluator, collection: Elements, node: object) -> Result | None:
    """A new instance under a name for each, with the values that it got when it was put in.

    What a loop does to the instances is not known of them in the next one.
    """
    row, known = collection.element.value, dict(collection.objects).get(collection.element.term)
    if not isinstance(row, Instance) or known is None or known.new is not True:
        return None
    symbol = ev.symbol("new", node)
    is_saved = _is_saved(ev, row, symbol)
    if not is_saved and not _is_as_made(ev, row, known, symbol):
        return None
    later = ((name, unknown(Attribute(row.term, name))) for name, _ in known.values)
    ev.state.objects[row.term] = replace(known, values=(*later, (NAMED, unknown(symbol))), open=True)
    formers = frozenset[Symbol]().union(*(value.symbols for _, value in known.values))
    names = _named_anew(ev, collection, formers, node)
    values = tuple((name, under_names(value, names)) for name, value in known.values)
    ev.state.objects[symbol] = replace(known, values=values, new=not is_saved)
    ev.state.objects[Attribute(symbol, AS_MADE)] = ObjectState(None, values)
    _learn_of_each(ev, collection, names)
    return result(replace(row, term=symbol))


def _each_stored(ev: Evaluator, collection: Elements, node: object) -> Result | None:
    """A row that stands in the collection once, under a name for each: which others refer to it is known."""
    row, known = collection.element.value, dict(collection.objects).get(collection.element.term)
    if not isinstance(row, Instance) or known is None or known.new is not False or not collection.distinct:
        return None
    symbol = ev.symbol("distinct", node, "row")
    ev.analysis.rows[symbol] = fields_of(Rows(symbol, row.model))
    formers = frozenset[Symbol]().union(*(value.symbols for _, value in known.values))
    names: dict[Expression, Symbol] = {row.term: symbol, **_named_anew(ev, collection, formers, node)}
    values = tuple((name, under_names(value, names)) for name, value in known.values)
    ev.state.objects[symbol] = replace(known, values=values)
    _learn_of_each(ev, collection, names)
    return result(replace(row, term=symbol))


def _is_saved(ev: Evaluator, row: Instance, symbol: Symbol) -> bool:
    """True for an instance that an earlier loop has saved."""
    now = ev.state.objects.get(row.term)
    named = now.get(NAMED) if now is not None else None
    terms = [option.value.term for option in (named.options if named is not None else ())]
    earlier = [ev.state.objects.get(term) for term in terms if isinstance(term, Symbol) and term != symbol]
    return bool(earlier) and all(item is not None and item.new is False for item in earlier)


def _is_as_made(ev: Evaluator, row: Instance, known: ObjectState, symbol: Symbol) -> bool:
    """True when nothing but the loop that names an instance by this symbol has done anything to it.

    Or when other loops have changed none of the fields that its keys read, nor saved it. known: as it was put in.
    """
    now = ev.state.objects.get(row.term)
    if now is None or now == known:
        return True
    named = now.get(NAMED)
    read = frozenset[str]().union(*(key.read for key in row.model.keys))
    return named is not None and all(
        option.value.term == symbol or isinstance(option.value, Unset) or _keeps(ev, option.value.term, read)
        for option in named.options
    )


def _keeps(ev: Evaluator, term: Expression, fields: Iterable[str]) -> bool:
    """True for an instance that is still new, and has in these fields what it had when a loop named it."""
    now, before = ev.state.objects.get(term), ev.state.objects.get(Attribute(term, AS_MADE))
    if now is None or before is None or now.new is not True:
        return False
    return all(now.get(name) == before.get(name) for name in fields)


def _learn_of_each(ev: Evaluator, collection: Elements, names: abc.Mapping[Expression, Symbol]) -> None:
    """What is known of the elements of a collection, for one of them under new names."""
    known = common([option.facts for option in collection.element.options])
    for symbol in names.values():
        known = changed(known, after_round(symbol, ev.analysis.rows.get(symbol)))
    spoken = (fact for fact in known if any(_speaks_of(fact, former) for former in names))
    ev.state.learn(in_loop(_about_each(fact, names), names.values()) for fact in spoken)


def _about_each(fact: Fact, names: abc.Mapping[Expression, Symbol]) -> Fact:
    return by_other_names(fact, names) if isinstance(fact, NewRow) else about(fact, names)


def row_of(ev: Evaluator, rows: RowsByKey, term: Expression) -> Result:
    """One of these rows, with what is known of each of them."""
    former = rows.element
    known = common([option.facts for option in former.options])
    ev.state.learn(in_loop(about(fact, {former.term: term}), ()) for fact in known if _speaks_of(fact, former.term))
    row = former.value
    return result(replace(row, term=term)) if isinstance(row, Instance) else unknown(term)


def _speaks_of(fact: Fact, term: Expression) -> bool:
    """True for a fact about this row, or about rows that have this value."""
    if isinstance(fact, NewRow):
        return fact.term == term
    return isinstance(fact, Absent) and any(term in item.term.walk() for item in fact.conditions)
