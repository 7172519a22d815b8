"""Forms and serializers without a model, or for rows of others: what their methods look up holds for valid input.

`cleaned_data` has for each field what its `clean_...` method returned, `validated_data` what `validate_...` did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flake8_unique_insert.evaluate.calls import functions
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms.form_checks import left_choices, unfill, valid_value
from flake8_unique_insert.evaluate.forms.form_input import of_field, source_of
from flake8_unique_insert.evaluate.forms.forms import initialised
from flake8_unique_insert.evaluate.forms.own_methods import follow, own_method
from flake8_unique_insert.evaluate.forms.validators import (
    unique_lookups,
    unique_together_lookups,
    validators_of,
)
from flake8_unique_insert.evaluate.frame import Unreachable
from flake8_unique_insert.evaluate.objects import attributes
from flake8_unique_insert.evaluate.rows.absent_rows import absent
from flake8_unique_insert.evaluate.rows.queries import note_check
from flake8_unique_insert.evaluate.states.facts import about
from flake8_unique_insert.evaluate.states.terms import ANY
from flake8_unique_insert.facts import NO_FACTS, Absent, Different, Fact, Facts
from flake8_unique_insert.record import record
from flake8_unique_insert.schema import ClassSymbol
from flake8_unique_insert.syntax.expressions import (
    FALSE,
    NONE,
    TRUE,
    Argument,
    Attribute,
    Call,
    Comparison,
    Constant,
    Expression,
    Subscript,
    constant,
)
from flake8_unique_insert.values import (
    Arguments,
    Entries,
    Form,
    Known,
    Object,
    ObjectState,
    Option,
    Result,
    Rows,
    SymbolValue,
    Value,
    result,
    unknown,
)


@record
class Vocabulary:
    """What a class of input calls its valid data and its methods; gives_value: whether these are given the input."""

    data: str
    each: str
    whole: str
    gives_value: bool


FORM = Vocabulary("cleaned_data", "clean_", "clean", False)
SERIALIZER = Vocabulary("validated_data", "validate_", "validate", True)


def vocabulary_of(ev: Evaluator, symbol: ClassSymbol) -> Vocabulary:
    """What a form or serializer class calls things."""
    is_form = any(base.startswith("django.forms.") for base in ev.analysis.lookup.bases(symbol))
    return FORM if is_form else SERIALIZER


def call_method(ev: Evaluator, form: Object, name: str, arguments: Arguments) -> Result | None:
    """A method that Django or DRF gives a form; None for any other, and for objects that are no forms."""
    if name == "add_error" and ev.analysis.validating == form.term:
        raise Unreachable  # the form is not valid then
    fields = ev.analysis.lookup.declared_fields(form.symbol) if name in ("clean", "is_valid", "validate") else None
    if fields is None:
        return None
    names = vocabulary_of(ev, form.symbol)
    if name == names.whole:
        return attributes.read(ev, result(form), names.data, form.term)
    if name != "is_valid":
        return None
    facts = validate(ev, form, fields)
    if any(argument.keyword == "raise_exception" and value.term == TRUE for argument, value in zip(*arguments)):
        ev.state.learn(facts)
    return Result(Call(Attribute(form.term, name), ()), (Option(Known(TRUE), facts), Option(Known(FALSE))))


def assume_valid(ev: Evaluator, form: Object) -> None:
    """In a form's own `save()`: forms are saved once they are valid. Nothing for objects that are no forms."""
    fields = ev.analysis.lookup.declared_fields(form.symbol)
    if fields is not None:
        ev.state.learn(validate(ev, form, fields))


def bind_input(ev: Evaluator, serializer: Object, parameter: str) -> None:
    """In a serializer's own `create` and `update`: what they are given is valid. parameter: its name."""
    is_declared = ev.analysis.lookup.declared_fields(serializer.symbol) is not None
    if is_declared and vocabulary_of(ev, serializer.symbol) is SERIALIZER:
        assume_valid(ev, serializer)
        ev.state.names[parameter] = attributes.read(ev, result(serializer), SERIALIZER.data, serializer.term)


def of_view(ev: Evaluator, view: Object, term: Expression, given: Result | None) -> Result | None:
    """The valid form that a `FormView` calls `form_valid` with: of its `form_class`, where that has no model.

    given: what the view's own `get_form_kwargs()` returns.
    """
    stated = attributes.read(ev, result(view), "form_class", view.term).value
    symbol = stated.symbol if isinstance(stated, SymbolValue) else None
    fields = ev.analysis.lookup.declared_fields(symbol) if isinstance(symbol, ClassSymbol) else None
    if not isinstance(symbol, ClassSymbol) or fields is None:
        return None
    form = Object(term, symbol)
    if given is not None:
        call = ev.analysis.implied_call("__init__", term)
        initialised(ev, form, call, ((Argument(given.term, star="**"),), [given]))
    ev.state.learn(validate(ev, form, fields))
    return result(form)


def validate(ev: Evaluator, form: Object, fields: dict[str, bool]) -> Facts:
    """Fill a form's `cleaned_data`, and say what its methods establish for valid input.

    Nothing is said while the checks of another form are followed. fields: its fields, True for those that are required.
    """
    if ev.analysis.validating is not None:
        return NO_FACTS
    names = vocabulary_of(ev, form.symbol)
    before, raised, filled = ev.state, ev.raised, ev.analysis.filled
    ev.state, ev.raised, ev.analysis.validating = before.copy(), [], form.term
    _set_data(ev, form, names, result(Entries(Attribute(form.term, names.data), (), True)))
    try:
        for name, is_required in fields.items():
            _clean_field(ev, form, names, name, is_required)
        data = attributes.read(ev, result(form), names.data, form.term).value
        if isinstance(data, Entries):
            ev.state.learn(left_choices(ev, form, data.entries))
            for rows in unique_together_lookups(ev, form.symbol, data):
                _find_none(ev, rows)
        _clean(ev, form, names)
        before.objects[form.term], before.checks = ev.state.objects[form.term], ev.state.checks
        return ev.state.facts - before.facts
    finally:
        ev.analysis.validating, ev.analysis.filled = None, filled
        ev.state, ev.raised = before, raised


