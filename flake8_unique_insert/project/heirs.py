"""Which classes of a project inherit from one, found by a look at the text of its files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from flake8_unique_insert.project.classes import Classes
from flake8_unique_insert.project.modules import Modules
from flake8_unique_insert.project.questions import classes
from flake8_unique_insert.project.summaries import Summaries
from flake8_unique_insert.project.tree import is_test_path, parts_below
from flake8_unique_insert.schema import ClassSymbol

NAME = re.compile(r"\w+(?=\s*(?:,|$|\[))")
"""The last part of a base as written."""


class Heirs:
    """Finds subclasses; classes of tests and migrations are none."""

    def __init__(self, modules: Modules, summaries: Summaries, classes: Classes) -> None:
        self._modules = modules
        self._summaries = summaries
        self._classes = classes
        self._direct: dict[ClassSymbol, tuple[ClassSymbol, ...]] = {}

    def clear(self) -> None:
        """Forget everything, after a file has changed."""
        self.__dict__.pop("_by_base", None)
        self._direct.clear()

    def direct(self, symbol: ClassSymbol) -> tuple[ClassSymbol, ...]:
        """The classes that name this one among their bases."""
        if symbol not in self._direct:
            self._direct[symbol] = tuple(self._search(symbol))
        return self._direct[symbol]

    def _search(self, symbol: ClassSymbol) -> Iterator[ClassSymbol]:
        for path, name in self._by_base.get(symbol.qualname.rpartition(".")[2], ()):
            module = self._modules.name_of(path)
            summary = self._summaries.of(module)
            for item in summary.classes if summary is not None else ():
                if item.name == name:
                    heir = ClassSymbol(module, item.qualname)
                    if symbol in self._classes.direct_bases(heir):
                        yield heir

    @cached_property
    def _by_base(self) -> dict[str, list[tuple[Path, str]]]:
        """By the last part of a base's name the classes that have it, and their files."""
        found: dict[str, list[tuple[Path, str]]] = {}
        for path in self._modules.tree.files():
            parts = parts_below(self._modules.root, path)
            if "migrations" not in parts and not is_test_path(parts):
                for name, bases in self._summaries.ask(path, classes) or ():
                    for base in NAME.findall(bases):
                        found.setdefault(base, []).append((path, name))
        return found
