"""What is known of a function's parameters when nothing is known of its callers."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from flake8_unique_insert.evaluate.calls import decorated
from flake8_unique_insert.evaluate.collections.collected import MAX_OPTIONS
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms import admins, admission, plain_forms
from flake8_unique_insert.evaluate.forms.binding import an_object
from flake8_unique_insert.evaluate.forms.own_methods import method_arguments
from flake8_unique_insert.evaluate.forms.views import FORM_PARAMETERS, REQUESTS, bind_parameter, bind_request
from flake8_unique_insert.evaluate.objects import attributes
from flake8_unique_insert.evaluate.objects.annotations import of_parameter
from flake8_unique_insert.evaluate.objects.own_attributes import MAX_HEIRS
from flake8_unique_insert.evaluate.rows.managers import with_manager
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.model_lookup import ModelLookup
from flake8_unique_insert.schema import ClassSymbol, Model
from flake8_unique_insert.syntax.expressions import Attribute, Call, Expression, dotted, keyword, positional, string
from flake8_unique_insert.syntax.summary import FunctionSummary, Parameter
from flake8_unique_insert.values import (
    CreatedFlag,
    Entries,
    Form,
    Instance,
    ModelClass,
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

ROW_BASES = frozenset({"Manager", "BaseManager", "QuerySet", "UserManager", "BaseUserManager"})
OF_LINKS = frozenset({"action", "reverse", "pk_set"})
"""Parameters of receivers of `m2m_changed`, which the model between sends."""

NEUTRAL = frozenset({"builtins", "abc", "typing"})
"""Modules whose classes say nothing of what a class is for."""


SAVING = frozenset(["save", "create", "update"])
"""Methods of a form or serializer that are called once its input is valid."""
ANSWERING = frozenset([*REQUESTS, *FORM_PARAMETERS])
"""Methods of a view that are called once the request was let in."""
INPUT_PLACES = {"create": 0, "update": 1}
"""Where the methods of a serializer get its validated input."""


def entry_state(ev: Evaluator, function: FunctionSummary, heir: ClassSymbol | None = None) -> State:
    """The state at the start of a function: `self` or `cls`, annotated parameters, signal receivers' arguments.

    ev: in its frame, with a state for it. heir: the class of `self`, where it inherits the method.
    """
    frame = ev.frame
    parameters = list(function.parameters)
    if frame.owner is not None and parameters and parameters[0].kind == "positional":
        receiver = _receiver(ev, heir or frame.owner, function, parameters[0].name)
        if receiver is not None:
            ev.state.names[parameters.pop(0).name] = receiver
            ev.state.names["$self"] = receiver
    for parameter in parameters:
        kind = kind_of(parameter, function.parameters)
        symbol = ev.analysis.symbol(kind, frame, parameter.name, parameter.name)
        if parameter.kind == "**":
            ev.state.names[parameter.name] = result(Entries(symbol, (), True))
        elif parameter.kind == "*":
            ev.state.names[parameter.name] = unknown(symbol)
        else:
            ev.state.names[parameter.name] = of_parameter(ev, parameter, symbol, frame.module)
    _bind_request(ev, function)
    _bind_signal(ev, function)
    _bind_form(ev, function)
    if function.decorators:
        decorated.admit(ev, function)
    return ev.state


def kind_of(parameter: Parameter, parameters: tuple[Parameter, ...]) -> str:
    """The kind of a parameter's symbol: "historical" for the `apps` of a data migration's function, or "param".

    The models in `apps` are as they were. A receiver of a signal, which may get `apps`, too, has a `sender`.
    """
    others = {item.name for item in parameters if item.kind != "**"}
    is_given = parameter.name == "apps" and parameter.kind == "positional" and parameter.default is None
    is_registry = is_given and "sender" not in others and all(item.kind != "**" for item in parameters)
    return "historical" if is_registry else "param"


def _receiver(ev: Evaluator, owner: ClassSymbol, function: FunctionSummary, name: str) -> Result | None:
    """The value of the first parameter of a method; None for a static one."""
    kinds = {(dotted(decorator) or "").rsplit(".", 1)[-1] for decorator in function.decorators}
    if "staticmethod" in kinds:
        return None
    term = ev.analysis.symbol("param", ev.frame, name, name)
    model = ev.analysis.lookup.model(owner)
    if "classmethod" in kinds or name == "cls":
        models = [model] if model is not None else _models_of_mixin(ev, owner)
        classes = tuple(Option(ModelClass(term, found)) for found in models)
        return Result(term, classes) if classes else result(SymbolValue(term, owner))
    if model is not None:
        return result(Instance(term, model))
    if any(_makes_rows(ev, base) for base in ev.analysis.lookup.bases(owner)):
        return _manager(ev, owner, term)
    rows = tuple(Option(Instance(term, found)) for found in _models_of_mixin(ev, owner))
    return Result(term, rows) if rows else result(an_object(ev, term, owner))


def _makes_rows(ev: Evaluator, base: str) -> bool:
    """True for a manager or queryset class, also for one from outside that is called like a manager."""
    module, _, name = base.rpartition(".")
    return name in ROW_BASES or (name.endswith("Manager") and not ev.analysis.functions.is_own(module))


def _models_of_mixin(ev: Evaluator, owner: ClassSymbol) -> list[Model]:
    """The models that inherit from a class that is none itself."""
    lookup = ev.analysis.lookup
    modules = (base.rpartition(".")[0] for base in lookup.bases(owner))
    if not all(module in NEUTRAL or ev.analysis.functions.is_own(module) for module in modules):
        return []
    found: list[Model] = []
    for heir in islice(lookup.heirs(owner), MAX_HEIRS):
        model = lookup.model(heir)
        inherited = lookup.bases(heir) if model is not None else ()
        if model is not None and not any(other.symbol.dotted in inherited for other in found):
            found.append(model)
    return found[:MAX_OPTIONS]


def _manager(ev: Evaluator, owner: ClassSymbol, term: Expression) -> Result:
    """`self` in a manager or queryset: rows of each model that uses it, of an abstract one where no other does."""
    users = list(ev.analysis.lookup.managed_by(owner))
    by_table: dict[str, Value] = {}
    for model, declared in [user for user in users if not user[0].abstract] or users:
        if model.table not in by_table and len(by_table) < MAX_OPTIONS:
            by_table[model.table] = with_manager(ev, Rows(term, model, manager=declared, is_manager=True))
    return Result(term, tuple(Option(value) for value in by_table.values()) or (Option(Object(term, owner)),))


def _bind_request(ev: Evaluator, function: FunctionSummary) -> None:
    """The request that a view gets: there is one, and `self.request` is the same."""
    receiver, request = ev.state.names.get("$self"), ev.state.names.get("request")
    if request is None or not is_view(ev.analysis.lookup, ev.frame.owner, function):
        return
    ev.analysis.filled |= {request.term}
    if receiver is not None and isinstance(receiver.value, Object):
        known = ev.state.objects.get(receiver.term) or ObjectState(None)
        ev.state.objects[receiver.term] = replace(known, values=(*known.values, ("request", request)))


def _bind_signal(ev: Evaluator, function: FunctionSummary) -> None:
    """`instance`, its class `sender`, and `created` of a signal receiver (oracle C84): it is true when the row is new.

    What it does not name is in its `**kwargs`.
    """
    names = {parameter.name for parameter in function.parameters}
    rest = next((parameter.name for parameter in function.parameters if parameter.kind == "**"), None)
    decorators = {dotted(item.function) or "" for item in function.decorators if isinstance(item, Call)}
    is_receiver = "sender" in names or any(name.rsplit(".", 1)[-1] == "receiver" for name in decorators)
    if "instance" not in names and not (is_receiver and rest is not None):
        return
    symbol = ev.analysis.symbol("param", ev.frame, "instance", "instance")
    given = {"instance": ev.state.names.get("instance") or unknown(symbol)}
    is_sent_by_row = not names & OF_LINKS
    model = _sender(ev, function) if is_sent_by_row else None
    if model is not None:
        given["instance"] = result(Instance(symbol, model))
        ev.state.objects[symbol] = ObjectState(False)
    if is_sent_by_row:
        class_of_row = Attribute(given["instance"].term, "__class__")
        given["sender"] = attributes.read(ev, given["instance"], "__class__", class_of_row)
    flag = ev.analysis.symbol("param", ev.frame, "created", "created")
    given["created"] = result(CreatedFlag(flag, given["instance"].value.term))
    ev.state.names.update((name, value) for name, value in given.items() if name in names)
    if rest is not None:
        others = tuple((name, value) for name, value in given.items() if name not in names)
        ev.state.names[rest] = result(Entries(ev.state.names[rest].term, others, True))


def _bind_form(ev: Evaluator, function: FunctionSummary) -> None:
    """What Django and DRF call the methods of forms, serializers and generic views with, and an admin's actions."""
    receiver = ev.state.names.get("$self")
    names = [parameter.name for parameter in function.parameters[1:] if parameter.kind == "positional"]
    if ev.frame.owner is None and len(function.parameters) == 3 and names[1:] in admins.SELECTED:
        admins.bind_queryset(ev, ev.analysis.lookup.action_model(ev.frame.module, function.name), names[1])
    if receiver is None or not isinstance(receiver.value, Object):
        return
    if isinstance(receiver.value, Form):
        given = method_arguments(ev, receiver.value, function.name)
        if function.name in SAVING:
            ev.state.learn(plain_forms.of_other_models(ev, receiver.value))
        ev.state.names.update(zip(names, given, strict=False))
        return
    bind_request(ev, receiver.value, function)
    if function.name in ANSWERING:
        admission.admit(ev, receiver.value)
    if function.name == "save":
        plain_forms.assume_valid(ev, receiver.value)
    elif function.name in INPUT_PLACES and len(names) > INPUT_PLACES[function.name]:
        plain_forms.bind_input(ev, receiver.value, names[INPUT_PLACES[function.name]])
    elif function.name == admins.SAVE_MODEL and len(names) == 4:
        admins.bind_save_model(ev, receiver.value, names)
    elif names[1:2] in admins.SELECTED:
        admins.bind_queryset(ev, ev.analysis.lookup.admin_model(receiver.value.symbol), names[1])
    else:
        form = bind_parameter(ev, receiver.value, function.name, ev.state.names[names[0]]) if names else None
        if form is not None:
            ev.state.names[names[0]] = form


