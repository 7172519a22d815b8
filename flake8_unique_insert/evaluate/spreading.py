"""Arguments with stars: what a call gets of a tuple that is known, and of each dict that a `**` argument may be."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.syntax.expressions import Argument
from flake8_unique_insert.values import Arguments, Entries, Items, Result, result

NO_LOOKUP = ("defaults", "create_defaults")
"""The arguments of an upsert by which no row is looked up."""


def each_spread(arguments: Arguments) -> list[Arguments]:
    """The arguments, once for each dict that a `**` argument, or an upsert's `defaults`, may be."""
    nodes, values = arguments = _unpacked(arguments)
    for place, (argument, value) in enumerate(zip(nodes, values)):
        dicts = each_dict(value) if argument.star == "**" or argument.keyword in NO_LOOKUP else []
        if len(dicts) > 1:
            return [(nodes, [*values[:place], found, *values[place + 1 :]]) for found in dicts]
    return [arguments]


def each_dict(value: Result) -> list[Result]:
    """Each of the dicts that a value may be; the value itself where it may be something else."""
    dicts = [option for option in value.options if isinstance(option.value, Entries)]
    return [Result(value.term, (option,)) for option in dicts] if len(dicts) == len(value.options) else [value]


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
