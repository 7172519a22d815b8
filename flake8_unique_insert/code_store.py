"""The functions of a project, parsed, with their graphs."""

from __future__ import annotations

from collections.abc import Callable

from flake8_unique_insert.flow.build import TooLarge, build
from flake8_unique_insert.flow.graph import Graph
from flake8_unique_insert.project import Project
from flake8_unique_insert.schema import FunctionSymbol
from flake8_unique_insert.syntax.source import ParsedCode, SourceFile, UnreadableSource, parse_function

MAX_SHARED = 256
"""How many functions a process keeps parsed for the files that come next: more costs memory, and hardly saves time."""


SHARED: dict[tuple[str, str, int], tuple[ParsedCode, Graph | None]] = {}
"""They and their graphs, the latest last; by dotted name, which tells apart those of the same text, text and line."""


def read_function(key: tuple[str, str, int], read: Callable[[], ParsedCode]) -> tuple[ParsedCode, Graph | None] | None:
    """A function and its graph, None when it cannot be parsed. key: as in SHARED. read: for one that is not there."""
    found = SHARED.pop(key, None)
    if found is None:
        try:
            code = read()
        except UnreadableSource:
            return None
        found = code, _graph(code)
        if len(SHARED) == MAX_SHARED:
            del SHARED[next(iter(SHARED))]
    SHARED[key] = found
    return found


def _graph(code: ParsedCode) -> Graph | None:
    try:
        return build(code.body)
    except (TooLarge, RecursionError):
        return None


class CodeStore:
    """Functions and their graphs, the same ones for all of a file's analysis. source: the file, of the module."""

    def __init__(self, project: Project, module: str, source: SourceFile) -> None:
        self.project = project
        self._module = module
        self._source = source
        self._codes: dict[str, ParsedCode | None] = {}
        self._graphs: dict[int, tuple[ParsedCode, Graph | None]] = {}

    def code(self, symbol: FunctionSymbol) -> ParsedCode | None:
        """A function of the project; None for installed packages and for what cannot be parsed."""
        if symbol.dotted not in self._codes:
            self._codes[symbol.dotted] = self._parse(symbol)
        return self._codes[symbol.dotted]

    def _parse(self, symbol: FunctionSymbol) -> ParsedCode | None:
        text = self.project.function_source(symbol) if self.project.is_own(symbol.module) else ""
        if not text:
            return None
        first = symbol.summary.first_line

        def read() -> ParsedCode:
            is_of_file = symbol.module == self._module
            return self._source.function(symbol.summary) if is_of_file else parse_function(text, first)

        found = read_function((symbol.dotted, text, first), read)
        if found is None:
            return None
        code, graph = found
        self._graphs[id(code.body)] = code, graph
        return code

    def is_own(self, module: str) -> bool:
        """True for the project's own modules, False for those of installed packages."""
        return self.project.is_own(module)

    def graph(self, code: ParsedCode) -> Graph | None:
        """A function's graph; None when it is too large or nested too deeply."""
        key = id(code.body)
        if key not in self._graphs:
            self._graphs[key] = code, _graph(code)
        return self._graphs[key][1]
