"""What a lookup without an answer says, also one through a many-to-many relation, and what links rows or parts them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate.lookups import condition, conjunction
from flake8_unique_insert.schema import Link, Model
from flake8_unique_insert.syntax.expressions import Argument, Attribute, Call, Expression
from flake8_unique_insert.values import (
    Absent,
    Column,
    Condition,
    Facts,
    Inserted,
    Result,
    Rows,
    unknown,
)

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator

Arguments = tuple[tuple[Argument, ...], list[Result]]


def absent(rows: Rows) -> frozenset[Absent]:
    """What is known when no row matched: a fact for each way to match."""
    if rows.link is not None:
        return frozenset(_unlinked(rows.model, rows.link, group) for group in rows.alternatives)
    return frozenset(Absent(rows.model.table, group) for group in rows.alternatives)


def _unlinked(model: Model, link: Link, group: frozenset[Condition]) -> Absent:
    """`team.members.filter(pk=x)` is empty: no row of the table between them has this team and this member."""
    conditions = set()
    for item in group:
        if item.lookup == "linked":
            conditions.add(Condition(link.source, "exact", item.term))
        elif item.field in ("pk", model.primary_key):
            conditions.add(replace(item, field=link.target))
        else:
            conditions.add(replace(item, field=f"{link.target}__{item.field}" if item.field else ""))
    return Absent(link.table, frozenset(conditions))


def unlisted(model: Model, term: Expression, arguments: Arguments) -> Facts:
    """What `exclude(pk__in=others.values("owner"))` says of the rows that are left: none of the others has one."""
    nodes, values = arguments
    if len(nodes) != 1 or nodes[0].keyword not in ("pk__in", f"{model.primary_key}__in"):
        return frozenset()
    column = values[0].value
    if not isinstance(column, Column) or len(column.fields) != 1:
        return frozenset()
    each = condition(column.rows.model, f"{column.fields[0]}__in", unknown(term))
    others = narrowed(column.rows, each)
    return frozenset(replace(fact, but=column.but) for fact in absent(others))


def link(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    """`team.members.add(user)`: rows of the table between them."""
    if rows.link is not None:
        owner = {(item.field, item.term) for fact in absent(rows) for item in fact.conditions}
        name = call.function.name if isinstance(call.function, Attribute) else ""
        for argument, value in zip(*arguments):
            single = name.endswith("add") and not argument.star
            values = owner | {(rows.link.target, value.term)} if single else owner
            ev.state.insert(frozenset([rows.link.table]), Inserted(rows.link.table, frozenset(values), single))
    return unknown(term)


def unlink(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    """`team.members.remove(user)`, `team.members.clear()`: no such row is left between them."""
    if rows.link is not None:
        removed = [frozenset([Condition("pk", "exact", value.term)]) for value in arguments[1]] or [frozenset()]
        ev.state.learn(absent(replace(rows, alternatives=conjunction(rows.alternatives, frozenset(removed)))))
    return unknown(term)


def narrowed(rows: Rows, condition: Condition) -> Rows:
    """Those of the rows that meet one more condition."""
    return replace(rows, alternatives=conjunction(rows.alternatives, frozenset([frozenset([condition])])))
