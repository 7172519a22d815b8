"""Rows of managers: those that their own `get_queryset` gives, and who looks for rows with them."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.calls import functions
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import MAX_DEPTH
from flake8_unique_insert.evaluate.rows.lookups import EVERYTHING, conjunction, unknown_condition
from flake8_unique_insert.facts import Condition
from flake8_unique_insert.schema import ClassSymbol, ExternalSymbol, FunctionSymbol, ManagerDeclaration, Model
from flake8_unique_insert.syntax.expressions import Attribute, Expression, Name
from flake8_unique_insert.syntax.summary import FunctionSummary
from flake8_unique_insert.values import Arguments, Function, ModelClass, Result, Rows, result


def with_manager(ev: Evaluator, rows: Rows) -> Rows:
    """Rows of a manager, restricted by its own `get_queryset`; one of an installed package is taken to hide none."""
    declared = rows.manager
    if declared is None or declared.manager is None:
        return rows
    member = ev.analysis.lookup.class_member(declared.manager, "get_queryset")
    if member is None or not isinstance(member.definition, FunctionSummary):
        return rows
    if not ev.analysis.functions.is_own(member.owner.module):
        return rows
    symbol = FunctionSymbol(member.owner.module, f"{member.owner.qualname}.get_queryset", member.definition)
    call = ev.analysis.implied_call(symbol.dotted, Attribute(rows.term, "get_queryset"))
    depth = ev.analysis.max_depth
    ev.analysis.max_depth = MAX_DEPTH  # at a first look, too: it belongs to the model
    try:
        found = functions.follow(ev, Function(rows.term, symbol, member.owner, rows), call, (), [])
    finally:
        ev.analysis.max_depth = depth
    values = [option.value for option in found.options] if found is not None else []
    restricted = {value.alternatives if isinstance(value, Rows) else None for value in values}
    own = restricted.pop() if len(restricted) == 1 else None
    if own is None:
        return replace(rows, alternatives=frozenset([frozenset([unknown_condition(rows.term)])]))
    return replace(rows, alternatives=conjunction(rows.alternatives, own))


def without_own_queryset(ev: Evaluator, rows: Rows) -> Rows:
    """The rows that `super().get_queryset()` in another method of a manager begins with: also those that it hides."""
    own = with_manager(ev, replace(rows, alternatives=EVERYTHING)).alternatives if rows.is_manager else EVERYTHING
    if len(own) != 1:
        return rows
    (hiding,) = own
    return replace(rows, alternatives=frozenset(group - hiding for group in rows.alternatives))


def hidden_by_default(ev: Evaluator, model: Model) -> frozenset[Condition]:
    """The default manager's conditions, where known: Django's own validation looks at no rows but those."""
    rows = receiver_rows(ev, ModelClass(Name(model.symbol.dotted), model))
    groups = rows.alternatives if rows is not None else frozenset()
    return frozenset(item for group in groups for item in group if item.field and len(groups) == 1)


def asked_by(ev: Evaluator, model: Model, name: str) -> frozenset[Condition] | None:
    """What a manager of a model asks of all its rows; None where that cannot be told."""
    term = Attribute(Name(model.symbol.dotted), name)
    groups = with_manager(ev, Rows(term, model, manager=model.managers.get(name), is_manager=True)).alternatives
    asked = next(iter(groups)) if len(groups) == 1 else None
    return asked if asked is None or all(item.field for item in asked) else None


def made(ev: Evaluator, symbol: ClassSymbol | ExternalSymbol, term: Expression, arguments: Arguments) -> Result | None:
    """`ProductQuerySet(self.model, using=self._db)`: all rows of the model; None for other classes."""
    bases = ev.analysis.lookup.bases(symbol) if isinstance(symbol, ClassSymbol) else (symbol.dotted,)
    if not any(base.endswith("QuerySet") for base in bases) or not arguments[1]:
        return None
    given = [argument.keyword for argument in arguments[0]]
    model = arguments[1][0].value
    if given[0] not in (None, "model") or not set(given[1:]) <= {"using"} or not isinstance(model, ModelClass):
        return None
    own = ManagerDeclaration("", queryset=symbol if isinstance(symbol, ClassSymbol) else None)
    return result(Rows(term, model.model, manager=own))


def receiver_rows(ev: Evaluator, value: object) -> Rows | None:
    """All rows of a model class, a manager or a queryset; what `get_object_or_404(value, ...)` looks at."""
    if isinstance(value, Rows):
        return value
    if isinstance(value, ModelClass):
        declared = value.model.managers.get(value.model.default_manager)
        rows = Rows(Attribute(value.term, "_default_manager"), value.model, manager=declared, is_manager=True)
        return with_manager(ev, rows)
    return None
