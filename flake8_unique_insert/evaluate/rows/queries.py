"""Managers and querysets: what their methods return and establish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flake8_unique_insert.evaluate.collections.apart import aggregates
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.rows import inserts, largest, related_managers
from flake8_unique_insert.evaluate.rows.absent_rows import (
    absent,
    but_for_the_one,
    found_by,
    is_lost,
    missing,
    narrowed,
    only_row,
    unlisted,
)
from flake8_unique_insert.evaluate.rows.lookups import (
    condition,
    conjunction,
    excluded_groups,
    groups_of,
    unknown_condition,
)
from flake8_unique_insert.evaluate.rows.row_values import content_type_of, username_field
from flake8_unique_insert.evaluate.rows.subqueries import restated
from flake8_unique_insert.evaluate.rows.unrelated import unrelated
from flake8_unique_insert.evaluate.rows.verbs import SAME_ROWS
from flake8_unique_insert.evaluate.states.state import Check
from flake8_unique_insert.schema import Model
from flake8_unique_insert.syntax.expressions import (
    Argument,
    Attribute,
    Call,
    Constant,
    Expression,
    Subscript,
    string,
)
from flake8_unique_insert.values import (
    Answer,
    Arguments,
    Column,
    Elements,
    Instance,
    Known,
    ObjectState,
    Result,
    Rows,
    result,
    unknown,
)

NATURAL_KEYS = {
    "contenttypes.ContentType": ("app_label", "model"),
    "auth.Group": ("name",),
    "sites.Site": ("domain",),
}
WRITES = frozenset(
    [
        "create",
        "acreate",
        "bulk_create",
        "abulk_create",
        "get_or_create",
        "aget_or_create",
        "update_or_create",
        "aupdate_or_create",
        "bulk_update",
        "abulk_update",
        "create_user",
        "acreate_user",
        "create_superuser",
        "acreate_superuser",
    ]
)


def note_check(ev: Evaluator, rows: Rows, row: Expression | None = None) -> None:
    """Remember that these rows were looked up. row: the one that was found, if it is one."""
    table = rows.link.table if rows.link is not None else rows.model.table
    ev.state.checks |= {Check(table, rows.alternatives, row)}


def is_unknown_filter(name: str, found: Result) -> bool:
    """True where an override of `filter()` or `exclude()` does what cannot be told: Django's own is meant, then."""
    return name in ("filter", "exclude") and (
        not isinstance(found.value, Rows) or any(not item.field for group in found.value.alternatives for item in group)
    )


def call_rows(
    ev: Evaluator, rows: Rows, name: str, call: Call, arguments: Arguments, is_mechanism: bool = False
) -> Result:
    """A method of Django's manager or queryset; one that is not Django's gives rows of the same model.

    is_mechanism: `super().create(...)` in an override of `create`, which is its caller's write.
    """
    term = _term(rows, name, arguments)
    if name in SAME_ROWS:
        if name in ("annotate", "alias"):
            ev.analysis.annotated[term] = arguments
        return result(replace(rows, term=term, is_manager=False))
    if name in WRITES:
        if is_mechanism:
            return _write_of_caller(ev, rows, name, call, arguments)
        return inserts.write_through_rows(ev, rows, name, call, arguments)
    rule = _METHODS.get(name.removeprefix("a") if name in ASYNC else name)
    if rule is not None:
        return rule(ev, rows, term, call, arguments)
    if rows.manager is not None and name not in _NO_ROWS:
        if _is_patched_in(ev, rows):
            return result(replace(rows, term=term, is_manager=False))
        narrowed = conjunction(rows.alternatives, frozenset([frozenset([unknown_condition(term)])]))
        return result(replace(rows, term=term, alternatives=narrowed, is_manager=False))
    return unknown(term)


def _is_patched_in(ev: Evaluator, rows: Rows) -> bool:
    """True for a method that the classes of a manager do not have: what a package has given Django's own querysets,
    `nocache()`, say, is taken to leave no row out."""
    declared = rows.manager
    classes = (declared.manager, declared.queryset) if declared is not None else ()
    bases = (base for symbol in classes if symbol is not None for base in ev.analysis.lookup.bases(symbol))
    return all(base.startswith("django.") or ev.analysis.functions.is_own(base.rpartition(".")[0]) for base in bases)


