"""The value that a row gets in one field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from flake8_unique_insert.django_names import SELF_UNIQUE_FIELDS
from flake8_unique_insert.evaluate.calls import called
from flake8_unique_insert.evaluate.collections.exhausted import is_new_of
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import Analysis, Frame
from flake8_unique_insert.evaluate.globals import evaluate_elsewhere, evaluate_unrecorded
from flake8_unique_insert.evaluate.interpreter import Interpreter
from flake8_unique_insert.evaluate.objects.attributes import as_row
from flake8_unique_insert.evaluate.rows.absent_rows import one_at_most
from flake8_unique_insert.evaluate.rows.row_values import SPREAD
from flake8_unique_insert.evaluate.rows.writes import Write
from flake8_unique_insert.evaluate.states.facts import of_each
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.evaluate.states.terms import is_upload, normal
from flake8_unique_insert.facts import NewRow, Null
from flake8_unique_insert.record import record
from flake8_unique_insert.schema import Field
from flake8_unique_insert.sites.initialised import filled_by_init
from flake8_unique_insert.sites.repeated import is_next, is_repeated
from flake8_unique_insert.syntax.expressions import (
    NONE,
    TRUE,
    Argument,
    Attribute,
    Boolean,
    Call,
    Constant,
    Expression,
    Lambda,
    Name,
    Subscript,
    constant,
    dotted,
)
from flake8_unique_insert.values import (
    Elements,
    Fresh,
    Function,
    Instance,
    Items,
    Known,
    NestedFunction,
    Object,
    Result,
    SymbolValue,
    Unset,
    Value,
    result,
)

FILE_FIELDS = frozenset({"django.db.models.FileField", "django.db.models.ImageField"})
STORAGES = ("default_storage", "FileSystemStorage", "InMemoryStorage")


@record
class FieldValue:
    """What a row gets in a field.

    kind: "given" (result says what), "kept" (an existing row's own value), "null", "fresh", "constant" (a default, or
    the empty string), "unknown". terms: the terms that denote the value, if any.
    """

    kind: str
    terms: tuple[Expression, ...] = ()
    result: Result | None = None


def field_value(analysis: Analysis, write: Write, name: str) -> FieldValue:
    """The value that a write gives to a field."""
    given = write.values.get(name) if write.kind != "bulk_update" else _in_batch(analysis, write, name)
    field = write.model.field(name)
    if given is not None:
        value = _given(analysis, write, _without_own(write, name, given), field)
        return replace(value, terms=(*value.terms, *_own_terms(write, name)))
    if write.object is not None and write.object.copied:
        if field is not None and makes_itself_unique(field):
            return FieldValue("fresh")
        return FieldValue("kept", (Attribute(write.instance.term, name),) if write.instance is not None else ())
    is_either = write.object is not None and write.object.new is None
    if (is_either or write.form is not None) and field is not None and makes_itself_unique(field):
        return FieldValue("fresh")
    is_spread = write.object is not None and SPREAD in write.object.changed
    if (write.kind in ("update", "unchanged", "bulk_update") or is_either) and not is_spread:
        owner = write.instance.term if write.instance is not None else None
        return FieldValue("kept", (Attribute(owner, name),) if owner is not None else _asked_for(write, name))
    omitted = _omitted(analysis, write, field)
    if write.instance is None and write.kind == "bulk_create":  # rows of unknown origin, made as most rows are
        return omitted if omitted.kind in ("fresh", "null") else FieldValue("unknown")
    if write.values.spread is not None and omitted.kind != "fresh" and not _has_other_owner(write, field):
        read = (Attribute(write.instance.term, name),) if write.instance is not None else ()
        return FieldValue("unknown", (normal(Subscript(write.values.spread, constant(name))), *read))
    return omitted


def _asked_for(write: Write, name: str) -> tuple[Expression, ...]:
    """What the one row that `filter(pk=pk, owner=owner).update(...)` changes was looked up by in a field."""
    groups = write.rows.alternatives if write.rows is not None else frozenset()
    if write.rows is None or len(groups) != 1:
        return ()
    (group,) = groups
    exact = {item.field: item.term for item in group if item.lookup == "exact" and not item.excluded}
    is_one = not exact.keys().isdisjoint(("pk", write.model.primary_key)) or one_at_most(write.rows)
    return (exact[name],) if is_one and name in exact else ()


def _without_own(write: Write, name: str, given: Result) -> Result:
    """What `row.code or x` may be besides the row's own value, where that stays as it is in all keys."""
    if write.kind != "update" or write.instance is None or write.object is None:
        return given
    own, term = Attribute(write.instance.term, name), given.term
    if not isinstance(term, Boolean) or term.left not in (own, dict(write.object.former).get(name, own)):
        return given
    changed = write.object.changed - {name}
    if any(name in key.members and changed.intersection(key.members) for key in write.model.keys):
        return given
    others = tuple(option for option in given.options if option.value != Known(TRUE))
    return Result(term, others) if term.operator == "or" and others else given


