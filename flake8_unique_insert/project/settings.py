"""What a project's settings modules say, read as text and constants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_unique_insert.project.modules import Modules
from flake8_unique_insert.project.summaries import Summaries
from flake8_unique_insert.project.tree import is_test_path, parts_below

if TYPE_CHECKING:
    from flake8_unique_insert.project.literals import Literals
    from flake8_unique_insert.project.names import Names

STATED = re.compile(r"DJANGO_SETTINGS_MODULE[\"']?\s*[,=:]\s*[\"']?([A-Za-z_][\w.]*)")
APPS = re.compile(r"^\s*\w*APPS\w*(?:\.(?:append|extend|insert)|(?:\s*:[^=\n]+)?\s*\+?=\s*)", re.MULTILINE)
STRINGS = re.compile(r"[\"']([A-Za-z_]\w*(?:\.\w+)*)[\"']")
PLACES_THAT_STATE = ("manage.py", "pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml", "wsgi.py", "conftest.py")


class Settings:
    """Finds settings modules and reads single settings from them."""

    def __init__(self, modules: Modules, summaries: Summaries) -> None:
        self._modules = modules
        self._summaries = summaries
        self.names: Names
        self.literals: Literals

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """The settings files, the likeliest first: stated by manage.py and the like, then by their place."""
        stated = [path for name in self._stated() if (path := self._modules.find(name)) is not None]
        candidates = [path for path in self._modules.tree.files() if self._looks_like_settings(path)]
        root = self._modules.root
        candidates.sort(key=lambda path: (is_test_path(parts_below(root, path)), len(path.parts)))
        return tuple(dict.fromkeys([*stated, *candidates]))

    def _stated(self) -> Iterator[str]:
        tree = self._modules.tree
        folders = sorted(tree.folders, key=lambda folder: len(folder.parts))
        for name in PLACES_THAT_STATE:
            for folder in folders:
                if name in tree.names(folder):
                    yield from STATED.findall(self._summaries.text(folder / name))

    @staticmethod
    def _looks_like_settings(path: Path) -> bool:
        if "settings" in path.stem:
            return True
        return path.parent.name in ("settings", "config", "conf", "configs") and path.name != "apps.py"

    def value(self, name: str) -> object:
        """The value of a setting as the first settings module that has it says; UNKNOWN when none does."""
        from flake8_unique_insert.project.literals import UNKNOWN, Literals

        for path in self.files:
            if name not in self._summaries.text(path) and "import *" not in self._summaries.text(path):
                continue
            for place in self._places(self._modules.name_of(path), name):
                for definition in reversed(Literals.assigned(self.names.resolve(self._modules.name_of(path), place))):
                    value = self.literals.value(definition)
                    if value is not UNKNOWN:
                        return value
        return UNKNOWN

    def _places(self, module: str, name: str) -> Iterator[str]:
        """Where a module may say a setting: among its names, then in its classes (django-configurations)."""
        yield name
        summary = self._summaries.of(module)
        for item in summary.classes if summary is not None else ():
            if name in item.members:
                yield f"{item.qualname}.{name}"

    @cached_property
    def installed_apps(self) -> tuple[str, ...]:
        """Every dotted name in a list called `...APPS` of a settings file, in order."""
        found: dict[str, None] = {}
        for path in self.files:
            text = self._summaries.text(path)
            for match in APPS.finditer(text):
                found.update(dict.fromkeys(STRINGS.findall(_display(text, match.end()))))
        return tuple(found)


def _display(text: str, start: int) -> str:
    """The text of the list that starts at `start`, with the lists added to it on the same statement."""
    depth = 0
    for index in range(start, min(len(text), start + 20_000)):
        character = text[index]
        if character in "[({":
            depth += 1
        elif character in "])}":
            depth -= 1
        elif character == "\n" and depth <= 0:
            return text[start:index]
    return text[start : start + 20_000]
