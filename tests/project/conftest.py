"""Small projects on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flake8_unique_insert.project import Project

MakeProject = Callable[..., Project]


@pytest.fixture
def make_project(tmp_path: Path) -> MakeProject:
    """Writes files, text by path, and gives their project; nothing is installed for it."""

    def make(files: dict[str, str], **options: object) -> Project:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        options.setdefault("environment", tmp_path / "no-environment")
        return Project(tmp_path, **options)  # type: ignore[arg-type]

    return make
