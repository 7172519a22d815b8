"""Guard: a lookup has established, on every path, that no row with this key exists.

The lookup must find every row that could collide: each of its conditions has to follow from the key's values (or from
the condition of a partial key). An extra condition makes it too narrow (oracle C43 to C49); fewer fields, and lookups
that match more than the exact value, are fine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flake8_unique_insert.evaluate.collections.apart import fields_of
from flake8_unique_insert.evaluate.frame import Analysis
from flake8_unique_insert.evaluate.rows import largest
from flake8_unique_insert.evaluate.rows.lookups import EVERYTHING
from flake8_unique_insert.evaluate.rows.lookups import condition as read_condition
from flake8_unique_insert.evaluate.rows.writes import Write
from flake8_unique_insert.evaluate.states.facts import APART, added
from flake8_unique_insert.evaluate.states.terms import FOLDING, differs, folded_same, is_folded, same
from flake8_unique_insert.evaluate.states.texts import begins_with
from flake8_unique_insert.facts import GIVEN, Absent, Condition, Facts
from flake8_unique_insert.guards import parents
from flake8_unique_insert.schema import UniqueKey
from flake8_unique_insert.sites.clashes import differ_in_batch, may_clash
from flake8_unique_insert.sites.conditions import visible
from flake8_unique_insert.sites.values import FieldValue, field_value
from flake8_unique_insert.syntax.expressions import (
    FALSE,
    NONE,
    TRUE,
    Attribute,
    Boolean,
    Call,
    Expression,
    Mapping,
    Sequence,
    Unary,
    constant,
    string,
)
from flake8_unique_insert.values import Fresh, Items

VERDICT = "checked"
WIDER = frozenset(
    {"exact", "iexact", "contains", "icontains", "startswith", "istartswith", "endswith", "iendswith", "gte", "lte"}
)
STARTS = frozenset({"startswith", "istartswith"})
CLASS_NAME = frozenset({"_meta", "model_name", "model", "__class__", "__name__", "lower"})
"""What is read of a row to name its class as a content type does."""
FLAGS = (("exact", TRUE, False), ("exact", FALSE, True))
"""The conditions by which a row counts whose flag is set."""
NO_ROW = frozenset({NONE, constant(0), Unary("-", constant(1))})
"""What is no primary key of a row, and is taken where there is no row."""


def covers(analysis: Analysis, write: Write, key: UniqueKey) -> bool:
    """True when a fact at the write says that no row with this key exists."""
    values = {name: field_value(analysis, write, name) for name in key.alike}
    return all(_covers(analysis, write, key, each, facts) for each, facts in _ways(write, key, values))


def _ways(write: Write, key: UniqueKey, values: dict[str, FieldValue]) -> Iterator[tuple[dict[str, FieldValue], Facts]]:
    """The values of the key, and what is known there, each way that it can collide.

    Where one member may have several values, what is known of each, but for those that are new or NULL. What an
    existing row was given may have been found out before other rows were inserted.
    """
    is_old = write.object is not None and write.object.new is not True
    several = [name for name, value in values.items() if value.result is not None and len(value.result.options) > 1]
    if len(several) == 1 and not is_old:
        value = values[several[0]]
        for option in value.result.options if value.result is not None else ():
            if not isinstance(option.value, Fresh) and not (option.value.term == NONE and key.nulls_distinct):
                own = replace(value, terms=tuple(dict.fromkeys([*value.terms, option.value.term])))
                yield {**values, several[0]: own}, added(write.facts, option.facts)
    else:
        yield values, write.facts


def _covers(analysis: Analysis, write: Write, key: UniqueKey, values: dict[str, FieldValue], known: Facts) -> bool:
    tables = {key.table} if key.table else {write.model.table, *write.model.parents}
    facts = [
        fact
        for fact in known
        if isinstance(fact, Absent) and fact.table in tables and (key.nulls_distinct or not fact.or_null)
    ]
    facts += _resolved(facts)
    asked = (condition for fact in facts for condition in fact.conditions)
    partial = visible(analysis, write.model, key, asked) if facts else frozenset()
    own = {item.field: field_value(analysis, write, item.field) for item in partial if _leaves_one_value(item)}
    return any(
        _protects(analysis, fact, write, key, {**own, **values}, partial)
        and not any(may_clash(row, write, values) for row in fact.but)
        and not _clashes_in_batch(analysis, write, values)
        for fact in facts
    )


def _resolved(facts: list[Absent]) -> list[Absent]:
    """No row with this token but those of Ann, and none of Ann's with this token: no row with this token."""
    found = []
    for fact in facts:
        for item in (item for item in fact.conditions if item.excluded and item.field):
            own, rest = replace(item, excluded=False), fact.conditions - {item}
            others = (other for other in facts if own in other.conditions and other.table == fact.table)
            found += [
                replace(fact, conditions=rest, but=fact.but | other.but, or_null=fact.or_null or other.or_null)
                for other in others
                if other.conditions - {own} <= rest
            ]
    return found


