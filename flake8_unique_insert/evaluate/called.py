"""What a function calls, by name: whether one that calls something of a name calls a certain function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate.verbs import is_known
from flake8_unique_insert.syntax.expressions import Call, called_name
from flake8_unique_insert.values import Bound, Form, Function, Instance, Result, Rows, Super, Value

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator


def note(ev: Evaluator, node: Call, function: Result) -> None:
    """Remember what a call calls."""
    name = called_name(node)
    ev.analysis.called.setdefault(name, set()).update(_dotted(option.value) for option in function.options)


def _dotted(value: Value) -> str:
    """The dotted name of a function; "" where that is not known."""
    if isinstance(value, Function):
        return value.symbol.dotted
    if isinstance(value, Bound) and isinstance(value.receiver, Form):
        return f"{value.receiver.symbol.dotted}.{value.name}"
    if isinstance(value, Bound) and isinstance(value.receiver, (Rows, Instance, Super)) and is_known(value.name):
        return f"django.db.models.{value.name}"
    return ""
