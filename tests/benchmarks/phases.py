"""Where the plugin's own time goes on a checkout: `python -m tests.benchmarks.phases FOLDER`, printed as JSON.

Runs in a process of its own, without flake8. Counted as flake8 would see it: each file's text and syntax tree are
there already. Phases exclude each other:

- start: importing the analysis;
- filter: path and text of every file;
- parse: text to statements;
- index: modules, summaries and models, their text read from disk;
- flow: what is left of the analysis: graphs, values, facts, guards, rules.
"""

from __future__ import annotations

import ast
import functools
import inspect
import json
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import process_time
from typing import Any
from unittest.mock import patch

from flake8_unique_insert.options import Options
from flake8_unique_insert.scope import is_analysed
from tests.benchmarks.checkouts import Checkout


class Clock:
    """CPU time by phase; a phase that is entered stops the one around it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = dict.fromkeys(("start", "filter", "parse", "index", "flow"), 0.0)
        self._running: list[str] = []
        self._since = 0.0

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count the time inside the `with` statement for this phase."""
        self._note()
        self._running.append(name)
        try:
            yield
        finally:
            self._note()
            self._running.pop()

    def _note(self) -> None:
        now = process_time()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with its time counted for this phase."""

        @functools.wraps(function)
        def wrapper(*arguments: Any, **named: Any) -> Any:
            if self._running and self._running[-1] == name:
                return function(*arguments, **named)
            with self.phase(name):
                return function(*arguments, **named)

        return wrapper


@dataclass(slots=True)
class Survey:
    """A checkout as the plugin sees it. `seconds` holds CPU time by phase.

    `inserting` and `plain`: the files that stand for one changed file with and without insert calls, the one with the
    most imports of each kind; empty when there is none.
    """

    files: int = 0
    lines: int = 0
    analysed_files: int = 0
    analysed_lines: int = 0
    findings: int = 0
    inserting: str = ""
    plain: str = ""
    modules: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


def survey(checkout: Checkout) -> Survey:
    """Analyse a checkout's files one after another, as one flake8 process does."""
    clock, options, found = Clock(), Options(), Survey()
    with clock.phase("start"):
        from flake8_unique_insert.engine import Engine
        from flake8_unique_insert.syntax.source import SourceFile
    _instrument(clock)
    engine, most = Engine(options), {True: -1, False: -1}
    for path in checkout.files():
        text = path.read_text(encoding="utf-8", errors="replace")
        tree = _tree(text)
        with clock.phase("filter"):
            chosen = is_analysed(str(path), text, options)
        lines = text.count("\n")
        found.files, found.lines = found.files + 1, found.lines + lines
        imports = sum(line.lstrip().startswith(("import ", "from ")) for line in text.splitlines())
        if imports > most[chosen]:
            most[chosen] = imports
            setattr(found, "inserting" if chosen else "plain", str(path.relative_to(checkout.folder)))
        if chosen:
            found.analysed_files, found.analysed_lines = found.analysed_files + 1, found.analysed_lines + lines
            with clock.phase("flow"):
                found.findings += len(engine.check(str(path), SourceFile(text, tree)))
    found.seconds = clock.seconds
    if found.inserting:
        found.modules = _modules_read(checkout.folder / found.inserting)
    return found


def _tree(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


def _instrument(clock: Clock) -> None:
    """Have the entrances to the phases count their time."""
    from flake8_unique_insert.callers import Callers
    from flake8_unique_insert.project import Project
    from flake8_unique_insert.syntax import source

    for name in ("parse", "read_statements", "without_bodies"):
        setattr(source, name, clock.timed("parse", getattr(source, name)))
    for owner in (Project, Callers):
        for name, member in list(vars(owner).items()):
            if inspect.isfunction(member) and not name.startswith("_") and not inspect.isgeneratorfunction(member):
                setattr(owner, name, clock.timed("index", member))


def _modules_read(path: Path) -> int:
    """How many modules with a source are read for one file by itself."""
    from flake8_unique_insert.engine import Engine
    from flake8_unique_insert.project.summaries import Summaries
    from flake8_unique_insert.syntax.source import SourceFile

    read: set[str] = set()
    of = Summaries.of

    def counting(self: Summaries, module: str) -> Any:
        summary = of(self, module)
        if summary is not None:
            read.add(module)
        return summary

    with patch.object(Summaries, "of", counting):
        Engine(Options()).check(str(path), SourceFile.read(path))
    return len(read)


def main(arguments: list[str]) -> int:
    """Print the survey of one folder."""
    folder = Path(arguments[0]).absolute()
    json.dump(asdict(survey(Checkout(folder.name, folder))), sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
