"""What single files say, read when first asked for and kept; the buffer of the file at hand wins over the disk."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar, cast

from flake8_unique_insert.project.known import Known
from flake8_unique_insert.project.modules import Modules
from flake8_unique_insert.project.questions import answered, content, function, has, outline, spelled
from flake8_unique_insert.schema import FunctionSymbol
from flake8_unique_insert.syntax.source import SourceFile, UnreadableSource
from flake8_unique_insert.syntax.summary import ModuleSummary

T = TypeVar("T")
log = logging.getLogger(__name__)


class Summaries:
    """What single files say: the summaries of modules by name, and answers to questions about files.

    Modules are project files, installed packages, and the modules of the data file.
    """

    def __init__(self, modules: Modules, known: Known) -> None:
        self._modules = modules
        self._known = known
        self._reads = modules.reads
        self._summaries: dict[str, ModuleSummary | None] = {}
        self._texts: dict[str, int] = {}
        self._sources: dict[Path, SourceFile | None] = {}
        self._answers: dict[tuple[str, str], tuple[object, str]] = {}
        self._functions: dict[FunctionSymbol, str] = {}
        self._buffer: tuple[Path, SourceFile] | None = None

    def of(self, module: str) -> ModuleSummary | None:
        """The summary of a module, None when it has no source or the source cannot be read."""
        if module not in self._summaries:
            self._summaries[module] = self._read(module)
        return self._summaries[module]

    def _read(self, module: str) -> ModuleSummary | None:
        path = self._modules.find(module)
        if path is None:
            text = self._known.source(module)
            return SourceFile(text).summary if text else None
        source = self.source(path)
        if source is not None and not self._may_matter(path, source):
            return None
        try:
            return source.summary if source is not None else None
        except Exception as error:  # a broken or unusual file is a module without names, never a failed run
            log.info("cannot read %s: %s", module, error)
            return None
        finally:
            if self._reads.noted:
                self._reads.answers[str(path), spelled(outline)] = self._reads.seal(answered(source, spelled(outline)))
            self._release(source)
            if source is not None:
                self._texts[module] = hash(source.text)

    def _may_matter(self, path: Path, source: SourceFile) -> bool:
        """False for a module of an installed package without a word of Django: it has no model, field or manager."""
        if self._modules.is_own(path) or path.name == "__init__.py":
            return True
        self._reads.answers[str(path), spelled(has, "django")] = self._reads.seal(has(source, "django"))
        return has(source, "django")

    def source(self, path: Path) -> SourceFile | None:
        """The source of a file, None when it cannot be read. What is taken from it must be noted, see `ask`."""
        if self._buffer is not None and self._buffer[0] == path:
            return self._buffer[1]
        if path in self._sources:
            return self._sources[path]
        try:
            source: SourceFile | None = SourceFile.read(path, self._reads.bytes)
        except UnreadableSource as error:
            log.info("cannot read %s", error)
            source = None
        if self._modules.is_own(path):  # those of installed packages are read once
            self._sources[path] = source
        return source

    def put(self, path: Path, source: SourceFile) -> bool:
        """Take the text at hand for a file. True when it differs from what was read of the file before."""
        self._reads.asked = {}
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
            self._answers.clear()
            self._functions.clear()
        return changed

    def _drop_buffer(self, path: Path) -> bool:
        """Forget an earlier buffer. True when it was not what the disk holds: then nothing is worth being kept."""
        if self._buffer is None or self._buffer[0] == path:
            return False
        former, source = self._buffer
        self._buffer = None
        module = self._modules.name_of(former)
        disk = self.source(former) if self._modules.find(module) == former else None
        if disk is not None and disk.text == source.text:
            source.release()
            self._sources[former] = source  # with the summary that was made of it
            return False
        self._reads.reliable = False
        self._summaries.pop(module, None)
        self._texts.pop(module, None)
        return True

    def _release(self, source: SourceFile | None) -> None:
        if source is not None and (self._buffer is None or self._buffer[1] is not source):
            source.release()

    # --- questions

    def ask(self, path: Path, asked: Callable[..., T], argument: str = "", *, shared: bool = True) -> T | None:
        """The answer of a file to one of `questions`, None when it cannot be read.

        shared: what is found out with it may serve other files than the one being analysed.
        """
        key = str(path), spelled(asked, argument)
        if key not in self._answers:
            source = self.source(path)
            answer = answered(source, key[1])
            self._answers[key] = answer, self._reads.seal(answer)
            self._release(source)
        answer, seal = self._answers[key]
        (self._reads.answers if shared else self._reads.asked)[key] = seal
        return cast("T | None", answer)

    def text(self, path: Path) -> str:
        """All of a file's text, "" when it cannot be read: every change of it may change what is found."""
        return self.ask(path, content) or ""

    def having(self, paths: Collection[Path], word: str) -> list[Path]:
        """Those of the files whose text has a word. paths: the same ones each time."""
        found = [path for path in paths if (source := self.source(path)) is not None and has(source, word)]
        if self._reads.noted:
            self._reads.searched.update(dict.fromkeys(map(str, paths)))
            self._reads.searches[word] = [str(path) for path in found]
        return found

    def function_text(self, symbol: FunctionSymbol, *, shared: bool) -> str:
        """The source lines of a function, "" when there are none (its module stands in the data file)."""
        path = self._modules.find(symbol.module)
        if path is None:
            return ""
        if self._reads.noted and (shared or self._buffer is None or self._buffer[0] != path):
            self.ask(path, function, symbol.qualname, shared=shared)
        if symbol not in self._functions:
            source = self.source(path)
            self._functions[symbol] = source.segment(symbol.summary) if source is not None else ""
        return self._functions[symbol]
