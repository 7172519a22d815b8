"""`add`, `set`, `remove` and `clear` of related managers: rows that are linked, parted, or given another parent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.objects import assignments
from flake8_unique_insert.evaluate.rows import inserts
from flake8_unique_insert.evaluate.rows.absent_rows import absent, narrowed
from flake8_unique_insert.evaluate.rows.lookups import conjunction
from flake8_unique_insert.evaluate.rows.row_values import entries_values
from flake8_unique_insert.evaluate.rows.writes import RowValues, Write
from flake8_unique_insert.evaluate.states.facts import added
from flake8_unique_insert.facts import Condition, Inserted
from flake8_unique_insert.schema import Link
from flake8_unique_insert.syntax.expressions import FALSE, Attribute, Call, Expression
from flake8_unique_insert.values import Arguments, Instance, Items, Result, Rows, unknown


def add(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    """`team.members.add(user)` makes a row of the table between; `order.parcels.add(parcel, bulk=False)` saves it."""
    options = {argument.keyword: value for argument, value in zip(*arguments) if argument.keyword}
    if rows.link is not None:
        _link(ev, rows, rows.link, call, arguments, options.get("through_defaults"))
    elif "bulk" in options and options["bulk"].term == FALSE:
        for value in _given(arguments):
            for option in value.options:
                if isinstance(option.value, Instance) and option.value.model.table == rows.model.table:
                    for name, owner in rows.given:
                        assignments.assign(ev, value, name, unknown(owner))
                    inserts.save(ev, option.value, option.facts, call, ((), []))
    return unknown(term)


def _given(arguments: Arguments) -> Iterator[Result]:
    """The rows that are given one by one, or in a list."""
    for argument, value in zip(*arguments):
        if argument.keyword is None and not argument.star:
            yield from value.value.items if isinstance(value.value, Items) else (value,)


def _link(ev: Evaluator, rows: Rows, link: Link, call: Call, arguments: Arguments, defaults: Result | None) -> None:
    """Rows of the table between, where there are none yet. defaults: `through_defaults`."""
    owner = {(item.field, item.term) for fact in absent(rows) for item in fact.conditions}
    name = call.function.name if isinstance(call.function, Attribute) else ""
    for argument, value in zip(*arguments):
        if argument.keyword is None:
            single = name.endswith("add") and not argument.star
            values = owner | {(link.target, value.term)} if single else owner
            if single and defaults is not None:
                _insert(ev, narrowed(rows, Condition("pk", "exact", value.term)), link, call, values, defaults)
            ev.state.insert(frozenset([link.table]), Inserted(link.table, frozenset(values), single))


def _insert(
    ev: Evaluator, rows: Rows, link: Link, call: Call, pair: set[tuple[str, Expression]], defaults: Result
) -> None:
    """The row that links two, with the values of `through_defaults`: Django looks whether the pair is there (A69)."""
    model = ev.analysis.lookup.model_labelled(link.table)
    if model is None or not ev.analysis.recording:
        return
    given = entries_values(defaults, model)
    linked = tuple((name, unknown(term)) for name, term in sorted(pair, key=lambda item: item[0]))
    values = RowValues((*given.values, *linked), given.spread, given.open)
    facts = added(ev.state.facts, absent(rows))
    inserts.emit(ev, Write(
        call, "add", "insert", model, values, ev.state.copy(), facts, inserts.protections_of(ev, call),
        ev.frame.code, ev.frame.stack,
    ))  # fmt: skip


def remove(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    """`team.members.remove(user)`, `team.members.clear()`: no such row is left between them."""
    if rows.link is not None:
        removed = [frozenset([Condition("pk", "exact", value.term)]) for value in arguments[1]] or [frozenset()]
        ev.state.learn(absent(replace(rows, alternatives=conjunction(rows.alternatives, frozenset(removed)))))
    return unknown(term)
