"""Arguments with stars: what a call gets of a tuple that is known, and of each dict that a `**` argument may be."""

from __future__ import annotations

from flake8_unique_insert.syntax.expressions import Argument
from flake8_unique_insert.values import Arguments, Entries, Items, Result


def each_spread(arguments: Arguments) -> list[Arguments]:
    """The arguments, once for each dict that a `**` argument, or an upsert's `defaults`, may be."""
    nodes, values = arguments = _unpacked(arguments)
    for place, (argument, value) in enumerate(zip(nodes, values)):
        dicts = [option for option in value.options if isinstance(option.value, Entries)]
        one_of = argument.star == "**" or argument.keyword in ("defaults", "create_defaults")
        if one_of and 1 < len(dicts) == len(value.options):
            return [(nodes, [*values[:place], Result(value.term, (option,)), *values[place + 1 :]]) for option in dicts]
    return [arguments]


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
