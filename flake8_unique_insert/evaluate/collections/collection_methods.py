"""Methods of Python's own collections: what they change, and what they read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flake8_unique_insert.evaluate.calls.spreading import lay_over, one_dict, with_arguments
from flake8_unique_insert.evaluate.collections import items, membership, nests
from flake8_unique_insert.evaluate.collections.collected import any_if_empty, as_elements, merged
from flake8_unique_insert.evaluate.collections.elements import element_of, is_distinct, is_made
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.states.facts import added
from flake8_unique_insert.evaluate.states.terms import NORMALISING, symbols
from flake8_unique_insert.facts import NO_FACTS
from flake8_unique_insert.syntax.expressions import (
    NONE,
    Attribute,
    Binary,
    Call,
    Constant,
    Mapping,
    Name,
    Sequence,
    Subscript,
    Symbol,
    constant,
    string,
)
from flake8_unique_insert.values import (
    Arguments,
    Column,
    Elements,
    Entries,
    Items,
    Known,
    Option,
    Result,
    Rows,
    Unknown,
    Unset,
    Value,
    result,
    unknown,
)

ADDING = frozenset({"append", "add", "setdefault", "extend", "update"})
CHANGING = frozenset({"extend", "update", "insert", "clear", "remove", "pop"})
REMOVING = frozenset(
    {
        "pop",
        "popitem",
        "remove",
        "discard",
        "clear",
        "difference_update",
        "intersection_update",
        "symmetric_difference_update",
    }
)


def of_name(ev: Evaluator, node: Call, function: Attribute) -> Result | None:
    """`names.append(x)` and the like on a local name, which change what the name stands for."""
    base = function.base
    if isinstance(base, Attribute) and function.name in ADDING | REMOVING:
        return _of_attribute(ev, node, base, function.name)
    if not isinstance(base, Name) or base.id not in ev.state.names:
        return None
    bound = ev.state.names[base.id]
    if len(bound.options) > 1 and all(isinstance(option.value, Entries) for option in bound.options):
        if function.name == "items":
            return _pairs(one_dict(bound))
        return _on_each(ev, base.id, bound, function.name, node)
    holder = bound.value
    if function.name in ADDING and isinstance(holder, Unknown):
        ev.state.grow(bound.term)
    for name in _names_updated(node) if function.name == "update" and isinstance(holder, Unknown) else ():
        ev.state.assign_item(bound.term, name)
    if function.name == "pop" and type(holder) is Unknown and node.arguments and string(ev.term(node.arguments[0])):
        holder = Entries(bound.term, (), True)  # only dicts have names
    if function.name in ("append", "add") and len(node.arguments) == 1 and isinstance(holder, (Items, Elements)):
        value = ev.evaluate(node.arguments[0].value)
        differs = function.name == "add" or is_made(ev, node.arguments[0].value, value)
        ev.state.names[base.id] = Result(bound.term, (Option(_with_element(ev, holder, value, differs, node)),))
        return result(Known(NONE))
    if function.name == "pop" and isinstance(holder, Elements) and not node.arguments:
        ev.state.names[base.id] = Result(bound.term, (Option(replace(holder, if_empty=NO_FACTS)),))
        return element_of(ev, bound, node)  # those that are left are as before
    if function.name == "difference_update" and len(node.arguments) == 1 and not isinstance(holder, Column):
        others = ev.evaluate(node.arguments[0].value)
        remaining = membership.difference(ev, others, Binary("-", bound.term, others.term), node)
        ev.state.names[base.id] = remaining or unknown(ev.symbol("changed", node))
        return result(Known(NONE))
    if isinstance(holder, Column) and (found := _on_column(ev, holder, function.name, node)) is not None:
        changed, returned = found
        ev.state.names[base.id] = Result(bound.term, (Option(changed),))
        return returned
    if isinstance(holder, Column):
        return None
    is_default = isinstance(holder, Entries) and _sets_default(function.name, node)
    if is_default or (function.name in CHANGING and isinstance(holder, (Items, Elements, Entries))):
        values = [ev.evaluate(argument.value) for argument in node.arguments]
        ev.state.names[base.id] = _changed(ev, bound, holder, function.name, node, values)
        return _taken(holder, function.name, values) or unknown(ev.symbol("changed", node))
    return None


def _names_updated(node: Call) -> Iterator[str]:
    """The keys that `data.update({"name": value}, name=value)` writes out."""
    for argument in node.arguments:
        keys = [key for key, _ in argument.value.items] if isinstance(argument.value, Mapping) else []
        yield from (name for name in (argument.keyword, *map(string, keys)) if name is not None)


def _on_each(ev: Evaluator, name: str, bound: Result, method: str, node: Call) -> Result | None:
    """A method that changes a dict, on a name that holds one of several."""
    if method not in ("update", "pop", "clear") and not _sets_default(method, node):
        return None
    values = [ev.evaluate(argument.value) for argument in node.arguments]
    options: list[Option] = []
    for option in bound.options:
        changed = _changed(ev, bound, option.value, method, node, values)
        options.extend(Option(found.value, added(option.facts, found.facts)) for found in changed.options)
    ev.state.names[name] = Result(bound.term, tuple(dict.fromkeys(options)))
    taken = [_taken(option.value, method, values) for option in bound.options]
    return (taken[0] if len(set(taken)) == 1 else None) or unknown(ev.symbol("changed", node))


def _sets_default(method: str, node: Call) -> bool:
    """True for `data.setdefault("name", value)`."""
    return method == "setdefault" and len(node.arguments) == 2 and isinstance(node.arguments[0].value, Constant)


def _taken(holder: Value, method: str, values: list[Result]) -> Result | None:
    """What `data.pop("name")` returns; None for all other methods."""
    if not isinstance(holder, Entries) or method != "pop" or not values or not isinstance(values[0].term, Constant):
        return None
    return _entry(holder, values) or unknown(Subscript(holder.term, values[0].term))


def _entry(holder: Entries, values: list[Result]) -> Result | None:
    """What `data.get(name, default)` finds; None where that cannot be told."""
    key = string(values[0].term)
    if (found := dict(holder.entries).get(key or "")) is not None:
        return found
    is_own = isinstance(holder.term, Symbol) and holder.term.kind == "param"  # `**kwargs` of a followed call
    if key is None or not is_own or holder.open:
        return None
    return values[1] if len(values) > 1 else result(Known(NONE))


def _of_attribute(ev: Evaluator, node: Call, base: Attribute, method: str) -> Result | None:
    """`self.known.add(name)`, where that is a collection of values of rows."""
    holder = ev.evaluate(base)
    found = _on_column(ev, holder.value, method, node) if isinstance(holder.value, Column) else None
    if found is None:
        return None
    changed, returned = found
    place = Attribute(ev.term(base.base), base.name)
    items.assign_to_attribute(ev, place, Result(holder.term, (Option(changed),)))
    return returned


def _on_column(ev: Evaluator, column: Column, method: str, node: Call) -> tuple[Column, Result] | None:
    """A collection of values of rows, or a dict from them to the rows, after a method that changes it, and what that
    returns; None for other methods."""
    if method not in ADDING | REMOVING or (method in ADDING and not node.arguments):
        return None
    values = [ev.evaluate(argument.value) for argument in node.arguments]
    single = method in ("append", "add", "setdefault", "pop", "remove", "discard") and values
    if method in ADDING:
        changed = membership.with_value(column, values[0]) if single else membership.with_values(column, *values[:1])
    else:
        changed = membership.without_value(column, values[0] if single else None)
    if method == "pop" and values and column.maps:
        return changed, membership.row_of_key(ev, column, values[0], "pop" if len(values) > 1 else "")
    return changed, unknown(ev.symbol("changed", node))


def _with_element(ev: Evaluator, holder: Items | Elements, value: Result, differs: bool, node: object) -> Elements:
    """A collection after one more element: any number of elements like this one and those before.

    differs: each that is put in here is another one.
    """
    facts = ev.state.facts
    options = [Option(option.value, added(facts, option.facts)) for option in value.options]
    objects = [
        (option.value.term, ev.state.objects[option.value.term])
        for option in value.options
        if option.value.term in ev.state.objects
    ]
    point = ev.analysis.point((ev.frame.path, id(node), "collected"))
    nest = nests.around(ev, holder.depth)
    distinct = differs or (is_distinct(value.term) and nests.spanned(nest, symbols(value.term)))
    made = ev.analysis.made.get(value.term)
    distinct = distinct or (made is not None and ev.within() <= made)
    added_one = Elements(value.term, Result(value.term, tuple(options)), distinct, tuple(objects), nest, holder.depth)
    before = [found] if (found := as_elements(holder)) is not None else []
    return replace(merged(point, Symbol("collected", point), [*before, added_one]), if_empty=None)


def _changed(ev: Evaluator, bound: Result, holder: Value, name: str, node: Call, values: list[Result]) -> Result:
    if name == "update" and isinstance(holder, Entries):
        return Result(bound.term, (Option(with_arguments(holder, (node.arguments, values))),))
    if name == "setdefault" and isinstance(holder, Entries) and (key := string(values[0].term)) is not None:
        filled = {key: _default(ev, holder, key, values[1], node)}
        lay_over(filled, holder.entries)
        return Result(bound.term, (Option(replace(holder, entries=tuple(filled.items()))),))
    if name == "pop" and isinstance(holder, Entries) and values and isinstance(values[0].term, Constant):
        taken = values[0].term.value
        entries = tuple((key, value) for key, value in holder.entries if key != taken)
        if holder.open and isinstance(taken, str):  # it is not among those that are not known
            entries = (*entries, (taken, result(Unset(Subscript(holder.term, values[0].term)))))
        return Result(bound.term, (Option(replace(holder, entries=entries, if_empty=NO_FACTS)),))
    if name == "insert" and isinstance(holder, (Items, Elements)) and len(values) == 2:
        differs = is_made(ev, node.arguments[1].value, values[1])
        return Result(bound.term, (Option(_with_element(ev, holder, values[1], differs, node)),))
    if name == "clear" and isinstance(holder, (Items, Elements)):
        return Result(bound.term, (Option(Items(bound.term, "list", (), holder.depth)),))
    if name == "extend" and values:
        return extended(ev, bound, values[0], node) or unknown(ev.symbol("changed", node))
    return unknown(ev.symbol("changed", node))


def extended(ev: Evaluator, bound: Result, more: Result, node: object) -> Result | None:
    """A list with the elements of another one besides; None for what is no list."""
    holder = bound.value
    own = as_elements(holder)
    if own is None or not isinstance(holder, (Items, Elements)):
        return None
    others = as_elements(more.value)
    if others is not None and all(
        isinstance(item.value, Known) for part in (own, others) for item in part.element.options
    ):
        point = ev.analysis.point((ev.frame.path, id(node), "collected"))
        grown = merged(point, Symbol("collected", point), [own, others])
    else:
        grown = _with_element(ev, holder, element_of(ev, more, node), False, node)
    empty, other = any_if_empty(bound.options), any_if_empty(more.options)
    known = None if empty is None or other is None else added(empty, other)
    return Result(bound.term, (Option(replace(grown, if_empty=known)),))


def chained(ev: Evaluator, left: Result, right: Result, node: object) -> Result | None:
    """`list(rows) + others`; None for what are no lists of which something is known."""
    parts = [_as_elements(ev, value, (id(node), place)) for place, value in enumerate((left, right))]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    point = ev.analysis.point((ev.frame.path, id(node), "collected"))
    grown = merged(point, Symbol("collected", point), known)
    empty = [any_if_empty(value.options) for value in (left, right)]
    both = None if empty[0] is None or empty[1] is None else added(empty[0], empty[1])
    return result(replace(grown, if_empty=both))


def _as_elements(ev: Evaluator, value: Result, node: object) -> Elements | None:
    if not isinstance(value.value, Rows):
        return as_elements(value.value)
    element = element_of(ev, value, node)
    objects = tuple((term, ev.state.objects[term]) for term in [element.term] if term in ev.state.objects)
    return Elements(value.term, element, objects=objects)


def _default(ev: Evaluator, holder: Entries, key: str, value: Result, node: Call) -> Result:
    """What a dict without an entry of this name has after `setdefault()`; one that is not wholly known may have one.

    A collection is given to be filled where it is.
    """
    own = unknown(Subscript(holder.term, constant(key)))
    if isinstance(value.value, (Items, Elements, Entries, Column)):
        return own
    return Result(ev.symbol("default", node, key), (*own.options, *value.options)) if holder.open else value


def _pairs(holder: Result) -> Result | None:
    """`data.items()`; None for a dict that may hold more than is known."""
    (option,) = holder.options
    if not isinstance(option.value, Entries) or option.value.open or not option.value.entries:
        return None
    pairs = [(result(Known(constant(name))), value) for name, value in option.value.entries]
    items = tuple(
        result(Items(Sequence("tuple", (key.term, value.term)), "tuple", (key, value))) for key, value in pairs
    )
    term = Call(Attribute(holder.term, "items"), ())
    return Result(term, (Option(Items(term, "list", items), option.facts),))


def _key(holder: Entries, name: str, value: Result) -> Result:
    """A key of a dict; of one that a value is only read from, or that is there on some ways, nobody knows."""
    key, read = result(Known(constant(name))), Subscript(holder.term, constant(name))
    may_lack = value.term == read or any(isinstance(option.value, Unset) for option in value.options)
    return replace(key, options=(*key.options, Option(Unset(read)))) if may_lack else key


def call_method(ev: Evaluator, receiver: Value, name: str, node: Call, arguments: Arguments) -> Result | None:
    """Methods of dicts that only read, and the case of a known string."""
    if isinstance(receiver, Known) and isinstance(receiver.constant, str) and name in NORMALISING and not arguments[0]:
        return result(Known(constant(getattr(receiver.constant, name)())))
    if isinstance(receiver, Entries) and name == "get" and arguments[0]:
        found = _entry(receiver, arguments[1])
        if found is not None:
            return found
    if isinstance(receiver, Column) and receiver.maps and name in ("keys", "copy"):
        return result(receiver)
    if isinstance(receiver, Column) and receiver.maps and name == "get" and arguments[1]:
        return membership.row_of_key(ev, receiver, arguments[1][0], "get")
    if isinstance(receiver, Entries) and name == "keys" and not receiver.open:
        keys = tuple(_key(receiver, name, value) for name, value in receiver.entries)
        return result(Items(Sequence("list", tuple(key.term for key in keys)), "list", keys))
    if isinstance(receiver, Entries) and name == "items":
        return _pairs(result(receiver))
    if isinstance(receiver, Entries) and name == "copy":
        return result(receiver)
    return None
