"""Operators as values: `not`, `and`, `or`, ternaries and comparisons keep what holds in either outcome."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.branching.comparisons import is_lookup_test
from flake8_unique_insert.evaluate.branching.truth import deciding
from flake8_unique_insert.evaluate.calls.spreading import lay_over
from flake8_unique_insert.evaluate.collections import collection_methods, membership
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.rows.subqueries import negated
from flake8_unique_insert.evaluate.states.facts import added, without
from flake8_unique_insert.facts import NO_FACTS, Facts, not_given, surely_given
from flake8_unique_insert.syntax.expressions import (
    FALSE,
    NONE,
    TRUE,
    Attribute,
    Binary,
    Boolean,
    Call,
    Comparison,
    Conditional,
    Expression,
    Name,
    Unary,
    Walrus,
    called_name,
)
from flake8_unique_insert.values import Column, Entries, Items, Known, Option, Result, Unknown, Value, result, unknown

ASK = frozenset({"exists", "aexists"})


def unary(ev: Evaluator, expression: Unary) -> Result:
    if expression.operator == "not":
        value = flag(ev, expression)
        if not isinstance(expression.value, (Name, Attribute)):
            return value
        operand = ev.term(expression.value)
        tells = any(option.facts - {surely_given(operand), not_given(operand)} for option in value.options)
        return value if tells else replace(value, term=Unary("not", operand))
    inner = ev.evaluate(expression.value)
    term = Unary(expression.operator, inner.term)
    found = negated(term, inner.value) if expression.operator == "~" else None
    return found or unknown(term)


def binary(ev: Evaluator, expression: Binary) -> Result:
    left, right = ev.evaluate(expression.left), ev.evaluate(expression.right)
    term = Binary(expression.operator, left.term, right.term)
    if expression.operator == "-":
        remaining = membership.difference(ev, right, term, expression)
        if remaining is not None:
            return remaining
    if expression.operator == "+" and isinstance(left.value, Items) and isinstance(right.value, Items):
        return result(replace(left.value, term=term, items=(*left.value.items, *right.value.items)))
    if expression.operator == "+" and (chained := collection_methods.chained(ev, left, right, expression)) is not None:
        return chained
    is_grown = expression.operator == "|" or (expression.operator == "+" and isinstance(left.value, Column))
    if is_grown and (grown := membership.union(left, right)) is not None:
        return grown
    if expression.operator == "|" and isinstance(right.value, Entries):
        return _merged(left.value, right.value, term)
    filled = right.value.items if expression.operator == "%" and isinstance(right.value, Items) else (right,)
    return ev.compound(expression, term, [left, *filled])


def _merged(left: Value, right: Entries, term: Expression) -> Result:
    """`options | {"team": team}`."""
    entries, is_open = (dict(left.entries), left.open) if isinstance(left, Entries) else ({}, True)
    lay_over(entries, right.entries)
    return result(Entries(term, tuple(entries.items()), is_open or right.open))


def flag(ev: Evaluator, test: Expression) -> Result:
    """The value of a test that is kept in a name: true or false, with what holds in either case."""
    yes, no = ev.split(test)
    ev.fork([yes, no], test)
    options = [
        Option(Known(constant), without(state.facts, ev.state.facts))
        for constant, state in ((TRUE, yes), (FALSE, no))
        if state is not None
    ]
    return Result(ev.symbol("flag", test), tuple(options))


def boolean(ev: Evaluator, expression: Boolean) -> Result:
    """`a or b`: the value of a where it decides, else that of b."""
    if expression.operator == "and" and isinstance(expression.right, Call) and called_name(expression.right) in ASK:
        return flag(ev, expression)
    yes, no = ev.split(expression.left)
    decided, rest = (yes, no) if expression.operator == "or" else (no, yes)
    left, after_left = ev.branch(decided, _settled(expression.left))
    right, after_right = ev.branch(rest, expression.right)
    ev.fork([after_left, after_right], expression)
    wanted = expression.operator == "or"
    options = deciding(left.options if left else (), wanted)
    left_facts, right_facts = (state.facts if state else NO_FACTS for state in (after_left, after_right))
    joined = _joined(expression, left, options, left_facts, right, right_facts)
    is_access = expression.operator == "and" and _reads(expression.right, expression.left)
    return replace(joined, term=right.term) if right is not None and is_access else joined


def _settled(test: Expression) -> Expression:
    """What to evaluate for the value of a test that was evaluated already: a walrus has its name bound by then."""
    return Name(test.name) if isinstance(test, Walrus) else test


def _joined(
    expression: Expression,
    left: Result | None,
    left_options: list[Option],
    left_facts: Facts,
    right: Result | None,
    right_facts: Facts,
) -> Result:
    options = [Option(option.value, added(left_facts, option.facts)) for option in left_options]
    options += [Option(option.value, added(right_facts, option.facts)) for option in (right.options if right else ())]
    terms = [NONE if value.value.term == NONE else value.term for value in (left, right) if value is not None]
    term = terms[0] if len(set(terms)) == 1 else Boolean(getattr(expression, "operator", "or"), *terms)
    return Result(term, tuple(dict.fromkeys(options))[:6] or (Option(Unknown(term)),))


def conditional(ev: Evaluator, expression: Conditional) -> Result:
    yes, no = ev.split(expression.test)
    left, after_left = ev.branch(yes, expression.body)
    right, after_right = ev.branch(no, expression.orelse)
    ev.fork([after_left, after_right], expression)
    left_facts, right_facts = (state.facts if state else NO_FACTS for state in (after_left, after_right))
    joined = _joined(expression, left, list(left.options) if left else [], left_facts, right, right_facts)
    return replace(joined, term=left.term) if left is not None and _is_access(expression) else joined


def _is_access(expression: Conditional) -> bool:
    """True for `row.name if row else None`: `row.name` wherever that can be read at all."""
    test = expression.test
    if isinstance(test, Comparison) and test.operator == "is not" and test.right == NONE:
        test = test.left
    return expression.orelse == NONE and _reads(expression.body, test) and test != expression.body


def _reads(value: Expression, owner: Expression) -> bool:
    return isinstance(owner, (Name, Attribute)) and owner in value.walk()


def comparison(ev: Evaluator, expression: Comparison) -> Result:
    if is_lookup_test(expression):
        return flag(ev, expression)
    left, right = ev.evaluate(expression.left), ev.evaluate(expression.right)
    return unknown(Comparison(expression.operator, left.term, right.term))
