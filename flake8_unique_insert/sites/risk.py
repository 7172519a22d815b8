"""Which keys a write puts at risk, and why the others are not."""

from __future__ import annotations

from flake8_unique_insert.evaluate.collections.collected import NOTHING
from flake8_unique_insert.evaluate.frame import Analysis
from flake8_unique_insert.evaluate.rows.inserts import is_true, names_in
from flake8_unique_insert.evaluate.rows.writes import Write
from flake8_unique_insert.schema import FormKind, KeyKind, UniqueKey
from flake8_unique_insert.sites.clashes import has_new_parent, may_clash, new_rows
from flake8_unique_insert.sites.conditions import outside_condition
from flake8_unique_insert.sites.derived import is_derived, is_made_of_columns
from flake8_unique_insert.sites.values import FieldValue, field_value
from flake8_unique_insert.sites.written_keys import comes_under
from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Constant,
    Symbol,
)
from flake8_unique_insert.values import Elements, Result, Value


def safe_reason(analysis: Analysis, write: Write, key: UniqueKey) -> str | None:
    """Why a key is not at risk ("generated", "fresh_parent", "update_only": none of it is written), None if it is."""
    if _left_out(analysis, write, key) or _is_put_back(write, key):
        return "update_only"
    if _is_pk_upsert(analysis, write, key):
        return "upsert"
    values = {name: field_value(analysis, write, name) for name in key.alike}
    if key.nulls_distinct and any(value.kind == "null" for value in values.values()):
        return "generated"
    if outside_condition(analysis, write, key):
        return "generated"
    if _become_alike(write, key) and not is_made_of_columns(write, values):
        return None
    fresh = [value for value in values.values() if value.kind == "fresh"]
    if any(not _is_used(write, value, values) for value in fresh) or is_derived(write, values):
        return "generated"
    if has_new_parent(analysis, write, key, values):
        return "fresh_parent"
    return None


def _become_alike(write: Write, key: UniqueKey) -> bool:
    """True where `update()` gives several rows one key, whatever it is: by what it sets, and what they were found by.

    They are one at most where they were found by a unique key.
    """
    if write.rows is None or write.method != "update":
        return False
    groups = write.rows.alternatives
    if any(item.field == "" for group in groups for item in group):
        return False
    group = next(iter(groups)) if len(groups) == 1 else frozenset()
    same = {item.field for item in group if item.lookup == "exact" and not item.excluded}
    if not set(key.members) <= same | {name for name, _ in write.values.values}:
        return False
    keys = (set(other.members) for other in write.model.keys if other.condition is None and not other.expressions)
    return not same & {"pk", write.model.primary_key} and not any(names <= same for names in keys)


def _is_put_back(write: Write, key: UniqueKey) -> bool:
    """`row.owner = row.owner`: an existing row keeps what it has in all fields of the key."""
    if write.kind != "update" or write.instance is None or write.object is None or key.condition is not None:
        return False
    before, changed = dict(write.object.former), write.object.changed.intersection(key.members)
    for name in changed:
        value, own = write.values.get(name), Attribute(write.instance.term, name)
        if value is None or value.value.term not in (own, before.get(name, own)):
            return False
    return bool(changed)


def _left_out(analysis: Analysis, write: Write, key: UniqueKey) -> bool:
    """`save(update_fields=[...])` without a field of the key, and of its condition where the row comes under that."""
    if write.method != "save" or "update_fields" not in write.options:
        return False
    fields = _may_name(analysis, write.options["update_fields"])
    if fields is None:
        return write.kind == "update" and write.options["update_fields"].value.term.__class__.__name__ != "Constant"
    columns = {found.name if (found := write.model.field(name)) is not None else name for name in fields}
    if columns & set(key.members):
        return False
    changed = columns & write.object.changed if write.kind == "update" and write.object is not None else set()
    return not comes_under(analysis, write, key, changed)


def _may_name(analysis: Analysis, value: Result) -> frozenset[str] | None:
    """The strings that may be in a list, one that was filled step by step too; None where that cannot be told."""
    found: set[str] = set()
    for option in value.options:
        if isinstance(option.value, Elements):
            for item in option.value.element.options:
                names = _named_by(analysis, item.value)
                if not names and item.value.term != NOTHING:
                    return None
                found.update(names)
        elif (listed := names_in(Result(value.term, (option,)))) is not None:
            found |= listed
        else:
            return None
    return frozenset(found)


def _named_by(analysis: Analysis, value: Value) -> list[str]:
    """A string, or those that the variable of a loop over literals takes; none for what is not known."""
    terms = analysis.literals.get(value.term, ()) if isinstance(value.term, Symbol) else (value.term,)
    return [term.value for term in terms if isinstance(term, Constant) and isinstance(term.value, str)]


def _is_pk_upsert(analysis: Analysis, write: Write, key: UniqueKey) -> bool:
    """`M(pk=x).save()`: an UPDATE first, when the key has no default and nothing forces an insert (oracle A03, A15).

    So it is where a row gets another primary key: the row that has it is overwritten, if there is one. A serializer has
    `objects.create()` make its row, which forces an insert.
    """
    if key.kind is not KeyKind.PRIMARY_KEY or write.method != "save" or is_true(write.options.get("force_insert")):
        return False
    if write.kind == "update":
        return True
    if write.form is not None and write.form.form.kind is FormKind.SERIALIZER:
        return False
    fields = [write.model.field(name) for name in key.fields]
    return all(field is not None and field.default is None for field in fields)


def _is_used(write: Write, value: FieldValue, values: dict[str, FieldValue]) -> bool:
    """True where a row that was inserted before may have got the value that was generated, and all of the key."""
    made = (fact for fact in new_rows(write) if fact.term in value.terms)
    return any(may_clash(row, write, values) for fact in made for row in fact.but)
