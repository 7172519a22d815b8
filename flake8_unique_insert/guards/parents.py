"""Conditions on the row that a member of the key refers to: `account__active=True`, as a manager may ask for.

They leave out no row with the key where that parent meets them. Whether it does is told by what it was found by, or by
the manager that it was found with: one that asks for the same, or one that does not.
"""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.frame import Analysis
from flake8_unique_insert.evaluate.rows.writes import Write
from flake8_unique_insert.facts import Condition
from flake8_unique_insert.schema import Model, UniqueKey
from flake8_unique_insert.sites.conditions import asked_by_manager, outcome_of
from flake8_unique_insert.sites.values import FieldValue
from flake8_unique_insert.syntax.expressions import NONE, Attribute, Constant, Expression, Name


def meets(analysis: Analysis, write: Write, key: UniqueKey, condition: Condition) -> bool:
    """True where the parent of the written row meets a condition.

    One of unknown origin meets what the default manager asks for.
    """
    name, _, path = condition.field.partition("__")
    field, value = write.model.fields.get(name), write.values.get(name)
    if not path or field is None or value is None or name not in key.alike:
        return False
    parent = analysis.lookup.model_labelled(field.target, write.model.label.partition(".")[0])
    if parent is None:
        return False
    own = replace(condition, field=path)
    is_expected = condition in (asked_by_manager(analysis, write.model, write.model.default_manager) or ())
    return all(_meets(analysis, write, parent, option.value.term, own, is_expected) for option in value.options)


def _meets(
    analysis: Analysis, write: Write, parent: Model, row: Expression, condition: Condition, is_expected: bool
) -> bool:
    known = write.state.objects.get(row)
    held = known.get(condition.field) if known is not None else None
    if held is not None and isinstance(held.term, Constant):
        return outcome_of(FieldValue("null" if held.term == NONE else "constant", (held.term,)), condition) is True
    model = Name(parent.symbol.dotted)
    named = (part.name for part in row.walk() if isinstance(part, Attribute) and part.base == model)
    manager = next((name for name in named if name in parent.managers), None)
    asked = asked_by_manager(analysis, parent, manager) if manager is not None else None
    return condition in asked if asked is not None else is_expected
