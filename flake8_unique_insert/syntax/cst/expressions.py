"""Expressions of LibCST's tree → `Expression` trees."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import libcst as cst

from flake8_unique_insert.syntax.concatenation import joined_literals
from flake8_unique_insert.syntax.expressions import (
    IN_THREAD,
    MAX_DEPTH,
    NONE,
    TRUE,
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

_WORDS = {"None": NONE, "True": TRUE, "False": constant(False), "Ellipsis": constant(...)}
_SYMBOLS = {
    "Add": "+", "Subtract": "-", "Multiply": "*", "Divide": "/", "FloorDivide": "//", "Modulo": "%", "Power": "**",
    "LeftShift": "<<", "RightShift": ">>", "BitAnd": "&", "BitOr": "|", "BitXor": "^", "MatrixMultiply": "@",
    "And": "and", "Or": "or", "Not": "not", "Minus": "-", "Plus": "+", "BitInvert": "~",
    "Equal": "==", "NotEqual": "!=", "LessThan": "<", "LessThanEqual": "<=", "GreaterThan": ">",
    "GreaterThanEqual": ">=", "Is": "is", "IsNot": "is not", "In": "in", "NotIn": "not in",
}  # fmt: skip
_BLANK = cst.Module([])
Starts = dict[cst.CSTNode, tuple[int, int]]
"""Where nodes start: line from 1, column from 0 in characters."""


class Lowering:
    """Makes expressions of one text."""

    def __init__(self, text: str, starts: Starts) -> None:
        self._lines = text.split("\n")
        self._starts = starts
        self._depth = 0

    def __call__(self, node: cst.CSTNode) -> Expression:
        """The expression that a node stands for. Never fails: what has no form of its own is `Unsupported`."""
        if self._depth >= MAX_DEPTH:
            return Unsupported(f"deep {id(node)}")
        self._depth += 1
        try:
            return _RULES.get(type(node), _unsupported)(self, node)
        finally:
            self._depth -= 1

    def maybe(self, node: cst.CSTNode | None) -> Expression | None:
        """The expression of a node that need not be there."""
        return self(node) if node is not None else None

    def arguments(self, args: Any) -> tuple[Argument, ...]:
        """The arguments of a call or the bases of a class."""
        return tuple(Argument(self(arg.value), arg.keyword.value if arg.keyword else None, arg.star) for arg in args)

    def place(self, function: cst.CSTNode) -> Place:
        """Where the name of a called function stands."""
        name = function.attr if isinstance(function, cst.Attribute) else function
        line, column = self._starts.get(name, (1, 0))
        return Place(line, len(self._lines[line - 1][:column].encode()))


def operator(node: cst.CSTNode) -> str:
    """The operator's symbol, its class name when it is an unknown one (`+=` gives `+`)."""
    kind = type(node).__name__.removesuffix("Assign")
    return _SYMBOLS.get(kind, kind)


def code(node: cst.CSTNode) -> str:
    """The node's source text."""
    return _BLANK.code_for_node(node)


def _unsupported(lower: Lowering, node: cst.CSTNode) -> Expression:
    parts = tuple(lower(child) for child in node.children if isinstance(child, cst.BaseExpression))
    try:
        text = code(node)
    except Exception:  # a node kind newer than this code: never equal to anything else
        text = str(id(node))
    return Unsupported(f"{type(node).__name__} {text}", parts)


def _number(lower: Lowering, node: cst.Integer | cst.Float | cst.Imaginary) -> Expression:
    try:
        return constant(node.evaluated_value)
    except (ValueError, SyntaxError, OverflowError):  # more digits than sys.set_int_max_str_digits allows
        return Unsupported(f"number {node.value}")


def _string(lower: Lowering, node: cst.SimpleString) -> Expression:
    if not node.prefix and "\\" not in node.value:
        return constant(node.raw_value)
    try:
        return constant(node.evaluated_value)
    except (
        SyntaxError,
        ValueError,
        RecursionError,
        MemoryError,
    ):  # a bad escape: the literal as written stands for itself
        return Unsupported(f"string {node.value}")


def _concatenated(lower: Lowering, node: cst.ConcatenatedString) -> Expression:
    pieces: list[Expression] = []
    rest: cst.CSTNode = node
    while isinstance(rest, cst.ConcatenatedString):
        pieces.append(lower(rest.left))
        rest = rest.right
    pieces.append(lower(rest))
    joined = joined_literals(
        part for piece in pieces for part in (piece.parts if isinstance(piece, Formatted) else (piece,))
    )
    if len(joined) == 1 and not any(isinstance(piece, Formatted) for piece in pieces):
        return joined[0]
    return Formatted(joined)


def _text(node: cst.FormattedString, text: str) -> str:
    """The value of a literal part of an f-string."""
    text = text.replace("{{", "{").replace("}}", "}")
    if "\\" not in text or "r" in node.prefix.lower():
        return text
    try:
        return str(ast.literal_eval(f"{node.quote}{text}{node.quote}"))
    except (SyntaxError, ValueError):
        return text


def _formatted(lower: Lowering, node: cst.FormattedString) -> Expression:
    parts: list[Expression] = []
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            parts.append(constant(_text(node, part.value)))
        elif isinstance(part, cst.FormattedStringExpression):
            spec = tuple(
                lower(inner.expression) if isinstance(inner, cst.FormattedStringExpression) else constant(inner.value)
                for inner in part.format_spec or ()
                if isinstance(inner, (cst.FormattedStringExpression, cst.FormattedStringText))
            )
            value, conversion = lower(part.expression), part.conversion
            if part.equal is not None:  # f"{name=}"
                parts.append(constant(code(part.expression) + code(part.equal)))
                conversion = conversion or (None if spec else "r")
            parts.append(Formatted((value, constant(conversion), *spec)) if conversion or spec else value)
    return Formatted(joined_literals(parts))


