"""Forms and serializers and the rows that they fill.

A form is bound to its row where it is made: from there on the row has the input's values, and is validated as far as
the form's class validates. What is set on the row afterwards is not.
"""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms.form_input import validated_input
from flake8_unique_insert.evaluate.rows.absent_rows import absent, found_by, only_one
from flake8_unique_insert.facts import Validated
from flake8_unique_insert.schema import ClassSymbol
from flake8_unique_insert.syntax.expressions import NONE, Attribute, Expression
from flake8_unique_insert.values import (
    Answer,
    Form,
    Instance,
    Known,
    Object,
    ObjectState,
    Option,
    Result,
    result,
)


def an_object(ev: Evaluator, term: Expression, symbol: ClassSymbol) -> Object:
    """An object of a project's class that comes from elsewhere; of a form nobody knows whether its row is new."""
    form = ev.analysis.lookup.form(symbol)
    return bind(ev, Form(term, symbol, form), None, False) if form is not None else Object(term, symbol)


def bind(ev: Evaluator, form: Form, row: Result | None, is_new: bool = False) -> Form:
    """Give a form the row that it fills from here on; without one that is known, a row of its own.

    A row that was found or not is one of two: the one that is there, or a new one.
    """
    known = ev.state.objects.get(form.term)
    if row is not None and known is not None and known.get("instance") == row:
        return form
    data = validated_input(ev, form)
    rows = _rows_of(ev, form, row) or [Option(_own_row(ev, form, is_new))]
    for option in rows:
        filled = ev.state.objects.get(option.value.term) or ObjectState(False)
        kept = {name for name in form.form.disabled if filled.new is False or filled.get(name) is not None}
        values = {**dict(filled.values), **{name: value for name, value in data.entries if name not in kept}}
        changed = filled.changed if filled.new is True else filled.changed | form.form.inputs
        ev.state.objects[option.value.term] = replace(filled, values=tuple(values.items()), changed=changed, form=form)
        ev.state.learn([Validated(option.value.term, form.form.checked, form)])
    bound = Result(rows[0].value.term if len(rows) == 1 else Attribute(form.term, "rows"), tuple(rows))
    attributes = {"instance": bound, form.form.data: result(data), "forms": result(form)}
    others = tuple(item for item in known.values if item[0] not in attributes) if known is not None else ()
    ev.state.objects[form.term] = ObjectState(None, (*others, *attributes.items()))
    return form


def _own_row(ev: Evaluator, form: Form, is_new: bool) -> Instance:
    """The row that a form makes itself."""
    row = Instance(Attribute(form.term, "instance"), form.form.model)
    ev.state.objects[row.term] = ObjectState(is_new)
    return row


def _rows_of(ev: Evaluator, form: Form, row: Result | None) -> list[Option]:
    """The rows that a form may be given; none when one of them is not known."""
    found: list[Option] = []
    for option in row.options if row is not None else ():
        value = option.value
        if isinstance(value, Instance) and value.model.table == form.form.model.table:
            found.append(option)
        elif isinstance(value, Known) and value.term == NONE:
            found.append(Option(_own_row(ev, form, True), option.facts))
        elif isinstance(value, Answer) and value.shape == "row" and value.rows.model.table == form.form.model.table:
            ev.state.objects.setdefault(value.term, ObjectState(False, found_by(value.rows)))
            found.append(Option(Instance(value.term, value.rows.model), only_one(value.rows, value.term)))
            found.append(Option(_own_row(ev, form, True), absent(value.rows)))
        else:
            return []
    return found
