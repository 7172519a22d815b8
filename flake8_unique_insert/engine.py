"""The one entrance to the analysis: a file in, findings out."""

from __future__ import annotations

from flake8_unique_insert.findings import Finding, SiteReport
from flake8_unique_insert.options import Options
from flake8_unique_insert.syntax.source import SourceFile


class Engine:
    """Analyses files of one or more projects, which it finds from the files' paths.

    One engine serves a whole flake8 process and keeps what it has read of a project.
    """

    def __init__(self, options: Options) -> None:
        self.options = options

    def check(self, path: str, source: SourceFile) -> list[Finding]:
        """The findings of one file, in order of position. Never raises: a failure is logged and gives none.

        path: the file's path on disk (or the name that standard input stands for), absolute or relative to the
        working directory. source: its text, which wins over what the disk holds.
        """
        return []

    def audit(self, path: str, source: SourceFile) -> list[SiteReport]:
        """Every insert site of one file into a model with unique keys. Never raises."""
        return []
