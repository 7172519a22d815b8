"""What one process has read of the disk for a project, so that it can be told later whether anything has changed."""

from __future__ import annotations

from contextlib import suppress
from hashlib import blake2b
from pathlib import Path


def digest(data: bytes) -> str:
    """Stands for a content: equal digests, equal contents."""
    return blake2b(data, digest_size=16).hexdigest()


class Reads:
    """Reads files and notes what it found.

    files: by path the digest of the content, "" for a file that could not be read. modules: by dotted name the file
    that was found for it, "" for none. reliable: no file was seen to change meanwhile.
    """

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.modules: dict[str, str] = {}
        self.reliable = True

    def bytes(self, path: Path) -> bytes:
        """The content of a file. Raises OSError."""
        try:
            data = path.read_bytes()
        except OSError:
            self._note(path, "")
            raise
        self._note(path, digest(data))
        return data

    def content(self, path: str) -> str:
        """The digest of a file's content, read now unless it was read before."""
        if path not in self.files:
            with suppress(OSError):
                self.bytes(Path(path))
        return self.files[path]

    def _note(self, path: Path, found: str) -> None:
        if self.files.setdefault(str(path), found) != found:
            self.reliable = False
