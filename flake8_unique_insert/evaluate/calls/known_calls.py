"""Functions of Django, the standard library and the usual look-alikes, by dotted name."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert import django_names
from flake8_unique_insert.evaluate import picks
from flake8_unique_insert.evaluate.collections import membership
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import Unreachable
from flake8_unique_insert.evaluate.objects.annotations import annotated
from flake8_unique_insert.evaluate.rows import absent_rows, inserts, managers, queries, subqueries
from flake8_unique_insert.evaluate.rows.lookups import conjunction, groups_of
from flake8_unique_insert.facts import NO_FACTS
from flake8_unique_insert.schema import Field
from flake8_unique_insert.syntax.expressions import (
    FALSE,
    NONE,
    Argument,
    Attribute,
    Call,
    Name,
    Subscript,
    Symbol,
    constant,
    string,
)
from flake8_unique_insert.syntax.summary import Assignment
from flake8_unique_insert.values import (
    Arguments,
    Entries,
    FormClass,
    Instance,
    Known,
    ModelClass,
    Object,
    ObjectState,
    Option,
    Result,
    Unknown,
    Unset,
    Value,
    result,
    unknown,
)

WRAPPERS = frozenset({"asgiref.sync.sync_to_async", "channels.db.database_sync_to_async", "asgiref.sync.async_to_sync"})
TO_DICT = frozenset({"django.forms.model_to_dict", "django.forms.models.model_to_dict"})
COPIES = frozenset({"copy.copy", "copy.deepcopy"})
CASTS = frozenset({"typing.cast", "typing_extensions.cast"})


def call(ev: Evaluator, dotted: str, node: Call, arguments: Arguments) -> Result | None:
    """The result of a function known by name; None for all others."""
    if dotted in ev.analysis.generators:
        return ev.generated(node)
    if django_names.MAKERS.fullmatch(dotted):
        return _made_elsewhere(ev, node)
    if dotted in django_names.PICKS:
        return picks.picked(ev, node)
    if dotted in django_names.EXITS:
        raise Unreachable
    if dotted == django_names.GET_USER_MODEL:
        model = ev.analysis.lookup.user_model()
        return result(ModelClass(Name(model.symbol.dotted), model)) if model is not None else None
    if dotted in django_names.LOGGED_IN_USER:
        return _user_or_none(ev, node)
    name = dotted.rsplit(".", 1)[-1]
    if name in ("get_model", "load_model"):
        return _get_model(ev, arguments)
    if dotted in django_names.GET_OBJECT_OR_404 or name in ("get_object_or_404", "aget_object_or_404"):
        return _get_object_or_404(ev, node, arguments)
    if dotted in WRAPPERS and arguments[1]:
        return arguments[1][0]
    if name.endswith(("form_factory", "formset_factory")):
        form = ev.analysis.lookup.made_form(node, ev.frame.module)
        return result(FormClass(Name(dotted), form)) if form is not None else None
    if dotted == "dataclasses.asdict" and arguments[1]:
        return _as_dict(ev, arguments[1][0])
    if dotted in TO_DICT:
        return _of_row(arguments)
    if dotted in subqueries.EXISTS and len(arguments[1]) == 1:
        term = Call(Name(dotted), (replace(arguments[0][0], value=arguments[1][0].term),))
        return subqueries.exists(term, arguments[1][0].value)
    if dotted == django_names.MODEL_SAVE and arguments[1] and isinstance(row := arguments[1][0].value, Instance):
        inserts.save_plainly(ev, row, NO_FACTS, node, (arguments[0][1:], arguments[1][1:]))
        return result(Known(NONE))
    if dotted in COPIES and arguments[1]:
        return _copy(ev, node, arguments[1][0])
    if dotted in CASTS and len(arguments[1]) == 2:
        return _cast(ev, node, arguments[1][1])
    return None


def _cast(ev: Evaluator, node: Call, value: Result) -> Result:
    """`cast(Order, found)`: what it was before; where nothing is known of that, the type tells."""
    stated = node.arguments[0].value if type(value.value) is Unknown else None
    return annotated(ev, stated, value.term, ev.frame.module) or value


def _made_elsewhere(ev: Evaluator, node: Call) -> Result:
    """An object that a service has made: its `id`, read as an attribute or by key, is a new value."""
    term = ev.symbol("made", node)
    entries = (("id", ev.generated(node)),)
    ev.state.objects[term] = ObjectState(None, entries)
    return result(Entries(term, entries, True))


def _as_dict(ev: Evaluator, value: Result) -> Result | None:
    """`asdict(info)`: the fields of a dataclass of the project."""
    summary = ev.analysis.lookup.class_summary(value.value.symbol) if isinstance(value.value, Object) else None
    if summary is None:
        return None
    names = [
        name for name, definitions in summary.members.items()
        if isinstance(definitions[-1], Assignment) and definitions[-1].annotation is not None
    ]  # fmt: skip
    entries = tuple((name, unknown(Attribute(value.term, name))) for name in names)
    return result(Entries(Call(Name("asdict"), (Argument(value.term),)), entries, bool(summary.bases)))


def _of_row(arguments: Arguments) -> Result | None:
    """`model_to_dict(row, fields=[...], exclude=[...])`: which keys it has, or certainly has not."""
    given = {argument.keyword: value for argument, value in zip(*arguments)}
    fields, left_out = (inserts.names_in(given.get(name)) for name in ("fields", "exclude"))
    terms = tuple(replace(argument, value=value.term) for argument, value in zip(*arguments))
    holder = Call(Name("model_to_dict"), terms)
    out = left_out or frozenset()
    read = {name: Subscript(holder, constant(name)) for name in sorted(out.union(fields or ()))}
    entries = tuple((name, result(Unset(term)) if name in out else unknown(term)) for name, term in read.items())
    return result(Entries(holder, entries, fields is None)) if entries else None


def call_method(ev: Evaluator, name: str, receiver: Value, node: Call, arguments: Arguments) -> Result | None:
    """Methods of unknown objects that are known by their name alone."""
    if name == "get_model":
        registry = receiver.term.base if isinstance(receiver.term, Attribute) else None
        is_historical = isinstance(registry, Symbol) and registry.kind == "historical"
        return _get_model(ev, arguments) if not is_historical else None
    if name == "save" and isinstance(node.function, Attribute) and isinstance(node.function.base, Attribute):
        return _save_file(ev, node.function.base, node, arguments)
    if name == "difference" and len(arguments[1]) == 1:
        (other,) = arguments[1]
        term = Call(receiver.term, (replace(arguments[0][0], value=other.term),))
        return membership.difference(ev, other, term, node)
    return None


def _save_file(ev: Evaluator, field: Attribute, node: Call, arguments: Arguments) -> Result | None:
    """`row.picture.save(name, content)` saves the row, too, unless `save=False`."""
    row = ev.evaluate(field.base).value
    found = row.model.field(field.name) if isinstance(row, Instance) else None
    if found is None or not isinstance(row, Instance) or not _is_file(found):
        return None
    given = next((value for argument, value in zip(*arguments) if argument.keyword == "save"), None)
    if given is None or given.term != FALSE:
        inserts.save(ev, row, NO_FACTS, node, ((), []))
    return result(Known(NONE))


def _is_file(field: Field) -> bool:
    return any(base.rsplit(".", 1)[-1] in ("FileField", "ImageField") for base in (field.kind, *field.bases))


def _get_model(ev: Evaluator, arguments: Arguments) -> Result | None:
    """`apps.get_model("app", "Name")`, `get_model("app.Name")` and the look-alikes of other projects."""
    names = [
        string(value.term)
        for argument, value in zip(*arguments)
        if argument.keyword in (None, "app_label", "model_name")
    ]
    labels = [name for name in names if name is not None][:2]
    model = None
    if len(labels) == 2:
        model = ev.analysis.lookup.model_labelled(f"{labels[0]}.{labels[1]}")
    elif len(labels) == 1 and len(names) == 1 and "." in labels[0]:
        model = ev.analysis.lookup.model_labelled(labels[0])
    return result(ModelClass(Name(model.symbol.dotted), model)) if model is not None else None


def _user_or_none(ev: Evaluator, node: Call) -> Result | None:
    model = ev.analysis.lookup.user_model()
    term = ev.symbol("user", node)
    return Result(term, (Option(Instance(term, model)), Option(Known(NONE)))) if model is not None else None


def _get_object_or_404(ev: Evaluator, node: Call, arguments: Arguments) -> Result | None:
    if not arguments[1]:
        return None
    rows = managers.receiver_rows(ev, arguments[1][0].value)
    if rows is None:
        return None
    groups = groups_of(ev, rows.model, arguments[0][1:], arguments[1][1:])
    found = replace(rows, alternatives=conjunction(rows.alternatives, groups))
    ev.raises("Http404", rows.model.table, absent_rows.absent(found))
    terms = tuple(replace(argument, value=value.term) for argument, value in zip(*arguments))
    return queries.the_one(ev, found, Call(Name("get_object_or_404"), terms))


def _copy(ev: Evaluator, node: Call, value: Result) -> Result | None:
    inner = value.value
    if not isinstance(inner, Instance):
        return None
    known = ev.state.objects.get(inner.term) or ObjectState(False)
    copied = Instance(ev.symbol("new", node), inner.model)
    ev.state.objects[copied.term] = replace(known, open=True)
    return result(copied)
