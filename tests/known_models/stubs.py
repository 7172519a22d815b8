"""Real classes → the stub text and tables of the data file."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models.constraints import BaseConstraint, UniqueConstraint

SETTLED = ("unique", "primary_key", "null")


def canonical_name(kind: type) -> str:
    """The documented path of a class."""
    for package in (
        "django.db.models",
        "django.forms",
        "django.contrib.postgres.fields",
        "django.contrib.gis.db.models",
    ):
        if kind.__module__.startswith(package):
            module = __import__(package, fromlist=["x"])
            if getattr(module, kind.__name__, None) is kind:
                return f"{package}.{kind.__name__}"
    return f"{kind.__module__}.{kind.__qualname__}"


def class_entry(kind: type) -> dict[str, Any]:
    """What the data file says of a class that is no model: its bases, and what a field class settles by itself."""
    bases = [canonical_name(base) for base in kind.__bases__ if base is not object]
    entry: dict[str, Any] = {"bases": bases}
    if issubclass(kind, models.Field):
        settled = _settled(kind)
        if settled:
            entry["arguments"] = settled
    return entry


def _settled(kind: type[models.Field[Any, Any]]) -> dict[str, Any]:
    """The arguments that differ from Django's own defaults in a field made without any."""
    if kind.__module__.startswith("django.db.models") or issubclass(kind, models.ForeignObject):
        return {}
    try:
        made = kind()
    except Exception:
        return {}
    found: dict[str, Any] = {}
    plain = models.Field()
    for name in SETTLED:
        attribute = f"_{name}" if name == "unique" else name
        if getattr(made, attribute) != getattr(plain, attribute):
            found[name] = getattr(made, attribute)
    default = made.default
    if default is not models.NOT_PROVIDED:
        found["default"] = {"call": _dotted(default)} if callable(default) else _literal(default)
    return {name: value for name, value in found.items() if value is not Ellipsis}


def _dotted(value: Any) -> str:
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', type(value).__qualname__)}"


def _literal(value: Any) -> Any:
    return value if isinstance(value, (str, int, bool, type(None))) else Ellipsis


