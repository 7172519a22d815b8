"""What a form or serializer looks up by itself: in its own methods, and by the rows that it offers as choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms.form_input import input_of, validated_input
from flake8_unique_insert.evaluate.forms.own_methods import bound_row, follow, method_arguments, own_method
from flake8_unique_insert.evaluate.forms.validators import of_serializer, validators_of
from flake8_unique_insert.evaluate.states.facts import common
from flake8_unique_insert.evaluate.states.terms import ANY, FOLDING, folded_same, same
from flake8_unique_insert.facts import Absent, Condition, Fact, Facts, Validated
from flake8_unique_insert.schema import ClassSymbol, FormKind
from flake8_unique_insert.syntax.expressions import (
    NONE,
    Argument,
    Attribute,
    Binary,
    Call,
    Constant,
    Expression,
    Formatted,
    Subscript,
    called_name,
    constant,
)
from flake8_unique_insert.syntax.replacement import replaced
from flake8_unique_insert.values import (
    Elements,
    Entries,
    Form,
    Fresh,
    Function,
    Known,
    Object,
    ObjectState,
    Option,
    Result,
    Rows,
    result,
    unknown,
)


def own_checks(
    ev: Evaluator, form: Form, filled: frozenset[Expression], assumed: Iterable[tuple[str, Known]] = ()
) -> Facts:
    """What the `clean` methods of a form and its model, or a serializer's `validate`, establish for valid input.

    filled: terms of values that are neither None nor empty, and of `name in data` where that holds. assumed: fields
    whose input is of interest as far as it is this.
    """
    data = validated_input(ev, form)
    ev.state.facts = frozenset(left_choices(ev, form, data.entries))
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
        _check_input(ev, form)
        ev.state.objects.update(objects)
        _refill(ev, form, data)
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


def _refill(ev: Evaluator, form: Form, data: Entries) -> None:
    """Give the form's rows its input: what the model's methods see, whatever was set since."""
    row = bound_row(ev, form)
    for option in row.options if row is not None else ():
        known = ev.state.objects.get(option.value.term)
        given = {name: value for name, value in data.entries if name in form.form.inputs}
        if known is not None and given.keys() <= {name for name, _ in known.values}:
            values = tuple((name, given.get(name, value)) for name, value in known.values)
            ev.state.objects[option.value.term] = replace(known, values=values)


def _seen_by_serializer(ev: Evaluator, option: Option) -> Option:
    is_new = ev.state.objects[option.value.term].new is True
    return Option(Known(NONE), option.facts) if is_new else option


def _check_input(ev: Evaluator, form: Form) -> None:
    """Follow the methods of a form or serializer that check input."""
    symbol = (form.form.each or form.form).symbol
    verb = "validate" if form.form.kind is FormKind.SERIALIZER else "clean"
    fields = sorted(form.form.fields.union(ev.analysis.lookup.declared_fields(symbol) or ()))
    for name in fields:
        value = unknown(input_of(ev, form, name))
        _follow_all(ev, ((validator, [value]) for validator in validators_of(ev, symbol, name, value.term)))
    for name in fields:
        returned = _follow_own(ev, form, f"{verb}_{name}")
        if returned is not None:
            _rename(ev, input_of(ev, form, name), valid_value(ev, returned).term)
    _follow_all(ev, of_serializer(ev, form))
    _follow_own(ev, form, verb)


def _follow_own(ev: Evaluator, form: Form, name: str, anyway: bool = False) -> Result | None:
    """What a method of the form's own returns for its input; None where it has none, or that is not followed."""
    method = own_method(ev, (form.form.each or form.form).symbol, name)
    if method is None:
        return None
    values = method_arguments(ev, form, name)
    call = ev.analysis.implied_call(method.symbol.dotted, method.term)
    arguments = tuple(Argument(value.term) for value in values)
    return follow(ev, replace(method, receiver=form), call, (arguments, values), anyway)