def _sender(ev: Evaluator, function: FunctionSummary) -> Model | None:
    """The model that a receiver's decorator names: Django's `receiver`, or one that passes `sender=` on to it."""
    for decorator in function.decorators:
        if not isinstance(decorator, Call):
            continue
        sender = keyword(decorator, "sender")
        if sender is None and (dotted(decorator.function) or "").rsplit(".", 1)[-1] == "receiver":
            sender = next(iter(positional(decorator)[1:]), None)
        if sender is not None:
            label = string(sender)
            if label is not None:
                return ev.analysis.lookup.model_labelled(label)
            value = ev.evaluate(sender).value
            return value.model if isinstance(value, ModelClass) else None
    return None


def is_view(lookup: ModelLookup, owner: ClassSymbol | None, function: FunctionSummary) -> bool:
    """True for a function that answers a request: a view function, or a method of a view class that gets the request.

    Not when it is marked `non_atomic_requests`: the question is whether ATOMIC_REQUESTS wraps it.
    """
    names = {(dotted(item.function if isinstance(item, Call) else item) or "") for item in function.decorators}
    if any(name.endswith("non_atomic_requests") for name in names):
        return False
    parameters = [parameter.name for parameter in function.parameters]
    if owner is None:
        return parameters[:1] == ["request"]
    is_class = any(base.rsplit(".", 1)[-1].endswith(("View", "ViewSet", "Mixin")) for base in lookup.bases(owner))
    return is_class and (parameters[1:2] == ["request"] or function.name in ("form_valid", "perform_create"))
