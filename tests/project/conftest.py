"""Small projects on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flake8_unique_insert.project import Project
from flake8_unique_insert.project.modules import Modules

MakeProject = Callable[..., Project]


@pytest.fixture
def make_project(tmp_path: Path) -> MakeProject:
    """Writes files, text by path, and gives their project; nothing is installed for it."""

    def make(
        files: dict[str, str], user_model: str = "", environment: Path = tmp_path / "no-environment", **places: Any
    ) -> Project:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return Project(Modules(tmp_path, environment, **places), user_model)

    return make
