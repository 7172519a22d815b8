"""Findings and reports kept on disk, and shown again only while all that they were made of is unchanged.

An *entry* holds what was found in one file. Its name is a digest of the file's path and text, of the options, and of
the programs that made it: this package, Python and LibCST. It ends in a *trace* of all that the process had asked of
the project until then, see `traces`: a superset of what that depends on. What was asked for this file only, the texts
of the functions that its analysis follows, stands in the entry itself. So it can be told without the analysis whether
the same would be found again.

Each file of the cache is replaced as a whole, so processes may share a cache. One that is damaged or cannot be read
counts for nothing, and one that cannot be written is not.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
import zlib
from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution, version
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from flake8_unique_insert import __version__
from flake8_unique_insert.findings import Finding, SiteReport
from flake8_unique_insert.options import Options
from flake8_unique_insert.project.modules import Modules
from flake8_unique_insert.project.roots import find_root, repository_of
from flake8_unique_insert.reads import digest
from flake8_unique_insert.traces import Disk, Trace, longer

DAY = 24 * 60 * 60
MAX_AGE = 30 * DAY
MAX_BYTES = 64 * 2**20
TAG = "CACHEDIR.TAG"
SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by flake8-unique-insert; may be deleted at any time.\n"
UNUSABLE = (OSError, ValueError, TypeError, KeyError, AttributeError, ImportError, RecursionError, zlib.error)
"""What reading and writing a cache may fail with: then there is none."""
T = TypeVar("T", Finding, SiteReport)


def default_folder() -> Path | None:
    """The user's cache folder on this platform, None when there is no telling."""
    if sys.platform == "win32":
        stated, usual = os.environ.get("LOCALAPPDATA"), "~/AppData/Local"
    elif sys.platform == "darwin":
        stated, usual = None, "~/Library/Caches"
    else:
        stated, usual = os.environ.get("XDG_CACHE_HOME"), "~/.cache"
    home = os.path.expanduser(stated or usual)
    return Path(home, "flake8-unique-insert") if os.path.isabs(home) else None


@lru_cache(maxsize=1)
def programs() -> str:
    """Stands for the programs that make findings, this package as it is installed."""
    package = Path(__file__).parent
    own: list[Any] = _recorded(package) or sorted(_statuses(package))
    return repr((__version__, platform.python_version(), version("libcst"), own))


def _recorded(package: Path) -> list[str]:
    """The package's files with the digests that its installer has recorded, so that it may be installed again."""
    try:
        found = distribution("flake8-unique-insert")
    except PackageNotFoundError:
        return []
    record = (found.read_text("RECORD") or "").splitlines()
    own = sorted(line for line in record if line.startswith(f"{package.name}/") and _is_source(line.split(",", 1)[0]))
    is_here = Path(str(found.locate_file(package.name))).resolve() == package.resolve()
    return own if is_here else []


def _statuses(package: Path) -> Iterator[tuple[str, str, int, int]]:
    """The package's files with their sizes and times, where it is used from a checkout."""
    for folder, _, names in os.walk(package):
        for name in filter(_is_source, names):
            status = os.stat(os.path.join(folder, name))
            yield os.path.relpath(folder, package), name, status.st_size, status.st_mtime_ns


def _is_source(name: str) -> bool:
    return name.endswith((".py", ".json"))


