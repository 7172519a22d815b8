"""Guard: the call looks the row up by this key itself."""

from __future__ import annotations

from flake8_unique_insert.evaluate.frame import Analysis
from flake8_unique_insert.evaluate.rows.inserts import is_true, names_in
from flake8_unique_insert.evaluate.rows.lookups import condition as read_condition
from flake8_unique_insert.evaluate.rows.writes import RowValues, Write
from flake8_unique_insert.evaluate.states.terms import folded_same, normal, same
from flake8_unique_insert.evaluate.states.texts import hashed_text, parts_told
from flake8_unique_insert.facts import Condition
from flake8_unique_insert.guards import parents
from flake8_unique_insert.schema import Field, UniqueKey
from flake8_unique_insert.sites.conditions import visible
from flake8_unique_insert.syntax.expressions import NONE, Attribute, Call, Expression, Subscript, constant
from flake8_unique_insert.values import Result, Unknown, Unset

VERDICT = "upsert"
WIDER = frozenset({"exact", "iexact"})


def covers(analysis: Analysis, write: Write, key: UniqueKey) -> bool:
    """True when the write cannot collide on this key because it finds the row first, or skips it."""
    if write.kind == "bulk_create":
        return _skips(write, key)
    return write.kind == "upsert" and _looks_up(analysis, write, key)


def _skips(write: Write, key: UniqueKey) -> bool:
    """`bulk_create(ignore_conflicts=True)`, or `update_conflicts` for this key (oracle B16 to B19)."""
    if is_true(write.options.get("ignore_conflicts")):
        return True
    if not is_true(write.options.get("update_conflicts")):
        return False
    fields = names_in(write.options.get("unique_fields"))
    if fields is None:
        return True  # without any only MySQL does that, for whatever key
    named = {found.name if (found := write.model.field(name)) is not None else name for name in fields}
    return named == set(key.members)


def _looks_up(analysis: Analysis, write: Write, key: UniqueKey) -> bool:
    """The lookup, with the filters of what it is called on, finds every row that has this key (oracle B30 to B59).

    A row that it finds and changes cannot collide, then: of two that it finds Django changes neither.
    """
    assert write.lookup is not None
    assert write.rows is not None
    if write.lookup.spread is not None:
        return not _is_beside_lookup(write, key, write.lookup)  # an unknown lookup is not guilty
    if key.table:
        return False  # which finds no other rows of the parent's table than those of the model
    own = {read_condition(write.model, name, value) for name, value in write.lookup.values}
    partial = visible(analysis, write.model, key, own)
    of_rows = [condition for group in write.rows.alternatives for condition in group]
    if any(map(_is_unknown, of_rows)) and any(condition.lookup == "linked" for condition in of_rows):
        return False
    owners = _owners_told(analysis, write, key)
    finds_all = any(
        all(
            _is_unknown(item)
            or _path_start(item) in owners
            or _within(item, write, key, partial)
            or parents.meets(analysis, write, key, item)
            for item in own | group
        )
        for group in write.rows.alternatives
    )
    return finds_all and not _overridden(write, key) and not _is_dropped(write, key)


def _is_beside_lookup(write: Write, key: UniqueKey, lookup: RowValues) -> bool:
    """`get_or_create(**data, defaults={"code": code})`: whatever is looked up besides, it is not this key."""
    assert lookup.spread is not None
    asked = {name for name, _ in (*lookup.values, *(write.rows.given if write.rows is not None else ()))}
    values = {name: write.values.get(name) for name in key.alike if name not in asked}
    return len(values) == len(key.alike) and all(
        value is not None
        and not same(value.term, Subscript(lookup.spread, constant(name)))
        and not any(isinstance(option.value, Unset) for option in value.options)
        for name, value in values.items()
    )


def _is_unknown(condition: Condition) -> bool:
    return condition.field == ""


def _within(condition: Condition, write: Write, key: UniqueKey, partial: frozenset[Condition]) -> bool:
    if condition in partial or _is_pinned(condition, write, partial):
        return True
    if _depends_on_key(condition, write, key):
        return True
    if condition.lookup == "either":
        return any(name in key.alike for name in condition.field.split("|"))
    if condition.excluded or condition.field not in key.alike or condition.lookup not in WIDER:
        return False
    folds = any(condition.field in item.fields and item.function in ("Lower", "Upper") for item in key.expressions)
    return not folds or condition.lookup == "iexact" or _is_lowered(condition)


