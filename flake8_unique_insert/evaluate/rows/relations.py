"""From an instance to rows of other models: foreign keys, reverse relations and many-to-many."""

from __future__ import annotations

from collections.abc import Iterable

from flake8_unique_insert.evaluate.errors import RELATED
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.rows.managers import with_manager
from flake8_unique_insert.facts import Absent, Condition
from flake8_unique_insert.schema import Accessor, Model
from flake8_unique_insert.syntax.expressions import Attribute, Expression, Symbol
from flake8_unique_insert.values import (
    Instance,
    ModelClass,
    ObjectState,
    Option,
    Result,
    Rows,
    Unknown,
    Value,
    result,
    unknown,
)


def one_to_one(ev: Evaluator, owner: Value, name: str) -> Accessor | None:
    """The reverse one-to-one relation of this name: of the owner's model, or the likeliest of the project."""
    if isinstance(owner, Instance):
        found = ev.analysis.lookup.accessor(owner.model, name)
        return found if found is not None and found.kind == "one" else None
    if not isinstance(owner, Unknown):
        return None
    called = {local for local, bound in ev.state.names.items() if bound.term == owner.term}
    named = likeliest(ev.analysis.lookup.accessors_named(name), owner.term, called)
    return named[0] if len(named) == 1 and named[0].kind == "one" else None


def likeliest(accessors: tuple[Accessor, ...], owner: Expression, called: Iterable[str] = ()) -> tuple[Accessor, ...]:
    """Of several relations of one name, those whose foreign key is called as their owner is: `user.addresses`.

    called: the local names of the owner.
    """
    names = {*called, owner.name if isinstance(owner, (Attribute, Symbol)) else ""}
    return tuple(accessor for accessor in accessors if accessor.field in names) or accessors


def follow_accessor(ev: Evaluator, value: Instance, name: str, term: Expression) -> Result | None:
    """`instance.name` where name is a reverse relation or a many-to-many field.

    Of an abstract model, whatever the models that inherit from it have under this name.
    """
    model = value.model
    found = ev.analysis.lookup.accessor(model, name)
    accessors = (found,) if found is not None else ev.analysis.lookup.accessors_of_heirs(model, name)
    options: list[Option] = []
    for accessor in accessors:
        target = related_model(ev, model, accessor.model)
        rows = reached(ev, value, accessor, target, term) if target is not None else unknown(term)
        options.extend(rows.options)
    return Result(term, tuple(dict.fromkeys(options))) if options else None


def through(ev: Evaluator, expression: Attribute) -> Result | None:
    """`Model.tags.through` and `row.tags.through`: the model of the rows that link two models."""
    field = expression.base
    if not isinstance(field, Attribute):
        return None
    owner = ev.evaluate(field.base).value
    if not isinstance(owner, (Instance, ModelClass)):
        return None
    model = ev.analysis.lookup.through(owner.model, field.name)
    return result(ModelClass(Attribute(Attribute(owner.term, field.name), "through"), model)) if model else None


def related_model(ev: Evaluator, model: Model, target: str) -> Model | None:
    """The model that a relation's target names."""
    if not target:
        return None
    return ev.analysis.lookup.model_labelled(target, model.label.split(".")[0])


def reached(ev: Evaluator, value: Instance, accessor: Accessor, target: Model, term: Expression) -> Result:
    """What an accessor of an instance leads to: rows of the default manager, or one row."""
    here, field = value.term, accessor.field
    declared = target.managers.get(target.default_manager)
    if accessor.kind == "m2m":
        linked = Condition("", "linked", here)
        link = ev.analysis.lookup.link(value.model, accessor)
        return result(with_manager(ev, Rows(term, target, frozenset([frozenset([linked])]), (), declared, True, link)))
    conditions = frozenset([Condition(field, "exact", here)])
    rows = Rows(term, target, frozenset([conditions]), ((field, here),), declared, True)
    if accessor.kind == "one":
        ev.raises(RELATED, target.table, frozenset([Absent(target.table, conditions)]))
        ev.state.objects.setdefault(term, ObjectState(False, ((field, unknown(here)),)))
        return result(Instance(term, target))
    return result(with_manager(ev, rows))
