"""`setattr(row, name, value)`: attributes that are set by their names, one by one or in a loop over names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate import assignments
from flake8_unique_insert.flow.graph import Iterate
from flake8_unique_insert.syntax.expressions import (
    NONE,
    Attribute,
    Call,
    Comparison,
    Constant,
    Expression,
    Name,
    Sequence,
    Symbol,
    string,
)
from flake8_unique_insert.syntax.statements import Break, Continue, If, Raise, Return, inside
from flake8_unique_insert.values import Items, Known, Option, Result, result

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator

LEAVING = (Break, Continue, Raise, Return)


def setattr_call(ev: Evaluator, node: Call) -> Result | None:
    """`setattr(row, name, value)`; None for a call with other arguments."""
    if len(node.arguments) != 3:
        return None
    owner, value = ev.evaluate(node.arguments[0].value), ev.evaluate(node.arguments[2].value)
    key = ev.term(node.arguments[1].value)
    name = string(key)
    if name is not None:
        assignments.assign(ev, owner, name, value)
        return result(Known(NONE))
    spread = _set_from(ev, key, value)
    new = [] if spread is None else [option for option in owner.options if _is_new(ev, option)]
    kept = tuple(option for option in owner.options if option not in new)
    if kept and not _set_each(ev, Result(owner.term, kept), node, key):
        new = [*owner.options]
    assignments.assign_any(ev, new, spread)
    return result(Known(NONE))


def _is_new(ev: Evaluator, option: Option) -> bool:
    """True for a row whose other fields would get their defaults if the loop had no round."""
    known = ev.state.objects.get(option.value.term)
    return known is not None and known.new is True


def _set_each(ev: Evaluator, owner: Result, node: Call, key: Expression) -> bool:
    """`for name in ("a", "b"): setattr(row, name, data[name])`: each of them is set; False for names nobody knows."""
    variable = node.arguments[1].value
    names = ev.analysis.literals.get(key, ()) if isinstance(key, Symbol) else ()
    if not isinstance(variable, Name) or not names or _is_told_apart(ev, variable, node):
        return False
    loop = _loop_of(ev, key)
    listed = _listed(ev, loop)
    target: Expression = variable if loop is None or len(listed) != len(names) else loop.target
    items = listed if target is not variable else tuple(result(Known(term)) for term in names)
    former = dict(ev.state.names)
    for term, item in zip(names, items):
        ev.assign(target, item)
        assignments.assign(ev, owner, string(term) or "", ev.evaluate(node.arguments[2].value))
    ev.state.names = former
    return True


def _set_from(ev: Evaluator, key: Expression, value: Result) -> Expression | None:
    """The data of `for key, value in data.items()`, where these are set; None for what else is set."""
    loop = _loop_of(ev, key)
    iterable = ev.evaluate(loop.iterable).term if loop is not None else None
    if loop is None or not isinstance(iterable, Call) or not isinstance(iterable.function, Attribute):
        return None
    is_its_value = value.term in ev.analysis.variables[id(loop)]
    return iterable.function.base if iterable.function.name == "items" and is_its_value else None


def _loop_of(ev: Evaluator, variable: Expression) -> Iterate | None:
    """The loop around that binds this."""
    bound = ev.analysis.variables
    return next((loop for loop in reversed(ev.loops) if variable in bound.get(id(loop), ())), None)


def _listed(ev: Evaluator, loop: Iterate | None) -> tuple[Result, ...]:
    """What a loop is over, where that is known one by one."""
    iterable = ev.evaluate(loop.iterable).value if loop is not None else None
    return iterable.items if isinstance(iterable, Items) else ()


def _is_told_apart(ev: Evaluator, variable: Name, call: Call) -> bool:
    """True in a function that compares the variable with literals: it may leave some of them out.

    Not where the call is made whatever the comparison says: `if name == "sql": count += 1`.
    """
    body = ev.frame.code.body if ev.frame.code is not None else ()
    beside = [test for choice in inside(body, If) if not _chooses(choice, call) for test in choice.test.walk()]
    return any(_tells_apart(test, variable) and test not in beside for test in inside(body, Comparison))


def _chooses(choice: If, call: Call) -> bool:
    """True when it depends on the `if` whether the call is made."""
    return any(
        isinstance(item, LEAVING) or (isinstance(item, Call) and item.node is call.node)
        for suite in (choice.body, choice.orelse)
        for statement in suite
        for item in statement.walk()
    )


def _tells_apart(test: Comparison, variable: Name) -> bool:
    return (test.left == variable and isinstance(test.right, (Constant, Sequence))) or (
        test.right == variable and isinstance(test.left, Constant)
    )
