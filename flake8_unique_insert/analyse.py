"""The functions of one file, analysed one by one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property

from flake8_unique_insert.callers import ENTRY_POINTS, Callers, may_bind
from flake8_unique_insert.class_users import hands_on, owner_of, saves
from flake8_unique_insert.code_store import CodeStore
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import MAX_DEPTH, Analysis, BudgetExceeded, Frame, Unreachable
from flake8_unique_insert.evaluate.handed_on import BEFORE
from flake8_unique_insert.evaluate.parameters import answers_errors, entry_state, is_view
from flake8_unique_insert.evaluate.protections import of_named
from flake8_unique_insert.evaluate.slices import to_calls, to_writes
from flake8_unique_insert.evaluate.state import State
from flake8_unique_insert.evaluate.terms import is_of_parameter
from flake8_unique_insert.evaluate.transfer import run
from flake8_unique_insert.evaluate.writes import Protection, Records, Unresolved, Write
from flake8_unique_insert.flow.graph import Block, Graph
from flake8_unique_insert.flow.slice import Slice
from flake8_unique_insert.guards import guard_of
from flake8_unique_insert.prefilter import may_insert
from flake8_unique_insert.project import Project
from flake8_unique_insert.record import record
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol, UniqueKey
from flake8_unique_insert.sites.risk import repeats_under_new_row
from flake8_unique_insert.sites.site import InsertSite, site_of
from flake8_unique_insert.syntax.expressions import Call, called_name
from flake8_unique_insert.syntax.source import SourceFile, UnreadableSource
from flake8_unique_insert.syntax.statements import inside
from flake8_unique_insert.syntax.summary import FunctionSummary

LOG = logging.getLogger(__name__)
MAX_CALLER_DEPTH = 2
MAX_CALLER_STEPS = (120_000, 40_000)
"""How much of one file's analysis may go into its functions' callers: direct ones, and the callers of those."""
FIRST_LOOK = 1
Look = tuple[list[Write], dict[str, set[str]]]
"""The writes of a function; by name the dotted names of what it calls, "" where that is not known."""


@record
class Settings:
    """What of the options the analysis needs: names of fresh values' callables and of what handles IntegrityError."""

    generators: frozenset[str]
    handlers: frozenset[str]
    atomic_requests: bool = False


