"""A model's own `save` and a queryset's own `create`: what they do to a row before it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import copy
from dataclasses import replace

from flake8_unique_insert.evaluate.calls import functions
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import BudgetExceeded, Unreachable
from flake8_unique_insert.evaluate.rows.row_values import SPREAD, object_values
from flake8_unique_insert.evaluate.rows.signals import call_receiver
from flake8_unique_insert.evaluate.rows.writes import RowValues, Write
from flake8_unique_insert.evaluate.states.facts import added
from flake8_unique_insert.facts import NO_FACTS, Facts
from flake8_unique_insert.schema import ClassSymbol, Model
from flake8_unique_insert.syntax.expressions import NONE, TRUE, Argument, Attribute, Call, Constant, constant
from flake8_unique_insert.values import Arguments, Function, Instance, Known, ObjectState, Result, Rows, result, unknown

TEXT_FIELDS = frozenset({"CharField", "TextField"})
FIELDS_WITHOUT_TEXT = frozenset({
    "BooleanField", "DateField", "DecimalField", "DurationField", "FloatField", "GenericIPAddressField", "IntegerField",
    "JSONField", "TimeField", "UUIDField",
})  # fmt: skip
"""Django's field classes with `empty_strings_allowed = False`: a new instance has None, where it is given nothing."""


class OwnSave:
    """The model's own `save` at one write. It is followed when that is asked for: few writes depend on it."""

    def __init__(self, ev: Evaluator, save: Function, call: Call, facts: Facts, arguments: Arguments) -> None:
        """ev: in the state in which `save` begins, and of no other use. facts: what holds besides.

        arguments: those that it is called with.
        """
        ev.state.facts = added(ev.state.facts, facts)
        self._arguments = arguments
        self._forced = any(argument.keyword == "force_insert" for argument in arguments[0])
        self._ev = ev
        self._save = save
        self._call = call
        self._writes: tuple[Write, ...] | None = None

    @property
    def writes(self) -> tuple[Write, ...]:
        """A write for each `super().save()`; none when the method cannot be followed."""
        if self._writes is None:
            self._writes = self._follow()
        return self._writes

    def where(self, held: dict[str, Constant]) -> tuple[Write, ...]:
        """The writes of a row that has these values: whatever others it may have are not asked about."""
        other, row = copy(self), self._save.receiver
        other._ev, other._writes = self._ev.aside(), None
        if not isinstance(row, Instance):
            return self.writes
        known = other._ev.state.objects.get(row.term) or ObjectState(False)
        values = {**dict(known.values), **{name: result(Known(value)) for name, value in held.items()}}
        other._ev.state.objects[row.term] = replace(known, values=tuple(values.items()))
        return other.writes

    def names(self, fields: Iterable[str]) -> bool:
        """True when its own text assigns one of these fields, which costs less to see than what it does."""
        text = self._ev.analysis.lookup.function_source(self._save.symbol)
        return any(re.search(rf"\.{name}(?:_id)?\s*=[^=]", text) for name in fields)

    def _follow(self) -> tuple[Write, ...]:
        try:
            with self._ev.analysis.recorded_apart(in_save=True):
                return self._written()
        except (BudgetExceeded, RecursionError, Unreachable):
            return ()

    def _written(self) -> tuple[Write, ...]:
        functions.follow(self._ev.aside(), self._save, self._call, *self._arguments)
        return tuple(map(self._as_called, self._ev.analysis.records.mechanisms))

    def _as_called(self, write: Write) -> Write:
        """A `super().save(...)` that hands on the `force_insert=True` which its method got."""
        hands_on = self._forced and any(_may_force(place, item) for place, item in enumerate(write.call.arguments))
        return replace(write, options={**write.options, "force_insert": result(Known(TRUE))}) if hands_on else write


class SignalledSave(OwnSave):
    """Django's `save` of a model whose `pre_save` has receivers: they do what an own one might do before."""

    def _written(self) -> tuple[Write, ...]:
        assert isinstance(self._save.receiver, Instance)
        super_save(self._ev.aside(), self._save.receiver, self._call)
        return tuple(map(self._as_called, self._ev.analysis.records.mechanisms))


class OwnCreate(OwnSave):
    """A queryset's own `create`, which Django's `get_or_create` calls with the new row's values."""

    def __init__(self, ev: Evaluator, create: Function, call: Call, values: RowValues) -> None:
        """ev, create, call: as for a model's own `save`."""
        super().__init__(ev, create, call, NO_FACTS, ((), []))
        self._values = values

    def _written(self) -> tuple[Write, ...]:
        pairs = [(Argument(value.term, name), value) for name, value in self._values.values]
        if (spread := self._values.spread) is not None:
            pairs.append((Argument(spread, star="**"), unknown(spread)))
        named, given = zip(*pairs) if pairs else ((), ())
        functions.follow(self._ev, self._save, self._call, tuple(named), list(given))
        assert isinstance(self._save.receiver, Rows)
        table = self._save.receiver.model.table
        return tuple(write for write in self._ev.analysis.records.writes if write.model.table == table)


