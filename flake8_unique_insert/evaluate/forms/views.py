"""Class-based views of Django and DRF: what their methods give a project's class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from flake8_unique_insert.evaluate.calls import functions
from flake8_unique_insert.evaluate.collections.collected import MAX_OPTIONS
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms import admins, forms, plain_forms
from flake8_unique_insert.evaluate.forms.binding import bind
from flake8_unique_insert.evaluate.forms.own_methods import own_method
from flake8_unique_insert.evaluate.frame import Unreachable
from flake8_unique_insert.evaluate.globals import evaluate_elsewhere
from flake8_unique_insert.evaluate.objects import assignments, attributes
from flake8_unique_insert.evaluate.objects.own_attributes import MAX_HEIRS
from flake8_unique_insert.evaluate.rows import inserts, lookups, managers
from flake8_unique_insert.evaluate.rows.absent_rows import absent
from flake8_unique_insert.schema import ClassSymbol, ModelForm
from flake8_unique_insert.syntax.expressions import (
    Argument,
    Attribute,
    Call,
    Expression,
    Subscript,
    Symbol,
    constant,
    dotted,
    keyword,
    string,
)
from flake8_unique_insert.syntax.summary import Assignment, FunctionSummary
from flake8_unique_insert.values import (
    Arguments,
    Entries,
    Form,
    FormClass,
    Function,
    Instance,
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

CLASS_ATTRIBUTES = {"get_form_class": "form_class", "get_serializer_class": "serializer_class"}
"""Methods that name the class of a view's form, and the attribute that they read."""
FORM_PARAMETERS = {
    "form_valid": "get_form_class",
    "perform_create": "get_serializer_class",
    "perform_update": "get_serializer_class",
}
"""Methods that are called with a valid form, and the method that names its class."""
SAVING = {
    "form_valid": "ModelFormMixin",
    "perform_create": "CreateModelMixin",
    "perform_update": "UpdateModelMixin",
}
"""Methods that save the form that they are given, and the class that they come from."""


REQUESTS = {
    "get": (("GET",), ()),
    "post": (("POST",), ()),
    "put": (("PUT",), ()),
    "patch": (("PATCH",), ()),
    "delete": (("DELETE",), ()),
    "create": (("POST",), ("create",)),
    "perform_create": (("POST",), ("create",)),
    "update": (("PUT", "PATCH"), ("update", "partial_update")),
    "perform_update": (("PUT", "PATCH"), ("update", "partial_update")),
    "partial_update": (("PATCH",), ("partial_update",)),
    "list": (("GET",), ("list",)),
    "retrieve": (("GET",), ("retrieve",)),
    "destroy": (("DELETE",), ("destroy",)),
    "perform_destroy": (("DELETE",), ("destroy",)),
}
"""Methods of views that answer requests: what `self.request.method` is there, and what DRF calls the `self.action`."""
SET_BY_ACTION = ("serializer_class", "queryset")
"""Attributes of a viewset that `@action(...)` may set for its method."""


def bind_request(ev: Evaluator, view: Object, function: FunctionSummary) -> None:
    """What a method that answers requests knows of the one at hand: `self.request.method`, `self.action`.

    And the attributes that its `@action(...)` gives the viewset.
    """
    known_to = ((), (function.name,)) if is_action(function) else REQUESTS.get(function.name)
    if known_to is None or not _is_view(ev, view):
        return
    attributes = ev.state.objects.get(view.term)
    given = attributes.get("request") if attributes is not None else None
    request = given.term if given is not None else Attribute(view.term, "request")
    _note_request(ev, request, view.term, known_to)
    for decorator in (item for item in function.decorators if isinstance(item, Call)):
        for name in SET_BY_ACTION:
            stated = keyword(decorator, name)
            value = evaluate_elsewhere(ev, ev.frame.module, stated) if stated is not None else None
            if value is not None:
                assignments.assign(ev, result(view), name, value)


