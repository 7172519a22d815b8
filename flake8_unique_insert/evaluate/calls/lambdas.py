"""Lambdas that write, `create_safely(lambda: Tag.objects.create(name=name))`: nested functions without a name."""

from __future__ import annotations

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import Unreachable
from flake8_unique_insert.evaluate.rows.verbs import may_write
from flake8_unique_insert.facts import NO_FACTS
from flake8_unique_insert.flow.graph import Define
from flake8_unique_insert.syntax.expressions import Call, Lambda
from flake8_unique_insert.syntax.statements import FunctionDef, Return
from flake8_unique_insert.syntax.summary import FunctionSummary, Parameter
from flake8_unique_insert.values import NestedFunction, Result, result, unknown


def evaluate(ev: Evaluator, expression: Lambda) -> Result:
    """A lambda as a value. One that may write is a function, whose writes are noted where it stands."""
    if not any(isinstance(part, Call) and may_write(part) for part in expression.body.walk()):
        return unknown(expression)
    if ev.frame.depth > 1:
        return _in_place(ev, expression)
    key = id(expression)
    if key not in ev.analysis.lambdas:
        ev.analysis.lambdas[key] = expression, _definition(expression)
    _, definition = ev.analysis.lambdas[key]
    ev.analysis.nested_used.add(id(definition.node))
    if ev.analysis.recording:
        raised = list(ev.raised)
        ev.analyse_nested(definition)
        ev.raised = raised
    return result(NestedFunction(expression, definition.node, ev.frame))


def _in_place(ev: Evaluator, expression: Lambda) -> Result:
    """Of a lambda in a nested or a followed function the writes alone, unprotected: who calls it is not looked for."""
    if ev.analysis.recording:
        before = ev.state, ev.regions, list(ev.raised)
        ev.state, ev.regions = ev.state.copy(), ()
        ev.state.facts = NO_FACTS
        for parameter in expression.parameters:
            ev.state.names[parameter] = unknown(ev.analysis.symbol("param", ev.frame, expression, parameter))
        try:
            ev.evaluate(expression.body)
        except Unreachable:
            pass
        finally:
            ev.state, ev.regions, ev.raised = before
    return unknown(expression)


def _definition(expression: Lambda) -> Define:
    parameters = tuple(Parameter(name, "positional", None, None) for name in expression.parameters)
    header = FunctionSummary("<lambda>", parameters, (), None, False, 0, 0, 0)
    return Define(FunctionDef(header, (Return(expression.body),)))
