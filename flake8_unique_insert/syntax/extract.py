"""A pruned module's CST → `ModuleSummary`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from itertools import zip_longest

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from flake8_unique_insert.syntax.expressions import Attribute, Expression, Name, dotted
from flake8_unique_insert.syntax.expressions import Sequence as Display
from flake8_unique_insert.syntax.lower import arguments, lower
from flake8_unique_insert.syntax.prune import first_line, nested_statements
from flake8_unique_insert.syntax.summary import (
    Assignment,
    ClassSummary,
    Definition,
    FunctionSummary,
    Import,
    ModuleSummary,
    Parameter,
)

Lines = dict[cst.CSTNode, tuple[int, int, int]]
"""Of each statement: the line of its keyword or start, its first line with decorators, its last line."""


def extract(module: cst.Module, tree: ast.Module | None, lines: Sequence[int]) -> ModuleSummary:
    """Summarise a module.

    module: the CST, pruned or not. tree: the syntax tree of the unpruned source, None when there is none.
    lines: the original line number of each of the CST's lines.
    """
    where: Lines = {}
    if tree is None or not _pair(module.body, tree.body, where):
        where = _measure(module, lines)
    extractor = _Extractor(where)
    members = extractor.body(module.body, "")
    return ModuleSummary(members, tuple(extractor.stars))


def _pair(nodes: Iterable[cst.CSTNode], trees: Iterable[ast.stmt], where: Lines) -> bool:
    """Walk CST and syntax tree side by side and note the lines; False when they do not match."""
    for node, tree in zip_longest(_flat(nodes), trees):
        if node is None or tree is None:
            return False
        start, end = tree.lineno, tree.end_lineno or tree.lineno
        if isinstance(tree, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            where[node] = (start, first_line(tree), end)
        else:
            where[node] = (start, start, end)
        if isinstance(node, cst.FunctionDef):
            continue
        if isinstance(node, cst.ClassDef) != isinstance(tree, ast.ClassDef):
            return False
        if not _pair(_nested(node), nested_statements(tree), where):
            return False
    return True


def _flat(nodes: Iterable[cst.CSTNode]) -> Iterable[cst.CSTNode]:
    for node in nodes:
        if isinstance(node, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
            yield from node.body
        else:
            yield node


def _suite(node: cst.CSTNode | None) -> Sequence[cst.CSTNode]:
    if isinstance(node, cst.If):  # elif
        return [node]
    if isinstance(node, (cst.Else, cst.Finally)):
        return _suite(node.body)
    return getattr(node, "body", ())


def _nested(node: cst.CSTNode) -> Iterable[cst.CSTNode]:
    """The statements directly inside a compound statement, in source order (nothing for a simple one)."""
    if isinstance(node, cst.BaseCompoundStatement):
        if isinstance(node, cst.Match):
            for case in node.cases:
                yield from _suite(case.body)
            return
        yield from _suite(node.body)
        for handler in getattr(node, "handlers", ()):
            yield from _suite(handler.body)
        yield from _suite(getattr(node, "orelse", None))
        yield from _suite(getattr(node, "finalbody", None))


def _measure(module: cst.Module, lines: Sequence[int]) -> Lines:
    """The lines of all statements, the slow way that needs no syntax tree."""
    try:
        ranges = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    except (RecursionError, KeyError) as error:  # libcst's own walk fails with either on deep nesting
        raise RecursionError("nested too deeply") from error
    last = len(lines)
    found: Lines = {}
    for node, where in ranges.items():
        if not isinstance(node, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
            continue
        start, end = lines[min(where.start.line, last) - 1], lines[min(where.end.line, last) - 1]
        first = start
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)) and node.decorators:
            first = lines[min(ranges[node.decorators[0]].start.line, last) - 1]
            start = lines[min(ranges[node.name].start.line, last) - 1]
        found[node] = (start, first, end)
    return found


class _Extractor:
    """One walk over a module's statements."""

    def __init__(self, where: Lines) -> None:
        self.where = where
        self.stars: list[tuple[str, int]] = []

    def body(self, nodes: Iterable[cst.CSTNode], prefix: str) -> dict[str, tuple[Definition, ...]]:
        """The definitions of a module or class body, those inside its `if`, `try`, `with` and loops included."""
        members: dict[str, tuple[Definition, ...]] = {}

        def bind(name: str, definition: Definition) -> None:
            members[name] = (*members.get(name, ()), definition)

        def visit(statements: Iterable[cst.CSTNode]) -> None:
            for node in _flat(statements):
                if isinstance(node, cst.FunctionDef):
                    bind(node.name.value, self.function(node))
                elif isinstance(node, cst.ClassDef):
                    bind(node.name.value, self.class_(node, prefix))
                elif isinstance(node, (cst.Import, cst.ImportFrom)):
                    for name, imported in self.imports(node):
                        bind(name, imported)
                elif isinstance(node, (cst.Assign, cst.AnnAssign, cst.AugAssign)):
                    for name, assignment in self.assignments(node):
                        bind(name, assignment)
                elif isinstance(node, cst.Expr):
                    for name, added in self.additions(node):
                        bind(name, added)
                else:
                    visit(_nested(node))

        visit(nodes)
        return members

    def line(self, node: cst.CSTNode) -> int:
        return self.where.get(node, (0, 0, 0))[0]

    def function(self, node: cst.FunctionDef) -> FunctionSummary:
        line, first, last = self.where.get(node, (0, 0, 0))
        return FunctionSummary(
            node.name.value,
            parameters(node.params),
            tuple(lower(decorator.decorator) for decorator in node.decorators),
            lower(node.returns.annotation) if node.returns else None,
            node.asynchronous is not None,
            line,
            first,
            last,
        )

    def class_(self, node: cst.ClassDef, prefix: str) -> ClassSummary:
        qualname = prefix + node.name.value
        return ClassSummary(
            node.name.value,
            qualname,
            arguments([*node.bases, *node.keywords]),
            tuple(lower(decorator.decorator) for decorator in node.decorators),
            self.line(node),
            self.body(_suite(node.body), f"{qualname}."),
        )

    def imports(self, node: cst.Import | cst.ImportFrom) -> Iterable[tuple[str, Import]]:
        bound, stars = read_import(node, self.line(node))
        self.stars.extend(stars)
        return bound

    def assignments(self, node: cst.Assign | cst.AnnAssign | cst.AugAssign) -> Iterable[tuple[str, Assignment]]:
        line = self.line(node)
        if isinstance(node, cst.AnnAssign):
            value = lower(node.value) if node.value else None
            yield from _bind(lower(node.target), value, line, lower(node.annotation.annotation))
        elif isinstance(node, cst.AugAssign):
            for name, found in _bind(lower(node.target), lower(node.value), line, None):
                yield name, Assignment(found.value, None, line, augmented=True)
        else:
            value = lower(node.value)
            for target in node.targets:
                yield from _bind(lower(target.target), value, line, None)

    def additions(self, node: cst.Expr) -> Iterable[tuple[str, Assignment]]:
        """`names.append(value)` and `names.extend(values)`, which say the same as `names += [value]`."""
        call = node.value
        if (
            isinstance(call, cst.Call)
            and isinstance(call.func, cst.Attribute)
            and isinstance(call.func.value, cst.Name)
        ):
            name, method = call.func.value.value, call.func.attr.value
            if method in ("append", "extend") and len(call.args) == 1:
                value = lower(call.args[0].value)
                added = Display("list", (value,)) if method == "append" else value
                yield name, Assignment(added, None, self.line(node), augmented=True)


