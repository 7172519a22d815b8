"""Members of classes, as seen through an instance, the class, or rows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate import functions
from flake8_unique_insert.evaluate.annotations import annotated
from flake8_unique_insert.evaluate.globals import evaluate_elsewhere
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol, Member
from flake8_unique_insert.syntax.expressions import Expression, dotted
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

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator


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
