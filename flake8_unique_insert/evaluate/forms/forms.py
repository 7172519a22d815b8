"""Forms and serializers: how they are made, and what their methods validate and save."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from flake8_unique_insert.evaluate.calls import functions
from flake8_unique_insert.evaluate.calls.spreading import one_dict, with_arguments
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms.binding import bind
from flake8_unique_insert.evaluate.forms.form_checks import of_valid
from flake8_unique_insert.evaluate.forms.form_input import validated_input
from flake8_unique_insert.evaluate.forms.own_methods import (
    bound_row,
    follow,
    own_method,
    with_entries,
)
from flake8_unique_insert.evaluate.forms.validated_data import set_by_validate
from flake8_unique_insert.evaluate.frame import Unreachable
from flake8_unique_insert.evaluate.objects import assignments
from flake8_unique_insert.evaluate.rows import inserts
from flake8_unique_insert.evaluate.rows.row_values import SPREAD, entries_values
from flake8_unique_insert.evaluate.rows.writes import RowValues
from flake8_unique_insert.evaluate.states.facts import added
from flake8_unique_insert.evaluate.states.terms import same
from flake8_unique_insert.facts import Facts, NewRow, Validated
from flake8_unique_insert.schema import ClassSymbol, FormKind, ModelForm
from flake8_unique_insert.syntax.expressions import (
    FALSE,
    NONE,
    TRUE,
    Argument,
    Attribute,
    Call,
    Expression,
    Subscript,
    constant,
    is_super,
)
from flake8_unique_insert.values import (
    Arguments,
    Elements,
    Entries,
    Form,
    Instance,
    Items,
    Known,
    Object,
    ObjectState,
    Option,
    Result,
    Validity,
    result,
    unknown,
)

F = TypeVar("F", bound=Object)
SETS_INSTANCE = re.compile(r"""["']instance["']|\binstance\s*=""")


# --- making


def instantiate(ev: Evaluator, form: ModelForm, node: Call, term: Expression, arguments: Arguments) -> Object:
    """`F(data)`, `F(data, instance=row)`, `S(row, data=data)`: a form and the row that it will fill.

    `S(data=rows, many=True)` is an object of the class for several rows, if that saves them in its own way.
    """
    if form.many is not None and _saves_many(ev, form.many, arguments):
        return initialised(ev, Object(term, form.many), node, arguments)
    row, is_new = _given_row(ev, form, arguments)
    if form.kind is FormKind.SERIALIZER and row is not None and _has_no_input(arguments):
        row, is_new = None, False  # it shows the row, and can fill none (DRF asserts that)
    made = bind(ev, Form(term, form.symbol, form), row, is_new)
    if form.kind is FormKind.SERIALIZER and (context := _argument(arguments, "context", None)) is not None:
        assignments.assign(ev, result(made), "context", context)
    return initialised(ev, made, node, arguments)


def _saves_many(ev: Evaluator, symbol: ClassSymbol, arguments: Arguments) -> bool:
    """True with `many=True` where the project's class for several rows does not leave it to DRF to save each."""
    many = _argument(arguments, "many", None)
    if many is None or many.term != TRUE:
        return False
    made = "create" if _argument(arguments, "instance", 0) is None else "update"
    methods = filter(None, (own_method(ev, symbol, name) for name in ("save", made)))
    return any("super(" not in ev.analysis.lookup.function_source(method.symbol) for method in methods)


def initialised(ev: Evaluator, made: F, node: Call, arguments: Arguments) -> F:
    """A form, once its own `__init__()` has run."""
    own = own_method(ev, made.symbol, "__init__")
    if own is not None:
        follow(ev, replace(own, receiver=made), node, arguments)
    return made


def _given_row(ev: Evaluator, form: ModelForm, arguments: Arguments) -> tuple[Result | None, bool]:
    """The row that the arguments bind a form to, and, where it is none that is known, whether it is a new one."""
    if form.kind is FormKind.FORMSET:
        return None, False
    given = _argument(arguments, "instance", 0 if form.kind is FormKind.SERIALIZER else None)
    if given is None:
        is_open = any(_is_open(argument, value) for argument, value in zip(*arguments))
        return None, not is_open and not chooses_row(ev, form.symbol, "__init__")
    return given, given.term == NONE


def _argument(arguments: Arguments, name: str, place: int | None) -> Result | None:
    """An argument by its keyword, as an entry of a dict given with `**`, or by its place."""
    for position, (argument, value) in enumerate(zip(*arguments)):
        if argument.keyword == name or (position == place and argument.keyword is None and not argument.star):
            return value
        if argument.star == "**" and isinstance(value.value, Entries) and name in dict(value.value.entries):
            return dict(value.value.entries)[name]
    return None


def _has_no_input(arguments: Arguments) -> bool:
    """True when a serializer is given neither `data` nor anything that may hold it."""
    return _argument(arguments, "data", 1) is None and not any(map(_is_open, *arguments))


def _is_open(argument: Argument, value: Result) -> bool:
    """True for `*args` and `**kwargs` that may hold any argument."""
    return bool(argument.star) and not (isinstance(value.value, Entries) and not value.value.open)


def chooses_row(ev: Evaluator, symbol: ClassSymbol, name: str) -> bool:
    """True when a method of the project (a form's `__init__`, a view's `get_form_kwargs`) gives a form an instance."""
    method = own_method(ev, symbol, name)
    return method is not None and SETS_INSTANCE.search(ev.analysis.lookup.function_source(method.symbol)) is not None


# --- methods


def call_method(ev: Evaluator, form: Form, facts: Facts, name: str, node: Call, arguments: Arguments) -> Result | None:
    """A method that Django or DRF gives a form; None for all others."""
    if name == "save":
        return _save(ev, form, facts, node, arguments)
    if name == "is_valid":
        raises = _argument(arguments, "raise_exception", 0)
        if raises is not None and raises.term == TRUE:
            ev.state.learn([form.valid])
        return result(Validity(Call(Attribute(form.term, name), ()), of_valid(ev, form)))
    if name == "clean" and form.form.kind is FormKind.FORM:
        known = ev.state.objects.get(form.term)
        return (known.get(form.form.data) if known is not None else None) or result(validated_input(ev, form))
    if name in ("add_error", "_update_errors") and ev.analysis.validating == form.term:
        raise Unreachable  # the form is not valid then
    if name == "_get_validation_exclusions" and form.form.kind is FormKind.FORM:
        names = tuple(result(Known(constant(name))) for name in form.form.model.fields if name not in form.form.fields)
        return result(Items(Call(Attribute(form.term, name), ()), "set", names))
    if form.form.kind is FormKind.SERIALIZER and arguments[1]:
        if name == "create":
            row = Instance(ev.symbol("new", node), form.form.model)
            return _write(ev, form, row, ObjectState(True), facts, node, one_dict(arguments[1][0]))
        if name == "update" and len(arguments[1]) > 1:
            return _update(ev, form, facts, node, arguments[1][0], one_dict(arguments[1][1]))
        if name == "validate":
            return arguments[1][0]
    return None


def save(ev: Evaluator, form: Form, facts: Facts, node: Call) -> Result | None:
    """A call of a form's `save()` that stands in Django's or DRF's own code; the project's override is followed."""
    own = own_method(ev, form.symbol, "save")
    if own is not None:
        return functions.follow(ev, replace(own, receiver=form), node, (), [])
    return _save(ev, form, facts, node, ((), []))


def _save(ev: Evaluator, form: Form, facts: Facts, node: Call, arguments: Arguments) -> Result | None:
    """`form.save()`, `form.save(commit=False)`, `serializer.save(owner=user)`."""
    row = bound_row(ev, form)
    if row is None or not all(isinstance(option.value, Instance) for option in row.options):
        return None
    if form.form.kind is FormKind.SERIALIZER:
        rows = [_save_serializer(ev, form, option, facts, node, arguments) for option in row.options]
        return rows[0] if len(rows) == 1 else row
    commit = _argument(arguments, "commit", 0)
    for option in row.options:
        known = ev.state.objects.get(option.value.term)
        if isinstance(option.value, Instance) and (commit is None or commit.term != FALSE):
            _insert(ev, option.value, added(facts, option.facts), node)
            if _may_be_new(ev, form, row):
                ev.state.learn([NewRow(row.term)])
        if commit is not None and commit.term != TRUE and known is not None:
            ev.state.objects[option.value.term] = known  # it may not have been saved
    if form.form.kind is FormKind.FORMSET:
        saved = tuple((term, item) for term, item in ev.state.objects.items() if term == row.term)
        return result(Elements(ev.symbol("saved", node), row, objects=saved))
    return row


def _may_be_new(ev: Evaluator, form: Form, row: Result) -> bool:
    """True in the form's own `save()`, where nothing tells which row it was bound to: that it is old is no guilt."""
    own = ev.state.names.get("$self")
    return own is not None and own.value == form and row.term == Attribute(form.term, "instance")


def _save_serializer(
    ev: Evaluator, form: Form, option: Option, facts: Facts, node: Call, arguments: Arguments
) -> Result | None:
    """The values given are set after validation; the project's own `create` and `update` do the rest."""
    instance, row = option.value, Result(option.value.term, (option,))
    facts = added(facts, option.facts)
    assert isinstance(instance, Instance)
    known = ev.state.objects.get(instance.term) or ObjectState(False)
    own = own_method(ev, form.symbol, "create" if known.new else "update")
    besides = (*set_by_validate(ev, form, own_method(ev, form.symbol, "validate")), *_set_since(ev, form))
    if own is not None:
        given = with_arguments(with_entries(validated_input(ev, form), besides), arguments)
        values = [result(given)] if known.new else [row, result(given)]
        method = replace(own, receiver=form)
        return functions.follow(ev, method, node, tuple(Argument(value.term) for value in values), values)
    for name, value in with_arguments(Entries(form.data, besides), arguments).entries:
        assignments.assign(ev, row, name, value)
    _insert(ev, instance, facts, node)
    return row


def _set_since(ev: Evaluator, form: Form) -> Iterator[tuple[str, Result]]:
    """What was put into the validated data after the validation: `serializer.validated_data["owner"] = user`."""
    attributes = ev.state.objects.get(form.term)
    data = attributes.get(form.form.data) if attributes is not None else None
    valid = dict(validated_input(ev, form).entries)
    for option in data.options if data is not None else ():
        for name, value in option.value.entries if isinstance(option.value, Entries) else ():
            if valid.get(name) != value and form.form.model.field(name) is not None:
                yield name, value


def _update(ev: Evaluator, form: Form, facts: Facts, node: Call, row: Result, data: Result) -> Result | None:
    """`super().update(row, validated_data)`, for each of the rows that this may be."""
    written = None
    for option in row.options:
        if isinstance(option.value, Instance):
            known = ev.state.objects.get(option.value.term) or ObjectState(False)
            written = _write(ev, form, option.value, known, added(facts, option.facts), node, data)
    return written if len(row.options) == 1 else row


def _write(
    ev: Evaluator, form: Form, row: Instance, known: ObjectState, facts: Facts, node: Call, data: Result
) -> Result:
    """`super().create(validated_data)` and `super().update(row, validated_data)`: DRF's own."""
    given = entries_values(data, row.model)
    if given.spread == form.data and known.new is not True:  # of input that was changed, what is left is written, too
        inputs = ((name, unknown(Subscript(form.data, constant(name)))) for name in sorted(form.form.fields))
        given = replace(given, values=(*(pair for pair in inputs if given.get(pair[0]) is None), *given.values))
    values = {**dict(known.values), **dict(given.values)}
    if given.spread is not None and known.new is True:
        values[SPREAD] = unknown(given.spread)
    changed = known.changed if known.new is True else known.changed | {name for name, _ in given.values}
    ev.state.objects[row.term] = replace(
        known, values=tuple(values.items()), open=given.open, changed=changed, form=form
    )
    for name, _ in given.values:
        if not is_input(form, name, given):
            ev.state.assign_attribute(row.term, name)
    checked = frozenset(key for key in form.form.checked if all(is_input(form, name, given) for name in key.members))
    ev.state.learn([Validated(row.term, checked, form)])
    _insert(ev, row, facts, node)
    return result(row)


def _has_no_model(ev: Evaluator, symbol: ClassSymbol) -> bool:
    """True for a form or serializer class that others inherit from, which name the model."""
    lookup = ev.analysis.lookup
    return lookup.form(symbol) is None and lookup.declared_fields(symbol) is not None


def _insert(ev: Evaluator, row: Instance, facts: Facts, node: Call) -> None:
    """Save a form's row. `super().save()` in a class without a model is its caller's write, who knows the model."""
    frame = ev.frame
    if is_super(node) and frame.stack and frame.owner is not None and _has_no_model(ev, frame.owner):
        node, ev.frame = frame.stack[-1], replace(frame, stack=frame.stack[:-1], code=frame.caller)
    try:
        inserts.save(ev, row, facts, node, ((), []))
    finally:
        ev.frame = frame


def is_input(form: Form, name: str, values: RowValues) -> bool:
    """True when a field gets the value that the form validated for it."""
    value = values.get(name)
    return value is not None and same(value.term, Subscript(form.data, constant(name)))
