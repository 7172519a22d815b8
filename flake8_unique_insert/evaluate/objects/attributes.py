"""Attribute access and assignment."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.collections.elements import is_generated
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.globals import member_of_module
from flake8_unique_insert.evaluate.objects.choices import value_of_member
from flake8_unique_insert.evaluate.objects.members import member_of
from flake8_unique_insert.evaluate.objects.own_attributes import assigned_in_methods, stated_by_heirs
from flake8_unique_insert.evaluate.rows.generic_relations import rows_of
from flake8_unique_insert.evaluate.rows.managers import with_manager, without_own_queryset
from flake8_unique_insert.evaluate.rows.relations import (
    follow_accessor,
    likeliest,
    one_to_one,
    reached,
    related_model,
    through,
)
from flake8_unique_insert.evaluate.rows.row_values import SPREAD, username_field
from flake8_unique_insert.evaluate.states.facts import added
from flake8_unique_insert.facts import Condition, NewRow
from flake8_unique_insert.schema import (
    ClassSymbol,
    ExternalSymbol,
    ModelForm,
    ModuleSymbol,
)
from flake8_unique_insert.syntax.expressions import NONE, TRUE, Attribute, Expression, Symbol, constant, dotted
from flake8_unique_insert.values import (
    LISTS,
    Answer,
    Bound,
    Column,
    ErrorClass,
    Form,
    Fresh,
    Instance,
    Known,
    ModelClass,
    Object,
    ObjectState,
    Option,
    Result,
    Rows,
    Super,
    SymbolValue,
    Unknown,
    Value,
    result,
    unknown,
)

OF_MODEL = (Instance, ModelClass, ModelForm)
LOOKUP_ERRORS = ("DoesNotExist", "MultipleObjectsReturned")


def read(ev: Evaluator, base: Result, name: str, node: Expression) -> Result:
    """`base.name`, for every value that base may have."""
    term = Attribute(base.term, name)
    if name == "through" and isinstance(node, Attribute) and (rows_between := through(ev, node)) is not None:
        return rows_between
    if is_generated(base):
        return ev.generated(node)
    stored = ev.state.objects.get(base.term)
    if stored is not None and (value := stored.get(name)) is not None:
        return value
    if (row := _one_of_rows(base)) is not None and ev.analysis.lookup.accessor(row.model, name) is not None:
        base = result(row)  # what refers to it is asked about by the name that they have in common
    found: list[Result] = [_read_value(ev, option.value, name, node, base.term) for option in base.options]
    if len(found) == 1:
        return found[0] if not base.options[0].facts else _with_facts(found[0], base.options[0])
    options = [
        Option(inner.value, added(inner.facts, option.facts))
        for option, value in zip(base.options, found)
        for inner in value.options
    ]
    kept = [option for option in options if not isinstance(option.value, Unknown)]
    if len(kept) < len(options):
        kept.append(Option(Unknown(term)))
    terms = {value.term for value in found}
    return Result(terms.pop() if len(terms) == 1 else term, tuple(dict.fromkeys(kept))[:6])


def _one_of_rows(value: Result) -> Instance | None:
    """One instance for the several of a model that a value may be."""
    rows = [row for option in value.options if isinstance(row := as_row(option.value), Instance)]
    is_one = 1 < len(rows) == len(value.options) and len({row.model.label for row in rows}) == 1
    return replace(rows[0], term=value.term) if is_one else None


def _with_facts(value: Result, owner: Option) -> Result:
    return Result(value.term, tuple(Option(inner.value, added(inner.facts, owner.facts)) for inner in value.options))


def as_row(value: Value) -> Value:
    """The row that `first()` found, where its attributes are used (so it is no None); of evaluated rows, the rows."""
    if not isinstance(value, Answer) or value.shape not in ("row", *LISTS):
        return value
    return Instance(value.term, value.rows.model) if value.shape == "row" else value.rows


def _read_value(ev: Evaluator, value: Value, name: str, node: Expression, term: Expression) -> Result:
    value = as_row(value)
    stored = ev.state.objects.get(value.term)
    if stored is not None and (known := stored.get(name)) is not None:
        return known
    if isinstance(value, SymbolValue):
        return _of_symbol(ev, value, name)
    if isinstance(value, ModelClass):
        return _of_model(ev, value, name, node)
    if isinstance(value, Instance):
        return _of_instance(ev, value, name, node)
    if isinstance(value, Rows):
        return _of_rows(ev, value, name, node)
    if isinstance(value, Column) and name in COLUMN_QUERIES:
        return result(Bound(Attribute(value.term, name), value if name in ("first", "last") else value.rows, name))
    if isinstance(value, Object):
        return _of_object(ev, value, name, node)
    if isinstance(value, Super):
        return _of_super(ev, value, name, node)
    if isinstance(value, Fresh):
        return ev.generated(node)
    if isinstance(value, Known) and name == "value":
        return result(value)  # of a member of choices
    term = Attribute(value.term, name)
    if name == "user" and is_request(value.term):
        model = ev.analysis.lookup.user_model()
        if model is not None:
            return result(Instance(term, model))
    if isinstance(value, Bound) and (value.name, name) == ("_meta", "model"):
        owner = value.receiver.form if isinstance(value.receiver, Form) else value.receiver
        return result(ModelClass(term, owner.model)) if isinstance(owner, OF_MODEL) else unknown(term)
    if isinstance(value, Unknown) or (isinstance(value, Bound) and isinstance(value.receiver, Object)):
        return _of_unknown(ev, value, name, term)
    if isinstance(value, Bound) and (value.name, name) == ("_state", "adding") and _is_new(ev, value.receiver):
        return Result(term, (Option(Known(TRUE), frozenset([NewRow(value.receiver.term)])),))
    return result(Bound(term, value, name))


def _of_unknown(ev: Evaluator, value: Value, name: str, term: Expression) -> Result:
    """`something.members.filter(...)`: when one model only is reached by this name, these are its rows.

    The class of a parameter is the only model of the parameter's name, if there is one.
    """
    owner = value.term
    if name == "__class__" and isinstance(owner, Symbol) and owner.kind == "param":
        model = ev.analysis.lookup.model_named(owner.name)
        return result(ModelClass(term, model)) if model is not None else unknown(term)
    accessor = one_to_one(ev, value, name) if ev.in_lookup else None
    if accessor is not None:
        target = ev.analysis.lookup.model_labelled(accessor.model)
        return reached(ev, Instance(owner, target), accessor, target, term) if target is not None else unknown(term)
    if name not in QUERIES or not isinstance(owner, Attribute) or owner.name in COMMON_NAMES:
        return unknown(term)
    found = likeliest(ev.analysis.lookup.accessors_named(owner.name), owner.base)
    if len(found) == 1 and found[0].kind == "m2m":
        owners = ev.analysis.lookup.owners_of(owner.name)
        linked = follow_accessor(ev, Instance(owner.base, owners[0]), owner.name, owner) if len(owners) == 1 else None
        if linked is None or isinstance(linked.value, Unknown):
            return unknown(term)
        return _read_value(ev, linked.value, name, term, owner)
    if len({accessor.model for accessor in found}) != 1 or any(accessor.kind != "many" for accessor in found):
        return unknown(term)
    target = ev.analysis.lookup.model_labelled(found[0].model)
    if target is None:
        return unknown(term)
    if len(found) == 1:
        rows = reached(ev, Instance(owner.base, target), found[0], target, owner).value
    else:
        fields = "|".join(accessor.field for accessor in found)
        either = Condition(fields, "either", owner.base)
        rows = Rows(
            owner, target, frozenset([frozenset([either])]), (), target.managers.get(target.default_manager), True
        )
    return _read_value(ev, rows, name, term, owner)


STATED_BY_HEIRS = frozenset(["model", "queryset"])
"""Class attributes that generic views read and leave to those that inherit from them."""


COLUMN_QUERIES = frozenset(["exists", "count", "first", "last", "aexists", "acount", "afirst", "alast"])
QUERIES = frozenset(
    [
        "filter",
        "get",
        "exists",
        "first",
        "last",
        "count",
        "exclude",
        "all",
        "create",
        "get_or_create",
        "update_or_create",
        "bulk_create",
        "values_list",
        "values",
        "aggregate",
        "order_by",
        "latest",
        "select_related",
        "prefetch_related",
        "select_for_update",
        "distinct",
        "delete",
        "update",
        "clear",
        "aaggregate",
        "alatest",
        "aupdate",
        "adelete",
        "afilter",
        "aget",
        "aexists",
        "afirst",
        "acount",
        "acreate",
        "aget_or_create",
        "aupdate_or_create",
    ]
)
COMMON_NAMES = frozenset(
    ["objects", "items", "values", "keys", "data", "session", "client", "queryset", "query", "cache"]
)


def is_request(term: Expression) -> bool:
    """True for what is called a request: `request`, `self.request`, `view.request`."""
    name = dotted(term) or getattr(term, "name", "")
    return isinstance(name, str) and name.rsplit(".", 1)[-1] in ("request", "req")


# --- modules and classes


def _of_symbol(ev: Evaluator, value: SymbolValue, name: str) -> Result:
    symbol = value.symbol
    if isinstance(symbol, (ModuleSymbol, ExternalSymbol)):
        return member_of_module(ev, symbol, name)
    if isinstance(symbol, ClassSymbol):
        member = ev.analysis.lookup.class_member(symbol, name)
        if member is not None:
            found = member_of(ev, member, name, value, Attribute(value.term, name), value)
            return value_of_member(ev, member.owner, found)
    return unknown(Attribute(value.term, name))


def _of_model(ev: Evaluator, value: ModelClass, name: str, node: Expression) -> Result:
    model, term = value.model, Attribute(value.term, name)
    if name in model.managers or name in ("_default_manager", "_base_manager"):
        return _manager(ev, value, name)
    if name in LOOKUP_ERRORS:
        return result(ErrorClass(term, name, model.table))
    if name in model.fields:
        return result(Bound(term, value, name))
    if name == "USERNAME_FIELD":
        return result(Known(constant(username_field(ev, model))))
    if isinstance(model.symbol, ClassSymbol):
        member = ev.analysis.lookup.class_member(model.symbol, name)
        if member is not None:
            return member_of(ev, member, name, value, term, value)
    if name == "objects":
        return _manager(ev, value, name)
    return result(Bound(term, value, name))


def _manager(ev: Evaluator, value: ModelClass, name: str) -> Result:
    model = value.model
    declared = model.managers.get(model.default_manager if name == "_default_manager" else name)
    if name == "_base_manager":
        declared = None
    rows = Rows(Attribute(value.term, name), model, manager=declared, is_manager=True)
    return result(with_manager(ev, rows))


# --- instances


def _of_instance(ev: Evaluator, value: Instance, name: str, node: Expression) -> Result:
    model, term = value.model, Attribute(value.term, name)
    if name in ("pk", model.primary_key) and _has_no_key_yet(ev, value):
        return result(Known(NONE))
    if name == "pk":
        return unknown(term)
    field = model.field(name)
    if field is not None:
        if field.relation in ("fk", "o2o") and name == field.name:
            target = related_model(ev, model, field.target)
            return result(Instance(term, target, optional=field.null)) if target is not None else unknown(term)
        if field.relation in ("fk", "o2o"):
            stored = ev.state.objects.get(value.term)
            row = stored.get(field.name) if stored is not None else None
            if row is not None and row.term == NONE:
                return row
            return unknown(Attribute(row.term if row else Attribute(value.term, field.name), "pk"))
        if field.relation != "m2m":
            return unknown(term)
    found = follow_accessor(ev, value, name, term)
    if found is not None:
        return found
    if name == "__class__":
        return result(ModelClass(term, model))
    if isinstance(model.symbol, ClassSymbol):
        member = ev.analysis.lookup.class_member(model.symbol, name)
        if member is not None:
            of_class = ModelClass(term, model)
            return rows_of(ev, value, member, term) or member_of(ev, member, name, value, term, of_class)
    return result(Bound(term, value, name))


def _has_no_key_yet(ev: Evaluator, value: Instance) -> bool:
    """True for the automatic key of an instance that is not in the database."""
    known = ev.state.objects.get(value.term)
    if known is None or not _is_new(ev, value):
        return False
    given = known.get(value.model.primary_key)
    if given is not None and given.term != NONE:
        return False
    field = value.model.field("pk")
    if field is None or field.is_automatic:
        return True  # which `**data` does not name
    return field.default is None and not field.relation and known.get(SPREAD) is None


def _is_new(ev: Evaluator, value: Value) -> bool:
    """True for an instance that certainly is not in the database."""
    known = ev.state.objects.get(value.term)
    return isinstance(value, Instance) and known is not None and known.new is True


# --- managers and querysets


def _of_rows(ev: Evaluator, value: Rows, name: str, node: Expression) -> Result:
    term = Attribute(value.term, name)
    if name == "model":
        return result(ModelClass(term, value.model))
    declared = value.manager
    for symbol in filter(None, (declared.manager, declared.queryset) if declared is not None else ()):
        member = ev.analysis.lookup.class_member(symbol, name)
        if member is not None:
            return member_of(ev, member, name, value, term, value)
    return result(Bound(term, value, name))


# --- other objects


def _of_object(ev: Evaluator, value: Object, name: str, node: Expression) -> Result:
    term = Attribute(value.term, name)
    member = ev.analysis.lookup.class_member(value.symbol, name)
    declared = member_of(ev, member, name, value, term, SymbolValue(term, value.symbol)) if member is not None else None
    if declared is not None and not isinstance(declared.value, Unknown):
        return declared
    found = assigned_in_methods(ev, value, name, term)
    if found is not None and isinstance(found.value, Column):  # which changes
        known = ev.state.objects.get(value.term) or ObjectState(None)
        ev.state.objects[value.term] = replace(known, values=(*known.values, (name, found)))
    if found is None and (member is not None or name in STATED_BY_HEIRS):
        found = stated_by_heirs(ev, value, name, term)
    if found is not None or declared is not None:
        return found or unknown(term)
    if name == "user" and is_request(value.term):
        model = ev.analysis.lookup.user_model()
        return result(Instance(term, model)) if model is not None else unknown(term)
    return result(Bound(term, value, name))


def _of_super(ev: Evaluator, value: Super, name: str, node: Expression) -> Result:
    receiver = value.receiver
    if name == "get_queryset" != ev.frame.function and isinstance(receiver, Rows):
        receiver = without_own_queryset(ev, receiver)
        value = replace(value, receiver=receiver)
    start = _class_of(receiver) or value.owner
    member = ev.analysis.lookup.class_member(start, name, after=value.owner)
    if member is not None:
        return member_of(ev, member, name, receiver, Attribute(value.term, name), receiver)
    return result(Bound(Attribute(value.term, name), value, name))


def _class_of(value: Value) -> ClassSymbol | None:
    if isinstance(value, (Instance, ModelClass)) and isinstance(value.model.symbol, ClassSymbol):
        return value.model.symbol
    return value.symbol if isinstance(value, Object) else None
