"""Assignment to attributes: what an object has from then on, and which fields of a row are changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flake8_unique_insert.evaluate.calls import functions
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms.binding import bind
from flake8_unique_insert.evaluate.objects import members
from flake8_unique_insert.evaluate.objects.attributes import as_row
from flake8_unique_insert.evaluate.objects.own_attributes import note_assignment
from flake8_unique_insert.evaluate.rows import moves, row_values
from flake8_unique_insert.evaluate.rows.relations import one_to_one
from flake8_unique_insert.evaluate.rows.row_values import SPREAD
from flake8_unique_insert.evaluate.states.state import with_terms
from flake8_unique_insert.syntax.expressions import NONE, Argument, Attribute, Expression
from flake8_unique_insert.values import (
    Form,
    Instance,
    ModelClass,
    Object,
    ObjectState,
    Option,
    Result,
    SymbolValue,
    Unknown,
    result,
    unknown,
)


def assign(ev: Evaluator, base: Result, name: str, value: Result) -> None:
    """`base.name = value`, for every object that base may be."""
    for term in dict.fromkeys([base.term, *(as_row(option.value).term for option in base.options)]):
        value = with_terms(value, ev.state.assign_attribute(term, name))
    receiver = ev.state.names.get("$self")
    if receiver is not None and receiver.term == base.term:
        note_assignment(ev, name, value)
    for option in base.options:
        target = as_row(option.value)
        known = ev.state.objects.get(target.term)
        if isinstance(target, Form) and name == "instance":
            bind(ev, target, value)
        elif isinstance(target, Instance):
            _assign_field(ev, target, known or ObjectState(False), name, value)
        elif isinstance(target, (Object, Unknown, ModelClass, SymbolValue)):
            known = known or ObjectState(None)
            others = tuple((key, old) for key, old in known.values if key != name)
            ev.state.objects[target.term] = replace(known, values=(*others, (name, value)))


def assign_any(ev: Evaluator, owners: Iterable[Option], spread: Expression | None) -> None:
    """Some attributes are set: those that `spread` has, where that is known."""
    for option in owners:
        known = ev.state.objects.get(option.value.term)
        if known is not None:
            ev.state.objects[option.value.term] = _with_any(known, spread)


def _with_any(known: ObjectState, spread: Expression | None) -> ObjectState:
    is_of_input = spread is not None and known.form is not None and _is_made_of(spread, known.form.data)
    if spread is None or known.open or not (known.new is True or is_of_input):
        return replace(known, open=True)
    changed = known.changed | {SPREAD} if is_of_input else known.changed
    return replace(known, values=(*known.values, (SPREAD, unknown(spread))), changed=changed)


def _is_made_of(spread: Expression, data: Expression) -> bool:
    """True for what was made of a form's input after that was validated: `fetched(self.cleaned_data["id"])`."""
    return spread != data and data in spread.walk()


def _assign_field(ev: Evaluator, target: Instance, known: ObjectState, name: str, value: Result) -> None:
    model = target.model
    generic = row_values.fields_set(model, name, value)
    if len(generic) > 1:
        for key, part in generic.items():
            _assign_field(ev, target, ev.state.objects.get(target.term) or known, key, part)
        return
    accessor, other = one_to_one(ev, target, name), value.value
    if accessor is not None and isinstance(other, Instance):  # both ends of the relation are set
        _assign_field(ev, other, ev.state.objects.get(other.term) or ObjectState(False), accessor.field, result(target))
    field = model.field(name)
    setter = members.setter_of(ev, target, name) if field is None else None
    if setter is not None:
        call = ev.analysis.implied_call(setter.symbol.dotted, target.term)
        functions.follow(ev, setter, call, (Argument(value.term),), [value], anyway=True)
        return
    key = field.name if field is not None else name
    others = tuple((other, old) for other, old in known.values if other != key)
    if field is not None and name != field.name and name != "pk":  # owner_id = x: the row x stands for
        value = Result(
            value.term,
            tuple(
                Option(Unknown(option.value.term)) if isinstance(option.value, Instance) else option
                for option in value.options
            ),
        )
    keeps, former = _keeps(known, key, value), _former(known, key, target)
    known = replace(known, values=(*others, (key, value)))
    is_none = value.term == NONE
    if name in ("pk", "id", model.primary_key) and is_none:
        known = replace(known, new=True, copied=True)
    elif known.new is not True and key in known.changed and dict(known.former).get(key) == value.term:  # put back
        former = tuple(pair for pair in known.former if pair[0] != key)
        known = replace(known, changed=known.changed - {key}, former=former)
    elif known.new is not True and not keeps:
        known = replace(known, changed=known.changed | {key}, former=former)
    ev.state.objects[target.term] = known
    if known.new is False:
        ev.state.learn(moves.kept_as_asked(target, known, ev.state))


def _former(known: ObjectState, name: str, row: Instance) -> tuple[tuple[str, Expression], ...]:
    """What the changed fields of a row were before, another one included. known: the row before that changes."""
    if name in known.changed:
        return known.former
    before = known.get(name)
    return (*known.former, (name, before.term if before is not None else Attribute(row.term, name)))


def _keeps(known: ObjectState, name: str, value: Result) -> bool:
    """True when an existing row is given the value that it was found by."""
    former = known.get(name)
    return former is not None and former.term == value.term and name not in known.changed
