"""What was asked of a project, and whether it would still be answered alike.

A trace is a chain of links, each named by a digest of its own content: a link holds what was asked since the one
before. It names the files that were read with the digests of their contents, and what they answered with the digests of
the answers. Where a content has changed, its file is asked again: a change that changes no answer changes no finding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flake8_unique_insert.project.modules import Modules
from flake8_unique_insert.reads import digest, digest_of
from flake8_unique_insert.record import record

if TYPE_CHECKING:
    from flake8_unique_insert.syntax.source import SourceFile

Asked = tuple[str, str, str]
"""A path, a question and the digest of the answer."""


class Disk:
    """The files as they are now, each read once."""

    def __init__(self) -> None:
        self._contents: dict[str, str] = {}
        self._sources: dict[str, SourceFile | None] = {}
        self._answers: dict[tuple[str, str], str] = {}

    def content(self, path: str) -> str:
        """The digest of a file's content, "" when it cannot be read."""
        if path not in self._contents:
            try:
                self._contents[path] = digest(Path(path).read_bytes())
            except OSError:
                self._contents[path] = ""
        return self._contents[path]

    def answer(self, path: str, question: str) -> object:
        """What a file answers; None when it cannot be read."""
        from flake8_unique_insert.project.questions import answered  # costs time, and is needed after changes only
        from flake8_unique_insert.syntax.source import SourceFile, UnreadableSource

        if path not in self._sources:
            try:
                self._sources[path] = SourceFile.read(Path(path))
            except UnreadableSource:
                self._sources[path] = None
        return answered(self._sources[path], question)

    def seal(self, path: str, question: str) -> str:
        """The digest of what a file answers."""
        key = path, question
        if key not in self._answers:
            self._answers[key] = digest_of(self.answer(path, question))
        return self._answers[key]


@record
class Trace:
    """A trace in which all is as it was, but for the contents of some files.

    link: its last one. former: the trace before it. changed: the files that have another content now.
    """

    disk: Disk
    former: Trace | None
    link: dict[str, Any]
    changed: frozenset[str] = frozenset()

    def links(self) -> Iterator[dict[str, Any]]:
        """Its links, the last one first."""
        trace: Trace | None = self
        while trace is not None and trace.link:
            yield trace.link
            trace = trace.former

    def holds(self, asked: Iterable[Asked]) -> bool:
        """Whether these answers are the same as ever."""
        return all(path not in self.changed or self.disk.seal(path, question) == seal for path, question, seal in asked)

    def finds(self, searches: Iterable[tuple[str, list[str]]], paths: Collection[str]) -> bool:
        """Whether these files have the words that they had, where words are looked for in them."""
        searched = [path for path in paths if any(path in link["searched"] for link in self.links())]
        return all(
            bool(self.disk.answer(path, f"has {word}")) == (path in having)
            for word, having in searches
            for path in searched
        )


def longer(trace: Trace, modules: Modules, link: dict[str, Any]) -> Trace | None:
    """A trace with one more link, None when something in it is not as it was."""
    if link["listing"] != modules.tree.digest:
        return None
    if any(str(modules.find(name) or "") != path for name, path in link["modules"]):
        return None
    fresh = frozenset(path for path, seal in link["files"] if trace.disk.content(path) != seal)
    found = Trace(trace.disk, trace, link, trace.changed | fresh)
    if not found.holds(link["answers"]) or not found.finds(link["searches"], found.changed):
        return None
    if not fresh:
        return found
    answers = [item for each in trace.links() for item in each["answers"] if item[0] in fresh]
    searches = [item for each in trace.links() for item in each["searches"]]
    return found if found.holds(answers) and found.finds(searches, fresh) else None
