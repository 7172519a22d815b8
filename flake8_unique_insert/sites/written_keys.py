"""Which keys a write may change."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_unique_insert.evaluate.frame import Analysis
from flake8_unique_insert.evaluate.rows.inserts import names_in
from flake8_unique_insert.evaluate.rows.row_values import SPREAD
from flake8_unique_insert.evaluate.rows.writes import Write
from flake8_unique_insert.evaluate.states.facts import APART
from flake8_unique_insert.evaluate.states.terms import same
from flake8_unique_insert.facts import Condition
from flake8_unique_insert.schema import KeyKind, Model, UniqueKey
from flake8_unique_insert.sites.conditions import key_conditions, outcome_of
from flake8_unique_insert.sites.values import FieldValue, field_value
from flake8_unique_insert.syntax.expressions import (
    NONE,
    Attribute,
    Call,
    Constant,
    Expression,
    Symbol,
    dotted,
    string,
)
from flake8_unique_insert.values import Known


def written_keys(analysis: Analysis, write: Write) -> tuple[UniqueKey, ...]:
    """The keys of the model whose fields a write sets."""
    keys = tuple(key for key in write.model.keys if not _is_implied(write.model, key))
    if write.kind == "unchanged":
        return ()
    if write.object is not None and SPREAD in write.object.changed:
        return keys
    if write.kind == "update":
        changed = {name for name, value in write.values.values if not _keeps(write, name, value.term)}
        if write.object is not None:
            changed = set(write.object.changed)
            changed |= _follow_in_save(write, changed)
        return tuple(key for key in keys if changed & set(key.members) or comes_under(analysis, write, key, changed))
    if write.kind == "bulk_update":
        changed = {*(names_in(write.options.get("fields")) or ())}
        return tuple(key for key in keys if changed & set(key.members) or comes_under(analysis, write, key, changed))
    if write.form is not None:  # what neither the form, its caller nor the model's own save sets is made elsewhere
        changed = {*write.form.form.inputs, *(name for name, _ in write.values.values), *_made_in_save(write)}
        return tuple(
            key for key in keys if changed & set(key.members) or _is_under_input(analysis, write, key, changed)
        )
    return keys


def _is_under_input(analysis: Analysis, write: Write, key: UniqueKey, changed: set[str]) -> bool:
    """True where the input of a form may bring an existing row under the condition of a partial key."""
    return write.kind == "update" and comes_under(analysis, write, key, changed)


def _is_implied(model: Model, key: UniqueKey) -> bool:
    """True for a key that only rows can have in common which are one row, or have another key in common."""
    is_numbered = all(other.kind is not KeyKind.PRIMARY_KEY for other in model.keys)
    is_wider = is_numbered and model.primary_key in key.fields and len(key.members) > 1
    return is_wider or any(_replaces(model, other, key) for other in model.keys)


def _replaces(model: Model, key: UniqueKey, other: UniqueKey) -> bool:
    """True for a key that is judged instead of another one, of whose fields it has a part: rows with the other have it.

    Of a moment as the primary key and a key that has more fields it is the latter: there the database has no constraint
    for the former.
    """
    if key.condition is not None or key.expressions or other.expressions:
        return False
    if other.condition is None and (_is_moment(model, key) or _is_moment(model, other)):
        return _is_moment(model, other) and set(other.members) < set(key.members)
    return set(key.members) < set(other.members) and (other.nulls_distinct or not key.nulls_distinct)


def _is_moment(model: Model, key: UniqueKey) -> bool:
    """True for a time as the primary key, as models of time series have it."""
    fields = [model.field(name) for name in key.fields] if key.kind is KeyKind.PRIMARY_KEY else []
    return any(field is not None and field.kind.endswith(("DateTimeField", "DateField")) for field in fields)


def _made_in_save(write: Write) -> set[str]:
    """The fields of a new row that the model's own `save()` gives a value, as in `self.slug = slugify(self.title)`."""
    if write.object is None or write.object.new is not True:
        return set()
    made = (pair for mechanism in write.mechanisms for pair in mechanism.values.values)
    return {name for name, value in made if not all(isinstance(option.value, Known) for option in value.options)}