def call_column(
    ev: Evaluator, column: Column, name: str, call: Call, arguments: Arguments, term: Expression
) -> Result | None:
    """A method of a queryset that gives values of its rows; None for what is no such method, as of a dict."""
    if name in ("first", "last"):
        return largest.of_column(ev, column, name, call) or call_rows(ev, column.rows, name, call, arguments)
    if column.maps:
        return None
    if name in SAME_ROWS:
        is_told = name == "distinct" or (name == "annotate" and aggregates(call))
        return result(replace(column, term=term, distinct=column.distinct or is_told))
    if name in ("filter", "exclude"):
        rows = call_rows(ev, column.rows, name, call, arguments).value
        return result(replace(column, term=term, rows=rows)) if isinstance(rows, Rows) else None
    return None


def _write_of_caller(ev: Evaluator, rows: Rows, name: str, call: Call, arguments: Arguments) -> Result:
    """`super().create(...)` in an override of `create`: the write of whoever calls it, where that is known."""
    frame, recording = ev.frame, ev.analysis.recording
    if frame.stack:
        ev.frame = replace(frame, stack=frame.stack[:-1], code=frame.caller)
        call = frame.stack[-1]
    else:
        ev.analysis.recording = False
    try:
        return inserts.write_through_rows(ev, rows, name, call, arguments)
    finally:
        ev.frame, ev.analysis.recording = frame, recording


def _term(rows: Rows, name: str, arguments: Arguments) -> Expression:
    given = (Argument(value.term, argument.keyword, argument.star) for argument, value in zip(*arguments))
    return Call(Attribute(rows.term, name), tuple(given))


