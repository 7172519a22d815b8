"""Forms and serializers and the rows that they fill.

A form is bound to its row where it is made: from there on the row has the input's values, and is validated as far as
the form's class validates. What is set on the row afterwards is not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_unique_insert.schema import ClassSymbol
from flake8_unique_insert.syntax.expressions import Attribute, Expression, Subscript, constant
from flake8_unique_insert.values import Entries, Form, Instance, Object, ObjectState, Result, Validated, result, unknown

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator


def an_object(ev: Evaluator, term: Expression, symbol: ClassSymbol) -> Object:
    """An object of a project's class that comes from elsewhere; of a form nobody knows whether its row is new."""
    form = ev.analysis.lookup.form(symbol)
    return bind(ev, Form(term, symbol, form), None, False) if form is not None else Object(term, symbol)


def bind(ev: Evaluator, form: Form, row: Result | None, is_new: bool = False) -> Form:
    """Give a form the row that it fills from here on; without one that is known, a row of its own."""
    given = _row_of(form, row)
    known = ev.state.objects.get(form.term)
    if given is not None and known is not None and known.get("instance") == row:
        return form
    instance = given or Instance(Attribute(form.term, "instance"), form.form.model)
    filled = (ev.state.objects.get(instance.term) if given is not None else None) or ObjectState(is_new)
    data = validated_input(form)
    values = {**dict(filled.values), **dict(data.entries)}
    changed = filled.changed if filled.new is True else filled.changed | form.form.fields
    ev.state.objects[instance.term] = replace(filled, values=tuple(values.items()), changed=changed, form=form)
    attributes = {"instance": result(instance), form.form.data: result(data), "forms": result(form)}
    others = tuple(item for item in known.values if item[0] not in attributes) if known is not None else ()
    ev.state.objects[form.term] = ObjectState(None, (*others, *attributes.items()))
    ev.state.learn([Validated(instance.term, form.form.checked, form)])
    return form


def _row_of(form: Form, row: Result | None) -> Instance | None:
    """A row of the form's model."""
    value = row.value if row is not None else None
    return value if isinstance(value, Instance) and value.model.table == form.form.model.table else None


def validated_input(form: Form) -> Entries:
    """`cleaned_data` or `validated_data`, as far as it concerns the model."""
    names = sorted(form.form.fields)
    return Entries(form.data, tuple((name, unknown(Subscript(form.data, constant(name)))) for name in names))