def _note_request(ev: Evaluator, request: Expression, view: Expression, known_to: Sequence[Sequence[str]]) -> None:
    """What `request.method` and `view.action` may be. known_to: as in REQUESTS."""
    for owner, name, values in zip((request, view), ("method", "action"), known_to):
        if values:
            found = Result(Attribute(owner, name), tuple(Option(Known(constant(value))) for value in values))
            known = ev.state.objects.get(owner) or ObjectState(None)
            ev.state.objects[owner] = replace(known, values=(*known.values, (name, found)))


def _give_context(ev: Evaluator, serializer: Form, known_to: Sequence[Sequence[str]]) -> None:
    """A serializer's `context`, as far as it tells of the request at hand."""
    context = Attribute(serializer.term, "context")
    request, view = (unknown(Subscript(context, constant(name))) for name in ("request", "view"))
    given = Entries(context, (("request", request), ("view", view)), True)
    assignments.assign(ev, result(serializer), "context", result(given))
    _note_request(ev, request.term, view.term, known_to)


def is_action(function: FunctionSummary) -> bool:
    """True for a method of a viewset that `@action(...)`, or `@other.mapping.delete` beside it, makes an action."""
    for decorator in function.decorators:
        parts = (dotted(decorator.function if isinstance(decorator, Call) else decorator) or "").split(".")
        if parts[-1] == "action" or parts[-2:-1] == ["mapping"]:
            return True
    return False


def call_method(ev: Evaluator, view: Object, name: str, node: Call, arguments: Arguments) -> Result | None:
    """A method that a generic view inherits; None for all others."""
    if name in ("get_object", "aget_object"):
        row, each = Call(Attribute(view.term, name), ()), _rows_of_each(ev, view)
        if len(each) == 1:
            _raise_where_missing(ev, view, each[0])
        return _either(row, [Instance(row, rows.model) for rows in each])
    if name == "get_queryset":
        rows = _rows(ev, view)
        return result(rows) if rows is not None else None
    if name == "get_form_kwargs":
        return result(Entries(Call(Attribute(view.term, name), ()), (), True))
    if name in CLASS_ATTRIBUTES:
        term = Attribute(view.term, name)
        return _either(term, [FormClass(term, form) for form in _stated(ev, view, name)])
    if name == "get_serializer":
        found = form_classes(ev, view, "get_serializer_class")
        made = [forms.instantiate(ev, form, node, term, arguments) for form, term in _each(ev, found, node)]
        return _either(ev.analysis.symbol("form", ev.frame, node), made)
    if name in SAVING and arguments[1] and SAVING[name] in _base_names(ev, view):
        _save(ev, view, arguments[1][0], node)
        return unknown(Call(Attribute(view.term, name), ()))
    if name == admins.SAVE_MODEL and admins.is_admin(ev, view):
        admins.save_model(ev, node, arguments[1])
        return unknown(Call(Attribute(view.term, name), ()))
    if name == "get_form":
        found = form_classes(ev, view, "get_form_class")
        is_new = _makes_rows(ev, view)
        made = [bind(ev, Form(term, form.symbol, form), None, is_new) for form, term in _each(ev, found, node)]
        return _either(ev.analysis.symbol("form", ev.frame, node), made)
    return None


def _raise_where_missing(ev: Evaluator, view: Object, rows: Rows) -> None:
    """`except Http404` of DRF's `get_object()`: there is no row with the `lookup_field` that the URL has.

    The method that answers has it as a parameter of this name, too.
    """
    stated = string(attributes.read(ev, result(view), "lookup_field", view.term).value.term)
    if stated is None or own_method(ev, view.symbol, "get_queryset") is not None:
        return
    given = ev.state.names.get(stated)
    is_given = given is not None and isinstance(given.term, Symbol) and given.term.kind == "param"
    in_url = Subscript(Attribute(view.term, "kwargs"), constant(stated))
    asked = lookups.condition(rows.model, stated, given if given is not None and is_given else unknown(in_url))
    groups = lookups.conjunction(rows.alternatives, frozenset([frozenset([asked])]))
    ev.raises("Http404", rows.model.table, absent(replace(rows, alternatives=groups)))


def _either(term: Expression, values: Sequence[Value]) -> Result | None:
    """One of these values; None without any."""
    return Result(values[0].term if len(values) == 1 else term, tuple(map(Option, values))) if values else None


