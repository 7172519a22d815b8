"""Arguments with stars: what a call gets of a tuple that is known, and of each dict that a `**` argument may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flake8_unique_insert.evaluate.collections.collected import met_entries
from flake8_unique_insert.evaluate.rows.verbs import KINDS, plain
from flake8_unique_insert.schema import Model
from flake8_unique_insert.syntax.expressions import Argument
from flake8_unique_insert.values import Arguments, Bound, Entries, Items, ModelClass, Result, Rows, Unset, Value, result

NO_LOOKUP = ("defaults", "create_defaults")
"""The arguments of an upsert by which no row is looked up."""


def each_spread(arguments: Arguments) -> list[Arguments]:
    """The arguments, once for each dict that a `**` argument, or an upsert's `defaults`, may be."""
    nodes, values = arguments = _unpacked(arguments)
    for place, (argument, value) in enumerate(zip(nodes, values)):
        one_of = argument.star == "**" or argument.keyword in NO_LOOKUP
        if one_of and len(value.options) > 1 and _are_dicts(value):
            dicts = (Result(value.term, (option,)) for option in value.options)
            return [(nodes, [*values[:place], found, *values[place + 1 :]]) for found in dicts]
    return [arguments]


def fitting(function: Value, each: list[Arguments]) -> list[Arguments]:
    """Those of several dicts whose keys are fields of the model that is called, or a manager of; all where none is.

    Model and dict were chosen together: `model, lookup = Team, {"name": name}` on one way, others on another one.
    """
    target = function
    if isinstance(function, Bound) and KINDS.get(plain(function.name)) in ("insert", "upsert"):
        target = function.receiver
    if len(each) == 1 or not isinstance(target, (Rows, ModelClass)):
        return each
    return [arguments for arguments in each if _has_fields(target.model, arguments)] or each


def _has_fields(model: Model, arguments: Arguments) -> bool:
    dicts = (value.value for argument, value in zip(*arguments) if argument.star == "**")
    names = (name.split("__")[0] for found in dicts if isinstance(found, Entries) for name, _ in found.entries)
    others = {*NO_LOOKUP, *model.generic_keys}
    return not model.bases_known or all(model.field(name) is not None or name in others for name in names)


def one_dict(value: Result) -> Result:
    """One dict for the several that a value may be: a key may stand in some of them only."""
    return met_entries(value.term, list(value.options)) if len(value.options) > 1 and _are_dicts(value) else value


def lay_over(entries: dict[str, Result], others: Iterable[tuple[str, Result]]) -> None:
    """Update a dict with the entries of another one: a key that this may lack leaves what was there before."""
    for name, value in others:
        former, kept = entries.get(name), [option for option in value.options if not isinstance(option.value, Unset)]
        if former is None or len(kept) == len(value.options):
            entries[name] = value
        elif kept:
            entries[name] = Result(value.term, (*kept, *former.options))


def with_arguments(holder: Entries, arguments: Arguments) -> Entries:
    """A dict after `update(other, name=value, **more)`."""
    entries, is_open = dict(holder.entries), holder.open
    for argument, value in zip(*arguments):
        if argument.keyword is not None:
            entries[argument.keyword] = value
        elif isinstance(value.value, Entries):
            lay_over(entries, value.value.entries)
            is_open = is_open or value.value.open
        else:
            is_open = True
    return replace(holder, entries=tuple(entries.items()), open=is_open)


def _are_dicts(value: Result) -> bool:
    return all(isinstance(option.value, Entries) for option in value.options)


def apart_from_lookup(arguments: Arguments) -> Arguments:
    """The arguments of an upsert, with what stands in a `**` dict besides the lookup as a keyword of its own."""
    pairs: list[tuple[Argument, Result]] = []
    for argument, value in zip(*arguments):
        inner = value.value
        if argument.star == "**" and isinstance(inner, Entries):
            apart = [(name, given) for name, given in inner.entries if name in NO_LOOKUP]
            pairs.extend((Argument(given.term, name), given) for name, given in apart)
            kept = tuple((name, given) for name, given in inner.entries if name not in NO_LOOKUP)
            value = result(replace(inner, entries=kept)) if apart else value
        pairs.append((argument, value))
    return tuple(argument for argument, _ in pairs), [value for _, value in pairs]


def _unpacked(arguments: Arguments) -> Arguments:
    """The arguments, with what is in each `*args` that is known one by one."""
    if not any(argument.star == "*" for argument in arguments[0]):
        return arguments
    pairs: list[tuple[Argument, Result]] = []
    for argument, value in zip(*arguments):
        if argument.star == "*" and isinstance(value.value, Items):
            pairs.extend((Argument(item.term), item) for item in value.value.items)
        else:
            pairs.append((argument, value))
    return tuple(argument for argument, _ in pairs), [value for _, value in pairs]
