"""Where installed packages stand: the folders that a project's environment imports from."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

ENVIRONMENTS = (".venv", "venv", "env")


def site_folders(root: Path, stated: Path | None = None) -> tuple[Path, ...]:
    """The site-packages folders to read from, the most specific first.

    stated: an environment, its interpreter, or a site-packages folder that the user named; then nothing else is looked
    at. Otherwise the project's own environments, the active one, and that of the interpreter in use.
    """
    if stated is not None:
        return tuple(_site_packages(_environment_of(root / stated)))
    found: list[Path] = []
    for name in ENVIRONMENTS:
        found.extend(_site_packages(root / name))
    active = os.environ.get("VIRTUAL_ENV")
    if active:
        found.extend(_site_packages(Path(active)))
    found.extend(_interpreter())
    return tuple(dict.fromkeys(found))


def _environment_of(path: Path) -> Path:
    """The environment that an interpreter belongs to, any other path as it is."""
    return path.parent.parent if path.parent.name in ("bin", "Scripts") else path


def _site_packages(environment: Path) -> Iterator[Path]:
    if environment.name in ("site-packages", "dist-packages"):
        yield environment
        return
    try:
        if not environment.is_dir():
            return
        yield from sorted(environment.glob("lib/python*/site-packages"))
        windows = environment / "Lib" / "site-packages"
        if windows.is_dir():
            yield windows
    except OSError:
        return


def _interpreter() -> Iterator[Path]:
    for name in ("purelib", "platlib"):
        found = sysconfig.get_paths().get(name)
        if found:
            yield Path(found)
    for entry in sys.path:
        if entry.endswith(("site-packages", "dist-packages")):
            yield Path(entry)
