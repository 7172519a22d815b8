"""Calls that write: what they report, and what they do to the state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flake8_unique_insert.evaluate.calls.spreading import NO_LOOKUP, apart_from_lookup, lay_over
from flake8_unique_insert.evaluate.collections import batches
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.rows import counters, moves
from flake8_unique_insert.evaluate.rows.absent_rows import only_row
from flake8_unique_insert.evaluate.rows.inserted import bulk_elements, inserted_row, rows_of_batch, with_parents
from flake8_unique_insert.evaluate.rows.lookups import conjunction, groups_of
from flake8_unique_insert.evaluate.rows.own_save import own_create, own_save, super_save
from flake8_unique_insert.evaluate.rows.row_values import (
    SPREAD,
    entries_values,
    keyword_values,
    object_values,
    username_field,
    with_given,
    with_kept,
)
from flake8_unique_insert.evaluate.rows.verbs import KINDS, SAVES, plain
from flake8_unique_insert.evaluate.rows.writes import Protection, RowValues, Write
from flake8_unique_insert.evaluate.states.facts import added
from flake8_unique_insert.facts import Facts, Inserted, NewRow
from flake8_unique_insert.schema import Model
from flake8_unique_insert.syntax.expressions import (
    NONE,
    Attribute,
    Call,
    Constant,
    Expression,
    Sequence,
)
from flake8_unique_insert.values import (
    Arguments,
    CreatedFlag,
    Elements,
    Entries,
    Instance,
    Items,
    Known,
    ModelClass,
    ObjectState,
    Result,
    Rows,
    Value,
    result,
    unknown,
)


def tables(model: Model) -> frozenset[str]:
    """The tables that a row of this model is written to."""
    return frozenset([model.table, *model.parents])


def emit(ev: Evaluator, write: Write) -> None:
    """Report a write."""
    if ev.analysis.recording:
        ev.analysis.records.writes.append(write)


def _made(ev: Evaluator, call: Call, model: Model) -> Instance:
    """The instance that a call makes, another one each time."""
    instance = Instance(ev.symbol("new", call), model)
    ev.analysis.made[instance.term] = ev.within()
    return instance


def new_row(ev: Evaluator, call: Call, model: Model, values: RowValues, made_by: Expression = NONE) -> Instance:
    """The instance that an insert made; nothing refers to it yet."""
    instance = _made(ev, call, model)
    ev.state.objects[instance.term] = ObjectState(False, values.values, values.open or values.spread is not None)
    ev.state.insert(tables(model), with_parents(ev, inserted_row(model, values, made_by), values))
    ev.state.learn([NewRow(instance.term)])
    return instance


def write_through_rows(ev: Evaluator, rows: Rows, name: str, call: Call, arguments: Arguments) -> Result:
    """`create`, `bulk_create`, `get_or_create`, ... on a manager or queryset."""
    method = plain(name)
    kind = KINDS[method]
    if kind == "insert":
        return _create(ev, rows, method, call, arguments)
    if kind == "upsert":
        return _upsert(ev, rows, method, call, arguments)
    if kind == "bulk_create":
        return _bulk_create(ev, rows, method, call, arguments)
    values = keyword_values(arguments, rows.model)
    _report(ev, rows, method, kind, call, values, options=_named(arguments, ("objs", "fields", "batch_size")))
    return unknown(ev.symbol("result", call))


def _named(arguments: Arguments, names: tuple[str, ...]) -> dict[str, Result]:
    """Arguments by parameter name."""
    found: dict[str, Result] = {}
    for place, (argument, value) in enumerate(zip(*arguments)):
        if argument.keyword is not None:
            found[argument.keyword] = value
        elif argument.star == "**" and isinstance(value.value, Entries):
            found.update(value.value.entries)
        elif not argument.star and place < len(names):
            found[names[place]] = value
    return found


def _report(ev: Evaluator, rows: Rows, method: str, kind: str, call: Call, values: RowValues, **more: Any) -> None:
    if ev.analysis.recording:
        emit(ev, Write(
            call, method, kind, rows.model, values, ev.state.copy(), ev.state.facts, protections_of(ev, call),
            ev.frame.code, ev.frame.stack, rows, **more,
        ))  # fmt: skip


def protections_of(ev: Evaluator, call: Call) -> tuple[Protection, ...]:
    """What protects a call; nothing protects a coroutine that is not awaited where it is made (oracle D26, D27)."""
    name = call.function.name if isinstance(call.function, Attribute) else ""
    return ev.all_protections() if name == plain(name) or ev.awaiting else ()


def _create(ev: Evaluator, rows: Rows, method: str, call: Call, arguments: Arguments) -> Result:
    if method in ("create_user", "create_superuser"):
        names = (username_field(ev, rows.model), "email", "password")
        pairs = tuple(
            (
                replace(argument, keyword=names[place])
                if not argument.keyword and not argument.star and place < 3
                else argument
            )
            for place, argument in enumerate(arguments[0])
        )
        arguments = (pairs, arguments[1])
    values = with_given(rows, keyword_values(arguments, rows.model))
    _report(ev, rows, method, "insert", call, values, own_save=own_save(ev, rows.model, values, call))
    return result(new_row(ev, call, rows.model, values, rows.term))


def _upsert(ev: Evaluator, rows: Rows, method: str, call: Call, arguments: Arguments) -> Result:
    arguments = apart_from_lookup(arguments)
    named = {argument.keyword: value for argument, value in zip(*arguments) if argument.keyword}
    pairs = [(argument, value) for argument, value in zip(*arguments) if argument.keyword not in NO_LOOKUP]
    if pairs and pairs[0][0].keyword is None and not pairs[0][0].star:
        named.setdefault("defaults", pairs.pop(0)[1])
    lookup = keyword_values((tuple(pair[0] for pair in pairs), [pair[1] for pair in pairs]), rows.model)
    defaults = entries_values(named.get("defaults"), rows.model)
    create_defaults = entries_values(named.get("create_defaults"), rows.model) if "create_defaults" in named else None
    at_insert = create_defaults if create_defaults is not None else defaults
    exact = tuple((name, value) for name, value in lookup.values if "__" not in name)
    merged = dict(exact)
    lay_over(merged, at_insert.values)
    values = RowValues(tuple(merged.items()), lookup.spread or at_insert.spread, lookup.open or at_insert.open)
    values = with_given(rows, values)
    own = own_create(ev, rows, values, call) if method == "get_or_create" else None
    _report(
        ev, rows, method, "upsert", call, values, lookup=lookup, defaults=defaults, options=named,
        own_save=own or own_save(ev, rows.model, values, call),
    )  # fmt: skip
    instance = Instance(ev.symbol("new", call), rows.model)
    kept = tuple(pair for pair in exact if at_insert.get(pair[0]) is None and defaults.get(pair[0]) is None)
    ev.state.objects[instance.term] = ObjectState(False, kept)
    ev.state.insert(tables(rows.model), inserted_row(rows.model, values))
    if len(kept) == len(lookup.values) and not lookup.open and lookup.spread is None:
        asked = groups_of(ev, rows.model, tuple(pair[0] for pair in pairs), [pair[1] for pair in pairs])
        ev.state.learn(only_row(rows.model, conjunction(rows.alternatives, asked), instance.term))
    flag = CreatedFlag(ev.analysis.symbol("created", ev.frame, call), instance.term)
    pair = Sequence("tuple", (instance.term, flag.term))
    return result(Items(pair, "tuple", (result(instance), result(flag))))


def _bulk_create(ev: Evaluator, rows: Rows, method: str, call: Call, arguments: Arguments) -> Result:
    named = _named(
        arguments, ("objs", "batch_size", "ignore_conflicts", "update_conflicts", "update_fields", "unique_fields")
    )
    objects = named.get("objs")
    before = ev.state.copy()
    elements = bulk_elements(ev, objects)
    for instance, values, facts, count in elements:
        write = Write(
            call, method, "bulk_create", rows.model, with_given(rows, values), before, added(before.facts, facts),
            ev.all_protections(), ev.frame.code, ev.frame.stack, rows, instance, None, None, None, named, count,
            nests=objects.value.nests if objects is not None and isinstance(objects.value, Elements) else frozenset(),
        )  # fmt: skip
        emit(ev, write)
    for row in rows_of_batch(ev, rows.model, elements):
        ev.state.insert(tables(rows.model), row)
    if not is_true(named.get("ignore_conflicts")):  # with it the instances get no primary key
        for instance, _, _, count in elements:
            if instance is not None and count == 1:
                _now_stored(ev, instance)
        if objects is not None and isinstance(objects.value, Elements):
            return batches.all_stored(ev.state, objects, objects.value)
    return unknown(ev.symbol("result", call))


# --- instances


def instantiate(ev: Evaluator, value: ModelClass, call: Call, arguments: Arguments) -> Result:
    """`Model(field=value, ...)`: a new instance, not in the database."""
    model = value.model
    names = [name for name, field in model.fields.items() if field.relation != "m2m"]
    pairs = []
    for place, argument in enumerate(arguments[0]):
        if argument.keyword is None and not argument.star and place < len(names):
            argument = replace(argument, keyword=names[place])
        pairs.append(argument)
    values = keyword_values((tuple(pairs), arguments[1]), model)
    is_open = values.open or values.spread is not None or any(argument.star == "*" for argument in arguments[0])
    instance = _made(ev, call, model)
    named = dict(values.values)
    if values.spread is not None:
        named[SPREAD] = unknown(values.spread)
    ev.state.objects[instance.term] = ObjectState(True, tuple(named.items()), is_open)
    return result(instance)


def save_plainly(ev: Evaluator, instance: Instance, option_facts: Facts, call: Call, arguments: Arguments) -> None:
    """`super().save()`: in a model's own `save` the way by which the row is written, in other methods a save."""
    root = ev.frame.following[0] if ev.frame.following else ""
    if ev.analysis.in_save or root.rpartition(".")[2] in SAVES:
        super_save(ev, instance, call)
    else:
        save(ev, instance, option_facts, call, arguments, plainly=True)


