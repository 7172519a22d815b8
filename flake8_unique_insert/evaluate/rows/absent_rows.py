"""What a lookup without an answer says, also one through a many-to-many relation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flake8_unique_insert.evaluate.rows.lookups import condition, conjunction
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.evaluate.states.terms import differs, is_something
from flake8_unique_insert.facts import Absent, Condition, Facts, Groups, NewRow
from flake8_unique_insert.schema import Link, Model, UniqueKey
from flake8_unique_insert.syntax.expressions import FALSE, NONE, TRUE, Attribute, Call, Expression, called_name
from flake8_unique_insert.values import Arguments, Column, Instance, Known, ObjectState, Result, Rows, result, unknown


def absent(rows: Rows) -> frozenset[Absent]:
    """What is known when no row matched: a fact for each way to match."""
    if rows.link is not None:
        return frozenset(_unlinked(rows.model, rows.link, group) for group in rows.alternatives)
    related = (fact for group in rows.alternatives for fact in _of_related(rows.model, group))
    return frozenset([*(Absent(rows.model.table, group) for group in rows.alternatives), *related])


def missing(rows: Rows) -> Facts:
    """What is known when no row matched, also of the row itself that was looked up by its `pk`: it is not there yet."""
    (group,) = rows.alternatives if len(rows.alternatives) == 1 else (frozenset[Condition](),)
    keys = [item.term for item in group if item.field == rows.model.primary_key and item.lookup == "exact"]
    is_whole = len(group) == 1 and not any(item.excluded for item in group)
    unsaved = (key.base for key in keys if is_whole and isinstance(key, Attribute) and key.name in ("pk", "id"))
    return absent(rows).union(map(NewRow, unsaved))


def _of_related(model: Model, group: frozenset[Condition]) -> Iterator[Absent]:
    """`Basket.objects.filter(pk=x, lines__product=y)` is empty: no line has this basket and this product."""
    ways = {(item.via.table, item.via.source) for item in group if item.via is not None}
    if len(ways) != 1 or any(item.field == "" for item in group):
        return
    ((table, source),) = ways
    yield Absent(table, frozenset(_seen_from(item, model, source) for item in group))


def _seen_from(item: Condition, model: Model, source: str) -> Condition:
    """A condition as one on the rows that refer to these by a foreign key."""
    if item.via is not None:
        return replace(item, field=item.via.target, via=None)
    return replace(item, field=source if item.field in ("pk", model.primary_key) else f"{source}__{item.field}")


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
    """What `exclude(pk__in=others.values("owner"))` says of the rows that are left: none of the others has one.

    Of `exclude(product__in=others.values("product"))` that none of the others has the product of one.
    """
    nodes, values = arguments
    name, _, lookup = (nodes[0].keyword or "").rpartition("__") if len(nodes) == 1 else ("", "", "")
    column = values[0].value if lookup == "in" and name else None
    field = model.field(name)
    if not isinstance(column, Column) or len(column.fields) != 1 or (name != "pk" and field is None):
        return frozenset()
    left = term if field is None or name in ("pk", model.primary_key) else Attribute(term, field.name)
    each = condition(column.rows.model, f"{column.fields[0]}__in", unknown(left))
    others = narrowed(column.rows, each)
    return frozenset(replace(fact, but=column.but) for fact in absent(others))


def narrowed(rows: Rows, condition: Condition) -> Rows:
    """Those of the rows that meet one more condition."""
    return replace(rows, alternatives=conjunction(rows.alternatives, frozenset([frozenset([condition])])))


def found_by(rows: Rows) -> tuple[tuple[str, Result], ...]:
    """The values of a row that was looked up by them."""
    if len(rows.alternatives) != 1:
        return ()
    (group,) = rows.alternatives
    told = (item for item in sorted(group, key=lambda item: item.field) if item.field in rows.model.fields)
    found = ((item.field, _value_of(item)) for item in told if not item.excluded)
    return tuple((field, value) for field, value in found if value is not None)


def _value_of(item: Condition) -> Result | None:
    """What a row holds that meets a condition: `name=x`, `deleted_at__isnull=True`."""
    if item.lookup == "isnull":
        return result(Known(NONE)) if item.term == TRUE else None
    return unknown(item.term) if item.lookup == "exact" else None


def only_row(model: Model, groups: Groups, row: Expression) -> list[Absent]:
    """What is known of all other rows when this one was looked up and more of them would have been an error."""
    itself = Condition(model.primary_key, "exact", row, excluded=True)
    return [Absent(model.table, group | {itself}) for group in groups]


def but_for_the_one(state: State, alone: Iterable[Absent]) -> Iterator[Absent]:
    """What is known of all other rows when those with another value are gone, and no other row has this one's.

    alone: what is known of all others that have the values by which this one was looked up.
    """
    for fact in (fact for fact in state.facts if isinstance(fact, Absent)):
        for item in (item for item in fact.conditions if item.excluded):
            here, rest = replace(item, excluded=False), fact.conditions - {item}
            for other in alone:
                itself = frozenset(own for own in other.conditions if own.excluded)
                wider = other.conditions - {here} - itself <= rest and other.table == fact.table
                if wider and here in other.conditions:
                    yield replace(fact, conditions=rest | itself)


def only_one(rows: Rows, row: Expression) -> frozenset[Absent]:
    """What is known of all other rows when this one was found by a unique key: none has it."""
    itself = Condition(rows.model.primary_key, "exact", row, excluded=True)
    found = rows.alternatives if one_at_most(rows) else ()
    return frozenset(Absent(rows.model.table, group | {itself}) for group in found)


def only_that(rows: Rows) -> frozenset[Absent]:
    """What is known of all other rows when the one of a primary key turned out to have a unique key: none has it."""
    found = []
    for group in rows.alternatives if one_at_most(rows) else ():
        itself = {item for item in group if item.field in ("pk", rows.model.primary_key) and item.lookup == "exact"}
        others = {replace(item, field=rows.model.primary_key, excluded=True) for item in itself if not item.excluded}
        if others and _is_unique(rows.model, group - itself):
            found.append(Absent(rows.model.table, group - itself | others))
    return frozenset(found)


def one_at_most(rows: Rows) -> bool:
    """True for the rows that have all values of a unique key, of which there are not two."""
    is_plain = len(rows.alternatives) == 1 and rows.link is None
    return is_plain and all(_is_unique(rows.model, group) for group in rows.alternatives)


def _is_unique(model: Model, group: frozenset[Condition]) -> bool:
    exact = {item.field for item in group if item.lookup == "exact" and not item.excluded}
    return any(set(key.members) <= exact and not key.expressions and _has(group, key.condition) for key in model.keys)


def _has(group: frozenset[Condition], condition: Expression | None) -> bool:
    """True where the condition of a key is `Q(active=True)` or the like, and these rows are looked up by that."""
    if condition is None:
        return True
    return (
        isinstance(condition, Call)
        and called_name(condition) == "Q"
        and all(Condition(argument.keyword or "", "exact", argument.value) in group for argument in condition.arguments)
    )


def is_lost(item: Condition, another: Condition) -> bool:
    """True for a condition on the changed field that a row with its new value does not meet: NULL equals nothing."""
    if item.field != another.field or item.excluded:
        return False
    if item.lookup == "isnull":
        return item.term == FALSE if another.term == NONE else item.term == TRUE and is_something(another.term)
    if item.lookup != "exact":
        return False
    return differs(item.term, another.term) or (another.term == NONE and item.term != NONE)


def gone(row: Instance, state: State) -> list[Absent]:
    """What is known once a row was deleted: nobody has its keys, and where no other row was there, none is left."""
    model, found = row.model, []
    for known in _known_of(row, state):
        changed = known.changed if known is not None else frozenset()
        kept = (key for key in plain_keys(model.keys) if not changed & set(key.members))
        found += [Absent(key.table or model.table, values_of(row, key, known)) for key in kept]
    itself = Condition(model.primary_key, "exact", row.term, excluded=True)
    for fact in state.facts:
        if isinstance(fact, Absent) and fact.table == model.table and itself in fact.conditions:
            found.append(replace(fact, conditions=fact.conditions - {itself}))
    return found


def _known_of(row: Instance, state: State) -> Iterator[ObjectState | None]:
    """What is known of a row, of `Code.objects.get(pk=owner.code.pk)` also as `owner.code`."""
    known = state.objects.get(row.term)
    yield known
    key = known.get(row.model.primary_key) if known is not None else None
    named = key.term if key is not None else None
    if isinstance(named, Attribute) and named.name in ("pk", "id") and named.base in state.objects:
        yield state.objects[named.base]


def others(row: Instance, keys: Iterable[UniqueKey], state: State) -> list[Absent]:
    """What is known once an instance was validated: no other row has its keys."""
    known = state.objects.get(row.term)
    is_new = known is not None and known.new is True
    itself = Condition(row.model.primary_key, "exact", row.term, excluded=True)
    excluded = frozenset() if is_new else frozenset([itself])
    return [Absent(key.table or row.model.table, values_of(row, key, known) | excluded) for key in plain_keys(keys)]


def plain_keys(keys: Iterable[UniqueKey]) -> list[UniqueKey]:
    """The keys that are nothing but fields."""
    return [key for key in keys if key.condition is None and not key.expressions]


def values_of(row: Instance, key: UniqueKey, known: ObjectState | None) -> frozenset[Condition]:
    """The values that a row has in the fields of a key."""
    stored = {name: known.get(name) if known is not None else None for name in key.members}
    terms = {name: value.term if value else Attribute(row.term, name) for name, value in stored.items()}
    return frozenset(Condition(name, "exact", term) for name, term in terms.items())
