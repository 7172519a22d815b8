"""The engine behind its cache: what an earlier run found is found again without importing the analysis."""

from __future__ import annotations

import ast
import gc
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from flake8_unique_insert.options import Options

if TYPE_CHECKING:
    from flake8_unique_insert.cache import ResultCache
    from flake8_unique_insert.engine import Engine
    from flake8_unique_insert.findings import Finding, SiteReport
    from flake8_unique_insert.syntax.source import SourceFile

MOST_SEEN = 0.25
"""How much of what was analysed the cyclic collector may see, in parts of what is hidden from it."""
T = TypeVar("T", "Finding", "SiteReport")


class CachedEngine:
    """What flake8 and `audit` ask for one file, from the cache where that has it. Whatever goes wrong is raised.

    Paths are absolute or relative to the working directory. `hides`: see `_hide_from_collector`.
    """

    def __init__(self, options: Options, hides: bool = False) -> None:
        self.options = options
        self._hides = hides
        self._hidden = self._seen = 0

    @cached_property
    def engine(self) -> Engine:
        """The engine; the analysis is imported here, for files that need it."""
        from flake8_unique_insert.engine import Engine

        return Engine(self.options)

    @cached_property
    def cache(self) -> ResultCache | None:
        """None when there is to be none."""
        if self.options.no_cache:
            return None
        from flake8_unique_insert.cache import ResultCache, default_folder

        folder = Path(self.options.cache_dir) if self.options.cache_dir else default_folder()
        return ResultCache(folder, self.options) if folder is not None else None

    def findings(self, path: str, text: str, tree: ast.Module | None = None) -> list[Finding]:
        """The findings of a file, in order of position. tree: of the text, where the caller has it."""
        from flake8_unique_insert.findings import Finding

        return self._kept(Finding, path, text, lambda: self.engine.findings(path, _source(text, tree)))

    def reports(self, path: str, text: str) -> list[SiteReport]:
        """Every insert site of a file into a model with unique keys, in order of position."""
        from flake8_unique_insert.findings import SiteReport

        return self._kept(SiteReport, path, text, lambda: self.engine.reports(path, _source(text, None)))

    def _kept(self, kind: type[T], path: str, text: str, analyse: Callable[[], list[T]]) -> list[T]:
        key = self.cache.key(kind, path, text) if self.cache is not None else ""
        kept = self.cache.get(kind, path, key) if self.cache is not None else None
        if kept is not None:
            return kept
        from flake8_unique_insert.syntax.source import paused_gc

        with paused_gc():
            try:
                found = analyse()
            finally:
                if self._hides:
                    self._hide_from_collector(len(text))
        if self.cache is not None:
            self.cache.keep(path, key, found, self.engine.modules(path))
        return found

    def _hide_from_collector(self, size: int) -> None:
        """Take what stays until the end out of the sight of the cyclic collector. size: of the file, in characters.

        It would walk it again and again while flake8 and other plugins work, which costs as much as the analysis. The
        syntax tree at hand is hidden, too, and stays, as other plugins make it cyclic: so nothing is hidden until
        enough is there. Five trees are kept while the analysed text grows threefold.
        """
        self._seen += size
        if self._seen > self._hidden * MOST_SEEN:
            self._hidden, self._seen = self._hidden + self._seen, 0
            gc.freeze()


def _source(text: str, tree: ast.Module | None) -> SourceFile:
    from flake8_unique_insert.syntax.source import SourceFile

    return SourceFile(text, tree)
