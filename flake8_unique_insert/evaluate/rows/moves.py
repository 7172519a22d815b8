"""Rows that change places: what a changed key leaves free, and the place into which a row of a loop moves."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.collections.exhausted import of_row
from flake8_unique_insert.evaluate.rows.absent_rows import is_lost, plain_keys, values_of
from flake8_unique_insert.evaluate.rows.counters import is_step
from flake8_unique_insert.evaluate.states.facts import APART
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.facts import Absent, Condition, Inserted
from flake8_unique_insert.schema import UniqueKey
from flake8_unique_insert.syntax.expressions import Attribute, Binary, Call, Expression, string
from flake8_unique_insert.values import Instance, Known, ObjectState, Rows

AHEAD = {"+": ("gte", "gt"), "-": ("lte", "lt")}
"""The lookups that leave out none of the rows into whose places a row moves."""

GIVEN = ("param", "join")
"""The kinds of symbols for what a function is called with, and for one of several values."""


def freed(row: Instance, known: ObjectState) -> list[Absent]:
    """Once a changed row is saved, nobody has the key that it had before."""
    former = dict(known.former)
    found = []
    for key in plain_keys(row.model.keys):
        if former.keys() & set(key.members):
            values = values_of(row, key, known)
            before = frozenset(replace(item, term=former.get(item.field, item.term)) for item in values)
            found.append(Absent(row.model.table, before))
    return found


def left(row: Instance, known: ObjectState, saved: frozenset[str] | None, state: State) -> list[Absent]:
    """Once a row is saved with other values, it is none of those that have another one, and it may have been the last.

    saved: the fields that are saved, None for all.
    """
    written = known.changed if saved is None else known.changed & saved
    told = [(name, value.term) for name, value in known.values if name in written and isinstance(value.value, Known)]
    others = [Condition(name, "exact", term, excluded=True) for name, term in told]
    itself = Condition(row.model.primary_key, "exact", row.term, excluded=True)
    alone = (fact for fact in state.facts if isinstance(fact, Absent) and itself in fact.conditions)
    return [of_row(row.term, row.model.table, [other]) for other in others] + [
        replace(fact, conditions=fact.conditions - {itself})
        for fact in alone
        if fact.table == row.model.table and any(is_lost(item, other) for item in fact.conditions for other in others)
    ]


def moved(row: Instance, known: ObjectState) -> Inserted:
    """A changed row as facts see it."""
    changed = ((name, value.term) for name, value in known.values if name in known.changed)
    return Inserted(row.model.table, frozenset(changed), of=row.term)


def place_ahead(row: Instance, known: ObjectState, rows: Rows | None) -> list[Absent]:
    """`row.order += 1` in a loop over all rows from one on, the last one first: the place ahead was left just before.

    rows: those of the loop each round of which begins with this change, None for no such loop.
    """
    if rows is None or len(known.changed) != 1:
        return []
    (name,) = known.changed
    value = found.term if (found := known.get(name)) is not None else None
    if not isinstance(value, Binary) or not _steps(row, name, value):
        return []
    if order_of(rows.term) != (f"-{name}" if value.operator == "+" else name):
        return []
    keys = (key for key in plain_keys(row.model.keys) if name in key.members)
    complete = (key for key in keys if _is_complete(rows, key, name, AHEAD[value.operator]))
    return [Absent(row.model.table, values_of(row, key, known)) for key in complete]


def _steps(row: Instance, name: str, value: Binary) -> bool:
    """True for `row.order + 1`."""
    return value.operator in AHEAD and value.left == Attribute(row.term, name) and is_step(value.right)


def order_of(query: Expression) -> str | None:
    """The first field of the last `order_by()`."""
    while isinstance(query, Call) and isinstance(query.function, Attribute):
        if query.function.name == "order_by":
            return string(query.arguments[0].value) if query.arguments else None
        if query.function.name == "reverse":
            return None
        query = query.function.base
    return None


def _is_complete(rows: Rows, key: UniqueKey, name: str, ahead: tuple[str, ...]) -> bool:
    """True when each of the rows comes with all that are ahead of it."""
    return len(rows.alternatives) == 1 and all(
        not item.excluded
        and ((item.field == name and item.lookup in ahead) or (item.field != name and _scopes(item, key)))
        for group in rows.alternatives
        for item in group
    )


def _scopes(item: Condition, key: UniqueKey) -> bool:
    return item.field in key.members and item.lookup == "exact"


def kept_as_asked(row: Instance, known: ObjectState, state: State) -> list[Absent]:
    """`Team.objects.filter(name=name, club=club).exists()`, and of a row only the name is changed.

    Where nothing tells of the club that is asked for, nor of the one that the row keeps, they are taken for the same.
    """
    if any(symbol.kind in APART for symbol in row.term.symbols):
        return []  # each row of a loop may keep another one
    keys = [set(key.members) for key in plain_keys(row.model.keys) if known.changed & set(key.members)]
    return [
        replace(fact, conditions=asked)
        for fact in state.facts
        if isinstance(fact, Absent) and fact.table == row.model.table
        if {item.field for item in fact.conditions} in keys
        if (asked := frozenset(_as_kept(item, row, known, state) for item in fact.conditions)) != fact.conditions
    ]


def _as_kept(item: Condition, row: Instance, known: ObjectState, state: State) -> Condition:
    """What is asked for in a field that a row keeps, if it comes from the caller: the row's own value."""
    if known.get(item.field) is not None or item.lookup != "exact" or item.excluded:
        return item
    rows = {term for term, other in state.objects.items() if other.new is not None} | {row.term}
    is_of_row = any(isinstance(part, Attribute) and part.base in rows for part in item.term.walk())
    is_given = not is_of_row and any(symbol.kind in GIVEN for symbol in item.term.symbols)
    return replace(item, term=Attribute(row.term, item.field)) if is_given else item
