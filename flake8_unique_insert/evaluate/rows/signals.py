"""What the receivers of a model's signals do with a row that is saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flake8_unique_insert.evaluate.calls import functions
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import BudgetExceeded, Unreachable
from flake8_unique_insert.evaluate.rows.writes import Write
from flake8_unique_insert.schema import FunctionSymbol
from flake8_unique_insert.syntax.expressions import FALSE, TRUE, Argument, Attribute, Call, Expression, Name
from flake8_unique_insert.syntax.statements import (
    Assign,
    Expr,
    If,
    Raise,
    Return,
    Statement,
    Suite,
    Try,
    With,
    inside,
    suites,
)
from flake8_unique_insert.values import Function, Instance, Known, ModelClass, Result, result

FLAGS = frozenset({"created", "raw", "kwargs"})
"""What a receiver is told of the saving."""


def done_after(ev: Evaluator, row: Instance) -> Iterator[Write]:
    """What receivers of `post_save` write after this row was inserted, whatever row it is."""
    for function in ev.analysis.lookup.receivers(row.model, "post_save"):
        try:
            with ev.analysis.recorded_apart() as records:
                call_receiver(ev.aside(), function, row, {"created": result(Known(TRUE))})
        except (BudgetExceeded, RecursionError, Unreachable):
            continue
        yield from (write for write in records.writes if _is_always_done(ev, function, write))


def _is_always_done(ev: Evaluator, receiver: FunctionSymbol, write: Write) -> bool:
    """True where a receiver writes, or calls the function that does, whatever row it gets."""
    code = ev.analysis.functions.code(receiver)
    if code is None or write.code is None or len(write.stack) > 2:
        return False
    steps = [*write.stack[1:], write.call]  # before them is the receiver's own call
    return _is_certain(code.body, steps[0]) and _is_certain(write.code.body, steps[-1])


def _is_certain(suite: Suite, call: Call) -> bool:
    """True where a suite does the call each time that a row is new, by its text."""
    for statement in suite:
        is_told = not isinstance(statement, If) or _names(statement.test) <= FLAGS
        if any(part is call for part in statement.walk()):
            within = suites(statement) if isinstance(statement, (If, Try, With)) and is_told else ()
            return any(_is_certain(inner, call) for inner in within) or isinstance(statement, (Assign, Expr, Return))
        if not is_told and any(isinstance(part, (Return, Raise)) for part in inside((statement,), Statement)):
            return False
    return False


def _names(test: Expression) -> set[str]:
    return {part.id for part in test.walk() if isinstance(part, Name)}


def call_receiver(ev: Evaluator, function: FunctionSymbol, row: Instance, more: Mapping[str, Result] = {}) -> None:
    """Do what a receiver does that gets a row. more: what this signal sends besides."""
    sender = result(ModelClass(Attribute(row.term, "__class__"), row.model))
    given = {"sender": sender, "instance": result(row), "raw": result(Known(FALSE)), **more}
    arguments = tuple(Argument(value.term, name) for name, value in given.items())
    term = Name(function.dotted)
    call = ev.analysis.implied_call(function.dotted, term, arguments)
    functions.follow(ev, Function(term, function), call, arguments, list(given.values()), anyway=True)
