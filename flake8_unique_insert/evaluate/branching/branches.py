"""Tests: the states in which a condition is true and false, with the facts that each edge brings.

Narrowing forms that are understood: `not`, `and`, `or`, ternaries, walrus, truth of any lookup's answer, `is None` and
`== None`, comparisons of a count or `len()` with 0 and 1, `== True/False`, `x in column`, `any(...)`, `hasattr` of a
reverse one-to-one, the flag of an upsert, `isinstance` of a row. Not understood (no fact, both edges open): arithmetic
on counts, comparisons of two lookups, `all(...)` of other things than models that are named one by one.
"""

from __future__ import annotations

from flake8_unique_insert import django_names
from flake8_unique_insert.evaluate.branching.comparisons import split_comparison
from flake8_unique_insert.evaluate.branching.truth import States, by_truth
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import Unreachable
from flake8_unique_insert.evaluate.states.state import State, meet
from flake8_unique_insert.schema import ClassSymbol
from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Await,
    Boolean,
    Call,
    Comparison,
    Conditional,
    Expression,
    Name,
    Unary,
    Walrus,
)
from flake8_unique_insert.values import Instance, ModelClass


def split(ev: Evaluator, test: Expression) -> States:
    """The states when `test` is true and when it is false; None where that cannot be."""
    if isinstance(test, Unary) and test.operator == "not":
        yes, no = split(ev, test.value)
        return no, yes
    if isinstance(test, Boolean):
        return _split_boolean(ev, test)
    if isinstance(test, Await):
        ev.awaiting += 1
        try:
            return split(ev, test.value)
        finally:
            ev.awaiting -= 1
    if isinstance(test, Walrus):
        value = ev.evaluate(test)
        return by_truth(ev, value, test.name)
    if isinstance(test, Conditional):
        return _split_conditional(ev, test)
    if isinstance(test, Call):
        inner = _transparent(test)
        if inner is not None:
            return split(ev, inner)
        if (known := _is_instance(ev, test)) is not None:
            return (ev.state.copy(), None) if known else (None, ev.state.copy())
    if isinstance(test, Comparison):
        return split_comparison(ev, test)
    if isinstance(test, Attribute) and test.name in django_names.SAYS_UNIQUE and not _is_of_row(ev, test):
        return ev.state.copy(), None  # what is not unique cannot collide
    value = ev.evaluate(test)
    return by_truth(ev, value, test.id if isinstance(test, Name) else None)


def _is_of_row(ev: Evaluator, test: Attribute) -> bool:
    """True for a field of a model that happens to have this name."""
    owner = ev.evaluate(test.base).value
    return isinstance(owner, Instance) and owner.model.field(test.name) is not None


def _is_instance(ev: Evaluator, test: Call) -> bool | None:
    """Whether `isinstance(row, Topic)` is true; None where the row's model does not tell, and for other tests."""
    if test.function != Name("isinstance") or len(test.arguments) != 2:
        return None
    row, wanted = (ev.evaluate(argument.value) for argument in test.arguments)
    if not isinstance(row.value, Instance) or not isinstance(wanted.value, ModelClass):
        return None
    own, other = row.value.model.symbol, wanted.value.model.symbol
    if not isinstance(own, ClassSymbol) or not isinstance(other, ClassSymbol):
        return None
    if other.dotted in ev.analysis.lookup.bases(own):
        return True
    return None if own.dotted in ev.analysis.lookup.bases(other) else False


def _transparent(test: Call) -> Expression | None:
    """The x of `bool(x)`."""
    if isinstance(test.function, Name) and test.function.id == "bool" and len(test.arguments) == 1:
        return test.arguments[0].value
    return None


def _split_boolean(ev: Evaluator, test: Boolean) -> States:
    yes, no = split(ev, test.left)
    rest = yes if test.operator == "and" else no
    if rest is None:
        return (None, no) if test.operator == "and" else (yes, None)
    try:
        after_yes, after_no = _split_on(ev, rest, test.right)
    except Unreachable:
        after_yes, after_no = None, None
    point = ev.analysis.point((ev.frame.path, id(test), "boolean"))
    if test.operator == "and":
        return after_yes, _either(point, no, after_no)
    return _either(point, yes, after_yes), after_no


def _split_on(ev: Evaluator, state: State, test: Expression) -> States:
    saved, ev.state = ev.state, state.copy()
    try:
        return split(ev, test)
    finally:
        ev.state = saved


def _either(point: int, left: State | None, right: State | None) -> State | None:
    alive = [state for state in (left, right) if state is not None]
    return meet(point, alive) if alive else None


def _split_conditional(ev: Evaluator, test: Conditional) -> States:
    yes, no = split(ev, test.test)
    left: States = _split_on(ev, yes, test.body) if yes is not None else (None, None)
    right: States = _split_on(ev, no, test.orelse) if no is not None else (None, None)
    point = ev.analysis.point((ev.frame.path, id(test), "conditional"))
    return _either(point, left[0], right[0]), _either(point, left[1], right[1])
