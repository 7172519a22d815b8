"""What the decorators of a function look up before they call it: the project's own, and `user_passes_test()`."""

from __future__ import annotations

from collections.abc import Sequence

from flake8_unique_insert.evaluate.branching.truth import by_truth
from flake8_unique_insert.evaluate.calls import functions
from flake8_unique_insert.evaluate.errors import quietly
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms.admission import LOOKS_UP
from flake8_unique_insert.evaluate.frame import BudgetExceeded, Frame, Unreachable
from flake8_unique_insert.evaluate.objects import attributes
from flake8_unique_insert.evaluate.states.facts import common
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.schema import FunctionSymbol
from flake8_unique_insert.syntax.expressions import (
    Argument,
    Attribute,
    Call,
    Expression,
    Lambda,
    Name,
    called_name,
    positional,
)
from flake8_unique_insert.syntax.statements import FunctionDef, Suite, inside
from flake8_unique_insert.syntax.summary import FunctionSummary
from flake8_unique_insert.values import Function, Result, unknown


def admit(ev: Evaluator, function: FunctionSummary) -> None:
    """Learn what holds once the decorators of a function have called it. ev: in its frame, at its start."""
    given = [ev.state.names[item.name] for item in function.parameters if item.kind == "positional"]
    for decorator in function.decorators:
        handed = given
        if isinstance(decorator, Call) and called_name(decorator) == "method_decorator" and decorator.arguments:
            decorator, handed = decorator.arguments[0].value, given[1:]
        before = ev.state.copy()
        try:
            if isinstance(decorator, Call) and called_name(decorator) == "user_passes_test" and handed:
                _pass_test(ev, handed[0], decorator)
            elif (symbol := _decorator(ev, decorator)) is not None:
                _enter(ev, symbol, decorator, handed)
        except Unreachable:  # as far as can be told nobody gets through
            ev.state = before


def _pass_test(ev: Evaluator, request: Result, decorator: Call) -> None:
    """`user_passes_test(test)`: the test is true of `request.user`."""
    test = next(iter(positional(decorator)), None)
    user = attributes.read(ev, request, "user", Attribute(request.term, "user"))
    names = dict(ev.state.names)
    passed: State | None = None
    if isinstance(test, Lambda) and len(test.parameters) == 1:
        ev.state.names[test.parameters[0]] = user
        passed, _ = ev.split(test.body)
    elif test is not None and (symbol := _decorator(ev, test)) is not None:
        call = ev.analysis.implied_call(symbol.dotted, test)
        answer = functions.follow(ev, Function(test, symbol), call, (Argument(user.term),), [user], anyway=True)
        passed, _ = by_truth(ev, answer, None) if answer is not None else (None, None)
    ev.state = passed or ev.state
    ev.state.names = names


def _decorator(ev: Evaluator, decorator: Expression) -> FunctionSymbol | None:
    """The function of the project's own that a decorator is, or that makes it, if it looks for rows."""
    found = quietly(ev, decorator.function if isinstance(decorator, Call) else decorator)
    symbol = found.value.symbol if found is not None and isinstance(found.value, Function) else None
    if symbol is None or not ev.analysis.functions.is_own(symbol.module):
        return None
    text = ev.analysis.lookup.function_source(symbol)
    return symbol if LOOKS_UP.search(text) is not None or "hasattr(" in text else None


def _enter(ev: Evaluator, symbol: FunctionSymbol, decorator: Expression, given: Sequence[Result]) -> None:
    """Learn what is known where the wrapper that a decorator makes calls what is decorated.

    given: what the function is called with, and so the wrapper.
    """
    code = ev.analysis.functions.code(symbol)
    wrapper, name = _wrapper(code.body, symbol) if code is not None else (None, "")
    nested = ev.analysis.nested(wrapper, code)
    if wrapper is None or nested is None or symbol.dotted in ev.frame.following:
        return
    inner, graph, parameters = nested
    frame = Frame(symbol.module, None, inner, (*ev.frame.path, id(wrapper)), (), (*ev.frame.following, symbol.dotted))
    function = ev.analysis.symbol("wrapped", frame, name, name)
    start = State({name: unknown(function)}, dict(ev.state.objects), ev.state.facts)
    for parameter in (*symbol.summary.parameters, *parameters):
        if parameter.name != name:
            start.names[parameter.name] = unknown(ev.analysis.symbol("param", frame, parameter.name, parameter.name))
    if isinstance(decorator, Call):
        stated = zip(symbol.summary.parameters, positional(decorator))
        start.names.update((parameter.name, ev.evaluate(value)) for parameter, value in stated)
    taken = (parameter.name for parameter in parameters if parameter.kind == "positional")
    start.names.update(zip(taken, given))
    before, ev.analysis.wrapped = ev.analysis.wrapped, (function, [])
    steps, ev.analysis.steps = ev.analysis.steps, 0
    try:
        ev.run(frame, graph, start)
        entered = ev.analysis.wrapped[1]
        ev.state.learn(common(entered) if entered else ())
    except BudgetExceeded:
        pass
    finally:
        ev.analysis.wrapped, ev.analysis.steps = before, steps


def _wrapper(body: Suite, symbol: FunctionSymbol) -> tuple[FunctionDef | None, str]:
    """The innermost function that calls what a decorator was given, and the name that this has there."""
    nested = list(inside(body, FunctionDef))
    named = {item.name for item in symbol.summary.parameters}
    named |= {item.name for function in nested for item in function.header.parameters}
    for function in reversed(nested):
        own = {item.name for item in function.header.parameters}
        for call in inside(function.body, Call):
            if isinstance(call.function, Name) and call.function.id in named - own:
                return function, call.function.id
    return None, ""
