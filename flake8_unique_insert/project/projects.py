"""The projects that files belong to."""

from __future__ import annotations

from pathlib import Path

from flake8_unique_insert.options import Options
from flake8_unique_insert.project.project import Project
from flake8_unique_insert.project.roots import find_root


class Projects:
    """Finds the project of a file, and makes each once.

    Where two source roots of a project have packages of the same name, the files of each see their own first: to them
    it is another project.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._made: dict[tuple[Path, Path | None], Project] = {}

    def root(self, path: Path) -> Path:
        """The top folder of the project that a file belongs to."""
        return Path(self._options.project_root) if self._options.project_root else find_root(path)

    def of(self, path: Path) -> Project:
        """The project of a file. path: absolute."""
        root = self.root(path)
        return self._project(root, self._project(root, None).modules.contested_root(path))

    def _project(self, root: Path, first_root: Path | None) -> Project:
        key = root, first_root
        if key not in self._made:
            self._made[key] = Project.configured(root, self._options, first_root)
        return self._made[key]
