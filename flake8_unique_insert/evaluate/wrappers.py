"""Decorators and context managers of the project that catch IntegrityError: found by reading their code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

import libcst as cst

from flake8_unique_insert import django_names
from flake8_unique_insert.flow.clauses import read_handler
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol
from flake8_unique_insert.syntax.expressions import Constant
from flake8_unique_insert.syntax.lower import lower
from flake8_unique_insert.syntax.summary import FunctionSummary
from flake8_unique_insert.values import Function, SymbolValue, Value

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator

N = TypeVar("N", bound=cst.CSTNode)


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
    names |= {node.params.params[0].name.value for node in _of_type(code.body, cst.FunctionDef) if node.params.params}
    return any(_try_catches(ev, symbol, node, names) for node in _of_type(code.body, cst.Try))


def _try_catches(ev: Evaluator, symbol: FunctionSymbol, node: cst.Try, names: set[str]) -> bool:
    wraps = any(isinstance(call.func, cst.Name) and call.func.value in names for call in _of_type(node.body, cst.Call))
    if not wraps and not any(True for _ in _of_type(node.body, cst.Yield)):
        return False
    taking = (clause for clause in node.handlers if _names_integrity_error(ev, symbol.module, clause))
    first = next(taking, None)
    return first is not None and not read_handler(first).always_reraises


def _names_integrity_error(ev: Evaluator, module: str, clause: cst.ExceptHandler) -> bool:
    """True when an except clause of another module catches IntegrityError."""
    if clause.type is None:
        return True
    from flake8_unique_insert.evaluate.globals import evaluate_elsewhere
    from flake8_unique_insert.evaluate.transfer import names_of_result

    value = evaluate_elsewhere(ev, module, lower(clause.type))
    return value is not None and bool(names_of_result(value) & django_names.CAUGHT_WITH_INTEGRITY_ERROR)


def _exit_swallows(ev: Evaluator, owner: ClassSymbol, summary: FunctionSummary) -> bool:
    """An `__exit__` that speaks of IntegrityError, or always returns True, swallows it."""
    symbol = FunctionSymbol(owner.module, f"{owner.qualname}.{summary.name}", summary)
    code = ev.analysis.functions.code(symbol)
    if code is None:
        return False
    returned = [lower(node.value) for node in _of_type(code.body, cst.Return) if node.value is not None]
    if not returned:
        return False
    if all(isinstance(value, Constant) for value in returned):
        return all(isinstance(value, Constant) and value.value is True for value in returned)
    return any(name.value in ("IntegrityError", "DatabaseError") for name in _of_type(code.body, cst.Name))


def _of_type(node: cst.CSTNode, kind: type[N]) -> Iterator[N]:
    stack: list[cst.CSTNode] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, kind):
            yield item
        stack.extend(item.children)
