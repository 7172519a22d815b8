"""Decorators that leave a function to those who call it by its name."""

from __future__ import annotations

from flake8_unique_insert.code_store import read_function
from flake8_unique_insert.project import Project
from flake8_unique_insert.schema import FunctionSymbol
from flake8_unique_insert.syntax.expressions import Attribute, Call, Expression, Lambda, Name, called_name, dotted
from flake8_unique_insert.syntax.source import parse_function
from flake8_unique_insert.syntax.statements import FunctionDef, Return, Statement, Suite, inside

PLAIN_DECORATORS = frozenset(
    [
        "staticmethod",
        "classmethod",
        "property",
        "cached_property",
        "override",
        "deprecated",
        "atomic",
        "cached",
        "cache",
        "lru_cache",
        "retry",
        "timer",
        "timed",
        "trace",
        "traced",
        "function_trace",
        "wraps",
    ]
)
"""Last names of decorators below which a function is called as it is without them."""
READS = frozenset({"callable", "getfullargspec", "iscoroutinefunction", "signature", "update_wrapper", "wraps"})
"""Functions that are given another one to see or to write what it says of itself."""


def is_called_by_name(project: Project, function: FunctionSymbol) -> bool:
    """True when the decorators of a function do not register it with a framework, or anywhere in the project."""
    return all(_is_plain(item) or _only_calls(project, function, item) for item in function.summary.decorators)


def _is_plain(decorator: Expression) -> bool:
    return _name(decorator).rpartition(".")[2] in PLAIN_DECORATORS


def _name(decorator: Expression) -> str:
    return dotted(decorator.function if isinstance(decorator, Call) else decorator) or ""


def _only_calls(project: Project, function: FunctionSymbol, decorator: Expression) -> bool:
    """True for a decorator of the project that only calls what it is given, with what it is called with itself."""
    symbol = project.resolve(function.module, _name(decorator))
    if not isinstance(symbol, FunctionSymbol) or not project.is_own(symbol.module):
        return False
    text, first = project.function_source(symbol), symbol.summary.first_line
    found = read_function((symbol.dotted, text, first), lambda: parse_function(text, first))
    if found is None:
        return False
    body, nested = found[0].body, list(inside(found[0].body, FunctionDef))
    taking = [item.header for item in body if isinstance(item, FunctionDef)]
    headers = taking if isinstance(decorator, Call) else [symbol.summary]
    given = {item.name for header in headers for item in header.parameters[:1] if item.kind == "positional"}
    names = {item.header.name for item in nested} | given
    plain = all(_is_plain(inner) for item in nested for inner in item.header.decorators)
    shapes = {tuple(item.name for item in function.header.parameters) for function in nested}
    calls = (call for call in inside(body, Call) if dotted(call.function) in given)
    plain = plain and all(tuple(dotted(item.value) for item in call.arguments) in shapes for call in calls)
    return bool(nested and given) and plain and _uses(body, names) == _harmless(body, names)


def _uses(body: Suite, names: set[str]) -> int:
    """How often statements use something of these names; what a lambda does is done whenever that is called."""
    lambdas = (_uses_in(part.body, names) for part in inside(body, Lambda))
    return sum(_uses_in(statement, names) for statement in body) + sum(lambdas)


def _uses_in(part: Statement | Expression, names: set[str]) -> int:
    return sum(isinstance(item, Name) and item.id in names for item in part.walk())


def _harmless(body: Suite, names: set[str]) -> int:
    """How often they call it, read an attribute of it, or return it."""
    calls = list(inside(body, Call))
    parts = [call.function for call in calls]
    parts += [argument.value for call in calls if called_name(call) in READS | names for argument in call.arguments]
    parts += [attribute.base for attribute in inside(body, Attribute)]
    parts += [statement.value for statement in inside(body, Return) if statement.value is not None]
    return sum(isinstance(part, Name) and part.id in names for part in parts)
