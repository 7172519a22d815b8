"""Applications: their packages and labels, as Django would load them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from flake8_unique_insert.project.classes import Classes
from flake8_unique_insert.project.known import Known
from flake8_unique_insert.project.literals import Literals, Placed
from flake8_unique_insert.project.modules import Modules
from flake8_unique_insert.project.names import Names
from flake8_unique_insert.project.settings import Settings
from flake8_unique_insert.project.summaries import Summaries
from flake8_unique_insert.project.tree import is_test_path
from flake8_unique_insert.schema import ClassSymbol
from flake8_unique_insert.syntax.summary import Assignment

CONFIG = "django.apps.AppConfig"


class Apps:
    """Knows which package is an app and what label it has."""

    def __init__(
        self,
        modules: Modules,
        summaries: Summaries,
        names: Names,
        classes: Classes,
        settings: Settings,
        known: Known,
    ) -> None:
        self._modules = modules
        self._summaries = summaries
        self._names = names
        self._classes = classes
        self._settings = settings
        self._known = known
        self._labels: dict[str, str] = {}
        self._containing: dict[str, str] = {}
        self.literals: Literals

    def label_of(self, module: str) -> str:
        """The label of the app that a module belongs to; the name of its package when it belongs to none."""
        package = self.containing(module)
        return self.label(package) if package else module.rpartition(".")[2]

    def containing(self, module: str) -> str:
        """The package of the app that a module belongs to, "" for none.

        The nearest package upwards that settings install, or that has an AppConfig, or models and migrations; else the
        nearest that has models.
        """
        if module not in self._containing:
            self._containing[module] = self._find_containing(module)
        return self._containing[module]

    def _find_containing(self, module: str) -> str:
        parts = module.split(".")
        packages = [".".join(parts[:end]) for end in range(len(parts), 0, -1)]
        for package in packages:
            if package in self._installed or self._known.app_label(package) or self._config(package):
                return package
            if self._has_models(package) and self._has_migrations(package):
                return package
        for package in packages:
            if (package != module or self._modules.is_package(module)) and self._has_models(package):
                return package
        return packages[1] if len(packages) > 1 else ""

    def _has_models(self, package: str) -> bool:
        return self._modules.find(f"{package}.models") is not None

    def _has_migrations(self, package: str) -> bool:
        path = self._modules.find(package)
        return path is not None and path.parent / "migrations" in self._modules.tree.folders

    def label(self, package: str) -> str:
        """The label of an app's package."""
        if package not in self._labels:
            self._labels[package] = self._find_label(package)
        return self._labels[package]

    def _find_label(self, package: str) -> str:
        known = self._known.app_label(package)
        if known is not None and not self._modules.in_project(package):
            return known
        config = self._installed.get(package) or self._config(package)
        stated = self._text(config, "label") if config else None
        return stated or package.rpartition(".")[2]

    @property
    def installed_names(self) -> frozenset[str]:
        """The packages that settings install, whether they have source or not."""
        return frozenset(name for entry in self._settings.installed_apps for name in _packages_of(entry))

    @cached_property
    def _installed(self) -> dict[str, ClassSymbol | None]:
        """The packages that settings install, with the AppConfig they name."""
        found: dict[str, ClassSymbol | None] = {}
        for entry in self._settings.installed_apps:
            module, _, last = entry.rpartition(".")
            if module and last[:1].isupper():
                symbol = self._names.resolve(module, last) if self._modules.find(module) else None
                name = self._text(symbol, "name") if isinstance(symbol, ClassSymbol) else None
                if name and isinstance(symbol, ClassSymbol):
                    found[name] = symbol
            elif self._modules.find(entry) is not None:
                found.setdefault(self._modules.canonical(entry) or entry, None)
        return found

    def _config(self, package: str) -> ClassSymbol | None:
        """The AppConfig of a package's `apps` module: the default one, else the first that names the package."""
        module = f"{package}.apps"
        summary = self._summaries.of(module) if self._modules.find(module) else None
        if summary is None:
            return None
        symbols = [ClassSymbol(self._modules.canonical(module) or module, item.qualname) for item in summary.classes]
        configs = [item for item in symbols if self._text(item, "name") == package]
        default = [item for item in configs if self._value(item, "default") is True]
        return next(iter([*default, *configs]), None)

    def _text(self, symbol: ClassSymbol | None, name: str) -> str | None:
        value = self._value(symbol, name) if symbol else None
        return value if isinstance(value, str) else None

    def _value(self, symbol: ClassSymbol, name: str) -> object:
        member = self._classes.member(symbol, name)
        if member is None or not isinstance(member.definition, Assignment) or member.definition.value is None:
            return None
        return self.literals.value(Placed(member.definition.value, member.owner.module, member.owner))

    @cached_property
    def packages(self) -> tuple[str, ...]:
        """Every package of the project that may be an app: those with models or an AppConfig, tests last."""
        root = self._modules.root
        tree = self._modules.tree
        found: list[tuple[bool, str]] = []
        for folder, names in tree.folders.items():
            if "models.py" in names or "apps.py" in names or (folder / "models") in tree.folders:
                path = folder / "__init__.py"
                if "migrations" not in folder.parts and folder != root:
                    found.append((is_test_path(folder.relative_to(root).parts), self._modules.name_of(path)))
        return tuple(name for _, name in sorted(found, key=lambda item: item[0]))

    def labelled(self, label: str) -> Iterator[str]:
        """The packages of the apps of a label: the project's own, then installed ones."""
        for package in self.packages:
            if self._may_have(package, label) and self.label(package) == label:
                yield package
        for package in self._installed:
            if package not in self.packages and self.label(package) == label:
                yield package

    def _may_have(self, package: str, label: str) -> bool:
        """Whether a look at the text allows this label."""
        if package.rpartition(".")[2] == label or package in self._installed:
            return True
        path = self._modules.find(f"{package}.apps")
        return path is not None and label in self._summaries.text(path)

    def folder(self, package: str) -> Path | None:
        """The folder of an app's package."""
        path = self._modules.find(package) or self._modules.find(f"{package}.models")
        return path.parent if path else None


def _packages_of(entry: str) -> tuple[str, ...]:
    """The packages that an entry of INSTALLED_APPS may mean: itself, or those before `apps.SomeConfig`."""
    parts = entry.split(".")
    return (entry, ".".join(parts[:-1]), ".".join(parts[:-2])) if parts[-1][:1].isupper() else (entry,)
