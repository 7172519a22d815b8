"""What is known of classes outside the project without their source: the data file, read when first needed.

The file is generated from real `_meta` by `tests/known_models/generate.py`. Its modules are stubs, Python text that
declares the same models, so that they are linked like any other source.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

DJANGO_MODELS = "django.db.models."
GIS = "django.contrib.gis.db.models."


class Known:
    """The data file's content, by name."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._modules: Mapping[str, list[str]] = data.get("modules", {})
        self._classes: Mapping[str, Mapping[str, Any]] = data.get("classes", {})
        self._aliases: Mapping[str, str] = data.get("aliases", {})
        self._models: Mapping[str, str] = data.get("models", {})
        self._apps: Mapping[str, str] = data.get("apps", {})

    def source(self, module: str) -> str:
        """The stub of a module, "" when there is none."""
        return "\n".join([*self._modules[module], ""]) if module in self._modules else ""

    def has_module(self, module: str) -> bool:
        """Whether the data file has a stub of this module."""
        return module in self._modules

    def file(self, module: str) -> str:
        """The file that a module stands in where its package is installed."""
        path = f"site-packages/{module.replace('.', '/')}"
        is_package = any(name.startswith(f"{module}.") for name in self._modules)
        return f"{path}/__init__.py" if is_package else f"{path}.py"

    def canonical(self, dotted: str) -> str:
        """The documented path of a class that may be imported by several.

        `django.contrib.gis.db.models` has all names of `django.db.models`, and fields of its own.
        """
        if dotted.startswith(GIS):
            plain = f"{DJANGO_MODELS}{dotted.removeprefix(GIS)}"
            dotted = plain if self.has_class(plain) or not dotted.endswith("Field") else dotted
        return self._aliases.get(dotted, dotted)

    def has_class(self, dotted: str) -> bool:
        """Whether a class may be imported by this name."""
        return dotted in self._aliases or dotted in self._classes

    def bases(self, dotted: str) -> tuple[str, ...] | None:
        """The dotted names of a class's direct bases, None when the class is not known."""
        found = self._classes.get(dotted)
        return tuple(found.get("bases", ())) if found is not None else None

    def settled(self, dotted: str) -> Mapping[str, Any]:
        """The arguments that a field class sets by itself: name → constant, or the dotted name of a callable."""
        found: Mapping[str, Any] = self._classes.get(dotted, {}).get("arguments", {})
        return found

    def model(self, label: str) -> str | None:
        """The dotted class name of a label, in any case."""
        return self._models.get(label.lower())

    def labels_of(self, apps: Collection[str]) -> list[str]:
        """The labels of the models of these apps, given by their packages."""
        labels = {label for package, label in self._apps.items() if package in apps}
        return [label for label in self._models if label.partition(".")[0] in labels]

    def app_label(self, package: str) -> str | None:
        """The label of an app by its package."""
        return self._apps.get(package)


@lru_cache(maxsize=1)
def known_models() -> Known:
    """The data file that comes with the package."""
    try:
        text = Path(__file__).with_name("known_models.json").read_text(encoding="utf-8")
        return Known(json.loads(text))
    except (OSError, ValueError):
        return Known({})
