"""All models of a project: by label, and one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from flake8_unique_insert.project.apps import Apps
from flake8_unique_insert.project.classes import Classes
from flake8_unique_insert.project.known import Known
from flake8_unique_insert.project.models import Models
from flake8_unique_insert.project.modules import Modules
from flake8_unique_insert.project.names import Names
from flake8_unique_insert.project.questions import (
    classes,
    declares_fields,
    has,
    may_be_model,
    speaks_of_models,
)
from flake8_unique_insert.project.summaries import Summaries
from flake8_unique_insert.project.tree import is_test_path, parts_below
from flake8_unique_insert.schema import ClassSymbol, Model, Symbol

DEFAULT_APPS = ("django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes")
OSCAR_APPS = "oscar.apps"


class Registry:
    """Finds models by label; lists the models of files."""

    def __init__(
        self,
        modules: Modules,
        summaries: Summaries,
        names: Names,
        classes: Classes,
        models: Models,
        apps: Apps,
        known: Known,
    ) -> None:
        self._modules = modules
        self._summaries = summaries
        self._names = names
        self._classes = classes
        self._models = models
        self._apps = apps
        self._known = known
        self._labelled: dict[str, ClassSymbol | None] = {}
        self._packages: dict[str, tuple[str, ...]] = {}
        self._class_names: dict[Path, frozenset[str]] = {}

    def clear(self) -> None:
        """Forget everything, after a file has changed."""
        self._labelled.clear()
        self._packages.clear()
        self._class_names.clear()
        for name in ("installed_models", "own_model_files", "_files_by_class"):
            self.__dict__.pop(name, None)

    def labelled(self, label: str) -> ClassSymbol | None:
        """The class of "app_label.Name" (the name in any case) or of a dotted class name."""
        app_label, _, name = label.rpartition(".")
        key = f"{app_label}.{name.lower()}"
        if key not in self._labelled:
            self._labelled[key] = None
            self._labelled[key] = self._search(app_label, name)
        return self._labelled[key]

    def _search(self, app_label: str, name: str) -> ClassSymbol | None:
        found = self._in_apps(app_label, name)
        if found is not None:
            return found
        dotted = self._known.model(f"{app_label}.{name}")
        if dotted is None:
            return self._stating(app_label, name) or self._dotted(app_label, name)
        symbol = self._names.external(dotted)
        return symbol if isinstance(symbol, ClassSymbol) else None

    def _dotted(self, module: str, name: str) -> ClassSymbol | None:
        if "." not in module and self._modules.find(module) is None:
            return None
        symbol = self._names.external(f"{module}.{name}")
        return symbol if isinstance(symbol, ClassSymbol) and self._models.get(symbol) else None

    def _in_apps(self, app_label: str, name: str) -> ClassSymbol | None:
        """A model that the `models` module of an app of this label has, else one elsewhere in the app."""
        packages = self._packages_of(app_label)
        for package in packages:
            symbol = self._named(f"{package}.models", name)
            if symbol is not None and self._has_label(symbol, app_label, name):
                return symbol
        for package in packages:
            folder = self._apps.folder(package)
            if folder is not None:
                found = self._first(self._modules.tree.files_below(folder), app_label, name)
                if found is not None:
                    return found
        return None

    def _packages_of(self, app_label: str) -> tuple[str, ...]:
        if app_label not in self._packages:
            self._packages[app_label] = tuple(self._apps.labelled(app_label))
        return self._packages[app_label]

    def loaded(self, module: str, name: str) -> Symbol | None:
        """What a loader finds by a module's import name, else by "app label.module of the app"; django-oscar's last."""
        app_label, _, within = module.partition(".")
        of_app = (f"{package}.{within}" for package in self._packages_of(app_label))
        places = (self._modules.canonical(place) for place in (module, *of_app, f"{OSCAR_APPS}.{module}"))
        found = (self._names.resolve(place, name) for place in places if place)
        return next((symbol for symbol in found if symbol is not None), None)

    def _named(self, module: str, name: str) -> ClassSymbol | None:
        canonical = self._modules.canonical(module)
        if canonical is None:
            return None
        symbol = self._names.resolve(canonical, name)
        if symbol is None and name == name.lower():
            symbol = self._in_any_case(canonical, name)
        return symbol if isinstance(symbol, ClassSymbol) else None

    def _in_any_case(self, module: str, name: str) -> ClassSymbol | None:
        summary = self._summaries.of(module)
        for own in summary.definitions if summary else ():
            if own.lower() == name:
                symbol = self._names.resolve(module, own)
                return symbol if isinstance(symbol, ClassSymbol) else None
        return None

    def _has_label(self, symbol: ClassSymbol, app_label: str, name: str) -> bool:
        if symbol.qualname.rpartition(".")[2].lower() != name.lower():
            return False
        model = self._models.get(symbol)
        return model is not None and model.label.lower() == f"{app_label}.{name}".lower() and not model.abstract

    def _stating(self, app_label: str, name: str) -> ClassSymbol | None:
        """A model anywhere in the project whose Meta states this app label."""
        files = [path for path in self._stating_files if self._summaries.ask(path, has, app_label)]
        return self._first(files, app_label, name)

    @cached_property
    def _stating_files(self) -> list[Path]:
        files = self.model_files(self._modules.tree.files())
        return [path for path in files if self._summaries.ask(path, has, "app_label")]

    def _first(self, files: Iterable[Path], app_label: str, name: str) -> ClassSymbol | None:
        for path in files:
            if "migrations" not in path.parts and name.lower() in self.names_of_classes(path):
                for symbol in self.classes_of(path):
                    if self._has_label(symbol, app_label, name):
                        return symbol
        return None

    def names_of_classes(self, path: Path) -> frozenset[str]:
        """In lower case the names of the classes that a look at a file's text finds."""
        if path not in self._class_names:
            found = self._summaries.ask(path, classes) or ()
            self._class_names[path] = frozenset(name.lower() for name, _ in found)
        return self._class_names[path]

    def classes_of(self, path: Path) -> Iterator[ClassSymbol]:
        """Every class that a file defines outside of functions."""
        module = self._modules.name_of(path)
        summary = self._summaries.of(module)
        seen: set[str] = set()
        for item in summary.classes if summary else ():
            if item.qualname not in seen:
                seen.add(item.qualname)
                yield ClassSymbol(module, item.qualname)

    def models_of(self, path: Path) -> Iterator[Model]:
        """The models that a file defines, in order."""
        for symbol in self.classes_of(path):
            if symbol.qualname.rpartition(".")[2] != "Meta":
                model = self._models.get(symbol)
                if model is not None:
                    yield model

    def model_files(self, files: Iterable[Path]) -> Iterator[Path]:
        """Of these files those that may define a model, by a look at their text."""
        for path in files:
            if "migrations" in path.parts:
                continue
            found = self._summaries.ask(path, classes) or ()
            modelish = path.stem == "models" or self._summaries.ask(path, speaks_of_models)
            if modelish and any(may_be_model(bases) for _, bases in found):
                yield path

    def named(self, name: str) -> Model | None:
        """The only model of the project's apps with this name, in any case and with or without underscores."""
        files = self._files_by_class.get(name.replace("_", "").lower(), ())
        found = [model for path in files for model in self.models_of(path) if _is_called(model, name)]
        return found[0] if len(found) == 1 and not found[0].abstract else None

    @cached_property
    def _files_by_class(self) -> dict[str, list[Path]]:
        """By name in lower case the files that may define a model of this name; tests are left out."""
        root = self._modules.root
        found: dict[str, list[Path]] = {}
        for path in self.own_model_files:
            if not is_test_path(parts_below(root, path)):
                for name in self.names_of_classes(path):
                    found.setdefault(name, []).append(path)
        return found

    @cached_property
    def own_model_files(self) -> tuple[Path, ...]:
        """The project's files that may define models, by a look at their text; tests last."""
        root = self._modules.root
        files = [path for path in self._modules.tree.files() if self._is_for_models(path)]
        files.sort(key=lambda path: is_test_path(parts_below(root, path)))
        return tuple(self.model_files(files))

    def _is_for_models(self, path: Path) -> bool:
        """True for a file that is called after its models, and for any other that declares fields of some."""
        if "models" in parts_below(self._modules.root, path)[:-1] or "models" in path.stem:
            return True
        return bool(self._summaries.ask(path, declares_fields))

    @cached_property
    def installed_models(self) -> tuple[Model, ...]:
        """The models of the apps outside the project that its settings install, as far as the data file names them."""
        labels = self._known.labels_of(self._apps.installed_names or DEFAULT_APPS)
        symbols = (self.labelled(label) for label in labels)
        models = (self._models.get(symbol) for symbol in symbols if symbol is not None)
        return tuple(model for model in models if model is not None)


def _is_called(model: Model, name: str) -> bool:
    return model.name.lower() == name.replace("_", "").lower()
