"""The functions of one file, analysed one by one."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import Analysis, BudgetExceeded, Frame, Unreachable
from flake8_unique_insert.evaluate.parameters import entry_state
from flake8_unique_insert.evaluate.protections import of_named
from flake8_unique_insert.evaluate.state import State
from flake8_unique_insert.evaluate.transfer import run
from flake8_unique_insert.evaluate.writes import Protection, Write
from flake8_unique_insert.flow.build import TooLarge, build
from flake8_unique_insert.flow.graph import Graph
from flake8_unique_insert.guards import guard_of
from flake8_unique_insert.prefilter import may_insert
from flake8_unique_insert.project import Project
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol, UniqueKey
from flake8_unique_insert.sites.site import InsertSite, site_of
from flake8_unique_insert.syntax.source import ParsedCode, SourceFile, UnreadableSource
from flake8_unique_insert.syntax.summary import ClassSummary, FunctionSummary

if TYPE_CHECKING:
    from flake8_unique_insert.engine import Engine

LOG = logging.getLogger(__name__)


class CodeStore:
    """Functions' CSTs and graphs, each made once."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._codes: dict[str, ParsedCode | None] = {}
        self._graphs: dict[int, tuple[ParsedCode, Graph | None]] = {}

    def code(self, symbol: FunctionSymbol) -> ParsedCode | None:
        """The CST of a function of the project; None for installed packages and for what cannot be parsed."""
        if symbol.dotted not in self._codes:
            self._codes[symbol.dotted] = self._parse(symbol)
        return self._codes[symbol.dotted]

    def _parse(self, symbol: FunctionSymbol) -> ParsedCode | None:
        source = self.project.source(symbol.module)
        if source is None or not self.project.is_own(symbol.module):
            return None
        try:
            return source.function(symbol.summary)
        except UnreadableSource:
            return None

    def is_own(self, module: str) -> bool:
        """True for the project's own modules, False for those of installed packages."""
        return self.project.is_own(module)

    def graph(self, code: ParsedCode) -> Graph | None:
        """A function's graph; None when it is too large or nested too deeply."""
        key = id(code.body)
        if key not in self._graphs:
            try:
                self._graphs[key] = code, build(code.body)
            except (TooLarge, RecursionError):
                self._graphs[key] = code, None
        return self._graphs[key][1]


class FileAnalysis:
    """One file: its functions of interest and the insert sites in them."""

    def __init__(self, engine: Engine, project: Project, module: str, source: SourceFile) -> None:
        self.engine = engine
        self.project = project
        self.module = module
        self.source = source
        self.store = CodeStore(project)
        self.analysis = Analysis(project, self.store, engine.generators)

    def sites(self) -> Iterator[InsertSite]:
        """Every site of the file, in the order of its functions."""
        for owner, function in self.source.summary.functions():
            if may_insert(self.source.segment(function)):
                yield from self._guarded(owner, function)
        if may_insert(self.source.skeleton.module.code):
            yield from self._judge(self._run_module())

    def _guarded(self, owner: ClassSummary | None, function: FunctionSummary) -> Iterator[InsertSite]:
        try:
            yield from self._judge(self._run_function(owner, function))
        except (BudgetExceeded, RecursionError, UnreadableSource) as error:
            LOG.info("%s: %s not analysed (%s)", self.module, function.name, type(error).__name__)

    def _judge(self, writes: list[Write]) -> Iterator[InsertSite]:
        """The sites of writes in this file's own text; what a followed function writes is its own file's matter."""
        for write in writes:
            if not write.stack and write.model.managed and write.model.keys:
                yield site_of(self.analysis, write, self._guard)

    def _guard(self, analysis: Analysis, write: Write, key: UniqueKey) -> str | None:
        return guard_of(analysis, write, key, self.engine.handlers)

    def _run_function(self, owner: ClassSummary | None, function: FunctionSummary) -> list[Write]:
        code = self.source.function(function)
        graph = self.store.graph(code)
        if graph is None:
            return []
        symbol = ClassSymbol(self.module, owner.qualname) if owner is not None else None
        name = f"{symbol.dotted if symbol else self.module}.{function.name}"
        frame = Frame(self.module, symbol, code, (function.line,), (), (name,))
        frame = Frame(self.module, symbol, code, (function.line,), (), (name,), self._decorators(frame, function))
        return self._record(frame, graph, entry_state(self.analysis, frame, function))

    def _decorators(self, frame: Frame, function: FunctionSummary) -> tuple[Protection, ...]:
        ev = Evaluator(self.analysis, frame, State())
        return tuple(of_named(ev, decorator) for decorator in function.decorators)

    def _run_module(self) -> list[Write]:
        code = self.source.skeleton
        graph = self.store.graph(code)
        if graph is None:
            return []
        return self._record(Frame(self.module, None, code, (0,), (), ()), graph, State())

    def _record(self, frame: Frame, graph: Graph, start: State) -> list[Write]:
        self.analysis.writes = []
        self.analysis.steps = 0
        self.analysis.recording = True
        try:
            run(self.analysis, frame, graph, start)
        except Unreachable:
            pass
        finally:
            self.analysis.recording = False
        return self.analysis.writes
