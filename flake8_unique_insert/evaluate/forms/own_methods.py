"""The methods that a project's own form, serializer or view defines, and what Django or DRF calls them with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flake8_unique_insert.evaluate.calls import functions
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms.form_input import input_of, validated_input, whole_input
from flake8_unique_insert.evaluate.forms.validated_data import set_by_validate
from flake8_unique_insert.evaluate.frame import Unreachable
from flake8_unique_insert.evaluate.states.facts import contradict
from flake8_unique_insert.schema import ClassSymbol, FormKind
from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Call,
    constant,
)
from flake8_unique_insert.values import (
    Arguments,
    Entries,
    Form,
    Function,
    Instance,
    ObjectState,
    Result,
    result,
    unknown,
)


def own_method(ev: Evaluator, symbol: ClassSymbol, name: str) -> Function | None:
    """A method that the project defines for a form."""
    member = ev.analysis.lookup.class_member(symbol, name)
    method = member.method if member is not None else None
    return Function(constant(method.dotted), method, member.owner) if member is not None and method else None


def follow(ev: Evaluator, method: Function, node: Call, arguments: Arguments, anyway: bool = False) -> Result | None:
    """Call a method for its effects, and for what it returns; one that always raises, as far as can be told, has none.

    anyway: also one whose text tells nothing.
    """
    before = ev.state.copy()
    try:
        return functions.follow(ev, method, node, *arguments, anyway)
    except Unreachable:
        ev.state = before
        return None


def bound_row(ev: Evaluator, form: Form) -> Result | None:
    """The row that a form fills, which may be one of several: of those that it may be here."""
    attributes = ev.state.objects.get(form.term)
    row = attributes.get("instance") if attributes is not None else None
    if row is None or len(row.options) == 1:
        return row
    left = tuple(option for option in row.options if not contradict(option.facts, ev.state.facts))
    return Result(left[0].value.term if len(left) == 1 else row.term, left) if left else row


def method_arguments(ev: Evaluator, form: Form, name: str) -> list[Result]:
    """What Django or DRF calls a method of a form with; it learns there what is valid by then."""
    if name in ("save", "create", "update"):
        ev.state.learn([form.valid])
    if form.form.kind is not FormKind.SERIALIZER:
        return []
    besides = set_by_validate(ev, form, own_method(ev, form.symbol, "validate")) if name in ("create", "update") else ()
    data = result(with_entries(validated_input(ev, form), besides))
    if name == "update":
        row = Instance(Attribute(form.term, "instance"), form.form.model)
        ev.state.objects[row.term] = ObjectState(False)
        return [result(row), data]
    if name == "create" and (bound := bound_row(ev, form)) is not None:
        ev.state.objects[bound.term] = ObjectState(True)  # there is none yet
    if name == "create":
        return [data]
    if name == "validate":
        return [whole_input(ev, form)]
    field = name.removeprefix("validate_")
    return [unknown(input_of(ev, form, field))] if field != name else []


def with_entries(data: Entries, besides: Iterable[tuple[str, Result]]) -> Entries:
    return replace(data, entries=tuple(dict((*data.entries, *besides)).items()))
