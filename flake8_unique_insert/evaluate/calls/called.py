"""What a function calls, by name: whether one that calls something of a name calls a certain function."""

from __future__ import annotations

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms.binding import an_object
from flake8_unique_insert.evaluate.rows.verbs import is_known
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol
from flake8_unique_insert.syntax.expressions import Attribute, Call, Name, called_name
from flake8_unique_insert.values import Bound, Form, Function, Instance, Object, Result, Rows, Super, Unknown, Value


def note(ev: Evaluator, node: Call, function: Result) -> None:
    """Remember what a call calls."""
    name = called_name(node)
    ev.analysis.called.setdefault(name, set()).update(_dotted(option.value) for option in function.options)


def _dotted(value: Value) -> str:
    """The dotted name of a function; "" where that is not known."""
    if isinstance(value, Function):
        return value.symbol.dotted
    if isinstance(value, Bound) and isinstance(value.receiver, Form):
        return f"{value.receiver.symbol.dotted}.{value.name}"
    if isinstance(value, Bound) and isinstance(value.receiver, (Rows, Instance, Super)) and is_known(value.name):
        return f"django.db.models.{value.name}"
    return ""


def may_bind(call: Call, symbol: FunctionSymbol) -> bool:
    """False for a call that cannot be one of the function: too many arguments, too few, or others by name."""
    if any(argument.star for argument in call.arguments):
        return True
    function = symbol.summary
    has_self = "." in symbol.qualname and Name("staticmethod") not in function.decorators
    kinds = {parameter.kind for parameter in function.parameters}
    named = {argument.keyword for argument in call.arguments if argument.keyword is not None}
    given = len(call.arguments) - len(named)
    taken = [parameter for parameter in function.parameters if parameter.kind in ("positional", "keyword")]
    if "**" not in kinds and not named <= {parameter.name for parameter in taken}:
        return False
    positional = [parameter for parameter in taken if parameter.kind == "positional"]
    needed = [item for item in positional if item.default is None and item.name not in named]
    return len(needed) - has_self <= given and ("*" in kinds or given <= len(positional))


def assumed(ev: Evaluator, node: Call, name: str, value: Unknown) -> Function | None:
    """The method whose callers are looked for, where something unknown has one of this name."""
    symbol = ev.analysis.assumed
    if symbol is None or symbol.summary.name != name or not isinstance(value.term, Attribute):
        return None
    if not may_bind(node, symbol):
        return None
    owner = ClassSymbol(symbol.module, symbol.qualname.rpartition(".")[0])
    model = ev.analysis.lookup.model(owner)
    receiver = Instance(value.term.base, model) if model is not None else an_object(ev, value.term.base, owner)
    return Function(value.term, symbol, owner, receiver)


def overriding(ev: Evaluator, value: Function) -> Function:
    """The method whose callers are looked for, where it may be called for the one of a base that it overrides."""
    symbol, receiver = ev.analysis.assumed, value.receiver
    if symbol is None or symbol.summary.name != value.symbol.summary.name or not isinstance(receiver, Instance):
        return value
    owner = ClassSymbol(symbol.module, symbol.qualname.rpartition(".")[0])
    model = ev.analysis.lookup.model(owner)
    if model is None or value.owner is None or value.owner.dotted not in ev.analysis.lookup.bases(owner)[1:]:
        return value
    return Function(value.term, symbol, owner, Instance(receiver.term, model))


def of_object(ev: Evaluator, value: Object) -> Function | None:
    """What is called by `generate()`, where that is an instance of a class with `__call__`; None for any other."""
    member = ev.analysis.lookup.class_member(value.symbol, "__call__")
    method = member.method if member is not None else None
    return Function(Attribute(value.term, "__call__"), method, member.owner, value) if member and method else None