def _rename(ev: Evaluator, value: Expression, returned: Expression) -> None:
    """From now on a field's input is what its method has returned: of that it is true what was said of the former.

    Otherwise only what was said of both, as it does not tell upper and lower case apart.
    """
    if same(value, returned) or isinstance(returned, Constant):
        return
    names = {value: ANY, returned: value}
    kept = FOLDING if folded_same(value, returned) else ()

    def seen_after(fact: Fact) -> Fact:
        if not isinstance(fact, Absent):
            return fact
        conditions = (
            item if item.lookup in kept else replace(item, term=replaced(item.term, names)) for item in fact.conditions
        )
        return replace(fact, conditions=frozenset(conditions))

    ev.state.facts = frozenset(map(seen_after, ev.state.facts))


def changes_input(ev: Evaluator, form: Form, name: str) -> bool:
    """True where a serializer's `validate_...` returns another value than the one that its field's validators saw."""
    ev.analysis.validating = form.term
    try:
        returned = _follow_own(ev, form, f"validate_{name}", anyway=True)
    finally:
        ev.analysis.validating = None
    value, is_folding = Subscript(form.data, constant(name)), name in form.form.folding
    found = {option.value.term for option in returned.options} if returned is not None else set()
    return any(_is_made_of(term, value) and not (is_folding and folded_same(term, value)) for term in found)


def _is_made_of(term: Expression, value: Expression) -> bool:
    """True for a text with a value in it, and for what a value's methods make of it.

    What functions make of it is not known; DRF has stripped it.
    """
    if isinstance(term, (Binary, Formatted)):
        return value in term.walk()
    made = term
    while not same(made, value):
        if not isinstance(made, (Attribute, Call, Subscript)):
            return False
        made = made.function if isinstance(made, Call) else made.base
    return made != term and not (isinstance(term, Call) and called_name(term) == "strip")


def valid_value(ev: Evaluator, found: Result) -> Result:
    """A field's value; what is known of the one that a row may have is known of it: none has NULL or a fresh one."""
    values = [item for item in found.options if item.value.term != NONE and not isinstance(item.value, Fresh)]
    terms = {option.value.term for option in values}
    is_asked = any(_asks_for(ev, fact, found.term) for fact in ev.state.facts)
    if len(terms) == 1 and not is_asked:  # of the value by another name
        (term,) = terms
        facts = common([option.facts for option in values])
        ev.state.learn(fact for fact in facts if _asks_for(ev, fact, term))
        found = replace(found, term=term)
    return replace(found, options=tuple(dict.fromkeys(Option(option.value) for option in found.options)))


def _asks_for(ev: Evaluator, fact: Fact, term: Expression) -> bool:
    """True for a fact about the rows that have this value, in a table where NULL equals nothing."""
    model = ev.analysis.lookup.model_labelled(fact.table) if isinstance(fact, Absent) else None
    if not isinstance(fact, Absent) or model is None or not all(key.nulls_distinct for key in model.keys):
        return False
    asked = (item.term for item in fact.conditions if item.lookup in ("exact", "iexact") and not item.excluded)
    return any(same(item, term) for item in asked)


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


def left_choices(ev: Evaluator, form: Object, values: Iterable[tuple[str, Result]]) -> Iterator[Absent]:
    """`fields["user"].queryset = User.objects.exclude(members__group=group)`: who is chosen has no row in the group.

    values: the valid input of the form's fields.
    """
    for name, value in values:
        field = ev.state.objects.get(Subscript(Attribute(form.term, "fields"), constant(name)))
        choices = field.get("queryset") if field is not None else None
        if choices is None or not isinstance(choices.value, Rows) or len(choices.value.alternatives) != 1:
            continue
        (group,) = choices.value.alternatives
        lookup = "in" if isinstance(value.value, Elements) else "exact"
        for left_out in (item for item in group if item.excluded and item.lookup == "exact"):
            relation, _, other = left_out.field.partition("__")
            accessor = ev.analysis.lookup.accessor(choices.value.model, relation)
            model = ev.analysis.lookup.model_labelled(accessor.model) if accessor is not None else None
            if accessor is not None and model is not None and accessor.kind != "m2m" and other in model.fields:
                chosen = Condition(accessor.field, lookup, value.term)
                yield Absent(model.table, frozenset([chosen, replace(left_out, field=other, excluded=False)]))
