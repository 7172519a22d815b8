"""Lookups in other words: `x in column`, `any(row.field == x for row in rows)`."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.rows.absent_rows import absent
from flake8_unique_insert.evaluate.rows.lookups import EVERYTHING, condition, conjunction
from flake8_unique_insert.evaluate.rows.queries import note_check
from flake8_unique_insert.evaluate.states.facts import added, common, has_values
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.evaluate.states.terms import is_folded, unfolded
from flake8_unique_insert.facts import NO_FACTS, Condition, Facts, Inserted
from flake8_unique_insert.syntax.expressions import (
    NONE,
    Argument,
    Attribute,
    Binary,
    Call,
    Comparison,
    Comprehension,
    Expression,
    Name,
    Subscript,
)
from flake8_unique_insert.values import (
    Answer,
    Column,
    Elements,
    Entries,
    Instance,
    Items,
    Known,
    Option,
    Result,
    Rows,
    Unknown,
    Value,
    result,
    unknown,
)

States = tuple[State | None, State | None]


def rows_of_membership(item: Result, holder: Value) -> Rows | None:
    """The rows that `item in holder` asks for; None when holder is not made of rows."""
    if isinstance(holder, Column):
        parts = _parts(item, holder)
        if parts is None or not all(map(_is_in_case, holder.fields, parts)):
            return None
        wanted = frozenset(condition(holder.rows.model, name, part) for name, part in zip(holder.fields, parts))
        kept = frozenset(
            frozenset(own for own in group if not any(_lists(own, asked) for asked in wanted))
            for group in holder.rows.alternatives
        )
        return replace(holder.rows, alternatives=conjunction(kept, frozenset([wanted])))
    if isinstance(holder, Rows):
        itself = Condition(holder.model.primary_key, "exact", item.term)
        return replace(holder, alternatives=conjunction(holder.alternatives, frozenset([frozenset([itself])])))
    return None


def _is_in_case(field: str, item: Result) -> bool:
    """False where the values of a column are in lower, or in upper case, and what is looked for in it is not."""
    return not field.endswith("__iexact") or is_folded(item.term)


def absent_from(holder: Value, found: Rows) -> Facts:
    """What is known when rows that were looked for in a column are not there: none exists but those inserted since."""
    if not isinstance(holder, Column) or not holder.but:
        return absent(found)
    return frozenset(replace(fact, but=holder.but) for fact in absent(found))


def with_value(column: Column, item: Result) -> Column:
    """A column to which a value was added, after or before the row that has it."""
    added = _row_with(column, item)
    but = frozenset(row for row in column.but if not has_values(row, added))
    due = column.due | {added} if but == column.but and added.values else column.due
    return replace(column, but=but, due=due)


def with_values(column: Column, more: Result) -> Column:
    """A column to which those of another collection were added."""
    for item in more.value.items if isinstance(more.value, Items) else ():
        column = with_value(column, item)
    return column


def union(left: Result, right: Result) -> Result | None:
    """`known | {name}`, and rows that are among these or those; None where left is none of that."""
    one, other = left.value, right.value
    if isinstance(one, Rows) and isinstance(other, Rows) and one.model is other.model and one.link == other.link:
        term = Binary("|", left.term, right.term)
        return result(replace(one, term=term, alternatives=one.alternatives | other.alternatives, is_manager=False))
    if not isinstance(left.value, Column):
        return None
    return Result(left.term, (Option(with_values(left.value, right)),))


def remove(ev: Evaluator, target: Subscript) -> None:
    """`del rows_by_name[name]`."""
    base, key = ev.evaluate(target.base), ev.evaluate(target.index)
    if not isinstance(target.base, Name) or target.base.id not in ev.state.names:
        return
    if isinstance(base.value, Column):
        ev.state.names[target.base.id] = Result(base.term, (Option(without_value(base.value, key)),))
    elif isinstance(base.value, Elements):
        ev.state.names[target.base.id] = Result(base.term, (Option(replace(base.value, if_empty=NO_FACTS)),))


def without_value(column: Column, item: Result | None) -> Column:
    """A column from which a value, or any value, was taken, whose row is still there."""
    return replace(column, but=column.but | {_row_with(column, item)})


def _row_with(column: Column, item: Result | None) -> Inserted:
    """A row that has this value in the column."""
    every = replace(column.rows, alternatives=EVERYTHING)
    found = rows_of_membership(item, replace(column, rows=every)) if item is not None else None
    (fact,) = absent(found or every)
    values = ((own.field, unfolded(own.term) if own.lookup == "iexact" else own.term) for own in fact.conditions)
    return Inserted(fact.table, frozenset(values), found is not None)


def _parts(item: Result, column: Column) -> tuple[Result, ...] | None:
    """The value that is looked for in each field of a column; None for what is none of its values."""
    inner = item.value
    if column.dicts:
        entries = dict(inner.entries) if isinstance(inner, Entries) and not inner.open else {}
        return tuple(entries.values()) if (*entries,) == column.fields else None
    if len(column.fields) == 1 and not column.tuples:
        return (item,)
    return inner.items if isinstance(inner, Items) and len(inner.items) == len(column.fields) else None


def _lists(own: Condition, asked: Condition) -> bool:
    """True for `field__in=xs`: the rows were read for just the values that are asked about."""
    return own.field == asked.field and own.lookup == "in" and not own.excluded


def row_of_key(ev: Evaluator, column: Column, key: Result, method: str) -> Result:
    """`rows_by_name.get(name)`: the row that had this value when the dict was made, or None.

    method: "" for what raises KeyError where there is none: `rows_by_name[name]`.
    """
    getter = Call(Attribute(column.term, method), (Argument(key.term),))
    term = getter if method else Subscript(column.term, key.term)
    found = rows_of_membership(key, column)
    if found is None:
        return unknown(term)
    note_check(ev, found)
    if method:
        options = Option(Known(NONE), absent_from(column, found)), Option(Instance(term, found.model))
        return Result(term, options)
    ev.raises("KeyError", found.model.table, absent_from(column, found))
    return result(Instance(term, found.model))


def difference(ev: Evaluator, right: Result, term: Expression, node: object) -> Result | None:
    """`set(xs) - known`: values that no row had when `known` was read; None when these are no values of rows."""
    if not any(isinstance(option.value, (Column, Rows)) for option in right.options):
        return None
    symbol = ev.symbol("distinct", node)
    element = Option(Unknown(symbol), absent_from_each(ev, unknown(symbol), right))
    return result(Elements(term, Result(symbol, (element,)), distinct=True))


def absent_from_each(ev: Evaluator, item: Result, holder: Result) -> Facts:
    """What is known when an item is not in a collection, whichever of its values that has."""
    known = []
    for option in holder.options:
        found = rows_of_membership(item, option.value)
        if found is not None:
            note_check(ev, found)
        known.append(option.facts if found is None else added(option.facts, absent_from(option.value, found)))
    return common(known)


def any_of_rows(ev: Evaluator, comprehension: Comprehension, negated: bool = False) -> Result | None:
    """`any(row.field == value for row in rows)` as a lookup, or `all(row.field != value for row in rows)`."""
    test = comprehension.element
    if negated:
        if not isinstance(test, Comparison) or test.operator != "!=":
            return None
        test = replace(test, operator="==")
    if len(comprehension.clauses) != 1 or comprehension.clauses[0].conditions:
        return None
    clause = comprehension.clauses[0]
    rows = ev.evaluate(clause.iterable).value
    if not isinstance(rows, Rows) or not isinstance(clause.target, Name):
        return None
    found = rows_where(ev, rows, clause.target, test)
    if found is None:
        return None
    note_check(ev, found)
    return result(Answer(Call(Name("all" if negated else "any"), ()), found, "bool", negated))


def rows_where(ev: Evaluator, rows: Rows, row: Expression, test: Expression) -> Rows | None:
    """The rows for which `row.field == value`; None for any other test."""
    if not isinstance(test, Comparison) or test.operator != "==":
        return None
    for field, other in ((test.left, test.right), (test.right, test.left)):
        lookup = "__iexact" if is_folded(field) and is_folded(other) else ""
        field = unfolded(field) if lookup else field
        if isinstance(field, Attribute) and field.base == row and row not in other.walk():
            wanted = condition(rows.model, f"{field.name}{lookup}", ev.evaluate(other))
            return replace(rows, alternatives=conjunction(rows.alternatives, frozenset([frozenset([wanted])])))
    return None