class FileAnalysis:
    """One file: its functions of interest and the insert sites in them."""

    def __init__(self, settings: Settings, project: Project, module: str, source: SourceFile, callers: Callers) -> None:
        self.settings = settings
        self.module = module
        self.source = source
        self.callers = callers
        self.store = CodeStore(project, module, source)
        self.analysis = Analysis(project, self.store, settings.generators)
        self.caller_steps = 0
        self.unresolved: list[Unresolved] = []
        self._looks: dict[tuple[FunctionSymbol, int], tuple[list[Write], list[Unresolved]]] = {}
        self._caller_looks: dict[tuple[FunctionSymbol, frozenset[tuple[Block, int]]], Look] = {}
        self._writes: dict[FunctionSymbol, Look] = {}
        self._assumed: dict[tuple[FunctionSymbol, FunctionSymbol], list[Write]] = {}
        self._inherited: dict[tuple[FunctionSymbol, ClassSymbol], list[Write]] = {}

    def sites(self) -> Iterator[InsertSite]:
        """Every site of the file, in the order of its functions; `unresolved` gets the calls of unknown models."""
        for function in self._functions:
            yield from self._function_sites(function)
        if may_insert(self.source.without_bodies()):
            yield from self._judge(self._module_writes(), None)
            self.unresolved.extend(self.analysis.records.unresolved)

    @cached_property
    def _functions(self) -> list[FunctionSymbol]:
        """The file's functions with calls that may write, by their text."""
        found = []
        for owner, summary in self.source.summary.functions():
            if may_insert(self.source.segment(summary)):
                prefix = f"{owner.qualname}." if owner is not None else ""
                found.append(FunctionSymbol(self.module, f"{prefix}{summary.name}", summary))
        return found

    @cached_property
    def _writing(self) -> frozenset[str]:
        """The names of these functions."""
        return frozenset(function.summary.name for function in self._functions)

    def _function_sites(self, function: FunctionSymbol) -> list[InsertSite]:
        """A function's sites: at a first look with its direct calls only, with theirs where that leaves a finding."""
        writes, unresolved = self._look(function)
        sites = list(self._judge(writes, None))
        if any(site.unguarded for site in sites):
            sites = list(self._judge(self.writes(function), function))
        return [*sites, *self._seen_from_callers(function, unresolved)]

    def _look(self, function: FunctionSymbol, depth: int = FIRST_LOOK) -> tuple[list[Write], list[Unresolved]]:
        """The writes of a function and of what it calls, and its calls of unknown models. depth: of calls followed.

        Only what leads to calls that may write, or of this file's functions with such calls, is analysed.
        """
        key = function, depth
        if key not in self._looks:
            within = self._slice(function, lambda graph: to_writes(graph, self._writing))
            self._looks[key] = self._attempt(function, depth, within), self.analysis.records.unresolved
        return self._looks[key]

    def _judge(self, writes: list[Write], function: FunctionSymbol | None) -> Iterator[InsertSite]:
        """The sites of writes in this file's own text; what a followed function writes is its own file's matter."""
        for write in writes:
            if write.stack or not write.model.managed or self._is_never_called(write):
                continue
            site = self._site(write)
            if site.unguarded and self._is_safe_for_callers(site, writes, function):
                site = site.guarded_by_callers()
            yield site

    def _is_never_called(self, write: Write) -> bool:
        """True in a nested function that nothing which can be reached refers to."""
        return write.nested is not None and write.nested not in self.analysis.nested_used

    def _is_safe_for_callers(self, site: InsertSite, writes: list[Write], function: FunctionSymbol | None) -> bool:
        write = site.write
        if write.nested is not None and self._is_safe_where_called(write, writes):
            return True
        if function is None:
            return False
        if any(repeats_under_new_row(self.analysis, write, key) for key in site.unguarded):
            return self._callers_guard(function, write, 0, handling=True)
        return self._callers_guard(function, write, 0) or self._is_safe_after(function, write)

    def _site(self, write: Write) -> InsertSite:
        return site_of(self.analysis, write, self._guard)

    def _is_safe_where_called(self, write: Write, writes: list[Write]) -> bool:
        """True when a nested function is called, and its write is safe as seen from each of these calls."""
        seen = [found for found in writes if found.stack and found.call.node is write.call.node]
        return bool(seen) and not any(self._site(found).unguarded for found in seen)

    def _seen_from_callers(self, function: FunctionSymbol, calls: list[Unresolved]) -> Iterator[InsertSite]:
        """Calls on parameters (`row.save()`, `model.objects.create()`), by what the functions of this file pass."""
        open_calls = [item for item in calls if is_of_parameter(item.receiver)]
        nodes = {id(item.call.node) for item in open_calls}
        is_returned = any(isinstance(part, Call) for item in open_calls for part in item.receiver.walk())
        for caller in self.callers.in_module(function) if nodes else ():
            for site in self._seen_from(caller, nodes, FIRST_LOOK + is_returned):
                calls = [item for item in calls if item.call.node is not site.write.call.node]
                yield site
        self.unresolved.extend(calls)

    def _seen_from(self, caller: FunctionSymbol, nodes: set[int], depth: int) -> list[InsertSite]:
        """The sites at these places as a caller reaches them, without deeper calls unless that leaves a finding."""

        def sites(writes: list[Write]) -> list[InsertSite]:
            reached = (write for write in writes if write.stack and id(write.call.node) in nodes)
            return [self._site(write) for write in reached if write.model.managed]

        found = sites(self._look(caller, depth)[0])
        return sites(self.writes(caller)) if any(site.unguarded for site in found) else found

    def _guard(self, analysis: Analysis, write: Write, key: UniqueKey) -> str | None:
        return guard_of(analysis, write, key, self.settings.handlers)

    # --- callers

    def _is_safe_after(self, function: FunctionSymbol, write: Write, heir: ClassSymbol | None = None) -> bool:
        """True when the write of a view's method is safe as seen from a method of its class that runs before.

        heir: the class of the view, if it is not the method's own.
        """
        view = heir or owner_of(function)
        if view is None:
            return False
        for first in self._run_before(function, view):
            writes = self._of_heir(first, view)
            reached = [found for found in writes if found.stack and found.call.node is write.call.node]
            if reached and not any(self._site(found).unguarded for found in reached):
                return True
        return False

    def _run_before(self, function: FunctionSymbol, view: ClassSymbol) -> Iterator[FunctionSymbol]:
        for name in BEFORE.get(function.summary.name, ()):
            member = self.callers.project.class_member(view, name)
            is_own = member is not None and self.store.is_own(member.owner.module)
            if member is not None and is_own and isinstance(member.definition, FunctionSummary):
                yield FunctionSymbol(member.owner.module, f"{member.owner.qualname}.{name}", member.definition)

    def _callers_guard(self, function: FunctionSymbol, write: Write, depth: int, handling: bool = False) -> bool:
        """True when the function has callers, and the write is guarded or safe as seen from each of them.

        handling: only where the error is handled.
        """
        seen = False
        for caller in self.callers.of(function) or ():
            safe = self._is_safe_from(caller, function, write, depth, handling)
            if safe is False:
                return False
            seen = seen or safe is True
        return seen

    def _is_safe_from(
        self, caller: FunctionSymbol, function: FunctionSymbol, write: Write, depth: int, handling: bool
    ) -> bool | None:
        """Whether the write is safe as seen from a caller; None where that certainly calls other functions only."""
        if not self._may_call(caller, function):
            return None
        exhausted = self.caller_steps > MAX_CALLER_STEPS[min(depth, 1)]
        looked = self._look_at_caller(caller, function, exhausted)
        if looked is None:
            return False
        writes, all_called = looked
        reached = [found for found in writes if found.call.node is write.call.node]
        called = all_called.get(function.summary.name, {""})
        is_entry = function.summary.name in ENTRY_POINTS
        heir = self._heir(function, caller)
        if not reached and "." in function.qualname and not is_entry and not exhausted:
            more: list[Write] = []
            if heir is not None and ("" in called or self._is_overriding(function, called)):
                more = self._of_heir(caller, heir)
            elif "" in called:
                more = self._assuming(function, caller)
            reached = [found for found in more if found.call.node is write.call.node]
        if not reached:
            by_name = bool(called & {"", function.dotted})
            may_call = self._may_call_by_class(caller, function, all_called) if is_entry else by_name
            return False if may_call else None
        sites = [self._site(found) for found in reached]
        if handling and not all("handled" in site.verdicts.values() for site in sites):
            return depth < MAX_CALLER_DEPTH and self._callers_guard(caller, write, depth + 1, handling)
        if not any(site.unguarded for site in sites):
            return True
        if self._is_safe_after(caller, write, heir):
            return True
        return depth < MAX_CALLER_DEPTH and self._callers_guard(caller, write, depth + 1)

    def _may_call(self, caller: FunctionSymbol, function: FunctionSymbol) -> bool:
        """False when each call by the function's name has arguments that it does not take; it may be a namesake's."""
        code, name = self.store.code(caller), function.summary.name
        calls = [call for call in inside(code.body, Call) if called_name(call) == name] if code is not None else []
        return not calls or any(may_bind(call, function.summary) for call in calls)

    def _look_at_caller(self, caller: FunctionSymbol, function: FunctionSymbol, only_known: bool) -> Look | None:
        """The writes of a caller and what it calls, as far as that leads to calls of something of the function's name.

        only_known: None instead of an analysis. Functions of one file often share a slice of their caller.
        """
        within = self._leading_to(function, caller) if caller not in self._writes else None
        if within is None:
            return None if only_known and caller not in self._writes else self._whole(caller)
        key = caller, frozenset(within.items())
        if key not in self._caller_looks and not only_known:
            self._caller_looks[key] = self._counted(caller, within)
        return self._caller_looks.get(key)

    def _leading_to(self, function: FunctionSymbol, caller: FunctionSymbol) -> Slice | None:
        """What of a caller leads to calls of something of the function's name; None for all of it."""
        name = function.summary.name
        names = self._writing if name in self._writing else frozenset({name})
        return self._slice(caller, lambda graph: to_calls(graph, names)) if name not in ENTRY_POINTS else None

    def _may_call_by_class(
        self, caller: FunctionSymbol, method: FunctionSymbol, all_called: dict[str, set[str]]
    ) -> bool:
        """True when a function that names a method's class may call it, or give the class to what does."""
        project, code, owner = self.callers.project, self.store.code(caller), owner_of(method)
        is_form = saves(project, method)
        called = all_called.get("save" if is_form else method.summary.name, set())
        if code is None or owner is None or called & {"", method.dotted}:
            return True
        is_saved = is_form and any(f"{base}.save" in called for base in project.bases(owner))
        return hands_on(code.body, owner.qualname, with_input=is_form and not is_saved)

    def _is_overriding(self, method: FunctionSymbol, called: set[str]) -> bool:
        """True for a method that overrides one of those that are called."""
        owner = owner_of(method)
        overridden = self.callers.project.bases(owner) if owner is not None else ()
        return any(f"{base}.{method.summary.name}" in called for base in overridden)

    def _heir(self, method: FunctionSymbol, caller: FunctionSymbol) -> ClassSymbol | None:
        """The class of a method that a base class of it calls on `self`; None where the caller is none of these."""
        owner, base = owner_of(method), owner_of(caller)
        is_base = owner is not None and base is not None and base.dotted in self.callers.project.bases(owner)
        return owner if is_base and owner != base else None

    def _of_heir(self, method: FunctionSymbol, heir: ClassSymbol) -> list[Write]:
        """The writes of a method whose `self` is of a class that inherits it."""
        if owner_of(method) == heir:
            return self.writes(method)
        if (method, heir) not in self._inherited:
            self._inherited[method, heir] = self._counted(method, None, heir)[0]
        return self._inherited[method, heir]

    def _assuming(self, method: FunctionSymbol, caller: FunctionSymbol) -> list[Write]:
        """The writes of a caller, if what it calls by the method's name on unknown objects is this method."""
        if (method, caller) not in self._assumed:
            self.analysis.assumed = method
            self._assumed[method, caller] = self._counted(caller, self._leading_to(method, caller))[0]
            self.analysis.assumed = None
        return self._assumed[method, caller]

    # --- running

    def writes(self, function: FunctionSymbol) -> list[Write]:
        """All writes of a function and of what it calls, when nothing is known of its own callers."""
        return self._whole(function)[0]

    def _whole(self, function: FunctionSymbol) -> Look:
        if function not in self._writes:
            self._writes[function] = self._counted(function, None)
        return self._writes[function]

    def _counted(self, function: FunctionSymbol, within: Slice | None, heir: ClassSymbol | None = None) -> Look:
        """An analysis with all calls, within the budget for callers. heir: the class of `self`, if not its own."""
        self.analysis.writing = self._writing - ENTRY_POINTS
        look = self._attempt(function, within=within, heir=heir), self.analysis.called
        self.analysis.writing = frozenset()
        self.caller_steps += self.analysis.steps
        return look

    def _slice(self, function: FunctionSymbol, choose: Callable[[Graph], Slice | None]) -> Slice | None:
        """What is chosen of a function; None is all of it."""
        try:
            code = self.store.code(function)
            graph = self.store.graph(code) if code is not None else None
        except (RecursionError, UnreadableSource):  # which the analysis of all of it reports
            return None
        return choose(graph) if graph is not None else None

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
        return self._record(frame, graph, lambda: entry_state(self.analysis, frame, function.summary, heir), within)

    def _decorators(self, frame: Frame, function: FunctionSummary) -> tuple[Protection, ...]:
        ev = Evaluator(self.analysis, frame, State())
        found = tuple(of_named(ev, decorator) for decorator in function.decorators)
        if self.settings.atomic_requests and is_view(self.analysis.lookup, frame.owner, function):
            found = (Protection("atomic", "ATOMIC_REQUESTS"), *found)
        if frame.owner is not None and answers_errors(self.analysis.lookup, frame.owner):
            found = (Protection("handler", "handle_exception", True), *found)
        return found

    def _module_writes(self) -> list[Write]:
        code = self.source.skeleton
        graph = self.store.graph(code)
        if graph is None:
            return []
        try:
            return self._record(Frame(self.module, None, code, (0,), (), ()), graph, State)
        except (BudgetExceeded, RecursionError):
            return []

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
            run(self.analysis, frame, graph, state, within)
        except Unreachable:
            pass
        finally:
            self.analysis.recording = False
        return records.writes
