"""Lookups in other words: `x in column`, `any(row.field == x for row in rows)`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate.lookups import conjunction
from flake8_unique_insert.evaluate.queries import absent, note_check
from flake8_unique_insert.evaluate.state import State
from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Call,
    Comparison,
    Comprehension,
    Expression,
    Name,
)
from flake8_unique_insert.values import (
    NO_FACTS,
    Answer,
    Column,
    Condition,
    Elements,
    Option,
    Result,
    Rows,
    Unknown,
    Value,
    result,
    unknown,
)

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator

States = tuple[State | None, State | None]


def rows_of_membership(item: Result, holder: Value) -> Rows | None:
    """The rows that `item in holder` asks for; None when holder is not made of rows."""
    if isinstance(holder, Column):
        wanted = frozenset([frozenset([Condition(holder.field, "exact", item.term)])])
        kept = frozenset(
            frozenset(condition for condition in group if not _lists(condition, holder.field, item.term))
            for group in holder.rows.alternatives
        )
        return replace(holder.rows, alternatives=conjunction(kept, wanted))
    if isinstance(holder, Rows):
        wanted = frozenset([frozenset([Condition(holder.model.primary_key, "exact", item.term)])])
        return replace(holder, alternatives=conjunction(holder.alternatives, wanted))
    return None


def _lists(condition: Condition, field: str, term: Expression) -> bool:
    """True for `field__in=xs`: the rows were read for just the values that are asked about."""
    return condition.field == field and condition.lookup == "in" and not condition.excluded


def difference(ev: Evaluator, left: Result, right: Result, term: Expression, node: object) -> Result | None:
    """`set(xs) - known`: values that no row had when `known` was read; None when these are no values of rows."""
    symbol = ev.symbol("distinct", node)
    found = rows_of_membership(unknown(symbol), right.value)
    if found is None:
        return None
    note_check(ev, found)
    since = right.value.missing if isinstance(right.value, Column) else frozenset()
    facts = NO_FACTS if since else absent(found)
    return result(Elements(term, Result(symbol, (Option(Unknown(symbol), facts),)), distinct=True))


def any_of_rows(ev: Evaluator, comprehension: Comprehension) -> Result | None:
    """`any(row.field == value for row in rows)` as a lookup."""
    if len(comprehension.clauses) != 1 or comprehension.clauses[0].conditions:
        return None
    clause, element = comprehension.clauses[0], comprehension.element
    rows = ev.evaluate(clause.iterable).value
    if not isinstance(rows, Rows) or not isinstance(clause.target, Name):
        return None
    if not isinstance(element, Comparison) or element.operator != "==":
        return None
    for field, other in ((element.left, element.right), (element.right, element.left)):
        if isinstance(field, Attribute) and field.base == clause.target:
            term = ev.term(other)
            wanted = frozenset([frozenset([Condition(field.name, "exact", term)])])
            found = replace(rows, alternatives=conjunction(rows.alternatives, wanted))
            note_check(ev, found)
            return result(Answer(Call(Name("any"), ()), found, "bool"))
    return None
