"""A field class's `__init__`: which arguments it passes on to Django whatever, or unless, the caller gives them."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Call,
    Expression,
    Name,
    Subscript,
    dotted,
    positional,
    string,
)
from flake8_unique_insert.syntax.expressions import Mapping as Display
from flake8_unique_insert.syntax.source import UnreadableSource, parse_function
from flake8_unique_insert.syntax.statements import Assign, Expr, If, Suite, Try, suites
from flake8_unique_insert.syntax.summary import FunctionSummary

Arguments = dict[str, Expression]
REST = Name("**")
"""Stands for the arguments that a call gives, whatever the method calls them."""


def argument_named(value: Expression) -> str | None:
    """Which other argument a value is, as in `kwargs.setdefault("null", kwargs.get("blank"))`."""
    return string(value.index) if isinstance(value, Subscript) and value.base == REST else None


def settled_by(text: str, function: FunctionSummary) -> tuple[Arguments, Arguments]:
    """What an `__init__` settles, as (defaults, forced). text: its source lines.

    `kwargs.setdefault("unique", True)` gives a default, `kwargs["unique"] = True` forces.
    """
    defaults = {item.name: item.default for item in function.parameters if item.default is not None}
    forced: Arguments = {}
    rest = next((item.name for item in function.parameters if item.kind == "**"), "kwargs")
    passed: set[str] = set()
    try:
        body = parse_function(text, 1).body
    except UnreadableSource:
        return {}, {}
    for conditional, expression in _expressions(body, False):
        if isinstance(expression, Call):
            _read_call(expression, rest, defaults, forced, passed, conditional)
        elif isinstance(expression, tuple):
            name, value = expression
            if name.startswith(f"{rest}."):
                (defaults if conditional else forced)[name[len(rest) + 1 :]] = value
    named = {item.name for item in function.parameters}
    defaults = {name: value for name, value in defaults.items() if name not in named or name in passed}
    return defaults, {name: value for name, value in forced.items() if value != Name(name)}


def _read_call(
    call: Call, rest: str, defaults: Arguments, forced: Arguments, passed: set[str], conditional: bool
) -> None:
    path = dotted(call.function) or ""
    given = positional(call)
    if path == f"{rest}.setdefault" and len(given) == 2:
        defaults[string(given[0]) or ""] = _of_rest(given[1], rest)
    elif path == f"{rest}.update":
        (defaults if conditional else forced).update(_updates(call))
    elif isinstance(call.function, Attribute) and call.function.name == "__init__":
        for argument in call.arguments:
            if argument.keyword is None:
                continue
            if argument.value == Name(argument.keyword):
                passed.add(argument.keyword)
            else:
                forced[argument.keyword] = argument.value


def _of_rest(value: Expression, rest: str) -> Expression:
    """A value, or which other argument it is: `kwargs.get("blank")`, `bool(kwargs["blank"])`."""
    inner = value
    if isinstance(inner, Call) and inner.function == Name("bool") and len(inner.arguments) == 1:
        inner = inner.arguments[0].value
    if isinstance(inner, Subscript) and inner.base == Name(rest):
        return Subscript(REST, inner.index)
    if isinstance(inner, Call) and dotted(inner.function) == f"{rest}.get" and positional(inner):
        return Subscript(REST, positional(inner)[0])
    return value


def _updates(call: Call) -> Arguments:
    found: Arguments = {}
    for argument in call.arguments:
        if argument.keyword:
            found[argument.keyword] = argument.value
        elif isinstance(argument.value, Display):
            found.update({string(key) or "": value for key, value in argument.value.items if key is not None})
    return found


def _expressions(suite: Suite, conditional: bool) -> Iterator[tuple[bool, Call | tuple[str, Expression]]]:
    """The calls and item assignments of a function's statements in order, and whether they stand in a branch."""
    for statement in suite:
        if isinstance(statement, Expr) and isinstance(statement.value, Call):
            yield conditional, statement.value
        elif isinstance(statement, Assign):
            for place in statement.targets:
                if isinstance(place, Subscript) and string(place.index):
                    yield conditional, (f"{dotted(place.base)}.{string(place.index)}", statement.value)
        for inner in suites(statement):
            yield from _expressions(inner, conditional or isinstance(statement, (If, Try)))
