"""Handlers that raise IntegrityError again: by themselves, or by a function of the project that gets the error."""

from __future__ import annotations

from flake8_unique_insert import django_names
from flake8_unique_insert.evaluate.errors import names_of_result, quietly
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.globals import evaluate_elsewhere
from flake8_unique_insert.flow.clauses import jumps
from flake8_unique_insert.schema import FunctionSymbol
from flake8_unique_insert.syntax.expressions import Call, Expression, Name, Unary, called_name
from flake8_unique_insert.syntax.statements import (
    Assign,
    Expr,
    If,
    Raise,
    Return,
    Statement,
    Suite,
    With,
    inside,
    suites,
)
from flake8_unique_insert.values import Function, Value

MAX_STATEMENTS = 40
MAX_FOLLOWED = 2


def raises_again(ev: Evaluator, body: Suite, error: str | None, module: str, within: bool = True) -> bool:
    """True when each way through statements ends with the IntegrityError that was caught being raised again.

    error: the name that it has there. module: of the statements. within: they are of the function that is evaluated,
    whose names are known. What cannot be told answers the error.
    """
    return _raises_again(ev, body, error, module, 0 if within else 1)


def _raises_again(ev: Evaluator, body: Suite, error: str | None, module: str, depth: int) -> bool:
    if sum(1 for _ in inside(body, Statement)) > MAX_STATEMENTS:
        return False
    for place, statement in enumerate(body):
        rest = body[place + 1 :]
        if isinstance(statement, Raise):
            return statement.value is None or (error is not None and statement.value == Name(error))
        if isinstance(statement, (Return, Expr, Assign)):
            if error is not None and _hands_on(ev, statement.value, error, module, depth):
                return True
            if isinstance(statement, Return):
                return False
        elif isinstance(statement, If):
            taken = _takes_integrity_error(ev, statement.test, error, module)
            ways = [way for way, when in ((statement.body, True), (statement.orelse, False)) if taken in (when, None)]
            return all(_raises_again(ev, (*way, *rest), error, module, depth) for way in ways)
        elif isinstance(statement, With):
            return _raises_again(ev, (*statement.body, *rest), error, module, depth)
        elif any(jumps(suite) or any(inside(suite, Raise)) for suite in suites(statement)):
            return False
    return False


def _takes_integrity_error(ev: Evaluator, test: Expression, error: str | None, module: str) -> bool | None:
    """Whether `isinstance(error, Denied)` is true of an IntegrityError; None for other tests."""
    if isinstance(test, Unary) and test.operator == "not":
        inner = _takes_integrity_error(ev, test.value, error, module)
        return None if inner is None else not inner
    if not isinstance(test, Call) or called_name(test) != "isinstance" or len(test.arguments) != 2:
        return None
    asked, types = (argument.value for argument in test.arguments)
    found = evaluate_elsewhere(ev, module, types) if asked == Name(error or "") else None
    return bool(names_of_result(found) & django_names.CAUGHT_WITH_INTEGRITY_ERROR) if found is not None else None


def _hands_on(ev: Evaluator, value: Expression | None, error: str, module: str, depth: int) -> bool:
    """True for the call of a function of the project with the error, which raises it again."""
    if not isinstance(value, Call) or depth == MAX_FOLLOWED:
        return False
    place = next((place for place, item in enumerate(value.arguments) if item.value == Name(error)), None)
    called = _called(ev, value.function, module, depth) if place is not None else None
    code = ev.analysis.functions.code(called.symbol) if called is not None else None
    if called is None or code is None or place is None:
        return False
    keyword = value.arguments[place].keyword
    name = keyword or _parameter(called.symbol, place + (called.receiver is not None))
    return _raises_again(ev, code.body, name, called.symbol.module, depth + 1)


def _called(ev: Evaluator, function: Expression, module: str, depth: int) -> Function | None:
    found = quietly(ev, function) if depth == 0 else evaluate_elsewhere(ev, module, function)
    value: Value | None = found.value if found is not None else None
    return value if isinstance(value, Function) else None


def _parameter(symbol: FunctionSymbol, place: int) -> str | None:
    names = [parameter.name for parameter in symbol.summary.parameters if parameter.kind == "positional"]
    return names[place] if place < len(names) else None
