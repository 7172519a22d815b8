"""Decorators and context managers of the project that catch IntegrityError: found by reading their code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_unique_insert import django_names
from flake8_unique_insert.flow.clauses import read_handler
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol
from flake8_unique_insert.syntax.expressions import Call, Constant, Name, Yield
from flake8_unique_insert.syntax.statements import ExceptClause, FunctionDef, Return, Try, inside
from flake8_unique_insert.syntax.summary import FunctionSummary
from flake8_unique_insert.values import Function, SymbolValue, Value

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator


def catches_around(ev: Evaluator, value: Value) -> bool:
    """True when what a decorator or context manager wraps runs where IntegrityError is caught (oracle D91, D93)."""
    if isinstance(value, Function):
        return _function_catches(ev, value.symbol)
    if isinstance(value, SymbolValue) and isinstance(value.symbol, ClassSymbol):
        member = ev.analysis.lookup.class_member(value.symbol, "__exit__")
        if member is None:
            member = ev.analysis.lookup.class_member(value.symbol, "__aexit__")
        if member is not None and isinstance(member.definition, FunctionSummary):
            return _exit_swallows(ev, member.owner, member.definition)
    return False


def _function_catches(ev: Evaluator, symbol: FunctionSymbol) -> bool:
    """A `try` around the call of the wrapped function, or around the `yield` of a context manager."""
    has_handler = "except" in ev.analysis.lookup.function_source(symbol)  # most have none, and need no parsing
    code = ev.analysis.functions.code(symbol) if has_handler else None
    if code is None:
        return False
    names = {parameter.name for parameter in symbol.summary.parameters}
    nested = (function.header.parameters for function in inside(code.body, FunctionDef))
    names |= {parameters[0].name for parameters in nested if parameters}
    return any(_try_catches(ev, symbol, statement, names) for statement in inside(code.body, Try))


def _try_catches(ev: Evaluator, symbol: FunctionSymbol, statement: Try, names: set[str]) -> bool:
    functions = (call.function for call in inside(statement.body, Call))
    wraps = any(isinstance(function, Name) and function.id in names for function in functions)
    if not wraps and next(inside(statement.body, Yield), None) is None:
        return False
    taking = (clause for clause in statement.handlers if _names_integrity_error(ev, symbol.module, clause))
    first = next(taking, None)
    return first is not None and not read_handler(first).always_reraises


def _names_integrity_error(ev: Evaluator, module: str, clause: ExceptClause) -> bool:
    """True when an except clause of another module catches IntegrityError."""
    if clause.types is None:
        return True
    from flake8_unique_insert.evaluate.errors import names_of_result
    from flake8_unique_insert.evaluate.globals import evaluate_elsewhere

    value = evaluate_elsewhere(ev, module, clause.types)
    return value is not None and bool(names_of_result(value) & django_names.CAUGHT_WITH_INTEGRITY_ERROR)


def _exit_swallows(ev: Evaluator, owner: ClassSymbol, summary: FunctionSummary) -> bool:
    """An `__exit__` that speaks of IntegrityError, or always returns True, swallows it."""
    symbol = FunctionSymbol(owner.module, f"{owner.qualname}.{summary.name}", summary)
    code = ev.analysis.functions.code(symbol)
    if code is None:
        return False
    returned = [statement.value for statement in inside(code.body, Return) if statement.value is not None]
    if not returned:
        return False
    if all(isinstance(value, Constant) for value in returned):
        return all(isinstance(value, Constant) and value.value is True for value in returned)
    return any(name.id in ("IntegrityError", "DatabaseError") for name in inside(code.body, Name))
