"""What a form or serializer looks up by itself: in its own methods, and by the rows that it offers as choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate.form_input import validated_input
from flake8_unique_insert.evaluate.forms import bound_row, follow, method_arguments, own_method
from flake8_unique_insert.evaluate.validators import validators_of
from flake8_unique_insert.facts import Absent, Condition, Facts, Validated
from flake8_unique_insert.schema import ClassSymbol, FormKind
from flake8_unique_insert.syntax.expressions import NONE, Argument, Attribute, Expression, Subscript, constant
from flake8_unique_insert.values import Form, Function, Known, ObjectState, Option, Result, Rows, result, unknown

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator


def own_checks(
    ev: Evaluator, form: Form, filled: frozenset[Expression], assumed: Iterable[tuple[str, Known]] = ()
) -> Facts:
    """What the `clean` methods of a form and its model, or a serializer's `validate`, establish for valid input.

    filled: terms of values that are neither None nor empty. assumed: fields whose input is of interest as far as it is
    this.
    """
    ev.state.facts = frozenset(_left_choices(ev, form))
    data = validated_input(ev, form)
    entries = {**dict(data.entries), **{name: result(value) for name, value in assumed}}
    state = ev.state.objects.get(form.term) or ObjectState(None)
    others = tuple(item for item in state.values if item[0] != form.form.data)
    own = (form.form.data, result(replace(data, entries=tuple(entries.items()))))
    ev.state.objects[form.term] = replace(state, values=(*others, own))
    objects = dict(ev.state.objects)
    known = ev.analysis.filled
    ev.analysis.validating, ev.analysis.filled = form.term, known | filled
    try:
        unfill(ev, form)
        _follow_all(ev, _checks_of_form(ev, form))
        ev.state.objects.update(objects)
        _follow_all(ev, _checks_of_model(ev, form))
    finally:
        ev.analysis.validating, ev.analysis.filled = None, known
    return ev.state.facts


def _follow_all(ev: Evaluator, methods: Iterable[tuple[Function, list[Result]]]) -> None:
    for method, values in methods:
        call = ev.analysis.implied_call(method.symbol.dotted, method.term)
        follow(ev, method, call, (tuple(Argument(value.term) for value in values), values))


def unfill(ev: Evaluator, form: Form) -> None:
    """Give the form's rows back what they held before the input: that is what its methods see.

    A serializer that was given no row has none yet.
    """
    row = bound_row(ev, form)
    for option in row.options if row is not None else ():
        known = ev.state.objects.get(option.value.term) or ObjectState(False)
        names = form.form.fields | known.changed
        values = tuple(item for item in known.values if item[0] not in names)
        ev.state.objects[option.value.term] = replace(known, values=values, changed=frozenset())
    if row is not None and form.form.kind is FormKind.SERIALIZER:
        options = [_seen_by_serializer(ev, option) for option in row.options]
        attributes = dict(ev.state.objects[form.term].values)
        attributes["instance"] = Result(row.term, tuple(options))
        ev.state.objects[form.term] = ObjectState(None, tuple(attributes.items()))


def _seen_by_serializer(ev: Evaluator, option: Option) -> Option:
    is_new = ev.state.objects[option.value.term].new is True
    return Option(Known(NONE), option.facts) if is_new else option


def _checks_of_form(ev: Evaluator, form: Form) -> Iterator[tuple[Function, list[Result]]]:
    """The methods of a form or serializer that check input, each with its arguments."""
    symbol = (form.form.each or form.form).symbol
    verb = "validate" if form.form.kind is FormKind.SERIALIZER else "clean"
    fields = sorted(form.form.fields.union(ev.analysis.lookup.declared_fields(symbol) or ()))
    for name in fields:
        value = unknown(Subscript(form.data, constant(name)))
        yield from ((validator, [value]) for validator in validators_of(ev, symbol, name, value.term))
    for name in (*(f"{verb}_{name}" for name in fields), verb):
        method = own_method(ev, symbol, name)
        if method is not None:
            yield replace(method, receiver=form), method_arguments(ev, form, name)


def of_valid(ev: Evaluator, form: Form) -> Facts:
    """What holds when a form is valid: its input was validated, and so were its rows, with what was set on them before.

    What its methods say of the filled row is found out here: at the write the row may have been changed again.
    """
    row = bound_row(ev, form) if form.form.kind is not FormKind.SERIALIZER else None
    if row is None:
        return frozenset([form.valid])
    terms = [option.value.term for option in row.options]
    aside = ev.aside()
    if ev.analysis.validating is None:
        ev.analysis.validating = form.term
        try:
            _follow_all(aside, _checks_of_filled(ev, form))
        finally:
            ev.analysis.validating = None
    learned = aside.state.facts - ev.state.facts
    own = (fact for fact in learned if isinstance(fact, Absent) or fact.term in terms)
    return frozenset([form.valid, *(Validated(term, form.form.checked, form) for term in terms), *own])


def _checks_of_filled(ev: Evaluator, form: Form) -> Iterator[tuple[Function, list[Result]]]:
    """The methods of a form's own that Django calls around the filling of the row; they are taken to see it filled."""
    symbol = (form.form.each or form.form).symbol
    for name in ("full_clean", "_post_clean", "validate_unique"):
        method = own_method(ev, symbol, name)
        if method is not None:
            yield replace(method, receiver=form), []


def _checks_of_model(ev: Evaluator, form: Form) -> Iterator[tuple[Function, list[Result]]]:
    """The methods of the model that a form, other than a serializer, calls on the row that it has filled."""
    row, model = bound_row(ev, form), form.form.model.symbol
    if form.form.kind is FormKind.SERIALIZER or row is None or not isinstance(model, ClassSymbol):
        return
    for name in ("clean", "validate_unique"):
        method = own_method(ev, model, name)
        if method is not None:
            yield from ((replace(method, receiver=option.value), []) for option in row.options)


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
