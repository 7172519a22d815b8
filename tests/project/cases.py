"""The model definitions in `data`: one file of it is one small project, its own files set apart by `# file: path`."""

from __future__ import annotations

import re
from pathlib import Path

DATA = Path(__file__).parent / "data"
MARK = re.compile(r"^# file: (\S+)\n", re.MULTILINE)
NEEDS = re.compile(r"\A# django: (\d+)\.(\d+)\n")


def names() -> list[str]:
    """The cases' names."""
    return sorted(path.stem for path in DATA.glob("*.py"))


def files(name: str) -> dict[str, str]:
    """The files of a case, text by path."""
    parts = MARK.split((DATA / f"{name}.py").read_text())
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def needs(name: str) -> tuple[int, int]:
    """The lowest Django that can run the case."""
    found = NEEDS.match((DATA / f"{name}.py").read_text())
    return (int(found[1]), int(found[2])) if found else (0, 0)
