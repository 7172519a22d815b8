"""The validators that the field of a form or serializer names, `CharField(validators=[not_taken])`, or its `Meta`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate.forms.form_input import declaration, whole_input
from flake8_unique_insert.evaluate.forms.forms import own_method
from flake8_unique_insert.evaluate.globals import evaluate_elsewhere
from flake8_unique_insert.schema import ClassSymbol
from flake8_unique_insert.syntax.expressions import Expression, keyword
from flake8_unique_insert.values import Form, Function, Items, Object, Result, result

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator


def validators_of(ev: Evaluator, symbol: ClassSymbol, name: str, value: Expression) -> Iterator[Function]:
    """The project's functions, and methods of objects, that are called with a field's value.

    value: the term of the value. None are called with an empty one: they say nothing of a value that may be empty.
    """
    field, owner = declaration(ev, symbol, name)
    stated = keyword(field, "validators") if field is not None else None
    if stated is not None and value in ev.analysis.filled:
        yield from _listed(ev, stated, owner)


def of_serializer(ev: Evaluator, form: Form) -> Iterator[tuple[Function, list[Result]]]:
    """The project's validators that a serializer's `Meta` names, and what DRF calls them with.

    That is all of the input, and the serializer where they take it.
    """
    for validator in _listed(ev, *form.form.validators) if form.form.validators is not None else ():
        places = sum(item.kind == "positional" for item in validator.symbol.summary.parameters)
        yield validator, [whole_input(ev, form), result(form)][: places - (validator.receiver is not None)]


def _listed(ev: Evaluator, stated: Expression, owner: ClassSymbol) -> Iterator[Function]:
    """The functions, and methods of objects, that a list of validators calls."""
    listed = evaluate_elsewhere(ev, owner.module, stated, owner)
    for item in listed.value.items if listed is not None and isinstance(listed.value, Items) else ():
        if isinstance(item.value, Function):
            yield item.value
        elif isinstance(item.value, Object) and (method := own_method(ev, item.value.symbol, "__call__")) is not None:
            yield replace(method, receiver=item.value)
