"""Import names ↔ files, without importing anything."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from flake8_unique_insert.options import Options
from flake8_unique_insert.project.environment import site_folders
from flake8_unique_insert.project.roots import repository_of, source_roots
from flake8_unique_insert.project.tree import Tree, is_test_path, parts_below
from flake8_unique_insert.reads import Reads

STANDARD = frozenset(sys.stdlib_module_names)
NEVER_READ = frozenset({"django", "rest_framework", "stripe"})
"""Packages known by name alone: their classes have the same names whether they are installed or not, and what must be
known of their models stands in the data file, so a result never depends on the environment."""


class Modules:
    """Finds the file of a module and the module of a file.

    A module has one name, `name_of` its file, whichever way it was imported.

    root: the project's top folder, see `find_root`. environment: a virtual environment or site-packages folder to read
    installed packages from, instead of those found by themselves. source_roots: the folders that imports count from
    (relative ones from the root), instead of those found. first_root: the source root whose modules win over those of
    the same name in others. noted: whether a cache will ask what was read.
    """

    @classmethod
    def configured(cls, root: Path, options: Options, first_root: Path | None = None) -> Modules:
        """The modules of a project as the user's options describe it."""
        return cls(
            root,
            Path(options.python) if options.python else None,
            options.source_roots,
            first_root,
            not options.no_cache,
        )

    def __init__(
        self,
        root: Path,
        environment: Path | None = None,
        source_roots: Iterable[str | Path] = (),
        first_root: Path | None = None,
        noted: bool = True,
    ) -> None:
        self.root = Path(root).absolute()
        self._first_root = first_root
        self._stated_roots = tuple(self.root / folder for folder in source_roots)
        self._environment = environment
        self._found: dict[str, Path | None] = {}
        self._names: dict[Path, str] = {}
        self._canonical: dict[str, str | None] = {}
        self._shown: dict[Path, str] = {}
        self.reads = Reads(noted)

    @cached_property
    def tree(self) -> Tree:
        """The project's folders."""
        return Tree(self.root)

    @cached_property
    def source_roots(self) -> tuple[Path, ...]:
        """The folders that imports count from, in order."""
        found = self._stated_roots or source_roots(self.root, self.tree)
        return tuple(dict.fromkeys([self._first_root, *found])) if self._first_root else found

    def contested_root(self, path: Path) -> Path | None:
        """The source root that a file stands in, when another one has a package of the same name; else None."""
        home = self._home(path)
        return home if home in self._contested_roots else None

    @cached_property
    def _contested_roots(self) -> frozenset[Path]:
        packages: dict[Path, set[str]] = {home: set() for home in self.source_roots}
        for folder, names in self.tree.folders.items():
            if folder.parent in packages and "__init__.py" in names and not is_test_path((folder.name,)):
                packages[folder.parent].add(folder.name)
        homes = Counter(name for names in packages.values() for name in names)
        return frozenset(home for home, names in packages.items() if any(homes[name] > 1 for name in names))

    @cached_property
    def site_folders(self) -> tuple[Path, ...]:
        """The folders of installed packages, in order."""
        return site_folders(self.root, self._environment)

    def name_of(self, path: Path) -> str:
        """The import name of a file: counted from the innermost source root (or site-packages) that it stands in."""
        path = path if path.is_absolute() else self.root / path
        if path not in self._names:
            self._names[path] = self._name(path)
        return self._names[path]

    def _name(self, path: Path) -> str:
        home = self._home(path)
        parts = list(path.relative_to(home).with_suffix("").parts)
        if parts[-1] == "__init__" and len(parts) > 1:
            parts.pop()
        return ".".join(parts)

    def _home(self, path: Path) -> Path:
        """The innermost source root or site-packages that a file stands in."""
        text = os.path.normcase(path)
        return next((home for start, home in self._homes if text.startswith(start)), path.parent)

    @cached_property
    def _homes(self) -> tuple[tuple[str, Path], ...]:
        """The source roots and site-packages, innermost first, each with how the paths of its files begin."""
        homes = sorted((*self.source_roots, *self.site_folders), key=lambda home: len(home.parts), reverse=True)
        return tuple((_start(home), home) for home in homes)

    def claim(self, path: Path) -> str:
        """Let a file stand for its module: it is not on disk, its name is no identifier, or it shares the name."""
        dotted = self.name_of(path)
        if self._found.get(dotted) != path:
            self._found[dotted] = path
            self._canonical.clear()
        return dotted

    def find(self, dotted: str) -> Path | None:
        """The file of a module or regular package, None when there is none that may be read."""
        if dotted not in self._found:
            self._found[dotted] = self._search(dotted)
        return self._found[dotted]

    def _search(self, dotted: str) -> Path | None:
        found = self._look(dotted)
        self.reads.modules[dotted] = str(found or "")
        return found

    def _look(self, dotted: str) -> Path | None:
        parts = dotted.split(".")
        if not all(part.isidentifier() for part in parts):
            return None
        for home in self.source_roots:
            found = _module_file(home, parts)
            if found:
                return found
        if parts[0] in STANDARD or parts[0] in NEVER_READ:
            return None
        for home in self.site_folders:
            found = _module_file(home, parts)
            if found:
                return found
        return self._misplaced(parts)

    def _misplaced(self, parts: list[str]) -> Path | None:
        """A module below a folder that a settings file puts on `sys.path`: the only package of that name.

        A package of tests for it, which has the same name, is none.
        """
        candidates = [_module_file(folder.parent, parts) for folder in self.tree.packages_named(parts[0])]
        found = [path for path in candidates if path]
        plain = [path for path in found if not is_test_path(parts_below(self.root, path))] or found
        return plain[0] if len(plain) == 1 else None

    def canonical(self, dotted: str) -> str | None:
        """The one name of a module that has a file, None for others."""
        if dotted not in self._canonical:
            path = self.find(dotted)
            self._canonical[dotted] = self.name_of(path) if path else None
        return self._canonical[dotted]

    def is_namespace(self, dotted: str) -> bool:
        """Whether a folder without `__init__.py` stands for this module in the project."""
        parts = dotted.split(".")
        return any(home.joinpath(*parts) in self.tree.folders for home in self.source_roots)

    def is_package(self, dotted: str) -> bool:
        """Whether the module's file is an `__init__.py`."""
        path = self.find(dotted)
        return path is not None and path.name == "__init__.py"

    def in_project(self, dotted: str) -> bool:
        """Whether the module's file belongs to the project itself."""
        path = self.find(dotted)
        return path is not None and self.is_own(path)

    def is_own(self, path: Path) -> bool:
        """Whether a file belongs to the project itself."""
        text = os.path.normcase(path)
        return text.startswith(self._start) and not text.startswith(self._installed)

    @cached_property
    def _start(self) -> str:
        """How the paths of the project begin."""
        return _start(self.root)

    @cached_property
    def _installed(self) -> tuple[str, ...]:
        """How the paths of installed packages begin."""
        return tuple(_start(home) for home in self.site_folders)

    def shown(self, path: Path) -> str:
        """A file's path for messages: relative to the repository or the root, or `site-packages/...`."""
        if path not in self._shown:
            self._shown[path] = self._show(path)
        return self._shown[path]

    def _show(self, path: Path) -> str:
        for home in self.site_folders:
            if home in path.parents:
                return f"site-packages/{path.relative_to(home).as_posix()}"
        return path.relative_to(self._top).as_posix() if self._top in path.parents else path.as_posix()

    @cached_property
    def _top(self) -> Path:
        return repository_of(self.root)


def _start(folder: Path) -> str:
    """How the paths of the files below a folder begin, in a form that can be compared."""
    return os.path.normcase(os.path.join(folder, ""))


def _module_file(home: Path, parts: list[str]) -> Path | None:
    place = os.path.join(home, *parts)
    candidates = (os.path.join(place, "__init__.py"), f"{place}.py")
    return next((Path(path) for path in candidates if os.path.isfile(path)), None)
