"""What one process has read of the disk for a project, so that it can be told later whether anything has changed."""

from __future__ import annotations

from pathlib import Path

Answers = dict[tuple[str, str], str]
"""By path and question the digest of the answer, see `project.questions`."""


def digest(data: bytes) -> str:
    """Stands for a content: equal digests, equal contents."""
    from hashlib import blake2b  # which takes longer to import than most of the analysis's modules

    return blake2b(data, digest_size=16).hexdigest()


def digest_of(answer: object) -> str:
    """Stands for an answer."""
    return digest(repr(answer).encode("utf-8", "surrogatepass"))


class Reads:
    """Reads files and notes what it found.

    files: by path the digest of the content, "" for a file that could not be read. modules: by dotted name the file
    that was found for it, "" for none. answers: what was asked of single files, for all that was found out since.
    searched: the files that words are looked for in. searches: by word those of them that have it. asked: what was
    asked for one file's analysis only. reliable: no file was seen to change meanwhile. noted: False where nobody will
    want to know, there is no cache: then the digests are "".
    """

    def __init__(self, noted: bool = True) -> None:
        self.noted = noted
        self.files: dict[str, str] = {}
        self.modules: dict[str, str] = {}
        self.answers: Answers = {}
        self.searched: dict[str, None] = {}
        self.searches: dict[str, list[str]] = {}
        self.asked: Answers = {}
        self.reliable = True

    def bytes(self, path: Path) -> bytes:
        """The content of a file. Raises OSError."""
        try:
            data = path.read_bytes()
        except OSError:
            self._note(path, "")
            raise
        if self.noted:
            self._note(path, digest(data))
        return data

    def seal(self, answer: object) -> str:
        """The digest of an answer."""
        return digest_of(answer) if self.noted else ""

    def _note(self, path: Path, found: str) -> None:
        if self.files.setdefault(str(path), found) != found:
            self.reliable = False