def _call(lower: Lowering, node: cst.Call) -> Expression:
    function = node.func
    if isinstance(function, cst.Call) and _last(function.func) in IN_THREAD:
        given = [item.value for item in function.args if item.keyword is None and not item.star]
        function = given[0] if len(given) == 1 else function
    return spelled_out(Call(lower(function), lower.arguments(node.args), lower.place(function)))


def _last(node: cst.BaseExpression) -> str:
    name = node.attr if isinstance(node, cst.Attribute) else node
    return name.value if isinstance(name, cst.Name) else ""


def _subscript(lower: Lowering, node: cst.Subscript) -> Expression:
    indices = [
        lower(element.slice.value) if isinstance(element.slice, cst.Index) else _unsupported(lower, element.slice)
        for element in node.slice
    ]
    is_tuple = len(indices) > 1 or isinstance(node.slice[0].comma, cst.Comma)
    return Subscript(lower(node.value), Sequence("tuple", tuple(indices)) if is_tuple else indices[0])


def _elements(kind: str) -> Callable[[Lowering, Any], Expression]:
    def rule(lower: Lowering, node: Any) -> Expression:
        items = (
            Starred(lower(element.value)) if isinstance(element, cst.StarredElement) else lower(element.value)
            for element in node.elements
        )
        return Sequence(kind, tuple(items))

    return rule


def _dict(lower: Lowering, node: cst.Dict) -> Expression:
    items = (
        (lower(element.key), lower(element.value))
        if isinstance(element, cst.DictElement)
        else (None, lower(element.value))
        for element in node.elements
    )
    return Mapping(tuple(items))


def _comparison(lower: Lowering, node: cst.Comparison) -> Expression:
    left = lower(node.left)
    chain: Expression | None = None
    for target in node.comparisons:
        right = lower(target.comparator)
        link = Comparison(operator(target.operator), left, right)
        chain = link if chain is None else Boolean("and", chain, link)
        left = right
    return chain or left


def _comprehension(kind: str) -> Callable[[Lowering, Any], Expression]:
    def rule(lower: Lowering, node: Any) -> Expression:
        element = (
            Sequence("tuple", (lower(node.key), lower(node.value)))
            if isinstance(node, cst.DictComp)
            else lower(node.elt)
        )
        clauses, clause = [], node.for_in
        while clause is not None:
            conditions = tuple(lower(condition.test) for condition in clause.ifs)
            clauses.append(
                Clause(lower(clause.target), lower(clause.iter), conditions, clause.asynchronous is not None)
            )
            clause = clause.inner_for_in
        return Comprehension(kind, element, tuple(clauses))

    return rule


def parameter_names(node: cst.Parameters) -> tuple[str, ...]:
    """The names of all parameters, `*args` and `**kwargs` included."""
    listed = [*node.posonly_params, *node.params, *node.kwonly_params]
    stars = [star for star in (node.star_arg, node.star_kwarg) if isinstance(star, cst.Param)]
    return tuple(param.name.value for param in [*listed, *stars])


def _yield(lower: Lowering, node: cst.Yield) -> Expression:
    if isinstance(node.value, cst.From):
        return Yield(lower(node.value.item), True)
    return Yield(lower(node.value) if node.value else None)


_RULES: dict[type, Callable[[Lowering, Any], Expression]] = {
    cst.Name: lambda lower, node: _WORDS.get(node.value) or Name(node.value),
    cst.Ellipsis: lambda lower, node: constant(...),
    cst.Integer: _number,
    cst.Float: _number,
    cst.Imaginary: _number,
    cst.SimpleString: _string,
    cst.ConcatenatedString: _concatenated,
    cst.FormattedString: _formatted,
    cst.Attribute: lambda lower, node: Attribute(lower(node.value), node.attr.value),
    cst.Subscript: _subscript,
    cst.Call: _call,
    cst.Tuple: _elements("tuple"),
    cst.List: _elements("list"),
    cst.Set: _elements("set"),
    cst.Dict: _dict,
    cst.UnaryOperation: lambda lower, node: Unary(operator(node.operator), lower(node.expression)),
    cst.BinaryOperation: lambda lower, node: Binary(operator(node.operator), lower(node.left), lower(node.right)),
    cst.BooleanOperation: lambda lower, node: Boolean(operator(node.operator), lower(node.left), lower(node.right)),
    cst.Comparison: _comparison,
    cst.IfExp: lambda lower, node: Conditional(lower(node.test), lower(node.body), lower(node.orelse)),
    cst.NamedExpr: lambda lower, node: Walrus(node.target.value, lower(node.value)),
    cst.Await: lambda lower, node: Await(lower(node.expression)),
    cst.Lambda: lambda lower, node: Lambda(parameter_names(node.params), lower(node.body)),
    cst.ListComp: _comprehension("list"),
    cst.SetComp: _comprehension("set"),
    cst.DictComp: _comprehension("dict"),
    cst.GeneratorExp: _comprehension("generator"),
    cst.Yield: _yield,
    cst.StarredElement: lambda lower, node: Starred(lower(node.value)),
    cst.From: lambda lower, node: lower(node.item),
}