def save(
    ev: Evaluator,
    instance: Instance,
    option_facts: Facts,
    call: Call,
    arguments: Arguments,
    plainly: bool = False,
) -> None:
    """`instance.save(...)`: an insert where it is new, an update of the changed fields where it is not.

    plainly: the model's own `save` is not called.
    """
    known = ev.state.objects.get(instance.term) or ObjectState(False)
    model = instance.model
    options = _named(arguments, ("force_insert", "force_update", "using", "update_fields"))
    values = object_values(known)
    is_update = known.new is False
    facts = added(ev.state.facts, option_facts)
    if instance.traced and (not is_update or known.changed):
        ahead = moves.place_ahead(instance, known, ev.begun.get(instance.term))
        kept = moves.kept_as_asked(instance, known, ev.state) if is_update else []
        write = Write(
            call, "save", "update" if is_update else "save", model, values, ev.state.copy(),
            added(facts, [*ahead, *kept]), protections_of(ev, call), ev.frame.code, ev.frame.stack,
            None, instance, known, None, None, options,
            own_save=None if plainly else own_save(
                ev, model, with_kept(instance, known, values), call, instance if is_update else None, option_facts,
                arguments,
            ),
            form=known.form,
        )  # fmt: skip
        emit(ev, write)
    elif ev.analysis.recording:
        emit(ev, Write(
            call, "save", "unchanged", model, values, ev.state.copy(), facts,
            ev.all_protections(), ev.frame.code, ev.frame.stack, None, instance, known, None, None, options,
        ))  # fmt: skip
    if is_update and known.changed:
        ev.state.learn(moves.left(instance, known, _names_saved(options), ev.state))
        ev.state.learn(counters.counted(instance, known, _names_saved(options)))
    if is_update and known.former:
        ev.state.insert(tables(model), moves.moved(instance, known))
        ev.state.learn(moves.freed(instance, known))
    if known.new is not False:
        whole = with_kept(instance, known, values)
        ev.state.insert(tables(model), with_parents(ev, inserted_row(model, whole), whole))
    _now_stored(ev, instance)


