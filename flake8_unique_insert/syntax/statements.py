"""Statements as small immutable trees, beside `expressions`.

Two readers make them, of the interpreter's own tree (`tree`) and of LibCST's (`cst`); every layer above reads source in
this form only. Two statements are equal when they are written alike; `Call.node` tells the places of equal calls apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import TypeVar

from flake8_unique_insert.record import record
from flake8_unique_insert.syntax.expressions import Argument, Expression, Name
from flake8_unique_insert.syntax.summary import FunctionSummary, Import

S = TypeVar("S", bound="Statement | Expression")
SUBJECT = Name("$subject")
"""What a case's test calls the value that is matched."""


class Statement:
    """The base of all statements and of their clauses."""

    __slots__ = ()

    def children(self) -> Iterator[Statement | Expression]:
        """The statements and expressions directly inside, in source order."""
        for item in fields(self):  # type: ignore[arg-type]
            yield from _inside(getattr(self, item.name))

    def walk(self) -> Iterator[Statement | Expression]:
        """This statement and all that is inside it, in source order."""
        stack: list[Statement | Expression] = [self]
        while stack:
            item = stack.pop()
            yield item
            stack.extend(reversed(list(item.children())))


Suite = tuple[Statement, ...]


def _inside(value: object) -> Iterator[Statement | Expression]:
    if isinstance(value, (Statement, Expression)):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _inside(item)


def inside(suite: Suite, kind: type[S]) -> Iterator[S]:
    """Every statement or expression of a kind in a suite, those of nested functions too, in source order."""
    for statement in suite:
        for item in statement.walk():
            if isinstance(item, kind):
                yield item


@record
class Expr(Statement):
    """An expression by itself. line: where it starts, from 1, in the text that was read; so in all statements."""

    value: Expression
    line: int


@record
class Assign(Statement):
    """`target = other = value`."""

    targets: tuple[Expression, ...]
    value: Expression
    line: int


@record
class AnnAssign(Statement):
    """`target: annotation = value`; value is None where there is none."""

    target: Expression
    annotation: Expression
    value: Expression | None
    line: int


@record
class AugAssign(Statement):
    """`target operator= value`."""

    target: Expression
    operator: str
    value: Expression
    line: int


@record
class Delete(Statement):
    """`del target`."""

    target: Expression


@record
class ImportNames(Statement):
    """An import: the names it binds, and (module, level) of `from module import *`."""

    names: tuple[tuple[str, Import], ...]
    stars: tuple[tuple[str, int], ...] = ()


@record
class FunctionDef(Statement):
    """A function. body: empty where only headers were read."""

    header: FunctionSummary
    body: Suite


@record
class ClassDef(Statement):
    """A class."""

    name: str
    arguments: tuple[Argument, ...]
    decorators: tuple[Expression, ...]
    body: Suite
    line: int


@record
class Return(Statement):
    """`return value`."""

    value: Expression | None


@record
class Raise(Statement):
    """`raise value`; None is a bare `raise`."""

    value: Expression | None


@record
class Assert(Statement):
    """`assert test`."""

    test: Expression


@record
class Break(Statement):
    """`break`."""


@record
class Continue(Statement):
    """`continue`."""


@record
class Other(Statement):
    """A statement that changes nothing here: `pass`, `global`, `nonlocal`, `type`."""


@record
class If(Statement):
    """`if`; an `elif` is an `if` in `orelse`."""

    test: Expression
    body: Suite
    orelse: Suite


@record
class While(Statement):
    """`while`."""

    test: Expression
    body: Suite
    orelse: Suite


@record
class For(Statement):
    """`for`, also an asynchronous one."""

    target: Expression
    iterable: Expression
    body: Suite
    orelse: Suite


@record
class ExceptClause(Statement):
    """`except types as name`; types is None where it catches everything."""

    types: Expression | None
    name: str | None
    body: Suite


@record
class Try(Statement):
    """`try`, also with `except*`."""

    body: Suite
    handlers: tuple[ExceptClause, ...]
    orelse: Suite
    finalbody: Suite


@record
class With(Statement):
    """`with`, also an asynchronous one. items: context managers with what they are bound to."""

    items: tuple[tuple[Expression, Expression | None], ...]
    body: Suite


@record
class Pattern(Statement):
    """What follows `case`. test: what it asks of SUBJECT, None when it matches everything.

    alias: the name that the whole subject gets. captured: the names of its parts.
    """

    test: Expression | None
    alias: str | None
    captured: tuple[str, ...]


@record
class Case(Statement):
    """`case pattern if guard`."""

    pattern: Pattern
    guard: Expression | None
    body: Suite


@record
class Match(Statement):
    """`match subject`."""

    subject: Expression
    cases: tuple[Case, ...]


def suites(statement: Statement) -> Iterator[Suite]:
    """The statements directly inside a compound statement, clause by clause; nothing for functions and classes."""
    if isinstance(statement, (If, While, For)):
        yield from (statement.body, statement.orelse)
    elif isinstance(statement, With):
        yield statement.body
    elif isinstance(statement, Try):
        handlers = (clause.body for clause in statement.handlers)
        yield from (statement.body, *handlers, statement.orelse, statement.finalbody)
    elif isinstance(statement, Match):
        yield from (case.body for case in statement.cases)