def _has_other_owner(write: Write, field: Field | None) -> bool:
    """True for one of several one-to-one relations that may be NULL, where another one is named: it is the owner."""
    if field is None or field.relation != "o2o" or not field.null:
        return False
    named = (write.model.field(name) for name, value in write.values.values if value.term != NONE)
    return any(other is not None and other.relation == "o2o" and other.null for other in named)


def _own_terms(write: Write, name: str) -> tuple[Expression, ...]:
    """`row.team`, for a field that an existing row keeps."""
    if write.instance is None or write.object is None or write.object.new is not False:
        return ()
    return (Attribute(write.instance.term, name),) if name not in write.object.changed else ()


def _in_batch(analysis: Analysis, write: Write, name: str) -> Result | None:
    """The value of a field in the one row of a `bulk_update`, or None, or a new one, where all rows have that."""
    objects = write.options.get("objs")
    if objects is None:
        return None
    each = of_each(objects.term, name)
    if Null(each) in write.facts or _all_have(objects.value, name, lambda _, value: value.value == Known(NONE)):
        return result(Known(NONE))
    is_new = any(isinstance(fact, NewRow) and fact.term == each for fact in write.facts)
    if is_new or _all_have(objects.value, name, partial(is_new_of, analysis.made)):
        return result(Fresh(each))
    if not isinstance(objects.value, Items) or len(objects.value.items) != 1:
        return None
    known = write.state.objects.get(objects.value.items[0].term)
    return known.get(name) if known is not None else None


def _all_have(rows: Value, name: str, holds: Callable[[Expression, Result], bool]) -> bool:
    """True for rows that had such a value in a field when they were put into their collection. holds: of row, value."""
    if not isinstance(rows, Elements):
        return False
    known, terms = dict(rows.objects), [item.value.term for item in rows.element.options]
    held = [(term, known[term].get(name) if term in known else None) for term in terms]
    return all(value is not None and holds(term, value) for term, value in held)


def _given(analysis: Analysis, write: Write, given: Result, field: Field | None) -> FieldValue:
    values = [option.value for option in given.options if not isinstance(option.value, Unset)]
    if not values:
        return FieldValue("kept", (given.term,)) if write.kind == "update" else _omitted(analysis, write, field)
    if len(values) < len(given.options) and write.kind != "update":
        omitted = _omitted(analysis, write, field)
        if omitted.kind not in ("fresh", "null"):
            return FieldValue("given", (given.term,), given)
    alone = (value.term for value in values if len(values) == 1)
    terms = tuple(dict.fromkeys([given.term, *_unless_null(given.term), *alone, *_keys_of(write, values)]))
    if all(isinstance(value, Known) and value.term == NONE for value in values) and not (field and field.fills):
        needed = field is not None and field.relation in ("fk", "o2o") and not field.null
        return FieldValue("unknown" if needed else "null", terms, given)  # something else must give it a row
    if all(isinstance(value, Fresh) or value.term == NONE or _is_default(analysis, value, field) for value in values):
        return FieldValue("fresh", terms, given)
    if field is not None and field.fills and all(_is_empty(value) for value in values):
        return FieldValue("fresh", terms, given)
    if field is not None and (makes_itself_unique(field) or _is_filed_anew(analysis, field, values)):
        return FieldValue("fresh", terms, given)
    return FieldValue("given", terms, given)


