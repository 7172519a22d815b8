"""Statements of the interpreter's own syntax tree → `Statement` trees."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flake8_unique_insert.syntax.expressions import Boolean, Comparison, Expression, Sequence, Unsupported, constant
from flake8_unique_insert.syntax.statements import (
    SUBJECT,
    AnnAssign,
    Assert,
    Assign,
    AugAssign,
    Break,
    Case,
    ClassDef,
    Continue,
    Delete,
    ExceptClause,
    Expr,
    For,
    FunctionDef,
    If,
    ImportNames,
    Match,
    Other,
    Pattern,
    Raise,
    Return,
    Statement,
    Suite,
    Try,
    While,
    With,
)
from flake8_unique_insert.syntax.summary import FunctionSummary, Import, Parameter
from flake8_unique_insert.syntax.tree.expressions import arguments, lower, operator

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def suite(nodes: Iterable[ast.stmt], bodies: bool) -> Suite:
    """Statements in order. bodies: whether those of functions are read. Raises RecursionError when too deep."""
    return tuple([_RULES.get(type(node).__name__, _other)(node, bodies) for node in nodes])


def first_line(node: FunctionNode | ast.ClassDef) -> int:
    """The line where a definition starts, its decorators included."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _other(node: ast.stmt, bodies: bool) -> Statement:
    return Other()


def _maybe(node: ast.expr | None) -> Expression | None:
    return lower(node) if node is not None else None


def _all(nodes: Iterable[ast.expr]) -> tuple[Expression, ...]:
    return tuple([lower(node) for node in nodes])


def _delete(node: ast.Delete, bodies: bool) -> Statement:
    targets = _all(node.targets)
    return Delete(targets[0] if len(targets) == 1 else Sequence("tuple", targets))


def _import(node: ast.Import, bodies: bool) -> Statement:
    return ImportNames(tuple(_module(alias, node.lineno) for alias in node.names))


def _module(alias: ast.alias, line: int) -> tuple[str, Import]:
    if alias.asname:
        return alias.asname, Import(alias.name, None, 0, line)
    top = alias.name.partition(".")[0]
    return top, Import(top, None, 0, line)


def _import_from(node: ast.ImportFrom, bodies: bool) -> Statement:
    module = node.module or ""
    if node.names[0].name == "*":
        return ImportNames((), ((module, node.level),))
    return ImportNames(
        tuple((alias.asname or alias.name, Import(module, alias.name, node.level, node.lineno)) for alias in node.names)
    )


def _function(node: FunctionNode, bodies: bool) -> Statement:
    header = FunctionSummary(
        node.name,
        tuple(_parameters(node.args)),
        _all(node.decorator_list),
        _maybe(node.returns),
        isinstance(node, ast.AsyncFunctionDef),
        node.lineno,
        first_line(node),
        node.end_lineno or node.lineno,
    )
    return FunctionDef(header, suite(node.body, bodies) if bodies else ())


def _parameters(given: ast.arguments) -> Iterator[Parameter]:
    positional = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(positional) - len(given.defaults)) + list(given.defaults)
    for item, default in zip(positional, defaults):
        yield _parameter(item, "positional", default)
    if given.vararg is not None:
        yield _parameter(given.vararg, "*", None)
    for item, default in zip(given.kwonlyargs, given.kw_defaults):
        yield _parameter(item, "keyword", default)
    if given.kwarg is not None:
        yield _parameter(given.kwarg, "**", None)


def _parameter(item: ast.arg, kind: str, default: ast.expr | None) -> Parameter:
    return Parameter(item.arg, kind, _maybe(default), _maybe(item.annotation))


def _class(node: ast.ClassDef, bodies: bool) -> Statement:
    return ClassDef(
        node.name,
        arguments(node.bases, node.keywords),
        _all(node.decorator_list),
        suite(node.body, bodies),
        node.lineno,
    )


def _for(node: ast.For | ast.AsyncFor, bodies: bool) -> Statement:
    return For(lower(node.target), lower(node.iter), suite(node.body, bodies), suite(node.orelse, bodies))


def _try(node: Any, bodies: bool) -> Statement:
    handlers = (ExceptClause(_maybe(item.type), item.name, suite(item.body, bodies)) for item in node.handlers)
    return Try(suite(node.body, bodies), tuple(handlers), suite(node.orelse, bodies), suite(node.finalbody, bodies))


def _with(node: ast.With | ast.AsyncWith, bodies: bool) -> Statement:
    items = tuple((lower(item.context_expr), _maybe(item.optional_vars)) for item in node.items)
    return With(items, suite(node.body, bodies))


def _match(node: ast.Match, bodies: bool) -> Statement:
    cases = (Case(_pattern(case.pattern), _maybe(case.guard), suite(case.body, bodies)) for case in node.cases)
    return Match(lower(node.subject), tuple(cases))


def _pattern(node: ast.pattern) -> Pattern:
    alias = node.name if isinstance(node, ast.MatchAs) else None
    return Pattern(_test(node), alias, tuple(sorted(_captures(node))))


def _test(node: ast.pattern) -> Expression | None:
    if isinstance(node, ast.MatchAs):
        return _test(node.pattern) if node.pattern is not None else None
    if isinstance(node, ast.MatchSingleton):
        return Comparison("is", SUBJECT, constant(node.value))
    if isinstance(node, ast.MatchValue):
        return Comparison("==", SUBJECT, lower(node.value))
    if isinstance(node, ast.MatchOr):
        tests = [_test(part) for part in node.patterns]
        joined = tests[0]
        for test in tests[1:]:
            if joined is None or test is None:
                return None
            joined = Boolean("or", joined, test)
        return joined
    return Unsupported(f"match {ast.unparse(node)}", (SUBJECT,))


def _captures(node: ast.pattern) -> Iterator[str]:
    for part in ast.walk(node):
        name = getattr(part, "rest", None) if isinstance(part, ast.MatchMapping) else getattr(part, "name", None)
        if name:
            yield name


_RULES: dict[str, Callable[[Any, bool], Statement]] = {
    "Expr": lambda node, bodies: Expr(lower(node.value), node.lineno),
    "Assign": lambda node, bodies: Assign(_all(node.targets), lower(node.value), node.lineno),
    "AnnAssign": lambda node, bodies: AnnAssign(
        lower(node.target), lower(node.annotation), _maybe(node.value), node.lineno
    ),
    "AugAssign": lambda node, bodies: AugAssign(lower(node.target), operator(node.op), lower(node.value), node.lineno),
    "Delete": _delete,
    "Import": _import,
    "ImportFrom": _import_from,
    "FunctionDef": _function,
    "AsyncFunctionDef": _function,
    "ClassDef": _class,
    "Return": lambda node, bodies: Return(_maybe(node.value)),
    "Raise": lambda node, bodies: Raise(_maybe(node.exc)),
    "Assert": lambda node, bodies: Assert(lower(node.test)),
    "Break": lambda node, bodies: Break(),
    "Continue": lambda node, bodies: Continue(),
    "If": lambda node, bodies: If(lower(node.test), suite(node.body, bodies), suite(node.orelse, bodies)),
    "While": lambda node, bodies: While(lower(node.test), suite(node.body, bodies), suite(node.orelse, bodies)),
    "For": _for,
    "AsyncFor": _for,
    "Try": _try,
    "TryStar": _try,
    "With": _with,
    "AsyncWith": _with,
    "Match": _match,
}
"""By name of the node's class: not every interpreter has all of them."""
