"""Partial keys: the conditions under which a row counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import Analysis, BudgetExceeded, Frame, Unreachable
from flake8_unique_insert.evaluate.interpreter import Interpreter
from flake8_unique_insert.evaluate.rows.lookups import groups_of
from flake8_unique_insert.evaluate.rows.managers import asked_by, hidden_by_default
from flake8_unique_insert.evaluate.rows.writes import Write
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.evaluate.states.terms import is_something
from flake8_unique_insert.facts import Condition
from flake8_unique_insert.schema import Model, UniqueKey
from flake8_unique_insert.sites.soft_deletes import leaves_key, retires
from flake8_unique_insert.sites.values import FieldValue, constant_of, field_value
from flake8_unique_insert.syntax.expressions import (
    FALSE,
    NONE,
    TRUE,
    Argument,
    Constant,
    Sequence,
)
from flake8_unique_insert.values import Instance


def key_conditions(analysis: Analysis, model: Model, key: UniqueKey) -> frozenset[Condition] | None:
    """The conditions of a partial key, all of which a row must meet; None when they cannot be told."""
    if key.condition is None:
        return frozenset()
    ev = Interpreter(analysis, Frame(key.module, path=(analysis.point(("condition", key.module, key.name)),)), State())
    recording, analysis.recording = analysis.recording, False
    try:
        value = ev.evaluate(key.condition)
        groups = groups_of(ev, model, (Argument(key.condition),), [value])
    finally:
        analysis.recording = recording
    if len(groups) != 1:
        return None
    (group,) = groups
    return None if any(condition.field == "" for condition in group) else group


def hides_rows(analysis: Analysis, model: Model, key: UniqueKey) -> bool:
    """True where the default manager, with which Django itself looks for rows, hides some that may have the key."""
    others = _hidden_beside(analysis, model, key) - (key_conditions(analysis, model, key) or frozenset())
    return bool(others) and not _leave(analysis, model, key, others)


def visible(analysis: Analysis, model: Model, key: UniqueKey, asked: Iterable[Condition] = ()) -> frozenset[Condition]:
    """The conditions that all rows with a key meet: those of a partial key, and of what hidden rows are let go by.

    asked: what a lookup asks for, of which those are told that rows without their flag have lost their key with it.
    """
    partial = key_conditions(analysis, model, key) or frozenset()
    flags = {item for item in asked if item.field not in key.read and item not in partial}
    partial |= {item for item in flags if retires(analysis, model, key, item)}
    if not leaves_key(analysis, model, key, frozenset()):
        return partial
    others = _hidden_beside(analysis, model, key)
    return partial | others if _leave(analysis, model, key, others) else partial


def _leave(analysis: Analysis, model: Model, key: UniqueKey, hidden: frozenset[Condition]) -> bool:
    """True when rows that do not meet these conditions do not have the key that they had before."""
    return bool(hidden) and leaves_key(analysis, model, key, frozenset(item.field for item in hidden))


def _hidden_beside(analysis: Analysis, model: Model, key: UniqueKey) -> frozenset[Condition]:
    """The default manager's conditions; rows that it hides by a member of the key have another value there."""
    hidden = _quietly(analysis, ("default manager", model.label), key.module, lambda ev: hidden_by_default(ev, model))
    return frozenset(item for item in hidden or () if item.field not in key.members)


def asked_by_manager(analysis: Analysis, model: Model, name: str) -> frozenset[Condition] | None:
    """What a manager of a model asks of all its rows; None where that cannot be told."""
    module = model.symbol.dotted.rpartition(".")[0]
    return _quietly(analysis, ("manager", model.label, name), module, lambda ev: asked_by(ev, model, name))


def _quietly(
    analysis: Analysis, place: tuple[str, ...], module: str, ask: Callable[[Evaluator], frozenset[Condition] | None]
) -> frozenset[Condition] | None:
    """What is found out in a module without an effect; None where that takes too long. place: identifies it."""
    ev = Interpreter(analysis, Frame(module, path=(analysis.point(place),)), State())
    recording, steps = analysis.recording, analysis.steps
    analysis.recording, analysis.steps = False, 0
    try:
        return ask(ev)
    except (BudgetExceeded, Unreachable):
        return None
    finally:
        analysis.recording, analysis.steps = recording, steps


def values_held(analysis: Analysis, model: Model, key: UniqueKey) -> dict[str, Constant]:
    """The literals that every row with a partial key has, by field."""
    asked = [item for item in key_conditions(analysis, model, key) or () if not item.excluded]
    null = {item.field: NONE for item in asked if item.lookup == "isnull" and item.term == TRUE}
    exact = {item.field: item.term for item in asked if item.lookup == "exact" and isinstance(item.term, Constant)}
    return null | exact


def outside_condition(analysis: Analysis, write: Write, key: UniqueKey) -> bool:
    """True when the row certainly does not meet the condition of a partial key."""
    conditions = key_conditions(analysis, write.model, key)
    if not conditions:
        return False
    return any(
        outcome_of(field_value(analysis, write, condition.field), condition) is False for condition in conditions
    )


def outcome_of(value: FieldValue, condition: Condition) -> bool | None:
    """Whether a row with this value meets a condition, None when that cannot be told."""
    outcome = _outcome(value, condition)
    return outcome if outcome is None or not condition.excluded else not outcome


def _outcome(value: FieldValue, condition: Condition) -> bool | None:
    if condition.lookup == "isnull" and condition.term in (TRUE, FALSE):
        wanted = condition.term == TRUE
        if value.kind == "null":
            return wanted
        if value.kind in ("fresh", "constant") or (value.kind == "given" and _certainly_something(value)):
            return not wanted
        return None
    if condition.lookup == "exact":
        if value.kind == "null":
            return False
        known = constant_of(value)
        if known is not None and isinstance(condition.term, Constant):
            return known.value == condition.term.value
    if condition.lookup == "in" and isinstance(condition.term, Sequence):
        known, listed = constant_of(value), condition.term.items
        if value.kind == "null":
            return False  # whatever is listed, None too: NULL equals nothing
        if known is not None and all(isinstance(item, Constant) for item in listed):
            return known in listed
    return None


def _certainly_something(value: FieldValue) -> bool:
    """True for a row, a literal, the time and what is computed from others."""
    return value.result is not None and all(
        isinstance(option.value, Instance) or is_something(option.value.term) for option in value.result.options
    )
