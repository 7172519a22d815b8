"""Whether the means to be fast change findings: `python -m tests.benchmarks.identical CHECKOUT ...`.

Each checkout is analysed as always, by the interpreter's own parser and with looks at slices of functions, then with
every file and function read by LibCST, then with whole functions looked at. Differences are printed; the exit code is 1
when there are any.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from unittest.mock import patch

from flake8_unique_insert import caller_guards, code_store, runs
from flake8_unique_insert.engine import Engine
from flake8_unique_insert.evaluate.states import state
from flake8_unique_insert.flow.graph import Graph
from flake8_unique_insert.options import Options
from flake8_unique_insert.scope import is_analysed
from flake8_unique_insert.syntax import source
from flake8_unique_insert.syntax.source import UnreadableSource
from tests.benchmarks.checkouts import Checkout

Place = tuple[str, int, int, str]


@contextmanager
def by_libcst() -> Iterator[None]:
    """Inside the `with` statement the interpreter's own parser reads no file: LibCST reads all, and nothing is cut."""
    code_store.SHARED.clear()
    with patch.object(source, "parse", lambda text: None):
        yield
    code_store.SHARED.clear()


@contextmanager
def by_whole_functions() -> Iterator[None]:
    """Inside the `with` statement looks at functions and at their callers leave out no statement and no name."""
    code_store.SHARED.clear()
    whole_callers = patch.object(caller_guards, "to_calls", _all)
    with whole_callers, patch.object(runs, "to_writes", _all), patch.object(state, "forgotten", lambda dead: ()):
        yield
    code_store.SHARED.clear()


def _all(graph: Graph, names: frozenset[str]) -> None:
    """No slice."""


WAYS = {"LibCST": by_libcst, "whole functions": by_whole_functions}


def findings(checkout: Checkout) -> set[Place]:
    """Path, line, column and text of every finding, race findings included."""
    engine = Engine(Options())
    found: set[Place] = set()
    for path in checkout.files():
        try:
            file = source.SourceFile.read(path)
        except UnreadableSource:
            continue
        if is_analysed(str(path), file.text, engine.options):
            name = path.relative_to(checkout.folder).as_posix()
            found.update((name, item.line, item.column, item.text) for item in engine.check(str(path), file))
    return found


def differences(checkout: Checkout) -> tuple[int, list[str]]:
    """How many findings there are, and each that only one way gives."""
    ours = findings(checkout)
    return len(ours), [line for name, way in WAYS.items() for line in _compared(checkout, ours, name, way())]


def _compared(checkout: Checkout, ours: set[Place], name: str, way: AbstractContextManager[None]) -> Iterator[str]:
    with way:
        theirs = findings(checkout)
    yield from (f"not by {name}: {place}" for place in sorted(ours - theirs))
    yield from (f"only by {name}: {place}" for place in sorted(theirs - ours))


def main(arguments: list[str]) -> int:
    """Compare on each checkout named."""
    failed = False
    for path in map(Path, arguments):
        count, different = differences(Checkout(path.name, path.resolve()))
        print(f"{path.name}: {count} findings, {len(different)} differences", *different, sep="\n  ", flush=True)
        failed = failed or bool(different)
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
