"""A module's statements → `ModuleSummary`."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_unique_insert.syntax.bindings import bound
from flake8_unique_insert.syntax.expressions import Attribute, Call, Name, Sequence
from flake8_unique_insert.syntax.statements import (
    AnnAssign,
    Assign,
    AugAssign,
    ClassDef,
    Expr,
    FunctionDef,
    ImportNames,
    Statement,
    Suite,
    suites,
)
from flake8_unique_insert.syntax.summary import Assignment, ClassSummary, Definition, ModuleSummary


def summarise(module: Suite) -> ModuleSummary:
    """Summarise a module of which the bodies of functions may be left out."""
    stars: list[tuple[str, int]] = []
    return ModuleSummary(_body(module, "", stars), tuple(stars))


def _body(suite: Suite, prefix: str, stars: list[tuple[str, int]]) -> dict[str, tuple[Definition, ...]]:
    """The definitions of a module or class body, those inside its `if`, `try`, `with` and loops included."""
    members: dict[str, tuple[Definition, ...]] = {}
    stack = list(reversed(suite))
    while stack:
        statement = stack.pop()
        if isinstance(statement, ImportNames):
            stars.extend(statement.stars)
        for name, definition in _definitions(statement, prefix, stars):
            members[name] = (*members.get(name, ()), definition)
        stack.extend(item for inner in reversed(list(suites(statement))) for item in reversed(inner))
    return members


def _definitions(statement: Statement, prefix: str, stars: list[tuple[str, int]]) -> Iterator[tuple[str, Definition]]:
    """What a statement itself binds."""
    if isinstance(statement, FunctionDef):
        yield statement.header.name, statement.header
    elif isinstance(statement, ClassDef):
        yield statement.name, _class(statement, prefix, stars)
    elif isinstance(statement, ImportNames):
        yield from statement.names
    elif isinstance(statement, Assign):
        for target in statement.targets:
            yield from bound(target, statement.value, statement.line, None)
    elif isinstance(statement, AnnAssign):
        yield from bound(statement.target, statement.value, statement.line, statement.annotation)
    elif isinstance(statement, AugAssign):
        for name, found in bound(statement.target, statement.value, statement.line, None):
            yield name, Assignment(found.value, None, statement.line, augmented=True)
    elif isinstance(statement, Expr):
        yield from _additions(statement)


def _additions(statement: Expr) -> Iterator[tuple[str, Assignment]]:
    """`names.append(value)` and `names.extend(values)`, which say the same as `names += [value]`."""
    call = statement.value
    if not isinstance(call, Call) or not isinstance(call.function, Attribute) or len(call.arguments) != 1:
        return
    method, names, value = call.function.name, call.function.base, call.arguments[0].value
    if isinstance(names, Name) and method in ("append", "extend"):
        added = Sequence("list", (value,)) if method == "append" else value
        yield names.id, Assignment(added, None, statement.line, augmented=True)


def _class(statement: ClassDef, prefix: str, stars: list[tuple[str, int]]) -> ClassSummary:
    qualname = prefix + statement.name
    return ClassSummary(
        statement.name,
        qualname,
        statement.arguments,
        statement.decorators,
        statement.line,
        _body(statement.body, f"{qualname}.", stars),
    )
