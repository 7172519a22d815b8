"""Statements of LibCST's tree → `Statement` trees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from flake8_unique_insert.syntax.cst.expressions import Lowering, code, operator
from flake8_unique_insert.syntax.expressions import Boolean, Comparison, Expression, Unsupported, dotted
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


def read(text: str, bodies: bool) -> Suite:
    """The statements of a module. text: its source. bodies: whether those of functions are read.

    Raises ValueError when LibCST cannot parse the text, RecursionError for too deep a nesting.
    """
    try:
        module = cst.parse_module(text)
        ranges = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    except (cst.ParserSyntaxError, cst.CSTValidationError, TypeError) as error:
        raise ValueError(str(error).partition("\n")[0]) from error
    except KeyError as error:  # libcst's own walk fails with this, too, on deep nesting
        raise RecursionError("nested too deeply") from error
    return _Reader(text, ranges, bodies).suite(module.body)


def _flat(nodes: Iterable[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    for node in nodes:
        if isinstance(node, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
            yield from node.body
        else:
            yield node


class _Reader:
    def __init__(self, text: str, ranges: Any, bodies: bool) -> None:
        self.lower = Lowering(text, {node: (at.start.line, at.start.column) for node, at in ranges.items()})
        self.ranges = ranges
        self.bodies = bodies

    def suite(self, nodes: Iterable[cst.CSTNode]) -> Suite:
        return tuple([_RULES.get(type(node).__name__, _other)(self, node) for node in _flat(nodes)])

    def block(self, clause: Any) -> Suite:
        """The suite of a compound statement or of one of its clauses, empty where that is missing."""
        return self.suite(clause.body.body) if clause is not None else ()

    def orelse(self, clause: cst.If | cst.Else | None) -> Suite:
        """The suite of an `else`; an `elif` is one, too."""
        return self.suite([clause]) if isinstance(clause, cst.If) else self.block(clause)

    def line(self, node: cst.CSTNode) -> int:
        found: int = self.ranges[node].start.line
        return found


def _other(read: _Reader, node: cst.CSTNode) -> Statement:
    return Other()


def _import(read: _Reader, node: cst.Import) -> Statement:
    return ImportNames(tuple(_module(alias, read.line(node)) for alias in node.names))


def _module(alias: cst.ImportAlias, line: int) -> tuple[str, Import]:
    module = alias.evaluated_name
    if alias.evaluated_alias:
        return alias.evaluated_alias, Import(module, None, 0, line)
    top = module.split(".")[0]
    return top, Import(top, None, 0, line)


def _import_from(read: _Reader, node: cst.ImportFrom) -> Statement:
    module = dotted(read.lower(node.module)) or "" if node.module else ""
    level, line = len(node.relative), read.line(node)
    if isinstance(node.names, cst.ImportStar):
        return ImportNames((), ((module, level),))
    members = [(alias.evaluated_name, alias.evaluated_alias) for alias in node.names]
    return ImportNames(tuple((alias or member, Import(module, member, level, line)) for member, alias in members))


def _function(read: _Reader, node: cst.FunctionDef) -> Statement:
    first = read.line(node.decorators[0]) if node.decorators else read.line(node)
    header = FunctionSummary(
        node.name.value,
        tuple(_parameters(read, node.params)),
        tuple(read.lower(decorator.decorator) for decorator in node.decorators),
        read.lower(node.returns.annotation) if node.returns else None,
        node.asynchronous is not None,
        read.line(node.name) if node.decorators else read.line(node),
        first,
        read.ranges[node].end.line,
    )
    return FunctionDef(header, read.block(node) if read.bodies else ())


def _parameters(read: _Reader, node: cst.Parameters) -> Iterator[Parameter]:
    for param in (*node.posonly_params, *node.params):
        yield _parameter(read, param, "positional")
    if isinstance(node.star_arg, cst.Param):
        yield _parameter(read, node.star_arg, "*")
    for param in node.kwonly_params:
        yield _parameter(read, param, "keyword")
    if node.star_kwarg:
        yield _parameter(read, node.star_kwarg, "**")


def _parameter(read: _Reader, param: cst.Param, kind: str) -> Parameter:
    annotation = read.lower(param.annotation.annotation) if param.annotation else None
    return Parameter(param.name.value, kind, read.lower.maybe(param.default), annotation)


def _class(read: _Reader, node: cst.ClassDef) -> Statement:
    return ClassDef(
        node.name.value,
        read.lower.arguments([*node.bases, *node.keywords]),
        tuple(read.lower(decorator.decorator) for decorator in node.decorators),
        read.block(node),
        read.line(node.name) if node.decorators else read.line(node),
    )


def _assign(read: _Reader, node: cst.Assign) -> Statement:
    targets = tuple(read.lower(target.target) for target in node.targets)
    return Assign(targets, read.lower(node.value), read.line(node))


def _ann_assign(read: _Reader, node: cst.AnnAssign) -> Statement:
    annotation = read.lower(node.annotation.annotation)
    return AnnAssign(read.lower(node.target), annotation, read.lower.maybe(node.value), read.line(node))


def _aug_assign(read: _Reader, node: cst.AugAssign) -> Statement:
    return AugAssign(read.lower(node.target), operator(node.operator), read.lower(node.value), read.line(node))


def _try(read: _Reader, node: cst.Try | cst.TryStar) -> Statement:
    return Try(
        read.block(node),
        tuple(_clause(read, handler) for handler in node.handlers),
        read.block(node.orelse),
        read.block(node.finalbody),
    )


def _clause(read: _Reader, node: cst.ExceptHandler | cst.ExceptStarHandler) -> ExceptClause:
    name = node.name.name.value if node.name and isinstance(node.name.name, cst.Name) else None
    return ExceptClause(read.lower.maybe(node.type), name, read.block(node))


def _with(read: _Reader, node: cst.With) -> Statement:
    items = ((read.lower(item.item), read.lower(item.asname.name) if item.asname else None) for item in node.items)
    return With(tuple(items), read.block(node))


def _for(read: _Reader, node: cst.For) -> Statement:
    return For(read.lower(node.target), read.lower(node.iter), read.block(node), read.block(node.orelse))


def _match(read: _Reader, node: cst.Match) -> Statement:
    cases = (Case(_pattern(read, case.pattern), read.lower.maybe(case.guard), read.block(case)) for case in node.cases)
    return Match(read.lower(node.subject), tuple(cases))


def _pattern(read: _Reader, node: cst.MatchPattern) -> Pattern:
    alias = node.name.value if isinstance(node, cst.MatchAs) and node.name else None
    return Pattern(_test(read, node), alias, tuple(sorted(_captures(node))))


def _test(read: _Reader, node: cst.MatchPattern) -> Expression | None:
    if isinstance(node, cst.MatchAs):
        return _test(read, node.pattern) if node.pattern else None
    if isinstance(node, cst.MatchSingleton):
        return Comparison("is", SUBJECT, read.lower(node.value))
    if isinstance(node, cst.MatchValue):
        return Comparison("==", SUBJECT, read.lower(node.value))
    if isinstance(node, cst.MatchOr):
        tests: Sequence[Expression | None] = [_test(read, element.pattern) for element in node.patterns]
        joined = tests[0]
        for test in tests[1:]:
            if joined is None or test is None:
                return None
            joined = Boolean("or", joined, test)
        return joined
    return Unsupported(f"match {code(node)}", (SUBJECT,))


def _captures(node: cst.CSTNode) -> Iterator[str]:
    name = node.rest if isinstance(node, cst.MatchMapping) else getattr(node, "name", None)
    if isinstance(node, (cst.MatchAs, cst.MatchStar, cst.MatchMapping)) and name:
        yield name.value
    for child in node.children:
        yield from _captures(child)


_RULES: dict[str, Callable[[_Reader, Any], Statement]] = {
    "Expr": lambda read, node: Expr(read.lower(node.value), read.line(node)),
    "Assign": _assign,
    "AnnAssign": _ann_assign,
    "AugAssign": _aug_assign,
    "Del": lambda read, node: Delete(read.lower(node.target)),
    "Import": _import,
    "ImportFrom": _import_from,
    "FunctionDef": _function,
    "ClassDef": _class,
    "Return": lambda read, node: Return(read.lower.maybe(node.value)),
    "Raise": lambda read, node: Raise(read.lower.maybe(node.exc)),
    "Assert": lambda read, node: Assert(read.lower(node.test)),
    "Break": lambda read, node: Break(),
    "Continue": lambda read, node: Continue(),
    "If": lambda read, node: If(read.lower(node.test), read.block(node), read.orelse(node.orelse)),
    "While": lambda read, node: While(read.lower(node.test), read.block(node), read.block(node.orelse)),
    "For": _for,
    "Try": _try,
    "TryStar": _try,
    "With": _with,
    "Match": _match,
}
