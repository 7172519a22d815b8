"""Django's admin: what `save_model` is given, and what it does."""

from __future__ import annotations

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms.binding import bind
from flake8_unique_insert.evaluate.rows import inserts
from flake8_unique_insert.evaluate.rows.lookups import unknown_condition
from flake8_unique_insert.facts import NewRow
from flake8_unique_insert.schema import Model
from flake8_unique_insert.syntax.expressions import FALSE, TRUE, Call
from flake8_unique_insert.values import Form, Instance, Known, Object, ObjectState, Option, Result, Rows, result

SAVE_MODEL = "save_model"
SELECTED = (["queryset"], ["qs"])
"""What the parameter behind the request is called that gets rows of the admin's model."""


def is_admin(ev: Evaluator, value: Object) -> bool:
    """True for an object of a ModelAdmin class."""
    return any(base.rsplit(".", 1)[-1] == "ModelAdmin" for base in ev.analysis.lookup.bases(value.symbol))


def bind_save_model(ev: Evaluator, admin: Object, names: list[str]) -> None:
    """`save_model(self, request, obj, form, change)`: a row, filled by a valid form. names: without `self`.

    `change` is false where the row is a new one.
    """
    row, filled, change = (ev.state.names[name].term for name in names[1:])
    is_new = Option(Known(FALSE), frozenset([NewRow(row)]))
    ev.state.names[names[3]] = Result(change, (Option(Known(TRUE)), is_new))
    form = ev.analysis.lookup.admin_form(admin.symbol)
    if form is None:
        return
    ev.state.objects[row] = ObjectState(False)
    bound = bind(ev, Form(filled, form.symbol, form), result(Instance(row, form.model)))
    ev.state.learn([bound.valid])
    ev.state.names.update({names[1]: result(Instance(row, form.model)), names[2]: result(bound)})


def bind_queryset(ev: Evaluator, model: Model | None, name: str) -> None:
    """The rows that an action of an admin is for, or that a method of it selects from: some of its model's."""
    term = ev.state.names[name].term
    if model is not None:
        declared = model.managers.get(model.default_manager)
        some = frozenset([frozenset([unknown_condition(term)])])
        ev.state.names[name] = result(Rows(term, model, some, manager=declared))


def save_model(ev: Evaluator, node: Call, arguments: list[Result]) -> None:
    """`super().save_model(request, obj, form, change)` is `obj.save()`."""
    for option in arguments[1].options if len(arguments) > 1 else ():
        if isinstance(option.value, Instance):
            inserts.save(ev, option.value, option.facts, node, ((), []))
