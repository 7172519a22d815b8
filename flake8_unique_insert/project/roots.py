"""Where a project starts: its root, found from a file's path, and the folders that its imports count from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from flake8_unique_insert.project.tree import Tree

REPOSITORY_MARKS = (".git", ".hg", ".svn", ".github", ".gitlab-ci.yml", ".pre-commit-config.yaml")
"""What only the top folder of a repository holds."""
PROJECT_MARKS = ("pyproject.toml", "setup.cfg", "setup.py", "tox.ini", ".flake8")
"""What the folder of a distribution holds: one repository may have several."""
RUN_MARKS = ("manage.py",)


def find_root(path: Path) -> Path:
    """The project that a file or folder belongs to.

    The nearest folder upwards that is the top of a repository, else that holds a project file, else a manage.py, else
    the folder that holds the file's outermost package.
    """
    path = Path(path).absolute()
    return _root_of(path if _is_dir(path) else path.parent)


@lru_cache(maxsize=4096)
def _root_of(folder: Path) -> Path:
    for marks in (REPOSITORY_MARKS, PROJECT_MARKS, RUN_MARKS):
        for parent in (folder, *folder.parents):
            if any(_exists(parent / mark) for mark in marks):
                return parent
    return package_top(folder)


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
