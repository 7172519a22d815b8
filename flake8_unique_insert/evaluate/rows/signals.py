"""What the receivers of a model's signals do with a row that is saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate.calls import functions
from flake8_unique_insert.evaluate.frame import BudgetExceeded, Unreachable
from flake8_unique_insert.evaluate.rows.writes import Write
from flake8_unique_insert.schema import FunctionSymbol
from flake8_unique_insert.syntax.expressions import FALSE, TRUE, Argument, Attribute, Name
from flake8_unique_insert.values import Function, Instance, Known, ModelClass, Result, result

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator


def done_after(ev: Evaluator, row: Instance) -> Iterator[Write]:
    """What receivers of `post_save` may write after this row was inserted."""
    for function in ev.analysis.lookup.receivers(row.model, "post_save"):
        try:
            with ev.analysis.recorded_apart() as records:
                call_receiver(ev.aside(), function, row, {"created": result(Known(TRUE))})
        except (BudgetExceeded, RecursionError, Unreachable):
            continue
        yield from records.writes


def call_receiver(ev: Evaluator, function: FunctionSymbol, row: Instance, more: Mapping[str, Result] = {}) -> None:
    """Do what a receiver does that gets a row. more: what this signal sends besides."""
    sender = result(ModelClass(Attribute(row.term, "__class__"), row.model))
    given = {"sender": sender, "instance": result(row), "raw": result(Known(FALSE)), **more}
    arguments = tuple(Argument(value.term, name) for name, value in given.items())
    term = Name(function.dotted)
    call = ev.analysis.implied_call(function.dotted, term, arguments)
    functions.follow(ev, Function(term, function), call, arguments, list(given.values()), anyway=True)
