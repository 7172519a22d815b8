"""The insert calls of a project's files, with the models that the analysis gives them or why it gives none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flake8_unique_insert.engine import Engine
from flake8_unique_insert.evaluate.states.terms import root
from flake8_unique_insert.report import position
from flake8_unique_insert.schema import Model
from flake8_unique_insert.syntax.expressions import Attribute, Call, Expression, Name, Symbol
from flake8_unique_insert.syntax.source import SourceFile, UnreadableSource

FORMS = ("form", "formset", "serializer")
QUERIES = frozenset({"objects", "_default_manager", "filter", "exclude", "all", "get_queryset"})
LOOPS = frozenset({"element", "item", "distinct", "loop"})


@dataclass(frozen=True)
class InsertCall:
    """One call: where its method's name stands (line from 1, column from 0), and the models it may be on.

    receiver: the name or attribute that the method is called on, "" for anything else. reason: why no model is known,
    "" when one is.
    """

    line: int
    column: int
    method: str
    receiver: str
    models: tuple[Model, ...]
    reason: str = ""


def is_form(receiver: str) -> bool:
    """True for the names of forms and serializers, whose models their class tells."""
    return receiver.lower().removesuffix("s").endswith(FORMS)


def insert_calls(engine: Engine, path: Path) -> list[InsertCall]:
    """Every call in a file that reads like an insert.

    Left out are calls of functions that the project defines, and those that are on no model: `stripe.Customer.create()`
    of a package that has no managers, `context.update(title="")` of a dict.
    """
    models: dict[tuple[int, int, str, str], dict[str, Model]] = {}
    try:
        analysis = engine.analysis(str(path), SourceFile.read(path))
        for site in analysis.sites():
            write = site.write
            place = (*position(write), *_names(write.call))
            models.setdefault(place, {})[write.model.label] = write.model
    except UnreadableSource:
        return []
    found = [InsertCall(*place, tuple(known.values())) for place, known in models.items()]
    for item in analysis.unresolved:
        place = (*position(item), *_names(item.call))
        if place not in models and _may_be_rows(item.receiver, place[2]):
            found.append(InsertCall(*place, (), reason(item.receiver)))
    return sorted(set(found), key=lambda call: (call.line, call.column))


def _names(call: Call) -> tuple[str, str]:
    """The method's name and the name of what it is called on."""
    function = call.function
    if not isinstance(function, Attribute):
        return "", ""
    base = function.base
    return function.name, base.name if isinstance(base, Attribute) else base.id if isinstance(base, Name) else ""


def _may_be_rows(receiver: Expression, method: str) -> bool:
    """False for a value that is certainly, or in the case of `update` most likely, no model's."""
    first = root(receiver)
    names = {part.name for part in receiver.walk() if isinstance(part, Attribute)}
    names.update(first.id.split(".") if isinstance(first, Name) else ())
    return bool(names & QUERIES) or not (isinstance(first, Name) or method == "update")


def reason(receiver: Expression) -> str:
    """Why the model of a value with this term is not known."""
    first = root(receiver)
    if isinstance(receiver, Call):
        return "the result of a call that is not followed"
    if isinstance(first, Symbol) and first.kind in LOOPS:
        return "an element of a collection of unknown elements"
    if isinstance(first, Symbol) and first.kind == "saved":
        return "what a form or serializer saved"
    if isinstance(first, Symbol) and first.kind == "param":
        if isinstance(receiver, Symbol):
            return "a parameter without a type hint"
        if first.name in ("self", "cls"):
            return f"an attribute of {first.name} that nothing in its class tells"
        return "an attribute of a parameter without a type hint"
    if isinstance(first, Name):
        return "a name from outside the project"
    return "a value made in another way"