def _follow_in_save(write: Write, changed: set[str]) -> set[str]:
    """The fields of an existing row that the model's own `save()` makes of those that were changed."""
    given = {
        value.term for name, value in write.values.values if name in changed and not isinstance(value.term, Constant)
    }
    found: set[str] = set()
    if not given or write.own_save is None or not write.own_save.names({*_members(write)} - changed):
        return found
    for mechanism in write.mechanisms:
        for name in mechanism.object.changed - changed if mechanism.object is not None else ():
            value = mechanism.values.get(name)
            if value is not None and not given.isdisjoint(value.term.walk()):
                found.add(name)
    return found


def _members(write: Write) -> Iterator[str]:
    return (name for key in write.model.keys for name in key.members)


def comes_under(analysis: Analysis, write: Write, key: UniqueKey, changed: set[str]) -> bool:
    """True when an existing row is made to meet the condition of a partial key: `address.is_default = True`."""
    if key.condition is None or not changed:
        return False
    conditions = key_conditions(analysis, write.model, key) or ()
    asked = [condition for condition in conditions if condition.field in changed]
    if all(_met_before(write, item) for item in asked):
        return False
    changed_to = ((item, value) for item in asked for value in _changed_to(analysis, write, item.field))
    return any(_may_meet(value, item) for item, value in changed_to)


def _may_meet(value: FieldValue, condition: Condition) -> bool:
    """True where a field gets what a condition asks for, or a value of which nothing says that it is another."""
    outcome = outcome_of(value, condition)
    is_open = outcome is None and condition.lookup == "exact" and not condition.excluded
    return outcome is True or (is_open and value.kind == "given")


def _met_before(write: Write, condition: Condition) -> bool:
    """True where a row met a condition before its field was changed: by what was compared, or what it was found by."""
    if write.object is not None:
        held = [dict(write.object.former).get(condition.field)]
    else:
        groups = write.rows.alternatives if write.rows is not None else ()
        held = [_found_by(group, condition.field) for group in groups]
    values = (
        FieldValue("null" if term == NONE else "constant", (term,)) for term in held if isinstance(term, Constant)
    )
    met = [outcome_of(value, condition) for value in values]
    return bool(met) and len(met) == len(held) and all(met)


def _found_by(group: frozenset[Condition], field: str) -> Expression | None:
    found = (item.term for item in group if item.field == field and item.lookup == "exact" and not item.excluded)
    return next(found, None)


def _changed_to(analysis: Analysis, write: Write, name: str) -> Iterator[FieldValue]:
    """What a field of an existing row gets; of a batch the literals that loops have given to their rows, too."""
    yield field_value(analysis, write, name)
    for row, known in write.state.objects.items() if write.kind == "bulk_update" else ():
        value = known.get(name) if isinstance(row, Symbol) and row.kind in (*APART, "element") else None
        for option in value.options if value is not None else ():
            if isinstance(option.value, Known):
                yield FieldValue("null" if option.value.term == NONE else "constant", (option.value.term,))


def _keeps(write: Write, name: str, term: Expression) -> bool:
    """True for `filter(email=e).update(email=e)` and `update(email=F("email"))`, which change nothing (oracle B75)."""
    if isinstance(term, Call) and (dotted(term.function) or "").rsplit(".", 1)[-1] == "F":
        return [string(argument.value) for argument in term.arguments] == [name]
    if write.rows is not None and isinstance(term, Attribute) and term.name == name:
        rows = {term.base, Attribute(term.base, "pk"), Attribute(term.base, write.model.primary_key)}
        groups = write.rows.alternatives
        if groups and all(any(_is_this_row(item, write, rows) for item in group) for group in groups):
            return True  # `filter(pk=row.pk).update(email=row.email)`
    return write.rows is not None and all(
        any(
            name in item.field.split("|") and item.lookup in ("exact", "either") and same(item.term, term)
            for item in group
            if not item.excluded
        )
        for group in write.rows.alternatives
    )


def _is_this_row(item: Condition, write: Write, rows: set[Expression]) -> bool:
    return item.field in ("pk", write.model.primary_key) and item.lookup == "exact" and item.term in rows
