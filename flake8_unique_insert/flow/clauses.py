"""Clauses of compound statements read by themselves: except handlers, `with` items that suppress, endless loops."""

from __future__ import annotations

from flake8_unique_insert.flow.graph import Handler
from flake8_unique_insert.syntax.expressions import Attribute, Call, Expression, Name, dotted
from flake8_unique_insert.syntax.statements import (
    Break,
    Continue,
    ExceptClause,
    If,
    Raise,
    Return,
    Suite,
    suites,
)


def is_endless(iterable: Expression) -> bool:
    """True for `itertools.count()`: a loop over it ends by what is in it only."""
    return isinstance(iterable, Call) and dotted(iterable.function) in ("count", "itertools.count")


def suppressed_types(manager: Expression) -> tuple[Expression, ...]:
    """The exception types of `suppress(...)` and of the test tools that swallow what they expect."""
    if isinstance(manager, Call):
        function = manager.function
        name = getattr(function, "name", None) or getattr(function, "id", None)
        if name == "suppress":
            return tuple(argument.value for argument in manager.arguments if argument.keyword is None)
        if name in ("raises", "assertRaises", "assertRaisesMessage", "assertRaisesRegex") and manager.arguments:
            return (manager.arguments[0].value,)
    return ()


def read_handler(clause: ExceptClause) -> Handler:
    """An except clause as the graph keeps it."""
    return Handler(clause.types, clause.name, _always_reraises(clause.body), clause.body)


def raised_again(clause: ExceptClause) -> dict[Expression | None, Expression]:
    """What `raise` by itself raises in a handler, and `raise error`, where it catches a model's DoesNotExist."""
    if not isinstance(clause.types, Attribute) or clause.types.name != "DoesNotExist":
        return {}
    return {None: clause.types} | ({Name(clause.name): clause.types} if clause.name else {})


def _always_reraises(suite: Suite) -> bool:
    """True when the last statement is a `raise` and no statement before it can leave the handler."""
    if not suite or jumps(suite):
        return False
    last = suite[-1]
    if isinstance(last, If) and last.orelse:
        return _always_reraises(last.body) and _always_reraises(last.orelse)
    return isinstance(last, Raise)


def jumps(suite: Suite) -> bool:
    """True when a `return`, `break` or `continue` stands inside (not in a nested function)."""
    return any(
        isinstance(statement, (Return, Break, Continue)) or any(map(jumps, suites(statement))) for statement in suite
    )