def _is_filed_anew(analysis: Analysis, field: Field, values: list[Value]) -> bool:
    """True for an upload that the storage, or the field's `upload_to(row, filename)`, puts where no other is.

    A file that another row has stays where it is.
    """
    if _finds_free_names(field) and all(is_upload(value.term) for value in values):
        return True
    path = field.arguments.get("upload_to")
    if path is None or any(isinstance(value.term, (Attribute, Constant)) for value in values):
        return False
    call = Call(path, (Argument(Name("instance")), Argument(Name("filename"))))
    return _is_generated(analysis, ("upload_to", field.module, field.name), field.module, call)


def _finds_free_names(field: Field) -> bool:
    """True for a file's field with a storage of Django's, whose `get_available_name()` has no two files of a name."""
    storage = field.arguments.get("storage")
    name = dotted(storage.function if isinstance(storage, Call) else storage) if storage is not None else STORAGES[0]
    return (name or "").rpartition(".")[2] in STORAGES and not FILE_FIELDS.isdisjoint(field.bases)


def _is_default(analysis: Analysis, value: Value, field: Field | None) -> bool:
    """True for `make_code()`, where a field with `default=make_code` gets it: as good as a field that is left out."""
    if field is None or field.default is None or not isinstance(value.term, Call):
        return False
    default = default_of(analysis, field)
    return default.kind == "fresh" and value.term in default.terms


def _is_empty(value: Value) -> bool:
    return isinstance(value, Fresh) or (isinstance(value, Known) and value.term in (NONE, constant("")))


def _keys_of(write: Write, values: list[Value]) -> Iterator[Expression]:
    """The primary key of the row that a foreign key gets, as its own field, and as what it was looked up, or made, by.

    Of a row that another one refers to that is not known whichever way was taken.
    """
    row = as_row(values[0]) if len(values) == 1 else None
    if isinstance(row, Instance):
        name = row.model.primary_key
        known = write.state.objects.get(row.term) if not isinstance(row.term, Attribute) else None
        yield Attribute(row.term, name)
        if known is not None and name not in known.changed and (held := known.get(name)) is not None:
            yield held.term


def _unless_null(term: Expression) -> Iterator[Expression]:
    """The x of `x or None`: what collides if anything does."""
    if isinstance(term, Boolean) and term.operator == "or" and term.right == NONE:
        yield term.left


def makes_itself_unique(field: Field) -> bool:
    """True for field classes that look for a free value themselves, such as AutoSlugField."""
    return any(base.rsplit(".", 1)[-1] in SELF_UNIQUE_FIELDS for base in (field.kind, *field.bases))


def _omitted(analysis: Analysis, write: Write, field: Field | None) -> FieldValue:
    """A field that the write leaves out: its default, NULL, or the empty string."""
    if field is None:
        return FieldValue("unknown")
    if makes_itself_unique(field) or field.is_automatic:
        return FieldValue("fresh")
    if field.default is not None:
        return default_of(analysis, field)
    if field.fills or _is_made_by_init(analysis, write, field):
        return FieldValue("fresh")
    if field.null:
        return FieldValue("unknown") if _is_set_by_save(write, field) else FieldValue("null", (NONE,))
    if not (analysis.functions.is_own(field.module) or field.module.startswith("django.") or field.relation):
        return FieldValue("fresh")  # a package's model that needs the field fills it in its own save()
    return _left_to_database(write, field)


