"""`audit`: every insert site into a model with unique keys, reported or not."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from flake8_unique_insert.cached_engine import CachedEngine
from flake8_unique_insert.cli.walk import python_files
from flake8_unique_insert.findings import SiteReport
from flake8_unique_insert.options import Options
from flake8_unique_insert.scope import is_analysed
from flake8_unique_insert.syntax.source import SourceFile, UnreadableSource

LOG = logging.getLogger(__name__)


def run(paths: Iterable[str], format: str, options: Options, out: TextIO) -> int:
    """Print the insert sites below the paths as JSON or as lines of text. Raises InvalidOption for a missing path.

    File names are relative to the working directory where they lie below it; columns count from 1, as flake8's do.
    """
    reports = [_as_shown(path, report) for path, report in _reports(paths, options)]
    if format == "json":
        json.dump(reports, out, indent=1)
        out.write("\n")
    else:
        for report in reports:
            out.write(f"{_line(report)}\n")
    return 0


def _reports(paths: Iterable[str], options: Options) -> Iterator[tuple[Path, SiteReport]]:
    engine = CachedEngine(options)
    for path in python_files(paths):
        try:
            text = SourceFile.read(path).text
        except UnreadableSource as error:
            LOG.warning("%s", error)
            continue
        if is_analysed(str(path), text, options):
            for report in _of_file(engine, path, text):
                yield path, report


def _of_file(engine: CachedEngine, path: Path, text: str) -> list[SiteReport]:
    """The reports of one file. Never raises: what cannot be parsed is told."""
    try:
        return engine.reports(str(path), text)
    except UnreadableSource as error:
        LOG.warning("%s: %s", path, error)
    except Exception:
        LOG.info("%s: not analysed", path, exc_info=True)
    return []


def _as_shown(path: Path, report: SiteReport) -> dict[str, object]:
    return {"file": _shown(path), **asdict(report), "column": report.column + 1}


def _shown(path: Path) -> str:
    absolute, here = path.absolute(), Path.cwd()
    return (absolute.relative_to(here) if absolute.is_relative_to(here) else absolute).as_posix()


def _line(report: dict[str, object]) -> str:
    keys = report["keys"]
    assert isinstance(keys, tuple)
    shown = "; ".join(f"({', '.join(key)})" for key in keys)
    place = f"{report['file']}:{report['line']}:{report['column']}"
    what = f"{report['verdict']}{' ' if report['code'] else ''}{report['code']}"
    return f"{place}: {what}: {report['model']}.{report['call']}{' ' if shown else ''}{shown}: {report['why']}"