def _may_force(place: int, argument: Argument) -> bool:
    """True for `*args`, `**kwargs`, and for a `force_insert` that is no literal."""
    is_named = argument.keyword == "force_insert" or (place == 0 and argument.keyword is None)
    return bool(argument.star) or (is_named and not isinstance(argument.value, Constant))


def own_save(
    ev: Evaluator,
    model: Model,
    values: RowValues,
    call: Call,
    existing: Instance | None = None,
    option_facts: Facts = NO_FACTS,
    arguments: Arguments = ((), []),
) -> OwnSave | None:
    """What a model's own `save` does at a call that saves a row, or receivers of its `pre_save`; None without any.

    existing: the row, where it is in the database already. option_facts: what holds where it is this row.
    arguments: those of a call of `save()` itself.
    """
    if not ev.analysis.recording or not isinstance(model.symbol, ClassSymbol):
        return None
    member = ev.analysis.lookup.class_member(model.symbol, "save")
    symbol = member.method if member is not None else None
    receivers = ev.analysis.lookup.receivers(model, "pre_save") if symbol is None else ()
    if symbol is None and not receivers:
        return None
    row = existing or Instance(ev.analysis.symbol("saving", ev.frame, call), model)
    aside = ev.aside()
    if existing is None:
        aside.state.objects[row.term] = _given_to_new(model, values)
    if isinstance(call.function, Attribute) and call.function.name.endswith("create"):
        arguments = (Argument(TRUE, "force_insert"),), [result(Known(TRUE))]
    if member is None or symbol is None:
        return SignalledSave(aside, Function(row.term, receivers[0], None, row), call, option_facts, arguments)
    return OwnSave(aside, Function(row.term, symbol, member.owner, row), call, option_facts, arguments)


def own_create(ev: Evaluator, rows: Rows, values: RowValues, call: Call) -> OwnSave | None:
    """What the own `create` of these rows' queryset does with the values; None where it has none."""
    queryset = rows.manager.queryset if rows.manager is not None else None
    member = ev.analysis.lookup.class_member(queryset, "create") if queryset is not None else None
    symbol = member.method if member is not None else None
    if not ev.analysis.recording or member is None or symbol is None:
        return None
    return OwnCreate(ev.aside(), Function(Attribute(rows.term, "create"), symbol, member.owner, rows), call, values)


def _given_to_new(model: Model, values: RowValues) -> ObjectState:
    """A new instance with these values, and the defaults of the fields that were left out."""
    named = dict(values.values)
    if values.spread is not None:
        named[SPREAD] = unknown(values.spread)
    elif not values.open:
        named = {**_defaults(model), **named}
    return ObjectState(True, tuple(named.items()), values.open)


def _defaults(model: Model) -> dict[str, Result]:
    """What fields of a new instance hold that nothing was given for: literals only."""
    found: dict[str, Result] = {}
    for name, field in model.fields.items():
        if isinstance(field.default, Constant):
            found[name] = result(Known(field.default))
        elif field.default is None and not field.relation and not field.primary_key:
            kinds = {base.rsplit(".", 1)[-1] for base in (field.kind, *field.bases)}
            is_timed = TRUE in (field.arguments.get("auto_now"), field.arguments.get("auto_now_add"))
            if not is_timed and (field.null or kinds & FIELDS_WITHOUT_TEXT):
                found[name] = result(Known(NONE))
            elif kinds & TEXT_FIELDS:
                found[name] = result(Known(constant("")))
        elif field.default is None and field.relation in ("fk", "o2o"):
            found[name] = result(Known(NONE))
    return found


def super_save(ev: Evaluator, instance: Instance, call: Call) -> None:
    """`super().save()` in a model's `save`: the call by which the row gets written; from then on it is there."""
    if not ev.analysis.in_save or not ev.analysis.recording:
        return
    for function in ev.analysis.lookup.receivers(instance.model, "pre_save"):
        call_receiver(ev, function, instance)
    known = ev.state.objects.get(instance.term)
    if known is None:
        return
    kind = "update" if known.new is False else "save"
    ev.analysis.records.mechanisms.append(Write(
        call, "save", kind, instance.model, object_values(known), ev.state.copy(), ev.state.facts,
        ev.all_protections(), ev.frame.code, ev.frame.stack, None, instance, known,
    ))  # fmt: skip
    without_key = (item for item in known.values if item[0] != instance.model.primary_key or item[1].term != NONE)
    ev.state.objects[instance.term] = replace(known, new=False, values=tuple(without_key), changed=frozenset())
