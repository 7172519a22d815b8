"""Expressions as small immutable trees.

Every layer above reads Python expressions in this form, lowered once from a syntax tree. Two expressions are equal
when they are written alike, wherever they stand, so a tree also serves as a *term*: with the local names replaced by
`Symbol`s (one for each binding), two equal terms denote the same value.

`Call.node` is the place where a call is written. It tells calls that are written alike apart, and takes no part in
equality.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from flake8_unique_insert.record import record

C = TypeVar("C")
MAX_DEPTH = 120
"""How deep an expression is read; what lies deeper is opaque, so that no later walk runs out of stack."""


@dataclass(slots=True, eq=False)
class Place:
    """Where the name of the function stands that a call calls, in the text that was read.

    line: from 1. column: from 0, in bytes of UTF-8.
    """

    line: int
    column: int


IN_THREAD = frozenset({"sync_to_async", "database_sync_to_async"})
"""Functions of asgiref and channels: `sync_to_async(rows.create)(name=name)` calls `rows.create(name=name)`."""


def hashed_once(kind: type[C]) -> type[C]:
    """Make a frozen dataclass with a slot `_hash` compute its hash once: terms are deep, and looked up all the time."""
    compute = kind.__hash__

    def hash_of(self: Any) -> int:
        try:
            value: int = self._hash
        except AttributeError:
            value = self._hash = compute(self)
        return value

    setattr(kind, "__hash__", hash_of)  # noqa: B010
    return kind


class Expression:
    """The base of all expressions."""

    __slots__ = ("_hash", "_normal", "_symbols")

    _normal: Expression
    _symbols: frozenset[Symbol]

    @property
    def symbols(self) -> frozenset[Symbol]:
        """All symbols in this expression, found once and kept: terms are asked for them all the time."""
        try:
            return self._symbols
        except AttributeError:
            inside = [child.symbols for child in self.children()]
            union = inside[0] if len(inside) == 1 else NO_SYMBOLS.union(*inside)
            found = self._symbols = frozenset([self]) if isinstance(self, Symbol) else union
            return found

    def children(self) -> list[Expression]:
        """The expressions directly inside this one."""
        slots = _slots(type(self))
        return _inside([getattr(self, slot) for slot in slots]) if slots else []

    def walk(self) -> Iterator[Expression]:
        """This expression and everything inside it, outermost first."""
        stack: list[Expression] = [self]
        while stack:
            item = stack.pop()
            yield item
            if _slots(type(item)):
                stack += item.children()


NO_SYMBOLS: frozenset[Symbol] = frozenset()
_PLAIN = frozenset({"bool", "int", "object", "str", "str | None"})
"""The types of fields, as written, that hold no expression."""
_SLOTS: dict[type, tuple[str, ...]] = {}


def _slots(kind: type) -> tuple[str, ...]:
    """The fields of a kind of expression that may hold others."""
    try:
        return _SLOTS[kind]
    except KeyError:
        found = _SLOTS[kind] = tuple(item.name for item in fields(kind) if item.compare and item.type not in _PLAIN)
        return found


def _inside(values: Iterable[object]) -> list[Expression]:
    found: list[Expression] = []
    for value in values:
        if isinstance(value, Expression):
            found.append(value)
        elif isinstance(value, tuple):
            found += _inside(value)
    return found


@hashed_once
@record
class Name(Expression):
    """A name as written: `email`."""

    id: str


@hashed_once
@record
class Symbol(Expression):
    """The value of one binding: `kind` says what bound it (param, loop, join, ...), `point` where, `name` what.

    Never written in source. A symbol bound in a loop stands for the value of the current iteration.
    """

    kind: str
    point: int
    name: str = ""


@hashed_once
@record
class Constant(Expression):
    """A literal: str, bytes, int, float, complex, bool, None or Ellipsis.

    `kind` is the literal's type name, which keeps `1`, `1.0` and `True` apart.
    """

    value: object
    kind: str


@hashed_once
@record
class Attribute(Expression):
    """`base.name`."""

    base: Expression
    name: str


@hashed_once
@record
class Subscript(Expression):
    """`base[index]`; a slice or several indices come as one `Unsupported` or `Sequence`."""

    base: Expression
    index: Expression


@hashed_once
@record
class Argument(Expression):
    """One argument of a call or base of a class. `star` is "", "*" or "**"."""

    value: Expression
    keyword: str | None = None
    star: str = ""


@hashed_once
@record
class Call(Expression):
    """`function(arguments)`."""

    function: Expression
    arguments: tuple[Argument, ...]
    node: object = field(default=None, compare=False, repr=False)


@hashed_once
@record
class Sequence(Expression):
    """A list, tuple or set display; `kind` is that word."""

    kind: str
    items: tuple[Expression, ...]


@hashed_once
@record
class Starred(Expression):
    """`*value` in a display or in an assignment's targets."""

    value: Expression