class ResultCache:
    """The cache as one process uses it. folder: where it is, made when something is kept. options: those of the run."""

    def __init__(self, folder: Path, options: Options) -> None:
        self.folder = folder
        self.options = options._replace(cache_dir="", no_cache=False)
        self._made: dict[tuple[Path, Path | None], Modules] = {}
        self._disk = Disk()
        self._traces: dict[tuple[Modules, str], Trace | None] = {}
        self._ends: dict[Modules, tuple[str, tuple[int, ...]]] = {}
        self._is_prepared = False

    def key(self, kind: type[object], path: str, text: str) -> str:
        """The name of a file's entry, "" when it can have none.

        kind: of what it holds. path: absolute or relative to the working directory. text: as flake8 has it.
        """
        try:
            absolute = Path(path).absolute()
            modules = self._modules_of(absolute)
            places = (absolute, modules.root, repository_of(modules.root), *modules.source_roots, *modules.site_folders)
            parts = [kind.__name__, programs(), repr(self.options), *map(str, places), text]
            return digest("\0".join(parts).encode("utf-8", "surrogatepass"))
        except UNUSABLE:
            return ""

    def get(self, kind: type[T], path: str, key: str) -> list[T] | None:
        """What is kept of a file, None when there are none or when something has changed since."""
        try:
            entry = self._read(key)
            trace = self._trace(self._modules_of(Path(path).absolute()), entry["trace"]) if entry is not None else None
            if entry is None or trace is None or not trace.holds(entry["asked"]):
                return None
            return [kind.of_row(row) for row in entry["found"]]
        except UNUSABLE:
            return None

    def keep(self, path: str, key: str, found: list[T], modules: Modules) -> None:
        """Keep what was found in a file. modules: those of its project, with all that was read of it."""
        if not key or not modules.reads.reliable:
            return
        try:
            self._prepare()
            own = str(Path(path).absolute())
            asked = [[file, question, seal] for (file, question), seal in modules.reads.asked.items() if file != own]
            self._write(key, {"found": [item.row for item in found], "asked": asked, "trace": self._link(modules)})
        except UNUSABLE:
            pass

    def _modules_of(self, path: Path) -> Modules:
        """The modules as the analysis of a file would find them, see `Projects`."""
        root = Path(self.options.project_root) if self.options.project_root else find_root(path)
        return self._modules(root, self._modules(root, None).contested_root(path))

    def _modules(self, root: Path, first_root: Path | None) -> Modules:
        key = root, first_root
        if key not in self._made:
            self._made[key] = Modules.configured(root, self.options, first_root)
        return self._made[key]

    # --- traces

    def _link(self, modules: Modules) -> str:
        """The link that ends the trace of what was asked until now."""
        reads = modules.reads
        parts: tuple[dict[Any, Any], ...] = (
            reads.files,
            reads.modules,
            reads.answers,
            reads.searched,
            reads.searches,
        )
        sizes = tuple(len(part) for part in parts)
        former, known = self._ends.get(modules, ("", (0,) * len(parts)))
        if former and known == sizes:
            return former
        files, names, answers, searched, searches = (
            list(islice(part.items(), start, None)) for part, start in zip(parts, known)
        )
        link = {
            "former": former,
            "listing": modules.tree.digest,
            "files": files,
            "modules": names,
            "answers": [(path, question, seal) for (path, question), seal in answers],
            "searched": [path for path, _ in searched],
            "searches": searches,
        }
        name = digest(json.dumps(link).encode())
        self._write(name, link)
        self._ends[modules] = name, sizes
        return name

    def _trace(self, modules: Modules, end: str) -> Trace | None:
        """The trace that a link ends, None when not all in it is as it was."""
        links: list[tuple[str, dict[str, Any]]] = []
        name = end
        while name and (modules, name) not in self._traces:
            link = self._read(name)
            if link is None:
                return None
            links.append((name, link))
            name = link["former"]
        trace = self._traces[modules, name] if name else Trace(self._disk, None, {})
        for name, link in reversed(links):
            trace = longer(trace, modules, link) if trace is not None else None
            self._traces[modules, name] = trace
        return trace

    # --- files

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _read(self, name: str) -> dict[str, Any] | None:
        """What was written under a name, None when it is gone or damaged."""
        file = self._file(name)
        data = file.read_bytes()
        seal, _, body = data.partition(b"\n")
        if seal != digest(body).encode():
            return None
        if time.time() - file.stat().st_mtime > DAY:
            os.utime(file)  # in use: pruned later
        content = json.loads(zlib.decompress(body))
        return content if isinstance(content, dict) else None

    def _write(self, name: str, content: dict[str, Any]) -> None:
        body = zlib.compress(json.dumps(content).encode(), 1)
        file = self._file(name)
        draft = file.with_suffix(f".{os.getpid()}")
        draft.write_bytes(b"\n".join([digest(body).encode(), body]))
        os.replace(draft, file)

    def _prepare(self) -> None:
        """Make the folder; once a day remove what was not used for long, and more where it grew too large."""
        if self._is_prepared:
            return
        self._is_prepared = True
        tag = self.folder / TAG
        self.folder.mkdir(parents=True, exist_ok=True)
        if not tag.exists() or time.time() - tag.stat().st_mtime > DAY:
            tag.write_text(SIGNATURE, encoding="utf-8")
            for file in self._outlived():
                file.unlink(missing_ok=True)

    def _outlived(self) -> Iterator[Path]:
        """The files to remove, least recently used first."""
        files = sorted((status.st_mtime, status.st_size, file) for file, status in self._statuses())
        excess = sum(size for _, size, _ in files) - MAX_BYTES
        for used, size, file in files:
            if excess > 0 or time.time() - used > MAX_AGE:
                excess -= size
                yield file

    def _statuses(self) -> Iterator[tuple[Path, os.stat_result]]:
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name != TAG and entry.is_file(follow_symlinks=False):
                    yield Path(entry.path), entry.stat()
