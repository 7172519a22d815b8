"""Members of classes, as seen through an instance, the class, or rows of it."""

from __future__ import annotations

from flake8_unique_insert.evaluate.calls import functions
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.globals import evaluate_elsewhere
from flake8_unique_insert.evaluate.objects.annotations import annotated
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol, Member
from flake8_unique_insert.syntax.expressions import Call, Expression, called_name, constant, dotted
from flake8_unique_insert.syntax.summary import Assignment, ClassSummary, FunctionSummary
from flake8_unique_insert.values import (
    Entries,
    Function,
    Instance,
    Items,
    Known,
    ModelClass,
    Object,
    Result,
    Rows,
    SymbolValue,
    Unknown,
    Value,
    result,
    unknown,
)


def member_of(ev: Evaluator, member: Member, name: str, receiver: Value, term: Expression, class_: Value) -> Result:
    """A class member as seen through `receiver` (an instance, a class or rows)."""
    definition = member.definition
    module = member.owner.module
    if isinstance(definition, FunctionSummary):
        symbol = FunctionSymbol(module, f"{member.owner.qualname}.{name}", definition)
        kinds = {(dotted(decorator) or "").rsplit(".", 1)[-1] for decorator in definition.decorators}
        if "staticmethod" in kinds:
            return result(Function(term, symbol, member.owner))
        if "classmethod" in kinds:
            return result(Function(term, symbol, member.owner, class_))
        if kinds & {"property", "cached_property"}:
            return functions.read_property(ev, Function(term, symbol, member.owner, receiver), term)
        bound = None if receiver is class_ and not isinstance(receiver, Rows) and not _is_object(receiver) else receiver
        return result(Function(term, symbol, member.owner, bound))
    if isinstance(definition, Assignment) and definition.value is not None and definition.is_whole:
        value = evaluate_elsewhere(ev, module, definition.value, member.owner)
        if value is not None and not _is_placeholder(value.value, receiver):
            return value
    if isinstance(definition, Assignment):
        return annotated(ev, definition.annotation, term, module) or unknown(term)
    if isinstance(definition, ClassSummary):
        symbol_ = ClassSymbol(module, definition.qualname)
        model = ev.analysis.lookup.model(symbol_)
        return result(ModelClass(term, model) if model is not None else SymbolValue(term, symbol_))
    return unknown(term)


def setter_of(ev: Evaluator, row: Instance, name: str) -> Function | None:
    """The method that `row.name = value` calls, where the model has a property of this name that can be set."""
    owner = row.model.symbol
    member = ev.analysis.lookup.class_member(owner, name) if isinstance(owner, ClassSymbol) else None
    definition = member.definition if member is not None else None
    if isinstance(definition, Assignment) and isinstance(call := definition.value, Call):
        given = [dotted(argument.value) for argument in call.arguments]
        is_property = called_name(call) == "property" and len(given) > 1
        member = ev.analysis.lookup.class_member(member.owner, given[1] or "") if member and is_property else None
    elif not isinstance(definition, FunctionSummary) or not _sets(definition):
        return None
    method = member.method if member is not None else None
    return Function(constant(method.dotted), method, member.owner, row) if member is not None and method else None


def _sets(definition: FunctionSummary) -> bool:
    return any(dotted(decorator) == f"{definition.name}.setter" for decorator in definition.decorators)


def _is_placeholder(value: Value, receiver: Value) -> bool:
    """True for a class attribute that instances are likely to have a value of their own for: None, a flag, a list."""
    if not isinstance(receiver, (Instance, Object)):
        return isinstance(value, Unknown)
    is_text = isinstance(value, Known) and isinstance(value.constant, str) and value.constant != ""
    is_stated = is_text or (isinstance(value, Items) and _are_names(value))
    return isinstance(value, (Unknown, Known, Items, Entries)) and not is_stated


def _are_names(value: Items) -> bool:
    """True for a list of literal strings that is not empty."""
    inner = [item.value for item in value.items]
    return bool(inner) and all(isinstance(item, Known) and isinstance(item.constant, str) for item in inner)


def _is_object(value: Value) -> bool:
    return isinstance(value, (Instance, Object))
