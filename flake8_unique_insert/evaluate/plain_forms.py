"""Forms without a model: what their `clean` methods look up holds for valid input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate import attributes
from flake8_unique_insert.evaluate.forms import follow, own_method
from flake8_unique_insert.evaluate.frame import Unreachable
from flake8_unique_insert.facts import NO_FACTS, Facts
from flake8_unique_insert.schema import ClassSymbol
from flake8_unique_insert.syntax.expressions import FALSE, TRUE, Attribute, Call, Expression
from flake8_unique_insert.values import Known, Object, Option, Result, SymbolValue, result

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator


def call_method(ev: Evaluator, form: Object, name: str) -> Result | None:
    """`form.is_valid()`, `self.add_error(...)`; None for any other method, and for objects that are no forms."""
    if name == "add_error" and ev.analysis.validating:
        raise Unreachable  # the form is not valid then
    if name != "is_valid" or not _is_form(ev, form.symbol):
        return None
    term = Call(Attribute(form.term, name), ())
    return Result(term, (Option(Known(TRUE), checks(ev, form)), Option(Known(FALSE))))


def of_view(ev: Evaluator, view: Object, term: Expression) -> Result | None:
    """The valid form that a `FormView` calls `form_valid` with: of its `form_class`, where that has no model."""
    stated = attributes.read(ev, result(view), "form_class", view.term).value
    symbol = stated.symbol if isinstance(stated, SymbolValue) else None
    if not isinstance(symbol, ClassSymbol) or not _is_form(ev, symbol):
        return None
    form = Object(term, symbol)
    ev.state.learn(checks(ev, form))
    return result(form)


def checks(ev: Evaluator, form: Object) -> Facts:
    """What the form's methods establish for valid input; nothing while the checks of another one are followed."""
    if ev.analysis.validating:
        return NO_FACTS
    before, raised = ev.state, ev.raised
    ev.state, ev.raised = before.copy(), []
    ev.analysis.validating = True
    try:
        for name in _methods(ev, form.symbol):
            method = own_method(ev, form.symbol, name)
            if method is not None:
                call = ev.analysis.implied_call(method.symbol.dotted, form.term)
                follow(ev, replace(method, receiver=form), call, ((), []))
        return ev.state.facts - before.facts
    finally:
        ev.analysis.validating = False
        ev.state, ev.raised = before, raised


def _is_form(ev: Evaluator, symbol: ClassSymbol) -> bool:
    return any(base.startswith("django.forms.") for base in ev.analysis.lookup.bases(symbol))


def _methods(ev: Evaluator, symbol: ClassSymbol) -> Iterator[str]:
    """`clean_name` for each field that the class has a method for, then `clean`."""
    summary = ev.analysis.lookup.class_summary(symbol)
    yield from (name for name in (summary.members if summary else ()) if name.startswith("clean_"))
    yield "clean"
