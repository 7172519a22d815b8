"""Guard: the instance was validated, and nothing of the key was set since (oracle C_v01 to C_v13)."""

from __future__ import annotations

from flake8_unique_insert.evaluate.frame import Analysis
from flake8_unique_insert.evaluate.writes import Write
from flake8_unique_insert.schema import KeyKind, UniqueKey
from flake8_unique_insert.sites.risk import told_apart
from flake8_unique_insert.sites.values import field_value
from flake8_unique_insert.values import Validated

VERDICT = "validated"


def _names(write: Write, member: str) -> tuple[str, ...]:
    field = write.model.field(member)
    return (member, field.column_name) if field is not None else (member,)


def _differ(analysis: Analysis, write: Write, key: UniqueKey) -> bool:
    """True when no two rows of a batch have the same key."""
    values = {name: field_value(analysis, write, name) for name in key.members}
    return write.element_count is not None or told_apart(write, values)


def covers(analysis: Analysis, write: Write, key: UniqueKey) -> bool:
    """True when `full_clean`, `validate_unique` or `validate_constraints` has checked this key on this instance."""
    if write.instance is None or (write.kind == "bulk_create" and not _differ(analysis, write, key)):
        return False
    return any(
        isinstance(fact, Validated)
        and fact.term == write.instance.term
        and (fact.constraints if key.kind is KeyKind.CONSTRAINT else fact.unique)
        and not fact.excluded & {name for member in key.members for name in _names(write, member)}
        for fact in write.facts
    )
