"""What stands around a write: handlers, transactions, and context managers or decorators by name."""

from __future__ import annotations

from flake8_unique_insert import django_names
from flake8_unique_insert.evaluate.calls.reraised import raises_again
from flake8_unique_insert.evaluate.calls.wrappers import catches_around
from flake8_unique_insert.evaluate.errors import error_names, names_of, quietly
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.rows.writes import Protection
from flake8_unique_insert.flow.clauses import suppressed_types
from flake8_unique_insert.flow.graph import Region, TryRegion, WithRegion
from flake8_unique_insert.syntax.expressions import Call, Constant, Expression, dotted, keyword, string
from flake8_unique_insert.syntax.statements import Suite
from flake8_unique_insert.syntax.summary import FunctionSummary
from flake8_unique_insert.values import Function, Result, SymbolValue

BUILT_IN = frozenset({"classmethod", "staticmethod", "property", "cached_property", "override"})
"""Python's own decorators, which protect nothing."""


def protections(ev: Evaluator, region: Region) -> tuple[Protection, ...]:
    """The protections that a region gives, outermost first."""
    if isinstance(region, TryRegion):
        return tuple(filter(None, [_swallowing(region), _handler(ev, region)]))
    manager = region.manager
    types = suppressed_types(manager)
    if types:
        catches = any(_catches(ev, item)[0] for item in types)
        return (Protection("handler", "suppress", catches, region=region),)
    return (of_named(ev, manager, region),)


def _swallowing(region: TryRegion) -> Protection | None:
    return Protection("handler", "finally", True, True, region=region) if region.swallows else None


def _handler(ev: Evaluator, region: TryRegion) -> Protection | None:
    """The first handler of a `try` that catches IntegrityError."""
    for handler in region.handlers:
        catches, broad = _catches(ev, handler.types)
        if catches:
            again = raises_again(ev, handler.body, handler.name, ev.frame.module)
            return Protection("handler", "try", True, broad, again, (handler,), region=region)
    return None


def _catches(ev: Evaluator, types: Expression | None) -> tuple[bool, bool]:
    """(catches IntegrityError, only because it catches almost everything)."""
    names = error_names(ev, types)
    if names is None:
        return True, True
    found = names_of(names) & django_names.CAUGHT_WITH_INTEGRITY_ERROR
    return bool(found), found <= django_names.BROAD_ERRORS


def of_named(ev: Evaluator, manager: Expression, region: object = None) -> Protection:
    """A context manager or decorator: `atomic` with its arguments, any other by its dotted name."""
    name = dotted_name(ev, manager)
    if name in django_names.ATOMIC or name.endswith("transaction.atomic"):
        savepoint = True
        if isinstance(manager, Call):
            savepoint = keyword(manager, "savepoint") != Constant(False, "bool")
            if string(keyword(manager, "using")) not in (None, "default"):
                return Protection("named", name, region=region)  # a transaction of another database
        return Protection("atomic", name, savepoint=savepoint, region=region)
    value = quietly(ev, manager.function if isinstance(manager, Call) else manager)
    catches = value is not None and catches_around(ev, value.value, manager)
    return Protection("named", name, catches, catches, region=region)


def of_decorators(ev: Evaluator, function: FunctionSummary, body: Suite) -> tuple[Protection, ...]:
    """What the decorators of a function protect, outermost first. ev: in the function's frame."""
    telling = (item for item in function.decorators if dotted(item) not in BUILT_IN)
    return tuple(of_named(ev, item, WithRegion(item, body)) for item in telling)


def dotted_name(ev: Evaluator, expression: Expression) -> str:
    """The dotted name of what is called or named."""
    value = quietly(ev, expression.function if isinstance(expression, Call) else expression)
    return _dotted(value) if value is not None else ""


def _dotted(value: Result) -> str:
    inner = value.value
    if isinstance(inner, (SymbolValue, Function)):
        return inner.symbol.dotted
    return dotted(value.term) or ""
