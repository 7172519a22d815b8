"""The interpreter's own syntax tree of a module → `ModuleSummary`, the same that `extract` makes of its CST."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from flake8_unique_insert.syntax.bindings import bound
from flake8_unique_insert.syntax.expressions import Expression, Sequence
from flake8_unique_insert.syntax.lower_tree import arguments_of_tree, lower_tree
from flake8_unique_insert.syntax.prune import FunctionNode, first_line, nested_statements
from flake8_unique_insert.syntax.summary import (
    Assignment,
    ClassSummary,
    Definition,
    FunctionSummary,
    Import,
    ModuleSummary,
    Parameter,
)


def extract_tree(tree: ast.Module) -> ModuleSummary:
    """Summarise a module."""
    stars: list[tuple[str, int]] = []
    return ModuleSummary(_body(tree.body, "", stars), tuple(stars))


def _body(body: list[ast.stmt], prefix: str, stars: list[tuple[str, int]]) -> dict[str, tuple[Definition, ...]]:
    """The definitions of a module or class body, those inside its `if`, `try`, `with` and loops included."""
    members: dict[str, tuple[Definition, ...]] = {}
    stack = list(reversed(body))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            stars.append((node.module or "", node.level))
        for name, definition in _definitions(node, prefix, stars):
            members[name] = (*members.get(name, ()), definition)
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            stack.extend(reversed(list(nested_statements(node))))
    return members


def _definitions(node: ast.stmt, prefix: str, stars: list[tuple[str, int]]) -> Iterable[tuple[str, Definition]]:
    """What a statement itself binds."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield node.name, _function(node)
    elif isinstance(node, ast.ClassDef):
        yield node.name, _class(node, prefix, stars)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from _imports(node)
    elif isinstance(node, ast.Assign):
        value = lower_tree(node.value)
        for target in node.targets:
            yield from bound(lower_tree(target), value, node.lineno, None)
    elif isinstance(node, ast.AnnAssign):
        given = lower_tree(node.value) if node.value is not None else None
        yield from bound(lower_tree(node.target), given, node.lineno, lower_tree(node.annotation))
    elif isinstance(node, ast.Expr):
        yield from _additions(node)
    elif isinstance(node, ast.AugAssign):
        for name, found in bound(lower_tree(node.target), lower_tree(node.value), node.lineno, None):
            yield name, Assignment(found.value, None, node.lineno, augmented=True)


def _additions(node: ast.Expr) -> Iterator[tuple[str, Assignment]]:
    """`names.append(value)` and `names.extend(values)`, which say the same as `names += [value]`."""
    call = node.value
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        given = arguments_of_tree(call.args, call.keywords) if call.func.attr in ("append", "extend") else ()
        if len(given) == 1:
            added = Sequence("list", (given[0].value,)) if call.func.attr == "append" else given[0].value
            yield call.func.value.id, Assignment(added, None, node.lineno, augmented=True)


def _function(node: FunctionNode) -> FunctionSummary:
    return FunctionSummary(
        node.name,
        tuple(_parameters(node.args)),
        tuple(lower_tree(decorator) for decorator in node.decorator_list),
        _lowered(node.returns),
        isinstance(node, ast.AsyncFunctionDef),
        node.lineno,
        first_line(node),
        node.end_lineno or node.lineno,
    )


def _class(node: ast.ClassDef, prefix: str, stars: list[tuple[str, int]]) -> ClassSummary:
    qualname = prefix + node.name
    return ClassSummary(
        node.name,
        qualname,
        arguments_of_tree(node.bases, node.keywords),
        tuple(lower_tree(decorator) for decorator in node.decorator_list),
        node.lineno,
        _body(node.body, f"{qualname}.", stars),
    )


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
    return Parameter(item.arg, kind, _lowered(default), _lowered(item.annotation))


def _lowered(node: ast.expr | None) -> Expression | None:
    return lower_tree(node) if node is not None else None


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Import]]:
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            if alias.name != "*":
                yield alias.asname or alias.name, Import(node.module or "", alias.name, node.level, node.lineno)
        elif alias.asname:
            yield alias.asname, Import(alias.name, None, 0, node.lineno)
        else:
            top = alias.name.partition(".")[0]
            yield top, Import(top, None, 0, node.lineno)
