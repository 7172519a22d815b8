"""What a serializer's own `validate()` puts into the validated data besides the input: `attrs["owner"] = user`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from flake8_unique_insert.evaluate.calls import functions
from flake8_unique_insert.evaluate.calls.spreading import one_dict
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms.form_input import whole_input
from flake8_unique_insert.evaluate.frame import MAX_DEPTH, BudgetExceeded, Frame, Unreachable
from flake8_unique_insert.syntax.expressions import Argument, Attribute
from flake8_unique_insert.values import Entries, Form, Function, Result

SETS_ITEM = re.compile(r"""\[["']\w+["']\]\s*=[^=]|\.setdefault\(|super\(""")


def set_by_validate(ev: Evaluator, form: Form, validate: Function | None) -> Iterator[tuple[str, Result]]:
    """The model's fields that take no input, and what `validate()` gives them."""
    if validate is None or ev.analysis.validating is not None:
        return
    if SETS_ITEM.search(ev.analysis.lookup.function_source(validate.symbol)) is None:
        return
    for name, value in _returned(ev, form, validate).entries:
        if form.form.model.field(name) is not None and name not in form.form.fields:
            yield name, value


def _returned(ev: Evaluator, form: Form, validate: Function) -> Entries:
    """The data that the method returns; what it does besides is not done here."""
    analysis, data = ev.analysis, whole_input(ev, form)
    frame = Frame(form.symbol.module, form.symbol, path=(analysis.point(("validated data", form.term)),))
    call = analysis.implied_call("validate", Attribute(form.term, "validate"))
    kept = analysis.recording, analysis.steps, analysis.max_depth
    analysis.recording, analysis.steps, analysis.max_depth = False, 0, MAX_DEPTH
    analysis.validating = form.term
    try:
        bound = replace(validate, receiver=form)
        inner = ev.at(frame, ev.state.copy())
        found = functions.follow(inner, bound, call, (Argument(data.term),), [data])
    except (BudgetExceeded, Unreachable):
        found = None
    finally:
        analysis.recording, analysis.steps, analysis.max_depth = kept
        analysis.validating = None
    value = one_dict(found).value if found is not None else None
    return value if isinstance(value, Entries) else Entries(form.data, ())
