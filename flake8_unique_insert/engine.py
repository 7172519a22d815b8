"""The one entrance to the analysis: a file in, findings out."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from flake8_unique_insert import django_names
from flake8_unique_insert.analyse import FileAnalysis
from flake8_unique_insert.callers import Callers
from flake8_unique_insert.findings import Finding, SiteReport
from flake8_unique_insert.options import Options
from flake8_unique_insert.prefilter import is_skipped
from flake8_unique_insert.project import Project
from flake8_unique_insert.project.modules import Modules
from flake8_unique_insert.project.projects import Projects
from flake8_unique_insert.report import findings, reports
from flake8_unique_insert.runs import Settings
from flake8_unique_insert.sites.site import InsertSite
from flake8_unique_insert.syntax.source import SourceFile, UnreadableSource, paused_gc

LOG = logging.getLogger(__name__)


class Engine:
    """Analyses files of one or more projects, which it finds from the files' paths.

    One engine serves a whole flake8 process and keeps what it has read of a project.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.generators = django_names.GENERATORS | frozenset(options.generators)
        self.handlers = frozenset(options.handlers)
        self.projects = Projects(options)
        self._callers: dict[Project, Callers] = {}

    def check(self, path: str, source: SourceFile) -> list[Finding]:
        """The findings of one file, in order of position. Never raises: a failure is logged and gives none.

        path: the file's path on disk (or the name that standard input stands for), absolute or relative to the
        working directory. source: its text, which wins over what the disk holds.
        """
        try:
            return self.findings(path, source)
        except UnreadableSource as error:
            LOG.info("%s: %s", path, error)
        except Exception:  # an exception here would stop flake8 for every plugin
            LOG.info("%s: not analysed", path, exc_info=True)
        return []

    @paused_gc()
    def findings(self, path: str, source: SourceFile) -> list[Finding]:
        """The findings of one file, as `check` has them. Raises whatever goes wrong."""
        return findings(self.sites(path, source))

    @paused_gc()
    def reports(self, path: str, source: SourceFile) -> list[SiteReport]:
        """Every insert site of one file into a model with unique keys. Raises whatever goes wrong."""
        return reports(site for site in self.sites(path, source) if site.write.model.keys)

    def sites(self, path: str, source: SourceFile) -> Iterable[InsertSite]:
        """The judged insert sites of one file, those of models without keys too. Raises UnreadableSource."""
        return self.analysis(path, source).sites()

    def analysis(self, path: str, source: SourceFile) -> FileAnalysis:
        """The analysis of one file, not yet run."""
        absolute = Path(path).absolute()
        project = self.projects.of(absolute)
        project.put(absolute, source)
        callers = self._callers.setdefault(project, Callers(project, self._is_skipped))
        has_tests = "tests" not in self.options.skip
        settings = Settings(self.generators, self.handlers, self.options.atomic_requests, has_tests)
        return FileAnalysis(settings, project, project.module_name(absolute), source, callers)

    def modules(self, path: str) -> Modules:
        """The modules of a file's project, with all that was read of it so far."""
        return self.projects.of(Path(path).absolute()).modules

    def _is_skipped(self, path: Path) -> bool:
        return is_skipped(path, self.options.skip, lambda _: self.projects.root(path))