def _each(ev: Evaluator, found: list[ModelForm], node: object) -> list[tuple[ModelForm, Expression]]:
    """Each of several forms that a call or parameter may stand for, with a term of its own."""
    return [(form, ev.symbol("form", (id(node), number))) for number, form in enumerate(found)]


def _rows(ev: Evaluator, view: Object) -> Rows | None:
    """The rows of a view's `queryset` or `model`, without both those of its own `get_queryset()`."""
    for name in ("queryset", "model"):
        found = attributes.read(ev, result(view), name, view.term)
        rows = managers.receiver_rows(ev, found.value)
        if rows is not None:
            return rows
    chosen = _called(ev, view, "get_queryset")
    options = chosen.options if chosen is not None else ()
    either = [managers.receiver_rows(ev, option.value) for option in options]
    models = {rows.model.table if rows is not None else "" for rows in either}
    return either[0] if len(models) == 1 else None


def _rows_of_each(ev: Evaluator, view: Object) -> list[Rows]:
    """The rows of a view, of a mixin those of the views that inherit from it: one for each model."""
    own = _rows(ev, view)
    heirs = (_rows(ev, Object(view.term, heir)) for heir in _heirs(ev, view)) if own is None else ()
    found = {rows.model.table: rows for rows in (own, *heirs) if rows is not None}
    return list(found.values())[:MAX_OPTIONS]


def _save(ev: Evaluator, view: Object, given: Result, node: Call) -> None:
    """`super().form_valid(form)`, `super().perform_create(serializer)`: the form's own `save()`."""
    for option in given.options:
        if isinstance(option.value, Form):
            saved = forms.save(ev, option.value, option.facts, node)
            if saved is not None:
                assignments.assign(ev, result(view), "object", saved)


# --- the form of a view


def bind_parameter(ev: Evaluator, view: Object, method: str, stated: Result) -> Result | None:
    """The form that Django or DRF calls `form_valid`, `perform_create` and the like with: a valid one.

    stated: what the parameter is by its annotation, which counts unless the view's own class is more exact.
    """
    if method not in FORM_PARAMETERS:
        return None
    symbol, by_type = stated.term, stated.value
    found = form_classes(ev, view, FORM_PARAMETERS[method], method)
    if isinstance(by_type, Form) and not any(_is_kind_of(ev, form.symbol, by_type.symbol) for form in found):
        found = [by_type.form]
    is_new = _makes_rows(ev, view) if method == "form_valid" else method == "perform_create"
    pairs = _each(ev, found, symbol) if len(found) > 1 else [(form, symbol) for form in found]
    given = _called(ev, view, "get_form_kwargs") if method == "form_valid" else None
    row = _row(ev, view, given) if not is_new else None
    made = [bind(ev, Form(term, form.symbol, form), row, is_new) for form, term in pairs]
    if given is not None:
        call = ev.analysis.implied_call("__init__", symbol)
        for form in made:
            forms.initialised(ev, form, call, ((Argument(given.term, star="**"),), [given]))
    for form in made if method in REQUESTS else ():
        _give_context(ev, form, REQUESTS[method])
    ev.state.learn(form.valid for form in made)
    return _either(symbol, made) or plain_forms.of_view(ev, view, symbol, given)


def _is_kind_of(ev: Evaluator, symbol: ClassSymbol, base: ClassSymbol) -> bool:
    return symbol == base or base.dotted in ev.analysis.lookup.bases(symbol)


def _row(ev: Evaluator, view: Object, arguments: Result | None) -> Result | None:
    """The row that a view's own methods give its form, if they tell. arguments: what they give it."""
    dicts = [option.value for option in arguments.options] if arguments is not None else []
    given = {dict(value.entries).get("instance") if isinstance(value, Entries) else None for value in dicts}
    row = given.pop() if len(given) == 1 else None
    return row or _called(ev, view, "get_object")