def _leaves_one_value(condition: Condition) -> bool:
    """True for `status="open"`, which all rows have in common that meet it; `~Q(status="closed")` leaves any other."""
    return condition.lookup == "exact" and (not condition.excluded or condition.term in (TRUE, FALSE))


def _clashes_in_batch(analysis: Analysis, write: Write, values: dict[str, FieldValue]) -> bool:
    """True when two rows of one batch may have the same key (oracle C28, C42)."""
    if write.kind != "bulk_create" or write.element_count is not None:
        return False
    members = [term for value in values.values() for term in value.terms]
    return not differ_in_batch(analysis, write, members, APART)


def _protects(
    analysis: Analysis,
    fact: Absent,
    write: Write,
    key: UniqueKey,
    values: dict[str, FieldValue],
    partial: frozenset[Condition],
) -> bool:
    by_data = any(_is_spread(item, write, key) for item in fact.conditions)
    return all(
        _follows(item, write, key, values, partial)
        or parents.meets(analysis, write, key, item)
        or (by_data and _is_written(item, write))
        for item in fact.conditions
    )


def _is_written(condition: Condition, write: Write) -> bool:
    """True for a value that the row gets, too: where data of unknown fields is looked up nobody knows what is a key."""
    value = write.values.get(condition.field)
    return value is not None and condition.lookup == "exact" and same(value.term, condition.term)


def _follows(
    condition: Condition, write: Write, key: UniqueKey, values: dict[str, FieldValue], partial: frozenset[Condition]
) -> bool:
    """True when every row that could collide with the written one meets the condition."""
    if condition.excluded:
        return (
            _excludes_only_itself(condition, write, key)
            or condition in partial
            or _is_another(condition, values, partial)
        )
    if condition.field == "":
        is_given = condition.lookup == GIVEN and _is_given(condition.term, key, values, partial)
        return is_given or _is_spread(condition, write, key)
    if condition in partial:
        return True
    if condition.lookup == "either":
        return any(name in values and _has_term(values[name], condition.term) for name in condition.field.split("|"))
    value = values.get(condition.field)
    if value is None:
        return _through_member(condition, values, write)
    if condition.lookup == "isnull":
        return condition.term == (FALSE if key.nulls_distinct or NONE not in value.terms else TRUE)
    if condition.lookup == "in":
        return _lists_value(condition.term, value) or _is_kept_by_all(condition, write, key)
    if condition.lookup == largest.LOOKUP:
        return any(largest.is_beyond(condition.term, own) for own in value.terms)
    if condition.lookup in WIDER and any(_is_computed_alike(condition.term, own, write) for own in value.terms):
        return True
    if not (condition.lookup in WIDER and _has_term(value, condition.term)) and not _begins(value, condition):
        return condition.lookup in FOLDING and any(folded_same(condition.term, term) for term in value.terms)
    return not key.folds(condition.field) or condition.lookup in FOLDING or is_folded(condition.term)


