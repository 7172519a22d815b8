"""The validators that the declaration of a form's or serializer's field names: `CharField(validators=[not_taken])`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate.forms.form_input import declaration
from flake8_unique_insert.evaluate.forms.forms import own_method
from flake8_unique_insert.evaluate.globals import evaluate_elsewhere
from flake8_unique_insert.schema import ClassSymbol
from flake8_unique_insert.syntax.expressions import Expression, keyword
from flake8_unique_insert.values import Function, Items, Object

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator


def validators_of(ev: Evaluator, symbol: ClassSymbol, name: str, value: Expression) -> Iterator[Function]:
    """The project's functions, and methods of objects, that are called with a field's value.

    value: the term of the value. None are called with an empty one: they say nothing of a value that may be empty.
    """
    field, owner = declaration(ev, symbol, name)
    stated = keyword(field, "validators") if field is not None else None
    if stated is None or value not in ev.analysis.filled:
        return
    listed = evaluate_elsewhere(ev, owner.module, stated, owner)
    for item in listed.value.items if listed is not None and isinstance(listed.value, Items) else ():
        if isinstance(item.value, Function):
            yield item.value
        elif isinstance(item.value, Object) and (method := own_method(ev, item.value.symbol, "__call__")) is not None:
            yield replace(method, receiver=item.value)
