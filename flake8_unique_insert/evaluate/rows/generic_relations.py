"""Managers of a GenericRelation: `person.other_names`, the rows whose content type and object id name the person."""

from __future__ import annotations

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.globals import evaluate_elsewhere
from flake8_unique_insert.evaluate.rows.managers import with_manager
from flake8_unique_insert.evaluate.rows.relations import related_model
from flake8_unique_insert.evaluate.rows.row_values import content_type_of
from flake8_unique_insert.facts import Condition
from flake8_unique_insert.schema import Member, Model
from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Call,
    Expression,
    called_name,
    keyword,
    positional,
    string,
)
from flake8_unique_insert.syntax.summary import Assignment
from flake8_unique_insert.values import Instance, ModelClass, Result, Rows, result


def rows_of(ev: Evaluator, value: Instance, member: Member, term: Expression) -> Result | None:
    """The rows that a GenericRelation of an instance's class leads to; None for other members."""
    declared = member.definition.value if isinstance(member.definition, Assignment) else None
    if not isinstance(declared, Call) or not called_name(declared).endswith("GenericRelation"):
        return None
    target = _target(ev, value.model, declared, member)
    if target is None:
        return None
    content_type = string(keyword(declared, "content_type_field")) or "content_type"
    object_id = string(keyword(declared, "object_id_field")) or "object_id"
    given = (content_type, content_type_of(result(value))), (object_id, Attribute(value.term, "pk"))
    conditions = frozenset(Condition(name, "exact", held) for name, held in given)
    manager = target.managers.get(target.default_manager)
    return result(with_manager(ev, Rows(term, target, frozenset([conditions]), given, manager, True)))


def _target(ev: Evaluator, model: Model, declared: Call, member: Member) -> Model | None:
    stated = next(iter(positional(declared)), None) or keyword(declared, "to")
    if stated is None:
        return None
    if (label := string(stated)) is not None:
        return related_model(ev, model, label)
    found = evaluate_elsewhere(ev, member.owner.module, stated)
    return found.value.model if found is not None and isinstance(found.value, ModelClass) else None