def of_other_models(ev: Evaluator, form: Form) -> Iterator[Fact]:
    """What the methods of a form with a model establish of rows of other models and of lists, said of valid input."""
    required = {name: name in form.form.filled for name in form.form.fields}
    aside = ev.aside()
    unfill(aside, form)
    learned = validate(aside, form, required | (ev.analysis.lookup.declared_fields(form.symbol) or {}))
    data = attributes.read(aside, result(form), form.form.data, form.term).value
    names: dict[Expression, Expression] = {}
    for valid, value in _leaves(data):
        if value.term != valid:  # what was said of the input is not said of what a method has made of it
            names.update({valid: ANY, value.term: valid})
    for fact in learned:
        if isinstance(fact, Different) or (isinstance(fact, Absent) and fact.table != form.form.model.table):
            yield about(fact, names)


def _leaves(data: Value) -> Iterator[tuple[Expression, Result]]:
    """The values in a dict and in the dicts in it, each after the expression that reads it there."""
    for name, value in data.entries if isinstance(data, Entries) else ():
        if isinstance(value.value, Entries):
            yield from _leaves(value.value)
        else:
            yield Subscript(data.term, constant(name)), value


def _set_data(ev: Evaluator, form: Object, names: Vocabulary, data: Result) -> None:
    known = ev.state.objects.get(form.term) or ObjectState(None)
    others = tuple(item for item in known.values if item[0] != names.data)
    ev.state.objects[form.term] = replace(known, values=(*others, (names.data, data)))


def _clean_field(ev: Evaluator, form: Object, names: Vocabulary, name: str, is_required: bool) -> None:
    """Put a field into the valid data: its input, or what its own method makes of it."""
    *holders, last = path = source_of(ev, form.symbol, name).split(".")
    holder: Expression = Attribute(form.term, names.data)
    for part in holders:
        holder = Subscript(holder, constant(part))
    value = of_field(ev, form.symbol, holder, name, last)
    if is_required:
        ev.analysis.filled |= {value.term, Comparison("in", constant(last), holder)}
    _set_entry(ev, form, names, path, value)
    for validator in validators_of(ev, form.symbol, name, value.term):
        call = ev.analysis.implied_call(validator.symbol.dotted, validator.term)
        follow(ev, validator, call, ((Argument(value.term),), [value]))
    for rows in unique_lookups(ev, form.symbol, name, last, value):
        _find_none(ev, rows)
    if (method := own_method(ev, form.symbol, f"{names.each}{name}")) is not None:
        given = [value] if names.gives_value else []
        _set_entry(ev, form, names, path, valid_value(ev, _follow(ev, form, method.symbol.summary.name, given)))


def _find_none(ev: Evaluator, rows: Rows) -> None:
    """A validator of DRF's own has looked for these rows. It does not ask where one of the values is None."""
    note_check(ev, rows)
    asked = (item.term for group in rows.alternatives for item in group)
    may_be_null = not all(isinstance(term, Constant) or term in ev.analysis.filled for term in asked)
    ev.state.learn(replace(fact, or_null=may_be_null) for fact in absent(rows))


def _set_entry(ev: Evaluator, form: Object, names: Vocabulary, path: list[str], value: Result) -> None:
    data = attributes.read(ev, result(form), names.data, form.term).value
    if isinstance(data, Entries):
        _set_data(ev, form, names, result(_with_entry(data, path, value)))


def _with_entry(data: Entries, path: list[str], value: Result) -> Entries:
    """A dict with another value at the end of a path of keys."""
    (name, *rest), entries = path, dict(data.entries)
    if rest:
        known = entries[name].value if name in entries else None
        inner = known if isinstance(known, Entries) else Entries(Subscript(data.term, constant(name)), (), True)
        value = result(_with_entry(inner, rest, value))
    return replace(data, entries=tuple({**entries, name: value}.items()))


def _follow(ev: Evaluator, form: Object, name: str, given: list[Result]) -> Result:
    """What a method of the form's own returns where it finds the input valid. given: its arguments."""
    method = own_method(ev, form.symbol, name)
    call = ev.analysis.implied_call(name, Attribute(form.term, name))
    arguments = tuple(Argument(value.term) for value in given)
    before = ev.state.copy()
    try:
        bound = replace(method, receiver=form) if method is not None else None
        found = functions.follow(ev, bound, call, arguments, given) if bound is not None else None
    except Unreachable:  # no input is valid, as far as can be told
        ev.state, found = before, None
    return found or unknown(call)


def _clean(ev: Evaluator, form: Object, names: Vocabulary) -> None:
    """The form's own method for all of the input, which may return other data than it was given."""
    if own_method(ev, form.symbol, names.whole) is None:
        return
    data = attributes.read(ev, result(form), names.data, form.term)
    found = _follow(ev, form, names.whole, [data] if names.gives_value else [])
    data = attributes.read(ev, result(form), names.data, form.term)
    each = [data if option.value.term == NONE else result(option.value) for option in found.options]
    options = dict.fromkeys(option for value in each for option in value.options)
    _set_data(ev, form, names, Result(data.term if len(options) == 1 else found.term, tuple(options)))
