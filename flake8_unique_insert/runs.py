"""Analyses of single functions, each run once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from flake8_unique_insert import django_names
from flake8_unique_insert.callers import ENTRY_POINTS
from flake8_unique_insert.class_users import owner_of
from flake8_unique_insert.code_store import CodeStore
from flake8_unique_insert.evaluate.calls.protections import of_decorators
from flake8_unique_insert.evaluate.calls.wrappers import answers_errors
from flake8_unique_insert.evaluate.frame import MAX_DEPTH, Analysis, BudgetExceeded, Frame, Unreachable
from flake8_unique_insert.evaluate.interpreter import Interpreter
from flake8_unique_insert.evaluate.parameters import entry_state, is_view
from flake8_unique_insert.evaluate.rows.writes import Protection, Records, Unresolved, Write
from flake8_unique_insert.evaluate.slices import to_writes
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.evaluate.transfer import run
from flake8_unique_insert.flow.graph import Graph
from flake8_unique_insert.flow.slice import Slice
from flake8_unique_insert.prefilter import may_insert
from flake8_unique_insert.project import Project
from flake8_unique_insert.record import record
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol
from flake8_unique_insert.syntax.source import SourceFile, UnreadableSource
from flake8_unique_insert.syntax.summary import FunctionSummary

LOG = logging.getLogger(__name__)
FIRST_LOOK = 1
OUTSIDE = frozenset({"__init__", "as_view", "dispatch", "setup"})
"""Methods of a view whose errors DRF does not hand to `handle_exception()`."""
Look = tuple[list[Write], dict[str, set[str]]]
"""The writes of a function; by name the dotted names of what it calls, "" where that is not known."""


@record
class Settings:
    """What of the options the analysis needs: names of fresh values' callables and of what handles IntegrityError.

    tests: whether the methods of test cases are analysed.
    """

    generators: frozenset[str]
    handlers: frozenset[str]
    atomic_requests: bool = False
    tests: bool = False


class Runs:
    """The analyses of the functions of one file, and of those that call them.

    caller_steps: the work that went into analyses with all calls.
    """

    def __init__(self, settings: Settings, project: Project, module: str, source: SourceFile) -> None:
        self.settings = settings
        self.module = module
        self.source = source
        self.store = CodeStore(project, module, source)
        self.analysis = Analysis(project, self.store, settings.generators)
        self.caller_steps = 0
        self._looks: dict[tuple[FunctionSymbol, int], tuple[list[Write], list[Unresolved]]] = {}
        self._writes: dict[FunctionSymbol, Look] = {}
        self._inherited: dict[tuple[FunctionSymbol, ClassSymbol], list[Write]] = {}

    @cached_property
    def functions(self) -> list[FunctionSymbol]:
        """The file's functions with calls that may write, by their text."""
        found = []
        for owner, summary in self.source.summary.functions:
            if may_insert(self.source.segment(summary)):
                prefix = f"{owner.qualname}." if owner is not None else ""
                function = FunctionSymbol(self.module, f"{prefix}{summary.name}", summary)
                if owner is None or self.settings.tests or not self._is_test(function):
                    found.append(function)
        return found

    def _is_test(self, method: FunctionSymbol) -> bool:
        """True for a method of a test case, whatever its file is called."""
        owner = owner_of(method)
        return owner is not None and any(base.endswith("TestCase") for base in self.analysis.lookup.bases(owner))

    @cached_property
    def writing(self) -> frozenset[str]:
        """The names of these functions."""
        return frozenset(function.summary.name for function in self.functions)

    def look(self, function: FunctionSymbol, depth: int = FIRST_LOOK) -> tuple[list[Write], list[Unresolved]]:
        """The writes of a function and of what it calls, and its calls of unknown models. depth: of calls followed.

        Only what leads to calls that may write, or of this file's functions with such calls, is analysed.
        """
        key = function, depth
        if key not in self._looks:
            within = self.slice(function, lambda graph: to_writes(graph, self.writing))
            self._looks[key] = self._attempt(function, depth, within), self.analysis.records.unresolved
        return self._looks[key]

    def writes(self, function: FunctionSymbol) -> list[Write]:
        """All writes of a function and of what it calls, when nothing is known of its own callers."""
        return self.whole(function)[0]

    def whole(self, function: FunctionSymbol) -> Look:
        """The same, with what it calls."""
        if function not in self._writes:
            self._writes[function] = self.counted(function, None)
        return self._writes[function]

    def is_known(self, function: FunctionSymbol) -> bool:
        """True when a whole function was analysed already."""
        return function in self._writes

    def of_heir(self, method: FunctionSymbol, heir: ClassSymbol) -> list[Write]:
        """The writes of a method whose `self` is of a class that inherits it."""
        if owner_of(method) == heir:
            return self.writes(method)
        if (method, heir) not in self._inherited:
            self._inherited[method, heir] = self.counted(method, None, heir)[0]
        return self._inherited[method, heir]

    def counted(self, function: FunctionSymbol, within: Slice | None, heir: ClassSymbol | None = None) -> Look:
        """An analysis with all calls, within the budget for callers. heir: the class of `self`, if not its own."""
        self.analysis.writing = self.writing - ENTRY_POINTS
        look = self._attempt(function, within=within, heir=heir), self.analysis.called
        self.analysis.writing = frozenset()
        self.caller_steps += self.analysis.steps
        return look

    def slice(self, function: FunctionSymbol, choose: Callable[[Graph], Slice | None]) -> Slice | None:
        """What is chosen of a function; None is all of it."""
        try:
            code = self.store.code(function)
            graph = self.store.graph(code) if code is not None else None
        except (RecursionError, UnreadableSource):  # which the analysis of all of it reports
            return None
        return choose(graph) if graph is not None else None

    def module_writes(self) -> list[Write]:
        """The writes of the file outside of functions."""
        code = self.source.skeleton
        graph = self.store.graph(code)
        if graph is None:
            return []
        try:
            return self._record(Frame(self.module, None, code, (0,), (), ()), graph, State)
        except (BudgetExceeded, RecursionError):
            return []

    def _attempt(
        self,
        function: FunctionSymbol,
        depth: int = MAX_DEPTH,
        within: Slice | None = None,
        heir: ClassSymbol | None = None,
    ) -> list[Write]:
        self.analysis.max_depth = depth
        try:
            return self._run(function, within, heir)
        except (BudgetExceeded, RecursionError, UnreadableSource) as error:
            LOG.info("%s not analysed (%s)", function.dotted, type(error).__name__)
            return []
        finally:
            self.analysis.max_depth = MAX_DEPTH

    def _run(self, function: FunctionSymbol, within: Slice | None, heir: ClassSymbol | None) -> list[Write]:
        code = self.store.code(function)
        graph = self.store.graph(code) if code is not None else None
        if code is None or graph is None:
            return []
        path = (self.analysis.point(function.dotted),)
        frame = Frame(function.module, owner_of(function), code, path, (), (function.dotted,))
        frame = replace(frame, outer=self._decorators(frame, function.summary))
        ev = Interpreter(self.analysis, frame, State())
        return self._record(frame, graph, lambda: entry_state(ev, function.summary, heir), within)

    def _decorators(self, frame: Frame, function: FunctionSummary) -> tuple[Protection, ...]:
        ev = Interpreter(self.analysis, frame, State())
        body = frame.code.body if frame.code is not None else ()
        found = of_decorators(ev, function, body)
        if self.settings.atomic_requests and is_view(self.analysis.lookup, frame.owner, function):
            found = (Protection("atomic", "ATOMIC_REQUESTS"), *found)
        if function.name in django_names.IN_ADMIN_TRANSACTION and _is_admin(self.analysis, frame.owner):
            found = (Protection("atomic", "changeform_view"), *found)
        view = frame.owner if function.name not in OUTSIDE else None
        if view is not None and answers_errors(self.analysis, view):
            found = (Protection("handler", "handle_exception", True), *found)
        return found

    def _record(
        self, frame: Frame, graph: Graph, start: Callable[[], State], within: Slice | None = None
    ) -> list[Write]:
        self.analysis.records = records = Records()
        self.analysis.called = {}
        self.analysis.steps = 0
        self.analysis.solved.clear()
        try:
            state = start()
            self.analysis.recording = True
            run(Interpreter(self.analysis, frame, state), frame, graph, state, within)
        except Unreachable:
            pass
        finally:
            self.analysis.recording = False
        return records.writes


def _is_admin(analysis: Analysis, owner: ClassSymbol | None) -> bool:
    bases = analysis.lookup.bases(owner) if owner is not None else ()
    return any(base.rpartition(".")[2] == "ModelAdmin" for base in bases)
