"""Runs the linter's engine on an example, in a project directory of its own, and compares with the marks."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flake8_unique_insert.engine import Engine
from flake8_unique_insert.options import Options
from flake8_unique_insert.syntax.source import SourceFile
from tests.real_django import write_files
from tests.rules.documents import Case, Mark

RACE = "UQI301"


def found(case: Case) -> set[tuple[str, int, str]]:
    """File, line and code of every finding in the example."""
    with tempfile.TemporaryDirectory(prefix="shop-") as directory:
        root = Path(directory)
        write_files(root, case.files)
        engine = Engine(Options(atomic_requests=case.script.expects("atomic requests")))
        return {
            (name, finding.line, finding.code)
            for name, text in case.files.items()
            for finding in engine.check(str(root / name), SourceFile(text))
        }


def expected(case: Case, kinds: tuple[str, ...]) -> set[tuple[str, int, str]]:
    return {(mark.file, mark.line, mark.code) for mark in case.marks() if mark.kind in kinds}


def differences(case: Case) -> tuple[list[str], list[str]]:
    """Where the engine contradicts the marks, and which todo marks are fixed and must go."""
    seen = found(case)
    if case.page != RACE:
        seen = {entry for entry in seen if entry[2] != RACE}
    marked = {mark for mark in case.marks() if case.page == RACE or mark.code != RACE}
    wanted = {_where(mark) for mark in marked if mark.kind == "error"}
    missed = {_where(mark) for mark in marked if mark.kind == "todo-error"}
    false = {_where(mark) for mark in marked if mark.kind == "todo-ok"}
    wrong = [f"missed alarm: {_shown(entry)}" for entry in sorted(wanted - seen)]
    wrong += [f"false alarm: {_shown(entry)}" for entry in sorted(seen - wanted - missed - false)]
    fixed = [f"now found, mark it `error`: {_shown(entry)}" for entry in sorted(missed & seen)]
    fixed += [f"no longer found, drop `todo-ok`: {_shown(entry)}" for entry in sorted(false - seen)]
    return wrong, fixed


def _where(mark: Mark) -> tuple[str, int, str]:
    return mark.file, mark.line, mark.code


def _shown(entry: tuple[str, int, str]) -> str:
    return f"{entry[0]}:{entry[1]} {entry[2]}"
