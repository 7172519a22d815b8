"""What a class-based view calls of its own: `dispatch()` the method that answers, a form's `post()` `form_valid()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate import attributes, functions, views
from flake8_unique_insert.evaluate.frame import Unreachable
from flake8_unique_insert.evaluate.state import State
from flake8_unique_insert.syntax.expressions import Argument, Attribute, Call
from flake8_unique_insert.values import Arguments, Function, Object, Result, result, unknown

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator

ANSWERING = ("get", "post", "put", "patch", "delete")
BEFORE = {**dict.fromkeys(ANSWERING, ("dispatch",)), "form_valid": ("dispatch", "post")}
"""By a method of a view those that run before it, and call it by `super()`."""


def call_method(ev: Evaluator, view: Object, name: str, node: Call, arguments: Arguments) -> Result | None:
    """`super().dispatch(request)` and `super().post(request)`; None for other methods, and where nothing is called."""
    bases = ev.analysis.lookup.bases(view.symbol) if name in ("dispatch", "post") else ()
    if not any(base.endswith("View") for base in bases):
        return None
    before = ev.state
    after: list[State | None] = [before.copy()]
    for method in ANSWERING if name == "dispatch" else ("form_valid",):
        ev.state = before.copy()
        try:
            if not _call(ev, view, method, arguments):
                continue
        except Unreachable:
            continue
        after.append(ev.state)
    ev.state = before
    if len(after) == 1:
        return None
    ev.fork(after, node)
    return unknown(Call(Attribute(view.term, name), ()))


def _call(ev: Evaluator, view: Object, method: str, arguments: Arguments) -> bool:
    """Follow a method of the view's own class; False where it has none. Raises Unreachable."""
    own = attributes.read(ev, result(view), method, view.term).value
    if not isinstance(own, Function):
        return method == "post" and _call(ev, view, "form_valid", arguments)
    call = ev.analysis.implied_call(own.symbol.dotted, Attribute(view.term, method))
    if method == "form_valid":
        symbol = ev.symbol("form", call)
        form = views.bind_parameter(ev, view, method, symbol) or unknown(symbol)
        arguments = (Argument(form.term),), [form]
    functions.follow(ev, own, call, *arguments, anyway=True)
    return True