def _is_spread(condition: Condition, write: Write, key: UniqueKey) -> bool:
    """True for `create(**data)`, and for `create(**{**data, "note": note})`, where rows were looked up by `**data`."""
    spread, looked_up = write.values.spread, condition.term
    if condition.lookup != "**" or not isinstance(spread, Mapping) or (None, looked_up) not in spread.items:
        return condition.lookup == "**" and looked_up == spread
    later = (string(name) for name, _ in spread.items[spread.items.index((None, looked_up)) :])
    fields = (write.model.field(name) for name in later if name is not None)
    return not any(field is not None and field.name in key.members for field in fields)


def _is_given(term: Expression, key: UniqueKey, values: dict[str, FieldValue], partial: frozenset[Condition]) -> bool:
    """True where a row with the key has something for which a term is true: `x or None`, or the flag of a condition."""
    if key.nulls_distinct and any(_has_term(values[name], Boolean("or", term, NONE)) for name in key.alike):
        return True
    flags = (item for item in partial if (item.lookup, item.term, item.excluded) in FLAGS)
    asked = {item.field for item in flags}
    return any(_has_term(values[name], term) for name in asked.intersection(values))


def _has_term(value: FieldValue, term: Expression) -> bool:
    return any(same(term, own) for own in value.terms)


def _begins(value: FieldValue, condition: Condition) -> bool:
    """True for `name__startswith=start`, where what is written is `f"{start}-{n}"`."""
    return condition.lookup in STARTS and any(begins_with(term, condition.term) for term in value.terms)


def _is_computed_alike(looked_up: Expression, own: Expression, write: Write) -> bool:
    """True where the row gets `self.digest()`, and what was looked up is `source.digest()` of what it is made from."""
    if not (isinstance(looked_up, Call) and isinstance(own, Call) and write.instance is not None):
        return False
    called, method = looked_up.function, own.function
    return (
        isinstance(called, Attribute)
        and isinstance(method, Attribute)
        and (method.base, method.name, own.arguments) == (write.instance.term, called.name, looked_up.arguments)
    )


def _excludes_only_itself(condition: Condition, write: Write, key: UniqueKey) -> bool:
    """`exclude(pk=instance.pk)` of the row that is written, or of no row: `exclude(pk=None)` (oracle C67, C68).

    An upsert writes the row that it looks up: `exclude(slug=slug)`, also where it asks for the key besides.
    """
    if write.kind == "upsert" and write.lookup is not None and write.rows is not None:
        looked_up = {read_condition(write.model, name, value) for name, value in write.lookup.values}
        is_all = write.rows.alternatives == EVERYTHING and write.lookup.spread is None and not write.lookup.open
        others = {item.field for item in looked_up - {replace(condition, excluded=False)}}
        if is_all and len(others) < len(looked_up) and others <= set(key.members):
            return True
    if condition.lookup == "exact" and _is_told_by(condition, write):
        return True
    if condition.field not in ("pk", "id", write.model.primary_key) or condition.lookup != "exact":
        return False
    return condition.term in NO_ROW or any(same(condition.term, own) for own in _written_rows(write))


def _is_told_by(condition: Condition, write: Write) -> bool:
    """`exclude(slug=slug)` of the row that was looked up by `slug=slug`, which no other row has."""
    if write.object is None or write.object.new is not False or condition.field in write.object.changed:
        return False
    known = write.object.get(condition.field)
    is_key = any(key.members == (condition.field,) and key.condition is None for key in write.model.keys)
    return is_key and known is not None and same(known.term, condition.term)


def _is_another(condition: Condition, values: dict[str, FieldValue], partial: frozenset[Condition]) -> bool:
    """`exclude(active=False)` where the key's condition, or the row's own value, is another: `active=True`."""
    if condition.lookup != "exact":
        return False
    terms = [item.term for item in partial if item.field == condition.field and item.lookup == "exact"]
    terms += values[condition.field].terms if condition.field in values else ()
    return any(differs(term, condition.term) for term in terms)


