"""`setattr(row, name, value)` and `data[name] = value`: what is set by its name, once or in a loop over names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.objects import assignments
from flake8_unique_insert.evaluate.states.state import meet
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
    Subscript,
    Symbol,
    constant,
    is_super,
    string,
)
from flake8_unique_insert.syntax.statements import Break, Continue, If, Raise, Return, inside
from flake8_unique_insert.values import Items, Known, Option, Result, Unknown, result, unknown

LEAVING = (Break, Continue, Raise, Return)


def setattr_call(ev: Evaluator, node: Call) -> Result | None:
    """`setattr(row, name, value)` and `row.__setattr__(name, value)`; None for a call with other arguments."""
    given = [argument.value for argument in node.arguments]
    if isinstance(node.function, Attribute) and len(given) == 2:
        given.insert(0, node.function.base)
    if is_super(node) or len(given) != 3:
        return None
    owner, named, value = map(ev.evaluate, given)
    key, name = named.term, string(named.term)
    if name is not None:
        assignments.assign(ev, owner, name, value)
        return result(Known(NONE))
    spread = _set_from(ev, key, value)
    new = [] if spread is None else [option for option in owner.options if _is_new(ev, option)]
    kept = Result(owner.term, tuple(option for option in owner.options if option not in new))
    if kept.options and not (_set_listed(ev, kept, node, named, spread) or _set_each(ev, kept, node)):
        new = [*owner.options]
        spread = spread or (ev.symbol("set", node) if is_of_data(ev, key) else None)
    assignments.assign_any(ev, new, spread)
    return result(Known(NONE))


def _is_new(ev: Evaluator, option: Option) -> bool:
    """True for a row whose other fields would get their defaults if the loop had no round."""
    known = ev.state.objects.get(option.value.term)
    return known is not None and known.new is True


def _set_listed(ev: Evaluator, owner: Result, node: Call, named: Result, spread: Expression | None) -> bool:
    """`if name in ("code", "title"): setattr(row, name, value)`: each way one of these is set; False for other names.

    spread: the dict that has the value under the name.
    """
    variable, names = node.arguments[-2].value, [string(option.value.term) for option in named.options]
    if not isinstance(variable, Name) or None in names or not is_of_data(ev, named.term):
        return False
    if _is_told_apart(ev, variable, node, (Constant,)):
        return False
    before, ways = ev.state, []
    for name in names:
        ev.state = before.copy()
        ev.state.names[variable.id] = result(Known(constant(name)))
        own = unknown(Subscript(spread, constant(name))) if spread is not None else None
        assignments.assign(ev, owner, name or "", own or ev.evaluate(node.arguments[-1].value))
        ev.state.names = dict(before.names)
        ways.append(ev.state)
    ev.state = meet(ev.analysis.point((ev.frame.path, id(node), "setattr")), ways)
    return True


def is_of_data(ev: Evaluator, variable: Expression) -> bool:
    """True for what a loop takes from data of which nobody knows what it holds: the key of `data.items()`."""
    loop = _loop_of(ev, variable)
    return loop is not None and isinstance(ev.evaluate(loop.iterable).value, Unknown)


def _set_each(ev: Evaluator, owner: Result, node: Call) -> bool:
    """`for name in ("a", "b"): setattr(row, name, data[name])`: each of them is set; False for names nobody knows."""

    def give(name: str, value: Result) -> None:
        assignments.assign(ev, owner, name, value)

    return _for_each_name(ev, node.arguments[-2].value, node, node.arguments[-1].value, give)


def assign_items(ev: Evaluator, target: Subscript, value: Expression) -> bool:
    """`for name in ("a", "b"): data[name] = data[name].strip()`: each of them is given; False for other assignments."""

    def give(name: str, given: Result) -> None:
        ev.assign(replace(target, index=constant(name)), given)

    return _for_each_name(ev, target.index, target, value, give)


def _for_each_name(
    ev: Evaluator, variable: Expression, place: Expression, value: Expression, give: Callable[[str, Result], None]
) -> bool:
    """Give the value that it has then to each name that a loop's variable stands for; False for names nobody knows.

    place: what is done in the loop.
    """
    key = ev.term(variable) if isinstance(variable, Name) else variable
    names = ev.analysis.literals.get(key, ()) if isinstance(key, Symbol) else ()
    if not isinstance(variable, Name) or not names or _is_told_apart(ev, variable, place):
        return False
    loop = _loop_of(ev, key)
    listed = _listed(ev, loop)
    target: Expression = variable if loop is None or len(listed) != len(names) else loop.target
    items = listed if target is not variable else tuple(result(Known(term)) for term in names)
    bound = {part.id: ev.look_up(part.id) for part in target.walk() if isinstance(part, Name)}
    for term, item in zip(names, items):
        ev.assign(target, item)
        give(string(term) or "", ev.evaluate(value))
    ev.state.names.update(bound)
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


def _is_told_apart(
    ev: Evaluator, variable: Name, place: Expression, kinds: tuple[type[Expression], ...] = (Constant, Sequence)
) -> bool:
    """True in a function that compares the variable with literals of these kinds: it may leave some of them out.

    Not where they are set whatever the comparison says: `if name == "sql": count += 1`.
    """
    body = ev.frame.code.body if ev.frame.code is not None else ()
    beside = [test for choice in inside(body, If) if not _chooses(choice, place) for test in choice.test.walk()]
    return any(_tells_apart(test, variable, kinds) and test not in beside for test in inside(body, Comparison))


def _chooses(choice: If, place: Expression) -> bool:
    """True when it depends on the `if` whether this is done."""
    return any(
        isinstance(item, LEAVING) or item == place
        for suite in (choice.body, choice.orelse)
        for statement in suite
        for item in statement.walk()
    )


def _tells_apart(test: Comparison, variable: Name, kinds: tuple[type[Expression], ...]) -> bool:
    return (test.left == variable and isinstance(test.right, kinds)) or (
        test.right == variable and isinstance(test.left, Constant)
    )
