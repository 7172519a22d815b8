"""Guard: the row, or the input that it is made of, was validated, and nothing of the key was set since.

Instances validate themselves (oracle C_v01 to C_v13), forms and serializers their input (oracle C_f01 to C_f23, B100 to
B119): for the keys that their class checks by itself, and for those that its own methods look up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms.form_checks import changes_input, own_checks
from flake8_unique_insert.evaluate.frame import Analysis, BudgetExceeded, Frame
from flake8_unique_insert.evaluate.interpreter import Interpreter
from flake8_unique_insert.evaluate.objects.attributes import is_request
from flake8_unique_insert.evaluate.rows.writes import Write
from flake8_unique_insert.evaluate.states.terms import same
from flake8_unique_insert.facts import Absent, Condition, Fact, Validated
from flake8_unique_insert.guards import absence
from flake8_unique_insert.schema import FormKind, UniqueKey
from flake8_unique_insert.sites.clashes import told_apart
from flake8_unique_insert.sites.conditions import hides_rows, key_conditions
from flake8_unique_insert.sites.values import FieldValue, default_of, field_value
from flake8_unique_insert.syntax.expressions import Attribute, Comparison, Constant, Expression, Subscript, constant
from flake8_unique_insert.values import Entries, Form, Known

T = TypeVar("T")
VERDICT = "validated"
SAFE = ("fresh", "null")


def covers(analysis: Analysis, write: Write, key: UniqueKey) -> bool:
    """True when a validation that speaks of this row has looked for another one with this key."""
    facts = [fact for fact in write.facts if isinstance(fact, Validated)]
    if not facts:
        return False
    values = {name: field_value(analysis, write, name) for name in key.alike}
    if write.kind == "bulk_create" and write.element_count is None and not told_apart(analysis, write, values):
        return False
    return any(
        (
            key in fact.keys
            and _is_of(fact, write, values)
            and not hides_rows(analysis, write.model, key)
            and not (len(key.members) == 1 and _is_another(analysis, write, fact, key.members[0]))
        )
        or (isinstance(fact.by, Form) and _is_checked(analysis, write, key, values, fact.by))
        or _has_unique_input(analysis, write, fact, values)
        for fact in facts
    )


def _is_of(fact: Validated, write: Write, values: dict[str, FieldValue]) -> bool:
    """True when what was validated is the written instance, or all that the write puts into the key."""
    if write.instance is not None and fact.term == write.instance.term:
        return True
    return all(_is_input(fact, name, value) or value.kind == "kept" for name, value in values.items()) and any(
        _is_input(fact, name, value) for name, value in values.items()
    )


def _has_unique_input(analysis: Analysis, write: Write, fact: Validated, values: dict[str, FieldValue]) -> bool:
    """True when a member of the key is an input that no other row has, by the validators of its field."""
    alone = fact.by.form.alone if isinstance(fact.by, Form) else ()
    return any(
        name in values and _is_input(fact, name, values[name]) and not _is_another(analysis, write, fact, name)
        for name in alone
    )


def _is_another(analysis: Analysis, write: Write, fact: Validated, name: str) -> bool:
    """True when a field may get another value than the one that its validators in a serializer have looked for.

    The serializer changes it after that, or it is left out of the input, which DRF allows where it has a default.
    """
    form = fact.by
    if not isinstance(form, Form) or form.form.kind is not FormKind.SERIALIZER:
        return False
    field = write.model.field(name) if name in form.form.optional and _is_insert(write) else None
    if field is not None and default_of(analysis, field).kind not in SAFE:
        return True
    return _aside(analysis, write, form, name, lambda ev: changes_input(ev, form, name)) or False


def _is_insert(write: Write) -> bool:
    return write.object.new is True if write.object is not None else write.kind == "insert"


def _is_input(fact: Validated, name: str, value: FieldValue) -> bool:
    is_user = isinstance(fact.by, Form) and name in fact.by.form.of_user
    return any(same(term, Subscript(fact.term, constant(name))) or (is_user and _is_user(term)) for term in value.terms)


def _is_user(term: Expression) -> bool:
    """True for `self.request.user`."""
    return isinstance(term, Attribute) and term.name == "user" and is_request(term.base)


# --- checks of the form's own


def _is_checked(analysis: Analysis, write: Write, key: UniqueKey, values: dict[str, FieldValue], form: Form) -> bool:
    """True when the form's own methods have looked up a row with this key."""
    if write.model.table != form.form.model.table:
        return False
    filled = frozenset(_filled(analysis, write, key, values, form))
    assumed = _of_condition(analysis, write, key, form)
    if form.form.kind is not FormKind.SERIALIZER:
        declared = analysis.lookup.declared_fields(form.symbol) or {}
        own = (name for name, is_required in declared.items() if is_required and name not in form.form.fields)
        filled |= {Subscript(form.data, constant(name)) for name in own}
    facts = _aside(analysis, write, form, (filled, assumed), lambda ev: own_checks(ev, form, filled, assumed))
    if facts is None:
        return True  # what cannot be told is not guilty
    known = frozenset(_seen_from(fact, form, values) for fact in facts)
    return bool(known) and absence.covers(analysis, replace(write, facts=known), key)