@hashed_once
@record
class Mapping(Expression):
    """A dict display. A key None stands for `**value`."""

    items: tuple[tuple[Expression | None, Expression], ...]


@hashed_once
@record
class Unary(Expression):
    """`operator value`; the operator is "not", "-", "+" or "~"."""

    operator: str
    value: Expression


@hashed_once
@record
class Binary(Expression):
    """`left operator right` for arithmetic and bit operators."""

    operator: str
    left: Expression
    right: Expression


@hashed_once
@record
class Boolean(Expression):
    """`left operator right`; the operator is "and" or "or"."""

    operator: str
    left: Expression
    right: Expression


@hashed_once
@record
class Comparison(Expression):
    """`left operator right`, one of ==, !=, <, <=, >, >=, is, is not, in, not in.

    A chain `a < b < c` is lowered to `a < b and b < c`.
    """

    operator: str
    left: Expression
    right: Expression


@hashed_once
@record
class Conditional(Expression):
    """`body if test else orelse`."""

    test: Expression
    body: Expression
    orelse: Expression


@hashed_once
@record
class Walrus(Expression):
    """`name := value`."""

    name: str
    value: Expression


@hashed_once
@record
class Await(Expression):
    """`await value`."""

    value: Expression


@hashed_once
@record
class Lambda(Expression):
    """`lambda parameters: body`; only the parameters' names are kept."""

    parameters: tuple[str, ...]
    body: Expression


@hashed_once
@record
class Clause(Expression):
    """One `for target in iterable if ...` of a comprehension."""

    target: Expression
    iterable: Expression
    conditions: tuple[Expression, ...]
    is_async: bool = False


@hashed_once
@record
class Comprehension(Expression):
    """A comprehension; `kind` is "list", "set", "dict" or "generator". A dict's element is a pair (tuple Sequence)."""

    kind: str
    element: Expression
    clauses: tuple[Clause, ...]


@hashed_once
@record
class Formatted(Expression):
    """An f-string; the literal parts come as string constants."""

    parts: tuple[Expression, ...]


@hashed_once
@record
class Yield(Expression):
    """`yield value` or `yield from value`."""

    value: Expression | None
    is_from: bool = False


@hashed_once
@record
class Unsupported(Expression):
    """Anything else (slices, template strings, ...). `text` is its class name and source, `parts` what it reads."""

    text: str
    parts: tuple[Expression, ...] = ()


NONE = Constant(None, "NoneType")
TRUE = Constant(True, "bool")
FALSE = Constant(False, "bool")


def called_name(call: Call) -> str:
    """The last name of what a call calls, as written; "" where that has none."""
    function = call.function
    return function.name if isinstance(function, Attribute) else function.id if isinstance(function, Name) else ""


def is_super(call: Call) -> bool:
    """True for `super().method()`."""
    base = call.function.base if isinstance(call.function, Attribute) else None
    return isinstance(base, Call) and base.function == Name("super")


def constant(value: object) -> Constant:
    """A literal of this value."""
    return Constant(value, type(value).__name__)


def dotted(expression: Expression) -> str | None:
    """`a.b.c` for a chain of attributes on a name, else None."""
    parts: list[str] = []
    while isinstance(expression, Attribute):
        parts.append(expression.name)
        expression = expression.base
    if not isinstance(expression, Name):
        return None
    parts.append(expression.id)
    return ".".join(reversed(parts))


def string(expression: Expression | None) -> str | None:
    """The value of a string literal, else None."""
    if isinstance(expression, Constant) and isinstance(expression.value, str):
        return expression.value
    return None


def keyword(call: Call, name: str) -> Expression | None:
    """The value of a keyword argument, None when the call does not name it."""
    for argument in call.arguments:
        if argument.keyword == name:
            return argument.value
    return None


def positional(call: Call) -> list[Expression]:
    """The positional arguments before the first `*` argument."""
    found = []
    for argument in call.arguments:
        if argument.star:
            break
        if argument.keyword is None:
            found.append(argument.value)
    return found