def _names_saved(options: dict[str, Result]) -> frozenset[str] | None:
    """The fields of `update_fields`, none where they are not known; None for all fields."""
    return (names_in(options["update_fields"]) or frozenset()) if "update_fields" in options else None


@contextmanager
def seen_from_caller(ev: Evaluator, receiver: Value | None, call: Call) -> Iterator[None]:
    """What a row's method saves of the fields that its caller has changed is the caller's write, not the method's.

    So is what it saves of a new row: the method cannot tell that the row is new.
    """
    row = receiver if isinstance(receiver, Instance) else None
    known = ev.state.objects.get(row.term) if row is not None else None
    since = len(ev.analysis.records.writes)
    yield
    if row is None or known is None or not ev.analysis.recording:
        return
    for write in ev.analysis.records.writes[since:]:
        is_its_own = write.instance is not None and write.instance.term == row.term and write.stack[-1] is call
        if not is_its_own or write.object is None:
            continue
        changed = write.object.changed & known.changed
        if changed or (write.kind == "save" and known.new is True):
            saved = replace(write.object, changed=changed)
            emit(ev, replace(write, call=call, object=saved, code=ev.frame.code, stack=ev.frame.stack))


def _now_stored(ev: Evaluator, instance: Instance) -> None:
    """An instance was written: it is a row in the database with a primary key, a new one if it was not there before."""
    known = ev.state.objects.get(instance.term) or ObjectState(False)
    if known.new is True:
        ev.state.learn([NewRow(instance.term)])
    without_key = (item for item in known.values if item[0] != instance.model.primary_key or item[1].term != NONE)
    stored = ObjectState(False, tuple(without_key), known.open, copied=known.copied)
    ev.state.objects[instance.term] = stored


def update_rows(ev: Evaluator, rows: Rows, call: Call, arguments: Arguments) -> None:
    """`rows.update(field=value)`."""
    values = keyword_values(arguments, rows.model)
    _report(ev, rows, "update", "update", call, values)
    row = Inserted(rows.model.table, frozenset((name, value.term) for name, value in values.values))
    changed = {name for name, _ in values.values}
    if any(changed & set(key.members) for key in rows.model.keys):
        ev.state.insert(tables(rows.model), row)


def is_true(value: Result | None) -> bool:
    """True for the literal True."""
    return value is not None and isinstance(value.value, Known) and value.value.constant is True


def names_in(value: Result | None) -> frozenset[str] | None:
    """The strings of a literal list; None when they are not all known."""
    if value is None or not isinstance(value.value, Items):
        return None
    terms = [item.term for item in value.value.items]
    if not all(isinstance(term, Constant) and isinstance(term.value, str) for term in terms):
        return None
    return frozenset(str(term.value) for term in terms if isinstance(term, Constant))
