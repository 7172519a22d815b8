"""The Python files below the paths that a user names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from flake8_unique_insert.options import InvalidOption

NOT_SOURCE = frozenset(
    (".eggs", ".git", ".hg", ".nox", ".svn", ".tox", ".venv", "__pycache__", "node_modules", "site-packages", "venv")
)
"""Folders that hold no source of the project's own."""


def python_files(paths: Iterable[str]) -> Iterator[Path]:
    """Each file named, and each `*.py` below each folder named, once, in order; links to folders are not followed.

    Raises InvalidOption for a path that does not exist.
    """
    seen: set[Path] = set()
    for name in paths:
        path = Path(name)
        if not path.exists():
            raise InvalidOption(f"there is no file or folder {name!r}")
        for file in _below(path) if path.is_dir() else [path]:
            if file not in seen:
                seen.add(file)
                yield file


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in NOT_SOURCE and not _is_environment(parent, name))
        yield from (Path(parent, name) for name in sorted(files) if name.endswith(".py"))


def _is_environment(parent: str, name: str) -> bool:
    return os.path.exists(os.path.join(parent, name, "pyvenv.cfg"))
