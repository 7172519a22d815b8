"""Expressions of the interpreter's own syntax tree → `Expression` trees."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from flake8_unique_insert.syntax.concatenation import joined_literals
from flake8_unique_insert.syntax.expressions import (
    IN_THREAD,
    MAX_DEPTH,
    Argument,
    Attribute,
    Await,
    Binary,
    Boolean,
    Call,
    Clause,
    Comparison,
    Comprehension,
    Conditional,
    Expression,
    Formatted,
    Lambda,
    Mapping,
    Name,
    Place,
    Sequence,
    Starred,
    Subscript,
    Unary,
    Unsupported,
    Walrus,
    Yield,
    constant,
)
from flake8_unique_insert.syntax.unrolled import spelled_out

_SYMBOLS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.MatMult: "@",
    ast.And: "and", ast.Or: "or", ast.Not: "not", ast.USub: "-", ast.UAdd: "+", ast.Invert: "~",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


def operator(node: ast.operator) -> str:
    """The symbol of an augmented assignment's operator."""
    return _SYMBOLS[type(node)]


def _place(function: ast.expr) -> Place:
    if isinstance(function, ast.Attribute) and function.end_col_offset is not None:
        width = len(function.attr.encode())
        return Place(function.end_lineno or function.lineno, function.end_col_offset - width)
    return Place(function.lineno, function.col_offset)


def lower(node: ast.expr, depth: int = 0) -> Expression:
    """The expression that a node stands for. Never fails: what has no form of its own is `Unsupported`.

    depth: how many expressions this one is inside.
    """
    rule = _RULES.get(type(node))
    if depth >= MAX_DEPTH:
        return Unsupported(f"deep {id(node)}")
    if rule is None:
        inside = (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
        return Unsupported(f"{type(node).__name__} {ast.unparse(node)}", _all(inside, depth))
    found: Expression = rule(node, depth + 1)
    return found


def _all(nodes: Iterable[ast.expr], depth: int) -> tuple[Expression, ...]:
    return tuple(lower(node, depth) for node in nodes)


def arguments(args: list[ast.expr], keywords: list[ast.keyword], depth: int = 0) -> tuple[Argument, ...]:
    """The arguments of a call, or the bases and keywords of a class, in the order written."""
    both: list[ast.expr | ast.keyword] = [*args, *keywords]
    if keywords and any(isinstance(arg, ast.Starred) for arg in args):  # `f(name=1, *rest)`
        both.sort(key=lambda item: (item.lineno, item.col_offset))
    return tuple(_argument(item, depth) for item in both)


def _argument(item: ast.expr | ast.keyword, depth: int) -> Argument:
    if isinstance(item, ast.keyword):
        return Argument(lower(item.value, depth), item.arg, "" if item.arg else "**")
    if isinstance(item, ast.Starred):
        return Argument(lower(item.value, depth), None, "*")
    return Argument(lower(item, depth))


def _name(node: ast.Name, depth: int) -> Expression:
    return constant(...) if node.id == "Ellipsis" else Name(node.id)


def _formatted(node: ast.JoinedStr, depth: int) -> Expression:
    return Formatted(joined_literals(_formatted_part(part, depth) for part in node.values))


def _formatted_part(part: ast.expr, depth: int) -> Expression:
    if not isinstance(part, ast.FormattedValue):
        return lower(part, depth)
    value = lower(part.value, depth)
    spec = part.format_spec.values if isinstance(part.format_spec, ast.JoinedStr) else []
    parts = _all((inner.value if isinstance(inner, ast.FormattedValue) else inner for inner in spec), depth)
    conversion = chr(part.conversion) if part.conversion >= 0 else None
    return Formatted((value, constant(conversion), *parts)) if conversion or parts else value


def _call(node: ast.Call, depth: int) -> Expression:
    function = node.func
    if isinstance(function, ast.Call) and len(function.args) == 1 and _last(function.func) in IN_THREAD:
        function = function.args[0]
    return spelled_out(Call(lower(function, depth), arguments(node.args, node.keywords, depth), _place(function)))


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _elements(kind: str) -> Callable[[Any, int], Expression]:
    return lambda node, depth: Sequence(kind, _all(node.elts, depth))


def _dict(node: ast.Dict, depth: int) -> Expression:
    pairs = zip(node.keys, node.values)
    return Mapping(tuple((lower(key, depth) if key is not None else None, lower(value, depth)) for key, value in pairs))


def _boolean(node: ast.BoolOp, depth: int) -> Expression:
    if depth + len(node.values) >= MAX_DEPTH:
        return Unsupported(f"deep {id(node)}")
    operator = _SYMBOLS[type(node.op)]
    found, *rest = _all(node.values, depth)
    for right in rest:
        found = Boolean(operator, found, right)
    return found


def _comparison(node: ast.Compare, depth: int) -> Expression:
    left = lower(node.left, depth)
    chain: Expression | None = None
    for operator, comparator in zip(node.ops, node.comparators):
        right = lower(comparator, depth)
        link = Comparison(_SYMBOLS[type(operator)], left, right)
        chain = link if chain is None else Boolean("and", chain, link)
        left = right
    return chain or left


def _comprehension(kind: str) -> Callable[[Any, int], Expression]:
    def rule(node: Any, depth: int) -> Expression:
        pair = (node.key, node.value) if kind == "dict" else ()
        element = Sequence("tuple", _all(pair, depth)) if pair else lower(node.elt, depth)
        clauses = (
            Clause(lower(item.target, depth), lower(item.iter, depth), _all(item.ifs, depth), bool(item.is_async))
            for item in node.generators
        )
        return Comprehension(kind, element, tuple(clauses))

    return rule


def _lambda(node: ast.Lambda, depth: int) -> Expression:
    given = node.args
    listed = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    return Lambda(tuple(item.arg for item in listed), lower(node.body, depth))


_RULES: dict[type, Callable[[Any, int], Expression]] = {
    ast.Name: _name,
    ast.Constant: lambda node, depth: constant(node.value),
    ast.JoinedStr: _formatted,
    ast.Attribute: lambda node, depth: Attribute(lower(node.value, depth), node.attr),
    ast.Subscript: lambda node, depth: Subscript(lower(node.value, depth), lower(node.slice, depth)),
    ast.Call: _call,
    ast.Tuple: _elements("tuple"),
    ast.List: _elements("list"),
    ast.Set: _elements("set"),
    ast.Dict: _dict,
    ast.UnaryOp: lambda node, depth: Unary(_SYMBOLS[type(node.op)], lower(node.operand, depth)),
    ast.BinOp: lambda node, depth: Binary(_SYMBOLS[type(node.op)], lower(node.left, depth), lower(node.right, depth)),
    ast.BoolOp: _boolean,
    ast.Compare: _comparison,
    ast.IfExp: lambda node, depth: Conditional(*_all((node.test, node.body, node.orelse), depth)),
    ast.NamedExpr: lambda node, depth: Walrus(node.target.id, lower(node.value, depth)),
    ast.Await: lambda node, depth: Await(lower(node.value, depth)),
    ast.Lambda: _lambda,
    ast.ListComp: _comprehension("list"),
    ast.SetComp: _comprehension("set"),
    ast.DictComp: _comprehension("dict"),
    ast.GeneratorExp: _comprehension("generator"),
    ast.Yield: lambda node, depth: Yield(lower(node.value, depth) if node.value else None),
    ast.YieldFrom: lambda node, depth: Yield(lower(node.value, depth), True),
    ast.Starred: lambda node, depth: Starred(lower(node.value, depth)),
}
