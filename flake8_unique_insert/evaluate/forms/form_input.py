"""The valid input of a form's fields."""

from __future__ import annotations

import re
from dataclasses import replace

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.schema import ClassSymbol, FormKind
from flake8_unique_insert.syntax.expressions import Call, Expression, Subscript, called_name, constant, keyword, string
from flake8_unique_insert.syntax.summary import Assignment
from flake8_unique_insert.values import Elements, Entries, Form, Result, result, unknown

RETURN = re.compile(r"\breturn\b[ (]*(.*)")
DISTINCT = re.compile(r"((list|sorted|tuple)\()?(set\(|frozenset\(|dict\.fromkeys\(|\{[^:]+ for )")
"""The beginning of a set, or of a list of what is in one."""


def validated_input(ev: Evaluator, form: Form) -> Entries:
    """`cleaned_data` or `validated_data`, as far as it concerns the model, and the rows that declared fields choose."""
    fields, symbol = form.form.model.fields, form.form.symbol
    declared = ev.analysis.lookup.declared_fields(symbol) or {}
    found = {name: of_field(ev, symbol, form.data, name) for name in sorted(form.form.fields.union(declared))}
    if form.form.kind is not FormKind.SERIALIZER:
        several = (name for name in form.form.fields.difference(declared) if fields[name].relation == "m2m")
        found.update((name, _each_once(found[name].term)) for name in several)
    found.update((name, _each_once(found[name].term)) for name in declared if _is_made_distinct(ev, form, name))
    written = form.form.fields
    chosen = {name: item for name, item in found.items() if name in written or isinstance(item.value, Elements)}
    for name in declared if form.form.kind is FormKind.SERIALIZER else ():
        source = source_of(ev, symbol, name)
        if source not in fields and form.form.model.field(source) is not None:  # by the name of a column
            chosen[source] = unknown(input_of(ev, form, name))
    return Entries(form.data, tuple(chosen.items()))


def input_of(ev: Evaluator, form: Form, name: str) -> Expression:
    """Where the input of a field is: by the name of the model's field that it sets, `owner` also for `owner_id`."""
    is_serializer = form.form.kind is FormKind.SERIALIZER
    field = form.form.model.field(source_of(ev, form.form.symbol, name)) if is_serializer else None
    return Subscript(form.data, constant(field.name if field is not None else name))


def _is_made_distinct(ev: Evaluator, form: Form, name: str) -> bool:
    """True where a form's own method for a field returns a set, or what was one."""
    verb = "validate" if form.form.kind is FormKind.SERIALIZER else "clean"
    member = ev.analysis.lookup.class_member(form.form.symbol, f"{verb}_{name}")
    text = ev.analysis.lookup.function_source(member.method) if member is not None and member.method else ""
    returned = RETURN.findall(text)
    return bool(returned) and all(map(DISTINCT.match, returned))


def whole_input(ev: Evaluator, form: Form) -> Result:
    """The same with the fields that the model does not have."""
    return result(replace(validated_input(ev, form), open=True))


def of_field(ev: Evaluator, symbol: ClassSymbol, data: Expression, name: str, key: str = "") -> Result:
    """The valid input of a field: of one that chooses several rows, each of them once.

    symbol: the form. data: where the input of all fields is. key: the field's input there, if not its name.
    """
    term = Subscript(data, constant(key or name))
    declared, _ = declaration(ev, symbol, name)
    is_choice = declared is not None and called_name(declared).endswith("ModelMultipleChoiceField")
    return _each_once(term) if is_choice else unknown(term)


def source_of(ev: Evaluator, symbol: ClassSymbol, name: str) -> str:
    """Where the input of a field is: `source="owner.name"` of a serializer's field, else its name."""
    declared, _ = declaration(ev, symbol, name)
    source = string(keyword(declared, "source")) if declared is not None else None
    return source if source and source != "*" else name


def declaration(ev: Evaluator, symbol: ClassSymbol, name: str) -> tuple[Call | None, ClassSymbol]:
    """The call that declares a field of a form or serializer, None where there is none; the class it stands in."""
    member = ev.analysis.lookup.class_member(symbol, name)
    if member is None or not isinstance(member.definition, Assignment):
        return None, symbol
    return (value if isinstance(value := member.definition.value, Call) else None), member.owner


def _each_once(term: Expression) -> Result:
    return result(Elements(term, unknown(constant(None)), distinct=True))