def _aside(analysis: Analysis, write: Write, form: Form, key: object, question: Callable[[Evaluator], T]) -> T | None:
    """The answer to a question about a form's methods; None where that takes too long. key: tells questions apart."""
    symbol = form.form.symbol
    frame = Frame(symbol.module, symbol, path=(analysis.point(("checks", form.term, key)),))
    recording, steps = analysis.recording, analysis.steps
    analysis.recording, analysis.steps = False, 0
    try:
        return question(Interpreter(analysis, frame, write.state.copy()))
    except BudgetExceeded:
        return None
    finally:
        analysis.recording, analysis.steps = recording, steps


def _of_condition(analysis: Analysis, write: Write, key: UniqueKey, form: Form) -> frozenset[tuple[str, Known]]:
    """The input of the rows that a partial key speaks of: other rows do not have the key."""
    conditions = key_conditions(analysis, write.model, key) or frozenset()
    return frozenset(
        (item.field, Known(item.term))
        for item in conditions
        if item.field in form.form.fields and item.lookup == "exact" and not item.excluded
        if isinstance(item.term, Constant)
    )


def _filled(
    analysis: Analysis, write: Write, key: UniqueKey, values: dict[str, FieldValue], form: Form
) -> Iterator[Expression]:
    """The terms of values that are not empty, or that leave no key at risk when they are: NULL equals nothing."""
    inputs = form.form.fields.intersection(key.members)
    is_partial = form.form.kind is FormKind.SERIALIZER and write.kind == "update" and len(inputs) > 1
    required = form.form.filled - inputs if is_partial else form.form.filled  # a PATCH may give one of several only
    yield from (Comparison("in", constant(name), form.data) for name in required)
    yield from (Subscript(form.data, constant(name)) for name in form.form.filled)
    context = known.get("context") if (known := write.state.objects.get(form.term)) is not None else None
    if context is not None and isinstance(context.value, Entries):  # of a view, which is asked by a request
        yield from (value.term for name, value in context.value.entries if name == "request")
    partial = key_conditions(analysis, write.model, key) or frozenset()
    for name, value in values.items():
        field = write.model.field(name)
        says_nothing = Condition(name, "exact", constant(""), excluded=True) in partial
        is_null = field is not None and (field.relation or (field.null and name in form.form.empty_is_null))
        if says_nothing or (is_null and key.nulls_distinct):
            yield from value.terms


def _seen_from(fact: Fact, form: Form, values: dict[str, FieldValue]) -> Fact:
    """A fact of the form's methods as its caller sees it: what they look up of their own is what the caller sets.

    Unless the form itself sets it: then it is known what that is.
    """
    if not isinstance(fact, Absent):
        return fact
    return replace(fact, conditions=frozenset(_of_caller(item, form, values) for item in fact.conditions))


def _of_caller(condition: Condition, form: Form, values: dict[str, FieldValue]) -> Condition:
    value = values.get(condition.field)
    if value is None or not value.terms or condition.field in form.form.fields:
        return condition
    is_given = form.term in condition.term.walk() and not any(_is_of_own(term, form) for term in value.terms)
    return replace(condition, term=value.terms[0]) if is_given else condition


def _is_of_own(term: Expression, form: Form) -> bool:
    """True for what a form knows besides its input and its row: `self.context["user"]`."""
    parts = tuple(term.walk())
    row = Attribute(form.term, "instance")
    return form.term in parts and form.data not in parts and row not in parts