def _owners_told(analysis: Analysis, write: Write, key: UniqueKey) -> frozenset[str]:
    """The relations that a member of the key has, too: `get_or_create(account=account, month=month, owner=owner)`.

    Where the function is given both, nothing says that this is not the owner of the account.
    """
    given = {name for name, value in write.values.values if isinstance(value.value, Unknown)}
    known = {name for name, _ in write.values.values} - given
    fields, app_label = write.model.fields, write.model.label.partition(".")[0]
    targets = (fields[name].target for name in given.intersection(key.members) if name in fields)
    members = [analysis.lookup.model_labelled(target, app_label) for target in targets if target]
    return frozenset(
        name
        for name in set(fields).difference(key.members, known)
        for member in members
        if member is not None and _relate_alike(fields[name], member.fields.get(name))
    )


def _path_start(condition: Condition) -> str:
    """`owner` of `owner__name=name`."""
    return condition.field.partition("__")[0]


def _relate_alike(field: Field, other: Field | None) -> bool:
    """True for two relations to the same model."""
    return bool(field.relation) and other is not None and field.target == other.target


def _is_pinned(condition: Condition, write: Write, partial: frozenset[Condition]) -> bool:
    """A field that the partial key fixes, looked up by the value that the row gets: rows that collide have it, too."""
    value = write.values.get(condition.field)
    fixed = any(
        item.field == condition.field and item.lookup in ("exact", "isnull") and not item.excluded for item in partial
    )
    return fixed and condition.lookup == "exact" and value is not None and same(value.term, condition.term)


def _depends_on_key(condition: Condition, write: Write, key: UniqueKey) -> bool:
    """True where a key tells what is looked up besides.

    `get_or_create(account=a, owner=a.owner)` reads it from a row of the key; `ref=f"{product.id}-{size}"` contains it;
    `text=text, hash=sha256(text.encode()).hexdigest()` is made of it.
    That two fields get one value (`name=username, username=username`) tells nothing of the rows that are there.
    """
    members = [value for name in key.members if (value := write.values.get(name)) is not None]
    told = {normal(part) for value in members for part in _told_by_each(value)}
    own = {normal(option.value.term) for value in members for option in value.options}
    if condition.field in key.members or normal(condition.term) in own:
        return False
    term = normal(condition.term)
    while term not in told and (below := term.base if isinstance(term, Attribute) else hashed_text(term)) is not None:
        term = normal(below)
    return term in told and condition.lookup == "exact" and not condition.excluded


def _told_by_each(value: Result) -> frozenset[Expression]:
    """What every value tells that a member may be: `email or f"{name}@shop.example"` need not tell the name."""
    told = [parts_told(option.value) for option in value.options if option.value.term != NONE]
    return told[0].intersection(*told[1:]) if told else frozenset()


def _is_lowered(condition: Condition) -> bool:
    term = condition.term
    return (
        isinstance(term, Call) and isinstance(term.function, Attribute) and term.function.name in ("lower", "casefold")
    )


def _is_dropped(write: Write, key: UniqueKey) -> bool:
    """`get_or_create(email__iexact=email)` inserts a row without an email: what has a lookup is no value of the row."""
    assert write.lookup is not None
    starts = {name.partition("__")[0] for name, _ in write.lookup.values if "__" in name}
    dropped = starts.intersection(key.members)
    return not write.values.open and any(write.values.get(name) is None for name in dropped)


def _overridden(write: Write, key: UniqueKey) -> bool:
    """`defaults` give a key field another value than the one that was looked up (oracle B48)."""
    assert write.lookup is not None
    for lookup, looked_up in write.lookup.values:
        name, _, kind = lookup.partition("__")
        value, alike = write.values.get(name), folded_same if kind == "iexact" else same
        if kind not in ("", "iexact") or name not in key.members or value is None:
            continue
        if not alike(value.term, looked_up.term):
            return True
    return False