def form_classes(ev: Evaluator, view: Object, method: str, given_to: str = "") -> list[ModelForm]:
    """The forms of a view, of an abstract one those of the views that inherit from it.

    given_to: the method of the view that gets the form; views that have another one do not count.
    """
    found = _named(ev, view, method)
    if not found:
        heirs = [heir for heir in _heirs(ev, view) if not _replaces(ev, heir, view.symbol, given_to)]
        found = [form for heir in heirs for form in _named(ev, Object(view.term, heir), method)]
    return list(dict.fromkeys(found))[:MAX_OPTIONS]


def _heirs(ev: Evaluator, view: Object) -> Iterator[ClassSymbol]:
    return islice(ev.analysis.lookup.heirs(view.symbol), MAX_HEIRS)


def _replaces(ev: Evaluator, heir: ClassSymbol, base: ClassSymbol, name: str) -> bool:
    """True when a class has another method of a name than its base, which does not call that one.

    Django's or DRF's own, say, where that stands first: `class OrderViewSet(ModelViewSet, OwnedMixin)`.
    """
    bases = ev.analysis.lookup.bases(heir)
    first = bases[: bases.index(base.dotted)] if base.dotted in bases else ()
    if any(item.rpartition(".")[2] == SAVING.get(name) for item in first):
        return True
    own, inherited = (ev.analysis.lookup.class_member(symbol, name) for symbol in (heir, base))
    if own is None or own.method is None or own == inherited:
        return False
    return "super(" not in ev.analysis.lookup.function_source(own.method)


def _named(ev: Evaluator, view: Object, method: str) -> list[ModelForm]:
    """What a view's own `get_form_class()` returns, or its class says."""
    found = _called(ev, view, method)
    return _forms_in(ev, found) if found is not None else _stated(ev, view, method)


def _called(ev: Evaluator, view: Object, method: str) -> Result | None:
    """What a method of the view's own class returns; None where it has none, or where that never returns."""
    own = attributes.read(ev, result(view), method, view.term).value
    if not isinstance(own, Function):
        return None
    call = ev.analysis.implied_call(own.symbol.dotted, Attribute(view.term, method))
    try:
        return functions.follow(ev, own, call, (), [], method in CLASS_ATTRIBUTES)
    except Unreachable:
        return None


def _stated(ev: Evaluator, view: Object, method: str) -> list[ModelForm]:
    """The class attribute; of Django's generic views also the form that they make of `model` and `fields`."""
    stated = _forms_in(ev, attributes.read(ev, result(view), CLASS_ATTRIBUTES[method], view.term))
    rows = _rows(ev, view) if method == "get_form_class" and not stated else None
    member = ev.analysis.lookup.class_member(view.symbol, "fields") if rows is not None else None
    listed = member.definition if member is not None else None
    if rows is None or member is None or not isinstance(listed, Assignment) or listed.value is None:
        return stated
    value = evaluate_elsewhere(ev, member.owner.module, listed.value, member.owner)
    names = inserts.names_in(value)
    if names is None and (value is None or string(value.term) != "__all__"):
        return []
    return [ev.analysis.lookup.form_of(rows.model, names)]


def _forms_in(ev: Evaluator, value: Result) -> list[ModelForm]:
    found = []
    for option in value.options:
        if isinstance(option.value, FormClass):
            found.append(option.value.form)
        elif isinstance(option.value, SymbolValue) and isinstance(option.value.symbol, ClassSymbol):
            form = ev.analysis.lookup.form(option.value.symbol)
            if form is not None:
                found.append(form)
    return found


def _base_names(ev: Evaluator, view: Object) -> set[str]:
    return {base.rsplit(".", 1)[-1] for base in ev.analysis.lookup.bases(view.symbol)}


def _is_view(ev: Evaluator, view: Object) -> bool:
    """True for a view, and for a mixin of some."""
    views = (Object(view.term, heir) for heir in _heirs(ev, view))
    return any("View" in _base_names(ev, item) for item in (view, *views))


def _makes_rows(ev: Evaluator, view: Object) -> bool:
    """True when a view's form certainly makes a new row: nothing gives it another one."""
    names = _base_names(ev, view)
    if "FormMixin" not in names or "BaseUpdateView" in names or forms.chooses_row(ev, view.symbol, "get_form_kwargs"):
        return False
    return "BaseCreateView" in names or "ModelFormMixin" not in names