class Stub:
    """The stub of one module: the models that it defines, in Python text that declares them anew."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.imports: set[str] = set()
        self.managers: dict[str, type] = {}
        self.kinds: list[type[models.Model]] = []

    def lines(self, kinds: list[type[models.Model]]) -> list[str]:
        """The text, line by line."""
        self.kinds = kinds
        body = [line for kind in kinds for line in self._model(kind)]
        behaviour = [line for kind in self.managers.values() for line in self._behaviour(kind)]
        return [f"import {name}" for name in sorted(self.imports)] + behaviour + body + self._other_names(kinds)

    def _other_names(self, kinds: list[type[models.Model]]) -> list[str]:
        """The module's further names for its models."""
        module = sys.modules[self.module]
        return [
            f"{name} = {value.__qualname__}"
            for name, value in vars(module).items()
            if inspect.isclass(value) and value in kinds and name != value.__name__
        ]

    def _name(self, kind: type) -> str:
        """How the stub names a class: plainly when the stub defines it."""
        name = canonical_name(kind)
        if kind in self.kinds or kind in self.managers.values():
            return kind.__qualname__
        self.imports.add(name.rpartition(".")[0])
        return name

    def _model(self, kind: type[models.Model]) -> Iterator[str]:
        bases = ", ".join(self._name(base) for base in kind.__bases__)
        yield f"class {kind.__qualname__}({bases}):"
        inherited = _inherited_fields(kind)
        for field in [*kind._meta.local_fields, *kind._meta.local_many_to_many]:
            if field.name not in inherited and not field.auto_created:
                yield f"    {field.name} = {self._field(field)}"
        for name in _removed_fields(kind):
            yield f"    {name} = None"
        for private in kind._meta.private_fields:
            if type(private).__name__ == "GenericForeignKey":
                self.imports.add("django.contrib.contenttypes.fields")
                path = "django.contrib.contenttypes.fields.GenericForeignKey"
                yield f"    {private.name} = {path}({private.ct_field!r}, {private.fk_field!r})"
        yield from self._manager_lines(kind)
        yield from self._meta(kind)

    def _field(self, field: models.Field[Any, Any]) -> str:
        given: dict[str, str] = {}
        remote = getattr(field, "remote_field", None)
        if remote is not None and remote.model is not None:
            given["to"] = self._target(remote.model)
            if remote.related_name:
                given["related_name"] = repr(remote.related_name)
            through = getattr(remote, "through", None)
            if through is not None and not isinstance(through, str) and not through._meta.auto_created:
                given["through"] = self._target(through)
            if getattr(remote, "parent_link", False):
                given["parent_link"] = "True"
        if field.primary_key:
            given["primary_key"] = "True"
        elif getattr(field, "_unique", False):
            given["unique"] = "True"
        if field.null:
            given["null"] = "True"
        if field.default is not models.NOT_PROVIDED:
            value = field.default
            given["default"] = (
                _dotted(value) if callable(value) else repr(value if _literal(value) is not Ellipsis else "")
            )
            if "<" in given["default"]:
                given["default"] = "callable"
        return f"{self._name(type(field))}({', '.join(f'{name}={value}' for name, value in given.items())})"

    def _target(self, model: Any) -> str:
        if isinstance(model, str):
            return repr(model)
        label = repr(f"{model._meta.app_label}.{model.__name__}")
        if model._meta.swappable:
            self.imports.add("django.conf")
            return f"getattr(django.conf.settings, {model._meta.swappable!r}, {label})"
        return label

    def _manager_lines(self, kind: type[models.Model]) -> Iterator[str]:
        for manager in kind._meta.local_managers:
            if manager.name == "objects" and type(manager) is models.Manager and len(kind._meta.local_managers) == 1:
                continue
            yield f"    {manager.name} = {self._manager(type(manager))}"

    def _manager(self, kind: type) -> str:
        queryset = getattr(kind, "_queryset_class", models.QuerySet)
        made = kind.__name__ not in vars(inspect.getmodule(kind) or object) and "From" in kind.__name__
        base = next(item for item in kind.__mro__[1:] if issubclass(item, models.manager.BaseManager)) if made else kind
        for item in (base, queryset):
            if item.__module__ == self.module:
                self.managers.setdefault(item.__qualname__, item)
        if made and queryset is not models.QuerySet:
            return f"{self._name(base)}.from_queryset({self._name(queryset)})()"
        return f"{self._name(base)}()"

    def _behaviour(self, kind: type) -> Iterator[str]:
        """A manager or queryset class: its public methods, by name and parameters."""
        bases = []
        for base in kind.__bases__:
            made = "From" in base.__name__ and base.__name__ not in vars(inspect.getmodule(base) or object)
            bases.append(self._manager(base).removesuffix("()") if made else self._name(base))
        yield f"class {kind.__qualname__}({', '.join(bases)}):"
        yield "    pass"
        for name, value in sorted(vars(kind).items()):
            if inspect.isfunction(value) and not name.startswith("__"):
                keyword = "async def" if inspect.iscoroutinefunction(value) else "def"
                yield f"    {keyword} {name}({_parameters(value)}): ..."

    def _meta(self, kind: type[models.Model]) -> Iterator[str]:
        options = kind._meta
        lines: list[str] = []
        for name in ("abstract", "proxy"):
            if getattr(options, name):
                lines.append(f"{name} = True")
        if not options.managed:
            lines.append("managed = False")
        if not options.abstract or "app_label" in options.original_attrs:
            lines.append(f"app_label = {options.app_label!r}")
        if options.swappable:
            lines.append(f"swappable = {options.swappable!r}")
        if options.default_related_name:
            lines.append(f"default_related_name = {options.default_related_name!r}")
        if options.default_manager_name:
            lines.append(f"default_manager_name = {options.default_manager_name!r}")
        if options.unique_together:
            lines.append(f"unique_together = {tuple(map(tuple, options.unique_together))!r}")
        constraints = [self._constraint(item) for item in options.constraints if isinstance(item, UniqueConstraint)]
        if constraints:
            lines.append(f"constraints = [{', '.join(constraints)}]")
        yield "    class Meta:"
        yield from (f"        {line}" for line in lines or ["pass"])

    def _constraint(self, item: BaseConstraint) -> str:
        assert isinstance(item, UniqueConstraint)
        self.imports.add("django.db.models")
        given = [f"fields={tuple(item.fields)!r}"] if item.fields else []
        given.append(f"name={item.name!r}")
        if item.condition is not None:
            given.append(f"condition={_condition(item.condition)}")
        if getattr(item, "nulls_distinct", None) is False:
            given.append("nulls_distinct=False")
        return f"django.db.models.UniqueConstraint({', '.join(given)})"


def _condition(condition: models.Q) -> str:
    children = [
        _condition(child) if isinstance(child, models.Q) else f"{child[0]}={child[1]!r}" for child in condition.children
    ]
    text = ", ".join(children)
    return f"{'~' if condition.negated else ''}django.db.models.Q({text})"


def _inherited_fields(kind: type[models.Model]) -> set[str]:
    """The fields that an abstract base gives unchanged."""
    found: set[str] = set()
    own = {field.name: field for field in [*kind._meta.local_fields, *kind._meta.local_many_to_many]}
    for base in kind.__bases__:
        if hasattr(base, "_meta") and base._meta.abstract:
            for field in [*base._meta.local_fields, *base._meta.local_many_to_many]:
                if field.name in own and own[field.name].creation_counter == field.creation_counter:
                    found.add(field.name)
    return found


def _removed_fields(kind: type[models.Model]) -> list[str]:
    return [name for name, value in vars(kind).items() if value is None and not name.startswith("_")]


def _parameters(function: Any) -> str:
    found: list[str] = []
    seen_star = False
    for item in inspect.signature(function).parameters.values():
        if item.kind is item.VAR_POSITIONAL:
            found.append(f"*{item.name}")
            seen_star = True
        elif item.kind is item.VAR_KEYWORD:
            found.append(f"**{item.name}")
        else:
            if item.kind is item.KEYWORD_ONLY and not seen_star:
                found.append("*")
                seen_star = True
            found.append(item.name if item.default is item.empty else f"{item.name}=None")
    return ", ".join(found)
