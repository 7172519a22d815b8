"""The plugin against an engine that the tests control."""

from __future__ import annotations

import ast
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flake8_unique_insert import plugin
from flake8_unique_insert.engine import Engine
from flake8_unique_insert.findings import Finding
from flake8_unique_insert.options import Options
from flake8_unique_insert.plugin import UniqueInsertPlugin
from flake8_unique_insert.syntax.source import SourceFile

TEXT = "x.save()\n"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(UniqueInsertPlugin, "options", Options(no_cache=True))
    monkeypatch.setattr(UniqueInsertPlugin, "silent_codes", plugin.OFF_BY_DEFAULT)
    plugin._engine.cache_clear()
    yield
    plugin._engine.cache_clear()


def check(text: str, filename: str = "shop/views.py") -> list[tuple[int, int, str]]:
    made = UniqueInsertPlugin(ast.parse(text), text.splitlines(keepends=True), filename)
    return [(line, column, message) for line, column, message, _ in made.run()]


def test_passes_the_buffer_and_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def record(self: Engine, path: str, source: SourceFile) -> list[Finding]:
        seen.append((path, source.text))
        return [Finding(1, 2, "UQI102 a.B"), Finding(1, 2, "UQI301 a.B")]

    monkeypatch.setattr(Engine, "findings", record)
    assert check(TEXT) == [(1, 2, "UQI102 a.B")]
    assert seen == [("shop/views.py", TEXT)]


def test_failure_of_the_engine_is_logged_and_silent(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(self: Engine, path: str, source: SourceFile) -> list[Finding]:
        raise RecursionError("too deep")

    monkeypatch.setattr(Engine, "findings", fail)
    with caplog.at_level(logging.INFO, "flake8_unique_insert"):
        assert check(TEXT) == []
    assert "shop/views.py could not be analysed" in caplog.text


def test_one_engine_for_each_set_of_options() -> None:
    assert plugin._engine(Options()) is plugin._engine(Options())
    assert plugin._engine(Options()) is not plugin._engine(Options(skip=()))


def loaded(folder: Path, module: str) -> bool:
    """Whether a run of flake8 over a folder imports a module."""
    program = (
        "import sys\n"
        "from flake8.main.cli import main\n"
        f"main(['--isolated', '-j1', '--uqi-no-cache', '--select', 'UQI', {str(folder)!r}])\n"
        f"print({module!r} in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1] == "True"


@pytest.mark.parametrize(("text", "expected"), [("x.saved()\n", False), (TEXT, True)])
def test_the_analysis_is_imported_only_for_a_file_that_may_insert(tmp_path: Path, text: str, expected: bool) -> None:
    (tmp_path / "views.py").write_text(text)
    assert loaded(tmp_path, "flake8_unique_insert.analyse") == expected


def test_a_skipped_file_does_not_import_the_analysis(tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text("")
    (tmp_path / "tests.py").write_text(TEXT)
    assert not loaded(tmp_path, "flake8_unique_insert.analyse")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="LibCST knows no statement that this Python does not know")
@pytest.mark.parametrize(("text", "expected"), [("X = int\n", False), ("type X = int\n", True)])
def test_libcst_is_imported_only_for_a_newer_python(tmp_path: Path, text: str, expected: bool) -> None:
    (tmp_path / "manage.py").write_text("")
    (tmp_path / "views.py").write_text(f"from newer import X\n{TEXT}")
    (tmp_path / "newer.py").write_text(text)
    assert loaded(tmp_path, "libcst") == expected
