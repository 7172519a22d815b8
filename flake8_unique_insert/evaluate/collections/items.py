"""Items by their place or key: `pair[0]`, `first, second = pair`, `data[key] = value`, `rows[0]`."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.collections import membership
from flake8_unique_insert.evaluate.collections.collected import MAX_OPTIONS
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import Unreachable
from flake8_unique_insert.evaluate.picks import are_picked
from flake8_unique_insert.evaluate.rows import absent_rows
from flake8_unique_insert.evaluate.states.facts import added
from flake8_unique_insert.syntax.expressions import Attribute, Constant, Expression, Name, Subscript, string
from flake8_unique_insert.values import (
    LISTS,
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
    Value,
    result,
    unknown,
)

ERRORS = ("errors", "_errors")
"""Attributes of a form: the errors that it has found."""


def part_of(value: Result, place: int, term: Expression, size: int | None = None) -> Result | None:
    """The item at a place of a list or tuple, or of one of several, as in `(rows[:1] or [None])[0]`.

    size: how many items there are, where that is known. None where nothing is known of the item.
    """
    parts = [(option, _item(option.value, place, size)) for option in value.options]
    return _either(parts, term)


def entry_of(value: Result, name: str | None, term: Expression) -> Result | None:
    """What a dict, or one of several, has under a name; None where that cannot be told."""
    if name is None or not all(isinstance(option.value, Entries) for option in value.options):
        return None
    dicts = [dict(option.value.entries) if isinstance(option.value, Entries) else {} for option in value.options]
    return _either([(option, entries.get(name)) for option, entries in zip(value.options, dicts)], term)


def _either(parts: list[tuple[Option, Result | None]], term: Expression) -> Result | None:
    """One of several things, each with what is known where it is that; None where nothing is known of one of them."""
    known = [(option, part) for option, part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if len(known) == 1:
        return known[0][1]
    options = [
        Option(inner.value, added(option.facts, inner.facts)) for option, part in known for inner in part.options
    ]
    terms = {part.term for _, part in known}
    return Result(terms.pop() if len(terms) == 1 else term, tuple(dict.fromkeys(options))[:MAX_OPTIONS])


def _item(value: Value, place: int, size: int | None) -> Result | None:
    if isinstance(value, Items) and size in (None, len(value.items)) and -len(value.items) <= place < len(value.items):
        return value.items[place]
    if isinstance(value, Answer) and value.shape in LISTS and place == 0 and size in (None, 1):
        row = Instance(Subscript(value.term, Constant(0, "int")), value.rows.model)
        return result(row, absent_rows.only_one(value.rows, row.term))
    if isinstance(value, Elements) and are_picked(value):
        return value.element
    return None


def assign(ev: Evaluator, target: Subscript, value: Result) -> None:
    """`names[key] = value`: what a name, or an attribute of an object, holds from then on."""
    index = ev.evaluate(target.index)
    key = string(index.value.term) if isinstance(index.value, Known) else string(target.index)
    holder = ev.evaluate(target.base)
    errors = holder.term if isinstance(holder.term, Attribute) and holder.term.name in ERRORS else None
    if errors is not None and errors.base == ev.analysis.validating:
        raise Unreachable  # the form is not valid then
    inner = holder.value
    name = target.base.id if isinstance(target.base, Name) and target.base.id in ev.state.names else None
    if name is not None and isinstance(inner, Column):
        ev.state.names[name] = Result(holder.term, (Option(membership.with_value(inner, index)),))
    elif isinstance(inner, Column) and isinstance(target.base, Attribute):
        place = Attribute(ev.term(target.base.base), target.base.name)
        assign_to_attribute(ev, place, Result(holder.term, (Option(membership.with_value(inner, index)),)))
        return
    if key is not None and all(isinstance(option.value, Entries) for option in holder.options):
        changed = Result(holder.term, tuple(_with_entry(option, key, value) for option in holder.options))
        if name is not None:
            ev.state.names[name] = changed
        assign_to_attribute(ev, holder.term, changed)
    elif name is not None and all(isinstance(option.value, (Entries, Items, Elements)) for option in holder.options):
        ev.state.names[name] = unknown(ev.symbol("changed", target, name))
    elif key is not None:
        ev.state.assign_item(holder.term, key)


def _with_entry(option: Option, key: str, value: Result) -> Option:
    """One of the dicts that are changed, with its new entry."""
    assert isinstance(option.value, Entries)
    others = (item for item in option.value.entries if item[0] != key)
    return replace(option, value=replace(option.value, entries=(*others, (key, value))))


def assign_to_attribute(ev: Evaluator, term: Expression, changed: Result) -> None:
    """The attribute that keeps a dict keeps it as it is now, also where it is called by another name."""
    owner = ev.state.objects.get(term.base) if isinstance(term, Attribute) else None
    if owner is None or not isinstance(term, Attribute) or owner.get(term.name) is None:
        return
    others = tuple(item for item in owner.values if item[0] != term.name)
    ev.state.objects[term.base] = replace(owner, values=(*others, (term.name, changed)))


def of_column(ev: Evaluator, column: Answer | Column, term: Subscript) -> Result:
    """`rows.values_list("pk", flat=True)[0]`."""
    if isinstance(column, Column) and term.index == Constant(0, "int"):
        ev.raises("IndexError", "", absent_rows.absent(column.rows))
    return unknown(term)


def of_rows(ev: Evaluator, rows: Rows, index: Result, node: Subscript) -> Result:
    """`rows[0]` and `rows[:1]`."""
    term: Expression = Subscript(rows.term, index.term)
    if isinstance(index.term, Constant) and index.term.value == 0:
        ev.raises("IndexError", "", absent_rows.absent(rows))
        return result(Instance(term, rows.model))
    if isinstance(index.term, (Constant, Name)):
        return result(Instance(term, rows.model))
    return result(replace(rows, term=term, is_manager=False))
