"""What a class-based view calls of its own: `dispatch()` the method that answers, a form's `post()` `form_valid()`."""

from __future__ import annotations

from flake8_unique_insert.evaluate.calls import functions
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms import views
from flake8_unique_insert.evaluate.frame import Unreachable
from flake8_unique_insert.evaluate.objects import attributes
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.syntax.expressions import Argument, Attribute, Call
from flake8_unique_insert.values import Arguments, Function, Object, Result, result, unknown

ANSWERING = ("get", "post", "put", "patch", "delete")
BEFORE = {
    **dict.fromkeys(ANSWERING, ("dispatch",)),
    "form_valid": ("dispatch", "post"),
    "perform_create": ("create",),
    "perform_update": ("update",),
}
"""By a method of a view those that run before it, and call it by `super()`."""
CALLED = {
    "dispatch": ANSWERING,
    "post": ("form_valid", "create"),
    "create": ("perform_create",),
    "partial_update": ("update",),
    "update": ("perform_update",),
}
"""By a method of Django's or DRF's those that it calls."""


def call_method(ev: Evaluator, view: Object, name: str, node: Call, arguments: Arguments) -> Result | None:
    """`super().dispatch(request)`, `super().create(request)`; None for other methods, and where nothing is called."""
    bases = ev.analysis.lookup.bases(view.symbol) if name in CALLED else ()
    if not any(base.endswith(("View", "ViewSet", "ModelMixin")) for base in bases):
        return None
    before = ev.state
    after: list[State | None] = [before.copy()]
    for method in CALLED[name]:
        ev.state = before.copy()
        try:
            if not _call(ev, view, method, node, arguments):
                continue
        except Unreachable:
            continue
        after.append(ev.state)
    ev.state = before
    if len(after) == 1:
        return None
    ev.fork(after, node)
    return unknown(Call(Attribute(view.term, name), ()))


def _call(ev: Evaluator, view: Object, method: str, node: Call, arguments: Arguments) -> bool:
    """Follow a method of the view's own class, or what the inherited one calls; False where nothing is called.

    Raises Unreachable.
    """
    own = attributes.read(ev, result(view), method, view.term).value
    if isinstance(own, Function):
        call = ev.analysis.implied_call(own.symbol.dotted, Attribute(view.term, method))
        functions.follow(ev, own, call, *_given(ev, view, method, call, arguments), anyway=True)
        return True
    if method in CALLED:
        return any(_call(ev, view, inner, node, arguments) for inner in CALLED[method])
    if method not in ("perform_create", "perform_update"):
        return False
    return views.call_method(ev, view, method, node, _given(ev, view, method, node, arguments)) is not None


def _given(ev: Evaluator, view: Object, method: str, node: Call, arguments: Arguments) -> Arguments:
    """What a method is called with: a valid form, or what its caller was."""
    if method not in views.FORM_PARAMETERS:
        return arguments
    symbol = ev.symbol("form", node)
    form = views.bind_parameter(ev, view, method, unknown(symbol)) or unknown(symbol)
    return (Argument(form.term),), [form]
