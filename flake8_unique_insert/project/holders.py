"""Which models may hold a relation that others know by a name, or use a manager: told by text, so that only these
need to be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from flake8_unique_insert.project.heirs import Heirs
from flake8_unique_insert.project.modules import Modules
from flake8_unique_insert.project.questions import has, relations, speaks_of_managers
from flake8_unique_insert.project.registry import Registry
from flake8_unique_insert.project.summaries import Summaries
from flake8_unique_insert.schema import ClassSymbol, Model
from flake8_unique_insert.syntax.expressions import Attribute, Expression, Name
from flake8_unique_insert.syntax.summary import Assignment, ClassSummary, Definition, Import


class Holders:
    """Finds candidates among the models of a project."""

    def __init__(self, modules: Modules, summaries: Summaries, registry: Registry, heirs: Heirs) -> None:
        self._modules = modules
        self._summaries = summaries
        self._registry = registry
        self._heirs = heirs

    def clear(self) -> None:
        """Forget everything, after a file has changed."""
        for name in ("_files", "_patterns", "_manager_files"):
            self.__dict__.pop(name, None)

    def of_accessor(self, name: str) -> Iterator[Model]:
        """The models that may have a reverse accessor or a many-to-many field of this name on one of its ends."""
        installed = [model for model in self._registry.installed_models if _has_accessor(model, name)]
        if installed:  # which any model may inherit
            files = set(self._registry.own_model_files)
        else:
            files = {*self._files.get(name, ()), *(path for pattern, path in self._patterns if _fits(pattern, name))}
            self._add_heirs(files)
        yield from self._models(files)
        yield from installed

    def of_manager(self, symbol: ClassSymbol) -> Iterator[Model]:
        """The models of the project that may declare a manager of a manager or queryset class."""
        files: set[Path] = set()
        names = [symbol.qualname.rpartition(".")[2]]
        for name in names:
            for path in self._manager_files:
                if self._summaries.ask(path, has, name):
                    files.add(path)
                    names.extend(other for other in self._aliases(path, name) if other not in names)
        self._add_heirs(files)
        yield from self._models(files)

    @cached_property
    def _manager_files(self) -> list[Path]:
        """The files that may use a manager class, or make one of another class."""
        models = set(self._registry.own_model_files)
        files = (path for path in self._modules.tree.files() if "migrations" not in path.parts)
        return [path for path in files if path in models or self._summaries.ask(path, speaks_of_managers)]

    def _add_heirs(self, files: set[Path]) -> None:
        """Add the files of the classes that inherit from those of these files."""
        waiting = list(files)
        while waiting:
            for symbol in self._registry.classes_of(waiting.pop()):
                for heir in self._heirs.direct(symbol):
                    path = self._modules.find(heir.module)
                    if path is not None and path not in files:
                        files.add(path)
                        waiting.append(path)

    def _models(self, files: set[Path]) -> Iterator[Model]:
        """The models of these files, in the order of the project's models."""
        for path in self._registry.own_model_files if files else ():
            if path in files:
                yield from self._registry.models_of(path)

    def _aliases(self, path: Path, name: str) -> Iterator[str]:
        """What else a module calls something of this name, or what it makes of it."""
        summary = self._summaries.of(self._modules.name_of(path))
        for other, definitions in summary.definitions.items() if summary is not None else ():
            if any(_mentions(definition, name) for definition in definitions):
                yield other

    # --- accessors by name

    @cached_property
    def _files(self) -> dict[str, list[Path]]:
        """By every related name, and every model's name as accessors use it, the files of the models.

        Only files where a related name is no plain string are parsed for it.
        """
        found: dict[str, list[Path]] = {}
        for path in self._registry.own_model_files:
            for name in self._registry.names_of_classes(path):
                found.setdefault(name, []).append(path)
                found.setdefault(f"{name}_set", []).append(path)
        for path in self._modules.tree.files():
            if not path.name.startswith("test") and "migrations" not in path.parts:
                for name in {*self._related_names(path)}:
                    found.setdefault(name, []).append(path)
        return found

    def _related_names(self, path: Path) -> Iterable[str]:
        fields, names, others = self._summaries.ask(path, relations) or ((), (), False)
        more = (name for model in self._registry.models_of(path) for name in _accessors_of(model)) if others else ()
        return *fields, *names, *more

    @cached_property
    def _patterns(self) -> list[tuple[str, Path]]:
        """The related names with `%(class)s` and the like, and the files that have them."""
        return [(name, path) for name, files in self._files.items() if "%(" in name for path in files]


def _mentions(definition: Definition, name: str) -> bool:
    if isinstance(definition, Import):
        return definition.member == name
    if isinstance(definition, ClassSummary):
        makes_rows = "get_queryset" in definition.members  # of what it returns, which may be of that name
        return makes_rows or any(_names(base, name) for base in definition.bases)
    return isinstance(definition, Assignment) and definition.value is not None and _names(definition.value, name)


def _names(expression: Expression, name: str) -> bool:
    return any(
        part.id == name if isinstance(part, Name) else isinstance(part, Attribute) and part.name == name
        for part in expression.walk()
    )


def _fits(pattern: str, name: str) -> bool:
    """Whether a related name with `%(class)s` and the like can come to this name."""
    return re.fullmatch(".*".join(re.escape(part) for part in re.split(r"%\(\w+\)s", pattern)), name) is not None


def _has_accessor(model: Model, name: str) -> bool:
    """Whether a relation of a model may give it or another model an accessor of this name."""
    return any(other == name or ("%(" in other and _fits(other, name)) for other in _accessors_of(model))


def _accessors_of(model: Model) -> Iterator[str]:
    """The accessors that a model's relations may give it or others."""
    for field in model.fields.values():
        if field.relation:
            yield field.related_name or f"{model.name.lower()}{'' if field.relation == 'o2o' else '_set'}"
        if field.relation == "m2m":
            yield field.name
