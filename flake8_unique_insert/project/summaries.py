"""Module summaries, read when first asked for and kept; the buffer of the file at hand wins over the disk."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_unique_insert.project.known import Known
from flake8_unique_insert.project.modules import Modules

if TYPE_CHECKING:
    from flake8_unique_insert.syntax.source import SourceFile
    from flake8_unique_insert.syntax.summary import FunctionSummary, ModuleSummary

log = logging.getLogger(__name__)


class Summaries:
    """The summaries of modules by name: project files, installed packages, and the modules of the data file."""

    def __init__(self, modules: Modules, known: Known) -> None:
        self._modules = modules
        self._known = known
        self._summaries: dict[str, ModuleSummary | None] = {}
        self._texts: dict[str, int] = {}
        self._segments: dict[tuple[str, int, int], str] = {}
        self._looked_at: dict[Path, str] = {}
        self._buffer: tuple[Path, SourceFile] | None = None

    def of(self, module: str) -> ModuleSummary | None:
        """The summary of a module, None when it has no source or the source cannot be read."""
        if module not in self._summaries:
            self._summaries[module] = self._read(module)
        return self._summaries[module]

    def _read(self, module: str) -> ModuleSummary | None:
        source = self._source(module)
        if source is None:
            return None
        self._texts[module] = hash(source.text)
        try:
            return source.summary
        except Exception as error:  # a broken or unusual file is a module without names, never a failed run
            log.info("cannot read %s: %s", module, error)
            return None

    def _source(self, module: str) -> SourceFile | None:
        from flake8_unique_insert.syntax.source import SourceFile, UnreadableSource

        path = self._modules.find(module)
        if path is None:
            text = self._known.source(module)
            return SourceFile(text) if text else None
        if self._buffer and self._buffer[0] == path:
            return self._buffer[1]
        try:
            source = SourceFile.read(path, self._modules.reads.bytes)
        except UnreadableSource as error:
            log.info("cannot read %s: %s", module, error)
            return None
        if not self._modules.is_own(path) and path.name != "__init__.py" and "django" not in source.text:
            return None  # an installed module without a word of Django declares no model, field or manager
        return source

    def put(self, path: Path, source: SourceFile) -> bool:
        """Take the text at hand for a file. True when it differs from what was read of the file before."""
        changed = self._drop_buffer(path)
        module = self._modules.name_of(path)
        if self._modules.find(module) != path:
            changed = changed or self._summaries.pop(module, None) is not None
            self._texts.pop(module, None)
            self._modules.claim(path)
        self._buffer = (path, source)
        if self._texts.get(module, hash(source.text)) != hash(source.text):
            changed = True
        if changed or self._summaries.get(module) is None:
            changed = changed or module in self._summaries
            self._summaries.pop(module, None)
        if changed:
            self._segments.clear()
        return changed

    def _drop_buffer(self, path: Path) -> bool:
        """Forget an earlier buffer that was not what the disk holds."""
        if self._buffer is None or self._buffer[0] == path:
            return False
        former, source = self._buffer
        self._buffer = None
        module = self._modules.name_of(former)
        disk = self._source(module) if self._modules.find(module) == former else None
        if disk is not None and disk.text == source.text:
            return False
        self._summaries.pop(module, None)
        self._texts.pop(module, None)
        return True

    def function_text(self, module: str, function: FunctionSummary) -> str:
        """The source lines of a function, "" when there are none (its module stands in the data file)."""
        key = module, function.first_line, function.last_line
        if key not in self._segments:
            source = self._source(module) if self._modules.find(module) else None
            self._segments[key] = source.segment(function) if source else ""
        return self._segments[key]

    def source(self, module: str) -> SourceFile | None:
        """The source of a module that has a file."""
        return self._source(module) if self._modules.find(module) else None

    def text(self, path: Path) -> str:
        """A file's text for a look without parsing, "" when it cannot be read."""
        if self._buffer and self._buffer[0] == path:
            return self._buffer[1].text
        if path not in self._looked_at:
            self._looked_at[path] = self._looked(path)
        return self._looked_at[path]

    def _looked(self, path: Path) -> str:
        try:
            text = self._modules.reads.bytes(path).decode("utf-8", "replace")
        except OSError:
            return ""
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
