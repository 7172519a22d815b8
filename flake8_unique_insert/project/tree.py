"""A project's folders and the files of interest in them, listed once, without opening any."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path

from flake8_unique_insert.reads import digest

SKIPPED = frozenset(
    {"node_modules", "bower_components", "site-packages", "dist-packages", "__pycache__", "htmlcov", "venv", "env"}
)
REPOSITORY_MARKS = (".git", ".hg", ".svn", ".github", ".gitlab-ci.yml", ".pre-commit-config.yaml")
"""What only the top folder of a repository holds."""
MARKS = frozenset({"setup.cfg", "pyproject.toml", "tox.ini", "pytest.ini", "pyvenv.cfg", ".flake8", *REPOSITORY_MARKS})
MOST_FOLDERS = 50_000
TEST_PARTS = frozenset({"tests", "test", "testing", "docs", "examples", "example"})


def is_test_path(parts: tuple[str, ...]) -> bool:
    """Whether a path looks like tests or examples."""
    return any(part in TEST_PARTS or part.startswith("test_") for part in parts)


def parts_below(root: Path, path: Path) -> tuple[str, ...]:
    """The parts of a path from the root on, below which it lies."""
    return path.parts[len(root.parts) :]


class Tree:
    """The folders below `root` that may hold source, and the names of their Python and project files.

    Symbolic links to folders are not followed, so there are no loops. Hidden folders, installed packages and virtual
    environments are left out. What cannot be read is empty.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folders: dict[Path, frozenset[str]] = {}
        stack = [root]
        while stack and len(self.folders) < MOST_FOLDERS:
            folder = stack.pop()
            names, below = _listing(folder)
            if "pyvenv.cfg" in names and folder != root:
                continue
            self.folders[folder] = frozenset(names)
            stack.extend(sorted(below, reverse=True))

    @cached_property
    def digest(self) -> str:
        """Stands for all folders and names."""
        listed = sorted((str(folder), *sorted(names)) for folder, names in self.folders.items())
        return digest("\n".join("\0".join(line) for line in listed).encode("utf-8", "surrogateescape"))

    def names(self, folder: Path) -> frozenset[str]:
        """The names of the files in a folder of the tree."""
        return self.folders.get(folder, frozenset())

    def files(self) -> tuple[Path, ...]:
        """Every Python file, folder by folder."""
        return self._files

    def files_below(self, folder: Path) -> list[Path]:
        """The Python files in a folder of the tree and below it."""
        start = os.path.join(folder, "")
        return [path for path in self._files if str(path).startswith(start)]

    @cached_property
    def _files(self) -> tuple[Path, ...]:
        return tuple(
            folder / name for folder, names in self.folders.items() for name in sorted(names) if name.endswith(".py")
        )

    def packages_named(self, name: str) -> list[Path]:
        """The packages of this name, wherever they stand; beside a manage.py they need no `__init__.py`."""
        return [
            folder
            for folder in self._by_name().get(name, ())
            if "__init__.py" in self.folders[folder] or "manage.py" in self.names(folder.parent)
        ]

    def _by_name(self) -> dict[str, list[Path]]:
        if not hasattr(self, "_index"):
            self._index: dict[str, list[Path]] = {}
            for folder in self.folders:
                self._index.setdefault(folder.name, []).append(folder)
        return self._index


def _listing(folder: Path) -> tuple[set[str], list[Path]]:
    names: set[str] = set()
    below: list[Path] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name in MARKS:
                    names.add(entry.name)
                elif entry.is_dir(follow_symlinks=False):
                    if not entry.name.startswith(".") and entry.name not in SKIPPED:
                        below.append(Path(entry.path))
                elif entry.name.endswith(".py"):
                    names.add(entry.name)
    except OSError:
        pass
    return names, below
