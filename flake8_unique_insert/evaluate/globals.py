"""Names of modules: imports, classes, functions and constants → results."""

from __future__ import annotations

import builtins

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import MAX_DEPTH, Frame, Unreachable
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.schema import (
    ClassSymbol,
    ExternalSymbol,
    FunctionSymbol,
    ModuleSymbol,
    Symbol,
    ValueSymbol,
)
from flake8_unique_insert.syntax.expressions import Expression, Name
from flake8_unique_insert.syntax.summary import Import
from flake8_unique_insert.values import (
    Entries,
    ErrorClass,
    FormClass,
    Function,
    Items,
    Known,
    ModelClass,
    Result,
    Rows,
    SymbolValue,
    result,
    unknown,
)

FOLLOWED = (Entries, ErrorClass, FormClass, Function, Items, Known, ModelClass, Rows, SymbolValue)
"""Values that a module-level constant may stand for; any other is known by its name only."""


def global_result(ev: Evaluator, module: str, name: str) -> Result | None:
    """The value of a name (dotted ones too) in a module's global scope; None when it has none there."""
    key = (module, name)
    cache = ev.analysis.globals
    if key not in cache:
        cache[key] = None  # an assignment that refers to itself ends here
        symbol = ev.analysis.lookup.resolve(module, name)
        cache[key] = symbol_result(ev, symbol) if symbol is not None else _builtin(name)
    return cache[key]


def _builtin(name: str) -> Result | None:
    value = getattr(builtins, name, None)
    if isinstance(value, type) and issubclass(value, BaseException):
        return result(ErrorClass(Name(name), name))
    return None


def symbol_result(ev: Evaluator, symbol: Symbol) -> Result:
    """The value that a symbol stands for."""
    term = Name(symbol.dotted)
    if isinstance(symbol, (ClassSymbol, ExternalSymbol)):
        model = ev.analysis.lookup.model(symbol)
        if model is not None:
            return result(ModelClass(term, model))
        if symbol.dotted.endswith(
            ("Error", "Exception", "DoesNotExist", "Http404", "MultipleObjectsReturned", "Warning")
        ):
            return result(ErrorClass(term, symbol.dotted))
    if isinstance(symbol, FunctionSymbol):
        return result(Function(term, symbol))
    if isinstance(symbol, ValueSymbol):
        return _constant(ev, symbol)
    return result(SymbolValue(term, symbol))


def _constant(ev: Evaluator, symbol: ValueSymbol) -> Result:
    """A module-level assignment, evaluated in its module (the last one, when there are several)."""
    term = Name(symbol.dotted)
    last = symbol.assignments[-1] if symbol.assignments else None
    if last is None or last.value is None or last.index is not None or last.augmented:
        return unknown(term)
    value = evaluate_elsewhere(ev, symbol.module, last.value, following=(symbol.module,))  # kept for all who ask
    if value is None or not isinstance(value.value, FOLLOWED):
        return unknown(term)
    return value


def evaluate_elsewhere(
    ev: Evaluator,
    module: str,
    expression: Expression,
    owner: ClassSymbol | None = None,
    following: tuple[str, ...] | None = None,
) -> Result | None:
    """Evaluate an expression in another module's scope, without effects; None when that is not possible.

    following: what led there, where that is not the frame that asks.
    """
    if ev.frame.depth > MAX_DEPTH + 2:
        return None
    following = (*ev.frame.following, module) if following is None else following
    frame = Frame(module, owner, None, (*ev.frame.path, id(expression)), ev.frame.stack, following)
    return evaluate_unrecorded(ev.at(frame, State()), expression)


def evaluate_unrecorded(ev: Evaluator, expression: Expression) -> Result | None:
    """Evaluate an expression, with its effects on the state, but record nothing; None when it has no value."""
    recording, ev.analysis.recording = ev.analysis.recording, False
    try:
        return ev.evaluate(expression)
    except Unreachable:
        return None
    finally:
        ev.analysis.recording = recording


def import_result(ev: Evaluator, imported: Import) -> Result:
    """The value of a name that an import statement inside a function binds."""
    symbol = ev.analysis.lookup.resolve_import(ev.frame.module, imported)
    if symbol is None:
        return unknown(Name(f"{imported.module}.{imported.member}" if imported.member else imported.module))
    return symbol_result(ev, symbol)


def member_of_module(ev: Evaluator, symbol: ModuleSymbol | ExternalSymbol, name: str) -> Result:
    """`module.name`: what `from module import name` gives, a submodule, too."""
    if isinstance(symbol, ModuleSymbol):
        return import_result(ev, Import(symbol.dotted, name, 0, 0))
    return symbol_result(ev, ExternalSymbol(f"{symbol.dotted}.{name}"))
