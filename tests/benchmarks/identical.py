"""Whether cutting the source text changes findings: `python -m tests.benchmarks.identical CHECKOUT ...`.

Each checkout is analysed twice: as always, from text without function bodies and from single functions, and with every
file read as one whole CST. Differences are printed; the exit code is 1 when there are any.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from unittest.mock import patch

import libcst as cst

from flake8_unique_insert.engine import Engine
from flake8_unique_insert.options import Options
from flake8_unique_insert.scope import is_analysed
from flake8_unique_insert.syntax import source
from flake8_unique_insert.syntax.source import ParsedCode, SourceFile, UnreadableSource
from flake8_unique_insert.syntax.summary import FunctionSummary
from tests.benchmarks.checkouts import Checkout

Place = tuple[str, int, int, str]


class WholeSource(SourceFile):
    """A source file of which nothing is cut: the CST is the whole file's, and functions are nodes of it."""

    @cached_property
    def tree(self) -> None:  # without a syntax tree nothing is cut
        """None: the lines of definitions are measured in the CST too."""
        return None

    @cached_property
    def skeleton_text(self) -> str:
        """What stands outside of functions, where text is only searched."""
        return SourceFile(self.text).skeleton_text

    @cached_property
    def _functions(self) -> dict[tuple[str, int], cst.FunctionDef]:
        code = self.skeleton
        lines = {node: where[0] for node, where in code.positions().items() if isinstance(node, cst.FunctionDef)}
        return {(node.name.value, line): node for node, line in lines.items()}

    def function(self, function: FunctionSummary) -> ParsedCode:
        """The function's node in the whole file."""
        node = self._functions.get((function.name, function.line))
        if node is None:
            raise UnreadableSource(f"no function at line {function.line}")
        return ParsedCode(self.skeleton.module, node, self.skeleton.lines)


@contextmanager
def uncut() -> Iterator[None]:
    """Every file that is read inside the `with` statement is read whole."""
    with patch.object(source, "SourceFile", WholeSource):
        yield


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
    """How many findings there are without cutting, and each that only one way gives."""
    cut = findings(checkout)
    with uncut():
        whole = findings(checkout)
    shown = [f"only when cut: {place}" for place in sorted(cut - whole)]
    return len(whole), shown + [f"only when whole: {place}" for place in sorted(whole - cut)]


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
