"""Who uses a class by its name, to call a classmethod of it or to save a form.

The names of such methods, `create` and `save`, say nothing; what their callers need is the class.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from flake8_unique_insert.project import Project
from flake8_unique_insert.project.questions import users
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol
from flake8_unique_insert.syntax.expressions import Attribute, Call, Expression, Name, dotted
from flake8_unique_insert.syntax.statements import Suite

SAVING = {
    "django.forms.BaseForm": frozenset({"save"}),
    "rest_framework.serializers.ModelSerializer": frozenset({"save", "create", "update"}),
    "rest_framework.serializers.Serializer": frozenset({"save", "create", "update"}),
}
"""The methods of forms and serializers that `save()` calls, by their base classes."""
OUTSIDE = frozenset({"builtins", "abc", "typing", "typing_extensions"})
"""Modules whose classes call no method of those that inherit from them."""


def owner_of(function: FunctionSymbol) -> ClassSymbol | None:
    """The class of a method."""
    qualname = function.qualname.rpartition(".")[0]
    return ClassSymbol(function.module, qualname) if qualname else None


def saves(project: Project, function: FunctionSymbol) -> bool:
    """True for what a form or a serializer does to save its input."""
    owner = owner_of(function)
    bases = project.bases(owner) if owner is not None else ()
    return any(function.summary.name in SAVING.get(base, ()) for base in bases)


def is_called_by_class(project: Project, function: FunctionSymbol) -> bool:
    """True for a class or static method that no framework calls."""
    owner = owner_of(function)
    decorators = {dotted(decorator) for decorator in function.summary.decorators}
    if owner is None or not decorators & {"classmethod", "staticmethod"}:
        return False
    return project.model(owner) is not None or all(
        base == owner.dotted or base.rpartition(".")[0] in OUTSIDE for base in project.bases(owner)
    )


def is_made_by_class(project: Project, function: FunctionSymbol) -> bool:
    """True for a method of objects that no framework knows: their class has no bases and no decorators."""
    owner = owner_of(function)
    summary = project.class_summary(owner) if owner is not None else None
    is_plain = summary is not None and not summary.arguments and not summary.decorators
    return is_plain and not function.summary.decorators and not function.summary.name.startswith("__")


def users_of(project: Project, paths: Collection[Path], method: FunctionSymbol) -> Iterator[FunctionSymbol | None]:
    """The functions that name the class of a method, or call it on `cls`; None where it is named elsewhere.

    paths: the files in which to look.
    """
    owner = owner_of(method)
    if owner is None or "." in owner.qualname:
        yield None
        return
    for path in project.summaries.having(paths, owner.qualname):
        module = project.module_name(path)
        if project.find_module(module) != path:  # a `views.py` beside a package `views`, which is never imported
            continue
        summary, found = project.summary(module), project.summaries.ask(path, users, _names(owner, method))
        if summary is None or found is None or project.resolve(module, owner.qualname) not in (None, owner):
            continue
        functions = summary.functions
        for place in found[0]:
            class_, function = functions[place]
            prefix = f"{class_.qualname}." if class_ is not None else ""
            symbol = FunctionSymbol(module, f"{prefix}{function.name}", function)
            if symbol != method:
                yield symbol
        for view in found[2]:
            yield from _of_view(project, ClassSymbol(module, view), method)
        if found[1]:
            yield None


SAVED_BY = {
    "save": ("form_valid",),
    "create": ("create", "perform_create"),
    "update": ("update", "perform_update"),
}
"""By a form's or serializer's method the methods of views that lead to it."""


def _of_view(project: Project, view: ClassSymbol, method: FunctionSymbol) -> Iterator[FunctionSymbol | None]:
    """A view's own methods that lead to a method of its form or serializer; None where inherited ones do."""
    members = (project.class_member(view, own) for own in SAVED_BY.get(method.summary.name, ()))
    found = (member.method for member in members if member is not None)
    yield next((item for item in found if item is not None and project.is_own(item.module)), None)
    called = {name for names in SAVED_BY.values() for name in names}
    summary = project.class_summary(view)
    for other in summary.members.keys() - called if summary is not None else ():
        member = project.class_member(view, other)
        if member is not None and member.method is not None and ".save(" in project.function_source(member.method):
            yield member.method


def _names(owner: ClassSymbol, method: FunctionSymbol) -> str:
    return f"{owner.qualname} {method.summary.name}"


def hands_on(body: Suite, name: str, with_input: bool = False, with_objects: bool = False) -> bool:
    """True when statements use a class otherwise than to read its attributes and to call it.

    with_input: giving a form something to save counts, too. with_objects: so does calling it, whatever it is given.
    """
    nodes = [node for statement in body for node in statement.walk()]
    named = sum(_is(node, name) for node in nodes)
    read = sum(isinstance(node, Attribute) and _is(node.base, name) for node in nodes)
    called = [node for node in nodes if isinstance(node, Call) and _is(node.function, name)]
    return named > read + sum(not with_objects and not (with_input and _has_input(call)) for call in called)


def _is(node: object, name: str) -> bool:
    return (isinstance(node, Name) and node.id == name) or (isinstance(node, Attribute) and node.name == name)


def _has_input(call: Call) -> bool:
    """True unless a form or serializer is certainly made without input: the first argument of one may be its row."""
    given: list[Expression | str] = [argument.keyword or argument.star or argument.value for argument in call.arguments]
    return (
        any(item in ("data", "files", "*", "**") for item in given)
        or sum(isinstance(item, Expression) for item in given) > 1
    )
