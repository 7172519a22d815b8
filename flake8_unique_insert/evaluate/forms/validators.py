"""The validators that the field of a form or serializer names, `CharField(validators=[not_taken])`, or its `Meta`.

Those of the project are followed; DRF's look for rows by themselves, of one field, and of several in `Meta`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms.form_input import declaration, whole_input
from flake8_unique_insert.evaluate.forms.own_methods import own_method
from flake8_unique_insert.evaluate.globals import evaluate_elsewhere
from flake8_unique_insert.evaluate.rows.absent_rows import narrowed
from flake8_unique_insert.evaluate.rows.inserts import names_in
from flake8_unique_insert.evaluate.rows.lookups import condition
from flake8_unique_insert.evaluate.rows.managers import receiver_rows
from flake8_unique_insert.schema import ClassSymbol
from flake8_unique_insert.syntax.expressions import (
    Call,
    Expression,
    Sequence,
    called_name,
    keyword,
    positional,
    string,
)
from flake8_unique_insert.syntax.summary import Assignment, ClassSummary
from flake8_unique_insert.values import Entries, Form, Function, Items, Object, Result, Rows, result


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


def unique_lookups(ev: Evaluator, symbol: ClassSymbol, name: str, key: str, value: Result) -> Iterator[Rows]:
    """The rows that each `UniqueValidator(queryset)` of a field looks for. key: what the model calls the field."""
    field, owner = declaration(ev, symbol, name)
    if field is not None and value.term in ev.analysis.filled:
        for call, rows in _looking(ev, keyword(field, "validators"), owner, "UniqueValidator"):
            lookup = string(keyword(call, "lookup")) or "exact"
            yield narrowed(rows, condition(rows.model, f"{key}__{lookup}", value))


def unique_together_lookups(ev: Evaluator, symbol: ClassSymbol, data: Entries) -> Iterator[Rows]:
    """The rows that each `UniqueTogetherValidator(queryset, fields)` of a serializer's `Meta` looks for."""
    meta = ev.analysis.lookup.class_member(symbol, "Meta")
    if meta is None or not isinstance(meta.definition, ClassSummary):
        return
    stated = ev.analysis.lookup.class_member(ClassSymbol(meta.owner.module, meta.definition.qualname), "validators")
    listed = stated.definition.value if stated is not None and isinstance(stated.definition, Assignment) else None
    values = dict(data.entries)
    for call, rows in _looking(ev, listed, meta.owner, "UniqueTogetherValidator"):
        fields = keyword(call, "fields")
        names = names_in(evaluate_elsewhere(ev, meta.owner.module, fields, meta.owner)) if fields is not None else None
        if names and names <= values.keys():
            for name in sorted(names):
                rows = narrowed(rows, condition(rows.model, name, values[name]))
            yield rows


def _looking(
    ev: Evaluator, listed: Expression | None, owner: ClassSymbol, validator: str
) -> Iterator[tuple[Call, Rows]]:
    """Those of the listed validators that are of one of DRF's classes, with the rows among which they look."""
    for call in listed.items if isinstance(listed, Sequence) else ():
        if isinstance(call, Call) and called_name(call) == validator:
            stated = keyword(call, "queryset") or next(iter(positional(call)), None)
            found = evaluate_elsewhere(ev, owner.module, stated, owner) if stated is not None else None
            rows = receiver_rows(ev, found.value) if found is not None else None
            if rows is not None:
                yield call, rows
