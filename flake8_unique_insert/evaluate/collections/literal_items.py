"""Elements of tuples and lists that are written out: items that are told, tuples and dicts part by part."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.syntax.expressions import Constant, Mapping, Sequence, Symbol, constant
from flake8_unique_insert.values import (
    Entries,
    Items,
    ModelClass,
    Option,
    Result,
    Unknown,
    Unset,
    Value,
    result,
    unknown,
)


def element_of_items(ev: Evaluator, items: Items, node: object) -> Result:
    """One of the items, under a name for whichever it is. node: identifies the loop."""
    if not items.items:  # filled in a way that is not followed
        return unknown(ev.symbol("item", node))
    terms = [item.term for item in items.items]
    constants = all(isinstance(item.term, Constant) or isinstance(item.value, ModelClass) for item in items.items)
    distinct = constants and len(set(terms)) == len(terms)
    symbol = ev.symbol("distinct" if distinct else "element" if constants else "item", node)
    values = [option.value for item in items.items for option in item.options]
    if any(isinstance(value, ModelClass) for value in values):
        return Result(symbol, tuple(Option(_named(value, symbol)) for value in dict.fromkeys(values))[:6])
    lengths = {len(value.items) if isinstance(value, Items) else -1 for value in values}
    if len(lengths) == 1 and -1 not in lengths:
        return _transposed(ev, items, node)
    if (entries := _transposed_dicts(ev, items, node)) is not None:
        return entries
    if distinct:
        ev.analysis.literals[symbol] = tuple(terms)
    return Result(symbol, (Option(Unknown(symbol)),))


def _named(value: Value, symbol: Symbol) -> Value:
    """A model class under the name of the loop's variable."""
    return replace(value, term=symbol) if isinstance(value, ModelClass) else value


def _transposed(ev: Evaluator, items: Items, node: object) -> Result:
    """Tuples of one length: each place is an element of the values that stand there."""
    rows = [item.value.items for item in items.items if isinstance(item.value, Items)]
    places = []
    for number, column in enumerate(zip(*rows)):
        key = _part(node, number)
        places.append(element_of_items(ev, Items(Sequence("tuple", ()), "tuple", tuple(column)), key))
    return result(Items(Sequence("tuple", tuple(place.term for place in places)), "tuple", tuple(places)))


def _transposed_dicts(ev: Evaluator, items: Items, node: object) -> Result | None:
    """Dicts: under each key stands an element of the values that have it, or nothing; None for anything else."""
    dicts = [
        dict(item.value.entries) for item in items.items if isinstance(item.value, Entries) and not item.value.open
    ]
    if not dicts or len(dicts) < len(items.items):
        return None
    entries = []
    for name in dict.fromkeys(name for found in dicts for name in found):
        column = tuple(found[name] for found in dicts if name in found)
        value = element_of_items(ev, Items(Sequence("tuple", ()), "tuple", column), _part(node, name))
        if len(column) < len(dicts):
            value = Result(value.term, (*value.options, Option(Unset(value.term))))
        entries.append((name, value))
    return result(Entries(Mapping(tuple((constant(name), value.term) for name, value in entries)), tuple(entries)))


def _part(node: object, part: object) -> tuple[object, object]:
    """Identifies one place of the elements of a loop, of those in them, too."""
    return (node if isinstance(node, tuple) else id(node)), part
