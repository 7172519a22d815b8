"""Where a project starts: its root, found from a file's path, and the folders that its imports count from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from flake8_unique_insert.project.tree import REPOSITORY_MARKS, SKIPPED, Tree

PROJECT_MARKS = ("pyproject.toml", "setup.cfg", "setup.py", "tox.ini", ".flake8")
"""What the folder of a distribution holds: one repository may have several."""
RUN_MARKS = ("manage.py",)
NESTED_DEPTH = 3
"""How deep in a repository its projects are looked for."""


def find_root(path: Path) -> Path:
    """The project that a file or folder belongs to.

    The nearest folder upwards that is the top of a repository, else that holds a project file, else a manage.py, else
    the folder that holds the file's outermost package. In a repository of several Django projects whose packages have
    the same names, each is a project of its own.
    """
    path = Path(path).absolute()
    return _project_of(path if _is_dir(path) else path.parent)


@lru_cache(maxsize=4096)
def _project_of(folder: Path) -> Path:
    root = _root_of(folder)
    return _nested_project(root, folder) or root


def repository_of(root: Path) -> Path:
    """The folder that paths are told from: a project's root, for one of several in a repository the top of that."""
    top = _root_of(root)
    return top if _nested_project(top, root) == root else root


def _root_of(folder: Path) -> Path:
    found = (_nearest(folder, marks) for marks in (REPOSITORY_MARKS, PROJECT_MARKS, RUN_MARKS))
    return next(filter(None, found), None) or package_top(folder)


@lru_cache(maxsize=4096)
def _nearest(folder: Path, marks: tuple[str, ...]) -> Path | None:
    """The nearest folder upwards that holds one of the marks."""
    if any(os.path.exists(os.path.join(folder, mark)) for mark in marks):
        return folder
    return _nearest(folder.parent, marks) if folder.parent != folder else None


def _nested_project(root: Path, folder: Path) -> Path | None:
    """The project inside a repository that the folder belongs to, when another one has packages of the same names."""
    projects = _projects_in(root)
    if len(projects) < 2:
        return None
    inner = next((parent for parent in (folder, *folder.parents) if parent in projects), None)
    if inner is None or inner == root:
        return None
    others = [names for home, names in projects.items() if home != inner]
    return inner if any(names & projects[inner] for names in others) else None


@lru_cache(maxsize=64)
def _projects_in(root: Path) -> dict[Path, frozenset[str]]:
    """The folders with a manage.py, and the packages in each."""
    found: dict[Path, frozenset[str]] = {}
    for parent, folders, files in os.walk(root):
        depth = len(Path(parent).relative_to(root).parts)
        folders[:] = [name for name in folders if not name.startswith(".") and name not in SKIPPED]
        if "manage.py" in files and "__init__.py" not in files:
            place = Path(parent)
            found[place] = frozenset(name for name in folders if _exists(place / name / "__init__.py"))
        if depth >= NESTED_DEPTH:
            folders.clear()
    return found


def package_top(folder: Path) -> Path:
    """The first folder upwards that is no package."""
    while _exists(folder / "__init__.py") and folder.parent != folder:
        folder = folder.parent
    return folder


def source_roots(root: Path, tree: Tree) -> tuple[Path, ...]:
    """The folders that top-level modules stand in, in order of search: the root, `src`, and those of nested projects.

    A folder with a manage.py or a project file counts when it is no package itself: commands run from there.
    """
    found = dict.fromkeys(_with_src(root, tree))
    for folder in tree.folders:
        names = tree.names(folder)
        if "__init__.py" in names or folder == root:
            continue
        if any(mark in names for mark in (*PROJECT_MARKS, *RUN_MARKS)):
            found.update(dict.fromkeys(_with_src(folder, tree)))
    return tuple(found)


def _with_src(folder: Path, tree: Tree) -> Iterator[Path]:
    yield folder
    src = folder / "src"
    if src in tree.folders and "__init__.py" not in tree.names(src):
        yield src


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _is_dir(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
