"""Which keys a write puts at risk, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_unique_insert.evaluate.collections.apart import tells_apart
from flake8_unique_insert.evaluate.collections.collected import NOTHING
from flake8_unique_insert.evaluate.collections.nests import spanned
from flake8_unique_insert.evaluate.frame import Analysis, Frame
from flake8_unique_insert.evaluate.interpreter import Interpreter
from flake8_unique_insert.evaluate.rows.absent_rows import found_by
from flake8_unique_insert.evaluate.rows.inserts import inserted_row, is_true, names_in
from flake8_unique_insert.evaluate.rows.lookups import condition as read_condition
from flake8_unique_insert.evaluate.rows.row_values import SPREAD
from flake8_unique_insert.evaluate.rows.signals import done_after
from flake8_unique_insert.evaluate.rows.writes import Write
from flake8_unique_insert.evaluate.states.facts import APART
from flake8_unique_insert.evaluate.states.terms import ANY, differs, normal, refers_to, same, symbols
from flake8_unique_insert.facts import Condition, Inserted, NewRow
from flake8_unique_insert.schema import FormKind, KeyKind, Model, UniqueKey
from flake8_unique_insert.sites.conditions import key_conditions, outcome_of, outside_condition
from flake8_unique_insert.sites.derived import is_derived, is_generated_in, is_made_of_columns
from flake8_unique_insert.sites.values import FieldValue, field_value
from flake8_unique_insert.syntax.expressions import (
    NONE,
    Attribute,
    Call,
    Constant,
    Expression,
    Sequence,
    Symbol,
    dotted,
    string,
)
from flake8_unique_insert.values import Answer, Elements, Instance, Known, Result, Value


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
        return tuple(key for key in keys if changed & set(key.members) or _comes_under(analysis, write, key, changed))
    if write.kind == "bulk_update":
        changed = {*(names_in(write.options.get("fields")) or ())}
        return tuple(key for key in keys if changed & set(key.members) or _comes_under(analysis, write, key, changed))
    if write.form is not None:  # what neither the form, its caller nor the model's own save sets is made elsewhere
        changed = {*write.form.form.inputs, *(name for name, _ in write.values.values), *_made_in_save(write)}
        return tuple(key for key in keys if changed & set(key.members))
    return keys


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


def _comes_under(analysis: Analysis, write: Write, key: UniqueKey, changed: set[str]) -> bool:
    """True when an existing row is made to meet the condition of a partial key: `address.is_default = True`."""
    if key.condition is None or not changed:
        return False
    conditions = key_conditions(analysis, write.model, key) or ()
    asked = [condition for condition in conditions if condition.field in changed]
    return any(outcome_of(value, item) for item in asked for value in _changed_to(analysis, write, item.field))


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
        any(item.field == name and item.lookup == "exact" and same(item.term, term) for item in group)
        for group in write.rows.alternatives
    )


def _is_this_row(item: Condition, write: Write, rows: set[Expression]) -> bool:
    return item.field in ("pk", write.model.primary_key) and item.lookup == "exact" and item.term in rows


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
    if _has_fresh_parent(analysis, write, key, values):
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
    return not _comes_under(analysis, write, key, changed)


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


def _has_fresh_parent(analysis: Analysis, write: Write, key: UniqueKey, values: dict[str, FieldValue]) -> bool:
    """True when a member is a row made in this function, or what that generated, and no row of this key has it yet."""
    if write.kind == "bulk_create" and write.element_count is None and not told_apart(analysis, write, values):
        return False
    for name, value in values.items():
        for term in value.terms:
            for fact in new_rows(write):
                is_new = refers_to(term, fact.term) or _is_below(write, value, fact.term)
                is_new = is_new or is_generated_in(analysis, write, term, fact.term)
                if is_new and not any(may_clash(row, write, values) for row in fact.but):
                    signalled = _inserted_by_signals(analysis, write, name, value, fact.term)
                    return not any(may_clash(row, write, values) for row in signalled)
    return False


def _inserted_by_signals(
    analysis: Analysis, write: Write, name: str, value: FieldValue, parent: Expression
) -> Iterator[Inserted]:
    """The rows that `post_save` of a new row may have inserted, which is the parent that a field refers to.

    A parameter that turned out to be a new row may be what a receiver gets itself.
    """
    field = write.model.field(name)
    if field is None or not field.relation or (isinstance(parent, Symbol) and parent.kind == "param"):
        return
    given = [option.value for option in value.result.options] if value.result is not None else []
    rows = [item for item in given if isinstance(item, Instance) and item.term == parent]
    model = analysis.lookup.model_labelled(field.target, write.model.label.rpartition(".")[0])
    if not rows and model is not None:
        rows = [Instance(parent, model)]
    for row in rows:
        frame = Frame(row.model.symbol.dotted, path=(analysis.point(("post_save", row.model.label)),))
        for done in done_after(Interpreter(analysis, frame, write.state), row):
            if done.kind in ("insert", "save", "upsert", "bulk_create"):
                yield inserted_row(done.model, done.values)


def _is_below(write: Write, value: FieldValue, parent: Expression) -> bool:
    """True for a row that was found among those that refer to a new one: it cannot be older.

    Of one that was made here it is known which rows refer to it since.
    """
    if any(_is_parent(write, term) for term in value.terms):
        return False
    answer = value.result.value if value.result is not None else None
    known = [row.values for term in value.terms if (row := write.state.objects.get(term)) is not None]
    if isinstance(answer, Answer) and answer.shape == "row":
        known.append(found_by(answer.rows))
    return any(same(found.term, parent) for values in known for _, found in values)


def repeats_under_new_row(analysis: Analysis, write: Write, key: UniqueKey) -> bool:
    """True when a member of the key is a row made in this function, but a loop here may insert its key twice."""
    terms = [term for name in key.members for term in field_value(analysis, write, name).terms]
    return any(refers_to(term, fact.term) for term in terms for fact in new_rows(write))


def told_apart(analysis: Analysis, write: Write, values: dict[str, FieldValue]) -> bool:
    """True when no two elements of a batch have the same key: a member is different for each."""
    members = [term for value in values.values() for term in value.terms if not _tells_nothing(write, term)]
    return differ_in_batch(analysis, write, members, (*APART, "new"))


def differ_in_batch(analysis: Analysis, write: Write, members: list[Expression], kinds: tuple[str, ...]) -> bool:
    """True when some of these values, which are those of one element, are others for each. kinds: of elements."""
    each = frozenset().union(*(symbols(normal(term)) for term in members))
    if not spanned(write.nests, each, kinds):
        return False
    whole = Sequence("tuple", tuple(members))
    return any(symbol.kind in kinds and tells_apart(whole, symbol, analysis.rows.get(symbol)) for symbol in each)


def new_rows(write: Write) -> list[NewRow]:
    """The rows that were made in this function before the write."""
    return [fact for fact in write.facts if isinstance(fact, NewRow)]


def _tells_nothing(write: Write, term: Expression) -> bool:
    """True for a new parent of all elements of a batch, where each may have one of its own, and for what a new element
    holds, whatever that is."""
    if isinstance(term, Attribute) and write.instance is not None and term.base == write.instance.term:
        return isinstance(term.base, Symbol) and term.base.kind == "new"
    return _is_parent(write, term) and not (isinstance(term, Symbol) and term.kind in APART)


def _is_parent(write: Write, term: Expression) -> bool:
    """True for a term that is a row made in this function."""
    return any(same(term, fact.term) for fact in new_rows(write))


def may_clash(row: Inserted, write: Write, values: dict[str, FieldValue]) -> bool:
    """True when a row that was inserted before may have the key of the one that is written now."""
    if row.table != write.model.table and row.table not in write.model.parents:
        return False
    known = dict(row.values)
    if row.of is not None and (not known.keys() & values.keys() or _is_written(row.of, write)):
        return False
    if write.kind == "upsert" and _is_found(known, write, values):
        return False
    for name, value in values.items():
        before = known.get(name)
        if before is None or before == ANY or not value.terms:
            continue
        if write.kind == "upsert" and not all(differs(before, term) for term in value.terms):
            continue  # who looks a row up expects that it may be there
        if not any(same(before, term) for term in value.terms) or all(differs(before, term) for term in value.terms):
            return False
    return not any(_has_another_parent(known, write, name, value) for name, value in values.items())


def _has_another_parent(row: dict[str, Expression], write: Write, name: str, value: FieldValue) -> bool:
    """True where a row that was inserted before refers to one that was found by another value: `tag__name`."""
    for path, before in row.items():
        owner, _, field = path.partition("__")
        for term in value.terms if owner == name and field and before != ANY else ():
            found = write.state.objects.get(term)
            own = found.get(field) if found is not None and field not in found.changed else None
            if own is not None and not same(before, own.term):
                return True
    return False


def _is_written(row: Expression, write: Write) -> bool:
    """True when a write changes this row."""
    return write.instance is not None and same(row, write.instance.term)


def _is_found(row: dict[str, Expression], write: Write, values: dict[str, FieldValue]) -> bool:
    """True when an upsert that has the key of a row inserted before would find it by all that it looks up."""
    if write.lookup is None or write.lookup.spread is not None:
        return False
    if write.rows is None or len(write.rows.alternatives) != 1:
        return False
    (group,) = write.rows.alternatives
    own = {read_condition(write.model, name, value) for name, value in write.lookup.values}
    for condition in own | group:
        terms = values[condition.field].terms if condition.field in values else (row.get(condition.field, ANY),)
        if condition.lookup != "exact" or condition.excluded or not any(same(term, condition.term) for term in terms):
            return False
    return True
