"""What a form or serializer looks up by itself: in its own methods, and by the rows that it offers as choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate.forms import follow, method_arguments, own_method
from flake8_unique_insert.facts import Absent, Condition, Facts
from flake8_unique_insert.schema import ClassSymbol, FormKind
from flake8_unique_insert.syntax.expressions import Argument, Attribute, Subscript, constant
from flake8_unique_insert.values import Form, Function, Result, Rows

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator


def own_checks(ev: Evaluator, form: Form) -> Facts:
    """What the `clean` methods of a form and its model, or a serializer's `validate`, establish for valid input."""
    ev.state.facts = frozenset(_left_choices(ev, form))
    ev.analysis.validating = True
    try:
        for method, values in _checks(ev, form):
            call = ev.analysis.implied_call(method.symbol.dotted, method.term)
            follow(ev, method, call, (tuple(Argument(value.term) for value in values), values))
    finally:
        ev.analysis.validating = False
    return ev.state.facts


def _checks(ev: Evaluator, form: Form) -> list[tuple[Function, list[Result]]]:
    """The methods that check input, each with its arguments."""
    symbol = (form.form.each or form.form).symbol
    verb = "validate" if form.form.kind is FormKind.SERIALIZER else "clean"
    names = [*(f"{verb}_{name}" for name in sorted(form.form.fields)), verb]
    found = [(own_method(ev, symbol, name), method_arguments(ev, form, name)) for name in names]
    methods = [(replace(method, receiver=form), values) for method, values in found if method is not None]
    attributes = ev.state.objects.get(form.term)
    row = attributes.get("instance") if attributes is not None else None
    model = form.form.model.symbol
    if form.form.kind is not FormKind.SERIALIZER and row is not None and isinstance(model, ClassSymbol):
        own = [own_method(ev, model, name) for name in ("clean", "validate_unique")]
        rows = [option.value for option in row.options]
        methods += [(replace(method, receiver=value), []) for method in own if method is not None for value in rows]
    return methods


def _left_choices(ev: Evaluator, form: Form) -> Iterator[Absent]:
    """`fields["user"].queryset = User.objects.exclude(members__group=group)`: who is chosen has no row in the group."""
    model = form.form.model
    for name in form.form.fields:
        field = ev.state.objects.get(Subscript(Attribute(form.term, "fields"), constant(name)))
        choices = field.get("queryset") if field is not None else None
        if choices is None or not isinstance(choices.value, Rows) or len(choices.value.alternatives) != 1:
            continue
        (group,) = choices.value.alternatives
        for left_out in (item for item in group if item.excluded and item.lookup == "exact"):
            relation, _, other = left_out.field.partition("__")
            accessor = ev.analysis.lookup.accessor(choices.value.model, relation)
            if accessor is not None and accessor.model == model.label and other in model.fields:
                chosen = Condition(accessor.field, "exact", Subscript(form.data, constant(name)))
                yield Absent(model.table, frozenset([chosen, replace(left_out, field=other, excluded=False)]))