def _is_set_by_save(write: Write, field: Field) -> bool:
    """True when the model's own `save()` gives a value to a field that the write leaves out."""
    given = (mechanism.values.get(field.name) for mechanism in write.mechanisms)
    return any(option.value != Known(NONE) for value in given if value is not None for option in value.options)


def _is_made_by_init(analysis: Analysis, write: Write, field: Field) -> bool:
    found = filled_by_init(analysis, write.model, field.name)
    if found is None:
        return False
    expression, module = found
    return _is_generated(analysis, ("init", write.model.label, field.name), module, expression)


def _is_generated(analysis: Analysis, place: tuple[str, ...], module: str, expression: Expression) -> bool:
    """True for an expression in a module that gives a new value. place: identifies it."""
    ev = Interpreter(analysis, Frame(module, path=(analysis.point(place),)), State())
    value = evaluate_elsewhere(ev, module, expression)
    return value is not None and _classified(value.value, value).kind == "fresh"


def _left_to_database(write: Write, field: Field) -> FieldValue:
    """A field that must not be NULL and that nothing is given for: the empty string, where it holds text.

    Foreign keys are NULL, which the database refuses whatever rows there are, unless they are set out of sight.
    """
    if field.relation not in ("fk", "o2o"):
        return FieldValue("constant", (constant(""),))
    out_of_sight = write.form is not None or write.values.open or write.method == "update_or_create"
    if out_of_sight or _is_set_by_save(write, field):
        return FieldValue("unknown")
    return FieldValue("null", (NONE,))


def default_of(analysis: Analysis, field: Field) -> FieldValue:
    """What a field of a new row gets by its `default=`, called when it can be called."""
    assert field.default is not None
    if dotted(field.default) in analysis.generators:  # as the data file of known models names it
        return FieldValue("fresh")
    ev = Interpreter(
        analysis, Frame(field.module, path=(analysis.point(("default", field.module, field.name)),)), State()
    )
    body = field.default.body if isinstance(field.default, Lambda) else _of_partial(field.default)
    if body is None:
        found = evaluate_elsewhere(ev, field.module, field.default)
        if found is not None and _is_callable(ev, found.value):
            body = Call(field.default, ())
        elif isinstance(field.default, Call):
            return FieldValue("constant", (field.default,))  # called once, when the class was made (oracle A56)
    value = evaluate_unrecorded(ev, body) if body is not None else found
    if value is None:
        return FieldValue("unknown")
    classified = _classified(value.value, value)
    if classified.kind == "unknown" and body is not None and not field.relation:
        # a function that is called for each row of a unique column makes a value of its own, as far as is known
        is_new = is_next(ev.state.facts, field.name, value) or not is_repeated(analysis, field.module, body)
        return FieldValue("fresh", (value.term,)) if is_new else classified
    return classified


def _is_callable(ev: Evaluator, value: Value) -> bool:
    if isinstance(value, Object):
        return called.of_object(ev, value) is not None
    return isinstance(value, (Function, NestedFunction, SymbolValue))


def _of_partial(default: Expression) -> Expression | None:
    """The call that `partial(function, ...)` makes."""
    if not isinstance(default, Call) or not default.arguments:
        return None
    name = default.function.name if isinstance(default.function, Attribute) else getattr(default.function, "id", "")
    return Call(default.arguments[0].value, default.arguments[1:]) if name == "partial" else None


def _classified(value: Value, found: Result) -> FieldValue:
    if all(isinstance(option.value, Fresh) for option in found.options):
        return FieldValue("fresh")
    if isinstance(value, Known):
        return FieldValue("null" if value.term == NONE else "constant", (value.term,))
    return FieldValue("unknown")


def constant_of(value: FieldValue) -> Constant | None:
    """The literal that a field certainly gets."""
    for term in value.terms:
        if isinstance(term, Constant):
            return term
    return None
