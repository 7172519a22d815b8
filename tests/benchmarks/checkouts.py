"""The trees that are measured: a checkout, a part of one, and its size."""

from __future__ import annotations

import ast
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flake8_unique_insert.cli.walk import python_files

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A tree of Python files to measure on."""

    name: str
    folder: Path

    def files(self) -> list[Path]:
        """Its Python files, absolute, in order."""
        return list(python_files([str(self.folder)]))

    def lines(self) -> int:
        """How many lines its Python files have."""
        return sum(file.read_bytes().count(b"\n") for file in self.files())


def edit(file: Path) -> None:
    """Put one more statement into the last function of a file that has a body of its own."""
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, FUNCTIONS))
    ends = (node.body[-1] for node in functions if node.body[-1].lineno > node.lineno)
    last = max(ends, key=lambda statement: statement.lineno)
    lines.insert(last.lineno - 1, f"{' ' * last.col_offset}pass\n")
    file.write_text("".join(lines), encoding="utf-8")


def part(checkout: Checkout, fraction: float, target: Path) -> Checkout:
    """Copy about this fraction of a checkout's files, whole folders at a time, and all that tells its root.

    A smaller part is contained in a larger one. The folders are taken in an order that is fixed but arbitrary.
    """
    files = checkout.files()
    folders = sorted({file.parent for file in files}, key=lambda folder: _digest(folder.relative_to(checkout.folder)))
    chosen, count = set(), 0
    for folder in folders:
        if count >= fraction * len(files):
            break
        chosen.add(folder)
        count += sum(file.parent == folder for file in files)
    for file in (*(file for file in files if file.parent in chosen), *_marks(checkout.folder)):
        copy = target / file.relative_to(checkout.folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    return Checkout(f"{checkout.name} {fraction}", target)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.as_posix().encode()).hexdigest()


def _marks(folder: Path) -> Iterator[Path]:
    names = ("pyproject.toml", "setup.cfg", "tox.ini", ".pre-commit-config.yaml", ".gitlab-ci.yml")
    return (folder / name for name in names if (folder / name).is_file())
