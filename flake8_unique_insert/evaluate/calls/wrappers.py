"""Decorators, context managers and views of the project that catch IntegrityError: found by reading their code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flake8_unique_insert import django_names
from flake8_unique_insert.evaluate.calls.reraised import raises_again
from flake8_unique_insert.evaluate.errors import error_names, names_of, names_of_result
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import Analysis
from flake8_unique_insert.evaluate.globals import evaluate_elsewhere
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol
from flake8_unique_insert.syntax.expressions import Attribute, Call, Constant, Expression, Name, Yield, dotted
from flake8_unique_insert.syntax.statements import ExceptClause, FunctionDef, Raise, Return, Suite, Try, inside
from flake8_unique_insert.values import Function, SymbolValue, Value

HANDED_ON = re.compile(r"return [\w.]+\(.*\w\(\w+\)|return \w+\(\w+\)", re.DOTALL)
"""`return handled(function)`, `return logged(name)(handled(function))`."""
MAX_COMPOSED = 2


def catches_around(ev: Evaluator, value: Value, manager: Expression) -> bool:
    """True when what a decorator or context manager wraps runs where IntegrityError is caught (oracle D91, D93).

    value: of the function or class. manager: as it is written, with what it is given.
    """
    if isinstance(value, Function):
        return _function_catches(ev, value.symbol, _given(value.symbol, manager))
    if isinstance(value, SymbolValue) and isinstance(value.symbol, ClassSymbol):
        member = ev.analysis.lookup.class_member(value.symbol, "__exit__")
        if member is None:
            member = ev.analysis.lookup.class_member(value.symbol, "__aexit__")
        method = member.method if member is not None else None
        return method is not None and _exit_swallows(ev, method)
    return False


def answers_errors(analysis: Analysis, view: ClassSymbol) -> bool:
    """True for a view of DRF whose own `handle_exception()`, which gets every error, speaks of IntegrityError."""
    member = analysis.lookup.class_member(view, "handle_exception")
    method = member.method if member is not None else None
    if method is None or "IntegrityError" not in analysis.lookup.function_source(method):
        return False
    code = analysis.functions.code(method)
    is_view = any(base.startswith("rest_framework.") for base in analysis.lookup.bases(view))
    return is_view and code is not None and _speaks_of_integrity_error(code.body)


def _speaks_of_integrity_error(body: Suite) -> bool:
    names = {name.id for name in inside(body, Name)} | {attribute.name for attribute in inside(body, Attribute)}
    return not names.isdisjoint({"IntegrityError", "DatabaseError"})


def _given(symbol: FunctionSymbol, manager: Expression) -> dict[str, Expression]:
    """What a call gives to the parameters of a function, as it is written."""
    if not isinstance(manager, Call):
        return {}
    names = [parameter.name for parameter in symbol.summary.parameters if parameter.kind == "positional"]
    positional = (argument.value for argument in manager.arguments if argument.keyword is None and not argument.star)
    named = {argument.keyword: argument.value for argument in manager.arguments if argument.keyword is not None}
    return {**dict(zip(names, positional)), **named}


def _function_catches(ev: Evaluator, symbol: FunctionSymbol, given: dict[str, Expression], depth: int = 0) -> bool:
    """A `try` around the call of the wrapped function, or around the `yield` of a context manager.

    Also one in a decorator that it hands the function on to, as in `return logged(handled(function))`.
    """
    source = ev.analysis.lookup.function_source(symbol)
    may_catch = "except" in source or HANDED_ON.search(source)  # most do neither, and need no parsing
    code = ev.analysis.functions.code(symbol) if may_catch else None
    if code is None:
        return False
    names = {parameter.name for parameter in symbol.summary.parameters}
    nested = (function.header.parameters for function in inside(code.body, FunctionDef))
    names |= {parameters[0].name for parameters in nested if parameters}
    if any(_try_catches(ev, symbol, statement, names, given) for statement in inside(code.body, Try)):
        return True
    handed_on = _handed_on(ev, symbol, code.body, names) if depth < MAX_COMPOSED else ()
    return any(_function_catches(ev, other, {}, depth + 1) for other in handed_on)


def _handed_on(ev: Evaluator, symbol: FunctionSymbol, body: Suite, names: set[str]) -> Iterator[FunctionSymbol]:
    """The functions of the project that what is wrapped is handed on to, in what is returned."""
    returned = (statement.value for statement in inside(body, Return) if statement.value is not None)
    calls = (part for value in returned for part in value.walk() if isinstance(part, Call))
    for call in (call for call in calls if isinstance(call.function, Name) and len(call.arguments) == 1):
        given = call.arguments[0].value.walk()
        found = evaluate_elsewhere(ev, symbol.module, call.function)
        is_given = any(isinstance(part, Name) and part.id in names for part in given)
        if is_given and found is not None and isinstance(found.value, Function):
            yield found.value.symbol


def _try_catches(
    ev: Evaluator, symbol: FunctionSymbol, statement: Try, names: set[str], given: dict[str, Expression]
) -> bool:
    if not _calls(statement.body, names) and next(inside(statement.body, Yield), None) is None:
        return False
    taking = (clause for clause in statement.handlers if _names_integrity_error(ev, symbol, clause, given))
    first = next(taking, None)
    if first is None or raises_again(ev, first.body, first.name, symbol.module, within=False):
        return False
    return not (_is_broad(first) and _calls(first.body, names))  # which would raise the same error again


def _raises_another(body: Suite, caught: str | None) -> bool:
    """True for statements that raise something else than the error that was caught, as may be said to who asks."""
    raised = (statement.value for statement in inside(body, Raise))
    return any(value is not None and value != Name(caught or "") for value in raised)


def _calls(body: Suite, names: set[str]) -> bool:
    """True when statements call what is wrapped."""
    functions = (call.function for call in inside(body, Call))
    return any(isinstance(function, Name) and function.id in names for function in functions)


def _is_broad(clause: ExceptClause) -> bool:
    return clause.types is None or dotted(clause.types) in django_names.BROAD_ERRORS


def _names_integrity_error(
    ev: Evaluator, symbol: FunctionSymbol, clause: ExceptClause, given: dict[str, Expression]
) -> bool:
    """True when an except clause of a function catches IntegrityError, also one of what the function is given."""
    if clause.types is None:
        return True
    name = clause.types.id if isinstance(clause.types, Name) else ""
    if name in given:
        return bool(names_of(error_names(ev, given[name]) or []) & django_names.CAUGHT_WITH_INTEGRITY_ERROR)
    defaults = {parameter.name: parameter.default for parameter in symbol.summary.parameters}
    value = evaluate_elsewhere(ev, symbol.module, defaults.get(name) or clause.types)
    return value is not None and bool(names_of_result(value) & django_names.CAUGHT_WITH_INTEGRITY_ERROR)


def _exit_swallows(ev: Evaluator, method: FunctionSymbol) -> bool:
    """An `__exit__` that speaks of IntegrityError, or always returns True, swallows it, or raises another error."""
    code = ev.analysis.functions.code(method)
    if code is None:
        return False
    caught = method.summary.parameters[2].name if len(method.summary.parameters) > 2 else None
    if _raises_another(code.body, caught) and _speaks_of_integrity_error(code.body):
        return True
    returned = [statement.value for statement in inside(code.body, Return) if statement.value is not None]
    if not returned:
        return False
    if all(isinstance(value, Constant) for value in returned):
        return all(isinstance(value, Constant) and value.value is True for value in returned)
    return _speaks_of_integrity_error(code.body)