def _bind(
    target: Expression, value: Expression | None, line: int, annotation: Expression | None
) -> Iterable[tuple[str, Assignment]]:
    if isinstance(target, Name):
        yield target.id, Assignment(value, annotation, line)
    elif isinstance(target, Attribute) and (name := dotted(target)):
        yield name, Assignment(value, annotation, line)  # `Model.attribute = value`
    elif isinstance(target, Display):
        for index, item in enumerate(target.items):
            if isinstance(item, Name):
                if isinstance(value, Display) and len(value.items) == len(target.items):
                    yield item.id, Assignment(value.items[index], None, line)
                else:
                    yield item.id, Assignment(value, None, line, index)


def parameters(node: cst.Parameters) -> tuple[Parameter, ...]:
    """A function's parameters in order."""

    def read(param: cst.Param, kind: str) -> Parameter:
        return Parameter(
            param.name.value,
            kind,
            lower(param.default) if param.default else None,
            lower(param.annotation.annotation) if param.annotation else None,
        )

    found = [read(param, "positional") for param in (*node.posonly_params, *node.params)]
    if isinstance(node.star_arg, cst.Param):
        found.append(read(node.star_arg, "*"))
    found += [read(param, "keyword") for param in node.kwonly_params]
    if node.star_kwarg:
        found.append(read(node.star_kwarg, "**"))
    return tuple(found)


def read_import(node: cst.Import | cst.ImportFrom, line: int) -> tuple[list[tuple[str, Import]], list[tuple[str, int]]]:
    """The names that an import statement binds, and the (module, level) of `from module import *`."""
    if isinstance(node, cst.Import):
        return [_plain_import(alias, line) for alias in node.names], []
    module = dotted(lower(node.module)) or "" if node.module else ""
    level = len(node.relative)
    if isinstance(node.names, cst.ImportStar):
        return [], [(module, level)]
    found = []
    for alias in node.names:
        member = alias.evaluated_name
        found.append((alias.evaluated_alias or member, Import(module, member, level, line)))
    return found, []


def _plain_import(alias: cst.ImportAlias, line: int) -> tuple[str, Import]:
    module = alias.evaluated_name
    if alias.evaluated_alias:
        return alias.evaluated_alias, Import(module, None, 0, line)
    top = module.split(".")[0]
    return top, Import(top, None, 0, line)