def _get_for_model(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    """`ContentType.objects.get_for_model(row)`."""
    if not arguments[1] or rows.model.label != "contenttypes.ContentType":
        return unknown(term)
    return result(Instance(content_type_of(arguments[1][0]), rows.model))


def _get_by_natural_key(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    """The natural keys of Django's own models, and those given by name."""
    fields = NATURAL_KEYS.get(rows.model.label) or (username_field(ev, rows.model),)
    nodes = tuple(
        replace(node, keyword=fields[place]) if not node.keyword and not node.star and place < len(fields) else node
        for place, node in enumerate(arguments[0])
    )
    if not all(node.keyword for node in nodes):
        return result(Instance(term, rows.model))
    return _get(ev, rows, term, call, (nodes, arguments[1]))


def _make_random_password(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    """`User.objects.make_random_password()`, which Django's managers of users had before 5.1."""
    return ev.generated(call)


def _filter(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    arguments = restated(ev.analysis.annotated, rows.term, arguments)
    groups = groups_of(ev, rows.model, *arguments)
    if (without := _without_listed(rows, term, arguments)) is not None:
        ev.analysis.without[term] = unlisted(rows.model, *without)
    return result(replace(rows, term=term, alternatives=conjunction(rows.alternatives, groups), is_manager=False))


def _without_listed(rows: Rows, term: Expression, arguments: Arguments) -> tuple[Expression, Arguments] | None:
    """Of `rows.filter(owner=x, product__in=products)` the rows but for the last condition, and that one."""
    given = list(zip(*arguments))
    listed = [pair for pair in given if (pair[0].keyword or "").endswith("__in") and isinstance(pair[1].value, Column)]
    if len(listed) != 1 or not isinstance(term, Call):
        return None
    place = given.index(listed[0])
    others = (*term.arguments[:place], *term.arguments[place + 1 :])
    return replace(term, arguments=others) if others else rows.term, ((listed[0][0],), [listed[0][1]])


def _exclude(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    groups = excluded_groups(ev, rows.model, *arguments)
    ev.state.learn(unlisted(rows.model, term, arguments))
    return result(replace(rows, term=term, alternatives=conjunction(rows.alternatives, groups), is_manager=False))


def _none(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    return result(replace(rows, term=term, alternatives=frozenset(), is_manager=False))


def _filtered(ev: Evaluator, rows: Rows, arguments: Arguments) -> Rows:
    groups = groups_of(ev, rows.model, *arguments)
    return replace(rows, alternatives=conjunction(rows.alternatives, groups))


def _answer(shape: str) -> Callable[..., Result]:
    def rule(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
        if shape == "bool":
            note_check(ev, rows)
        if shape == "row":
            ev.state.learn(unrelated(ev, rows, term))
            ev.state.objects.setdefault(term, ObjectState(False, found_by(rows)))
            ev.state.learn(largest.of_row(rows, term, _method(call), arguments))
        return result(Answer(term, rows, shape))

    return rule


def _contains(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    return unknown(term)


def _get(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    found = _filtered(ev, rows, arguments)
    ev.raises("DoesNotExist", rows.model.table, missing(found))
    return the_one(ev, found, term)


def the_one(ev: Evaluator, found: Rows, term: Expression) -> Result:
    """The row that `get()` finds: it has the values it was looked up by, and no other row has them.

    Of `rows[:1].get()` that is not known: it leaves the others out before it counts.
    """
    ev.state.objects.setdefault(term, ObjectState(False, found_by(found)))
    if not isinstance(found.term, Subscript):
        alone = only_row(found.model, found.alternatives, term)
        ev.state.learn([*alone, *but_for_the_one(ev.state, alone)])
    return result(Instance(term, found.model))


def _only_row(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    ev.raises("DoesNotExist", rows.model.table, absent(rows))
    ev.state.learn(largest.of_row(rows, term, _method(call), arguments))
    return result(Instance(term, rows.model))


def _method(call: Call) -> str:
    """The method that a call calls, of an asynchronous one the other."""
    name = call.function.name if isinstance(call.function, Attribute) else ""
    return name.removeprefix("a") if name in ASYNC else name


def _values_list(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    is_dict = isinstance(call.function, Attribute) and call.function.name.endswith("values")
    is_named = any(argument.keyword == "named" for argument in arguments[0])
    is_read_by_name = not arguments[0] or is_named or (is_dict and len(arguments[0]) > 1)
    if is_read_by_name:  # as from the row
        return result(replace(rows, term=term, is_manager=False))
    fields = [string(argument.value) for argument in arguments[0] if argument.keyword is None]
    names = tuple(_field_name(rows.model, name) for name in fields if name is not None)
    if len(names) == len(fields):
        is_flat = any(argument.keyword == "flat" for argument in arguments[0])
        in_tuples = len(names) == 1 and not is_dict and not is_flat
        return result(Column(term, rows, names, dicts=is_dict, tuples=in_tuples))
    return result(Elements(term, unknown(Subscript(term, Constant(0, "int")))))


def _in_bulk(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    field = next((string(argument.value) for argument in arguments[0] if argument.keyword == "field_name"), "pk")
    return result(Column(term, rows, (_field_name(rows.model, field or "pk"),), maps=True))


def _field_name(model: Model, name: str) -> str:
    field = model.field(name)
    return field.name if field is not None else name


def _update(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    inserts.update_rows(ev, rows, call, arguments)
    for argument, value in zip(*arguments):
        if argument.keyword is None:
            continue
        another = condition(rows.model, argument.keyword, value, excluded=True)
        if all(any(is_lost(item, another) for item in group) for group in rows.alternatives):
            ev.state.learn(absent(rows))
        elif isinstance(value.value, Known):  # none of them has another value now
            ev.state.learn(absent(narrowed(rows, another)))
    return result(Answer(ev.symbol("touched", call), rows, "count"))


def _delete(ev: Evaluator, rows: Rows, term: Expression, call: Call, arguments: Arguments) -> Result:
    ev.state.learn(absent(rows))
    ev.state.learn(ev.analysis.without.get(rows.term, ()))
    return unknown(term)


_METHODS: dict[str, Callable[..., Result]] = {
    "filter": _filter,
    "complex_filter": _filter,
    "exclude": _exclude,
    "none": _none,
    "exists": _answer("bool"),
    "count": _answer("count"),
    "first": _answer("row"),
    "last": _answer("row"),
    "get": _get,
    "get_by_natural_key": _get_by_natural_key,
    "get_for_model": _get_for_model,
    "make_random_password": _make_random_password,
    "earliest": _only_row,
    "latest": _only_row,
    "values_list": _values_list,
    "values": _values_list,
    "in_bulk": _in_bulk,
    "update": _update,
    "delete": _delete,
    "aggregate": largest.aggregate,
    "contains": _contains,
    "add": related_managers.add,
    "set": related_managers.add,
    "remove": related_managers.remove,
    "clear": related_managers.remove,
}
ASYNC = frozenset(
    f"a{name}"
    for name in [
        "exists",
        "count",
        "first",
        "last",
        "get",
        "earliest",
        "latest",
        "in_bulk",
        "update",
        "delete",
        "aggregate",
        "contains",
    ]
)
_NO_ROWS = frozenset(
    [
        "explain",
        "aexplain",
        "raw",
        "extra",
        "add",
        "aadd",
        "remove",
        "aremove",
        "set",
        "aset",
        "clear",
        "aclear",
        "dates",
        "datetimes",
        "union",
        "intersection",
        "difference",
        "as_manager",
        "from_queryset",
        "normalize_email",
        "contribute_to_class",
        "check",
        "deconstruct",
        "query",
        "db",
        "name",
    ]
)
