"""A project's models: roots, summaries of files, and models linked from them, without importing any of it.

`Project` is imported when first asked for: `find_root` alone, which decides whether a file is analysed at all, needs
none of the parser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_unique_insert.project.roots import find_root

if TYPE_CHECKING:
    from flake8_unique_insert.project.project import Project

__all__ = ["Project", "find_root"]


def __getattr__(name: str) -> object:
    if name == "Project":
        from flake8_unique_insert.project.project import Project

        return Project
    raise AttributeError(name)