def _written_rows(write: Write) -> list[Expression]:
    """The rows that a write changes, where they are known one by one; a copy changes none."""
    if write.object is not None and write.object.copied:
        return []
    if write.instance is not None:
        found_by = write.object.get(write.model.primary_key) if write.object is not None else None
        return [write.instance.term, *([found_by.term] if found_by is not None else [])]
    rows = [] if write.rows is None else [
        item.term for group in write.rows.alternatives for item in group
        if item.field in ("pk", "id", write.model.primary_key) and item.lookup == "exact" and not item.excluded
    ]  # fmt: skip
    objects = write.options.get("objs")
    if objects is not None and isinstance(objects.value, Items) and len(objects.value.items) == 1:
        rows.append(objects.value.items[0].term)
    return rows


def _through_member(condition: Condition, values: dict[str, FieldValue], write: Write) -> bool:
    """`project__slug=project.slug` says the same as `project=project`; so does whatever it was found by."""
    name, _, path = condition.field.partition("__")
    if not path or name not in values:
        return False
    if any(_is_found_by(term, path, condition) for term in values[name].terms):
        return True
    if path == "model" and any(_names_class(condition.term, row) for row in _objects(write, name, values)):
        return True
    for term in values[name].terms if condition.lookup == "exact" else ():
        reached = term
        for part in path.split("__"):
            reached = Attribute(reached, part)
        row = write.state.objects.get(term)
        found = row.get(path) if row is not None and path not in row.changed else None
        if same(reached, condition.term) or (found is not None and same(found.term, condition.term)):
            return True
    return False


def _is_found_by(row: Expression, path: str, condition: Condition) -> bool:
    """True for `rows.filter(name__icontains=name).first()`, where that was asked for as `project__name__icontains`."""
    asked = path if condition.lookup == "exact" else f"{path}__{condition.lookup}"
    while isinstance(row, Call) and isinstance(row.function, Attribute):
        given = [argument.value for argument in row.arguments if argument.keyword == asked]
        if row.function.name in ("filter", "get") and any(same(value, condition.term) for value in given):
            return True
        row = row.function.base
    return False


def _objects(write: Write, content_type: str, values: dict[str, FieldValue]) -> Iterator[Expression]:
    """The rows that a GenericForeignKey gets, which has this field for their content type."""
    numbers = {number for kind, number in write.model.generic_keys.values() if kind == content_type}
    terms = (term for number in numbers & values.keys() for term in values[number].terms)
    return (term.base for term in terms if isinstance(term, Attribute) and term.name in ("pk", "id"))


def _names_class(name: Expression, row: Expression) -> bool:
    """True for `row._meta.model_name` and `row.__class__.__name__.lower()`, by which its content type is looked up."""
    read = set[str]()
    while name != row:
        if isinstance(name, Attribute) and name.name in CLASS_NAME:
            read.add(name.name)
            name = name.base
        elif isinstance(name, Call) and not name.arguments:
            name = name.function
        else:
            return False
    return not read.isdisjoint({"_meta", "__class__"})


def _lists_value(listed: Expression, value: FieldValue) -> bool:
    return isinstance(listed, Sequence) and any(same(item, term) for item in listed.items for term in value.terms)


def _is_kept_by_all(condition: Condition, write: Write, key: UniqueKey) -> bool:
    """True for what each of several rows keeps that get the rest of their keys by `update()`: no two keep the same.

    See `absent_rows.unlisted`.
    """
    if write.kind != "update" or write.rows is None or condition.term != Attribute(write.rows.term, condition.field):
        return False
    kept = frozenset(name for name in key.members if write.values.get(name) is None)
    return condition.field in kept and fields_of(write.rows).differ(kept)
