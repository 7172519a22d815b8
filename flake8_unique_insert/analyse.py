"""The functions of one file, analysed one by one."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_unique_insert.caller_guards import CallerGuards
from flake8_unique_insert.callers import Callers
from flake8_unique_insert.evaluate.frame import Analysis
from flake8_unique_insert.evaluate.rows.writes import Unresolved, Write
from flake8_unique_insert.evaluate.states.terms import is_of_parameter
from flake8_unique_insert.guards import guard_of
from flake8_unique_insert.prefilter import may_insert
from flake8_unique_insert.project import Project
from flake8_unique_insert.runs import FIRST_LOOK, Runs, Settings
from flake8_unique_insert.schema import FunctionSymbol, UniqueKey
from flake8_unique_insert.sites.clashes import repeats_under_new_row
from flake8_unique_insert.sites.site import InsertSite, site_of
from flake8_unique_insert.syntax.expressions import Call
from flake8_unique_insert.syntax.source import SourceFile


class FileAnalysis:
    """One file: its functions of interest and the insert sites in them."""

    def __init__(self, settings: Settings, project: Project, module: str, source: SourceFile, callers: Callers) -> None:
        self.runs = Runs(settings, project, module, source)
        self.analysis = self.runs.analysis
        self.callers = callers
        self.caller_guards = CallerGuards(self.runs, callers, self._site)
        self.unresolved: list[Unresolved] = []

    def sites(self) -> Iterator[InsertSite]:
        """Every site of the file, in the order of its functions; `unresolved` gets the calls of unknown models."""
        for function in self.runs.functions:
            yield from self._function_sites(function)
        if may_insert(self.runs.source.without_bodies()):
            yield from self._judge(self.runs.module_writes(), None)
            self.unresolved.extend(self.analysis.records.unresolved)

    def _function_sites(self, function: FunctionSymbol) -> list[InsertSite]:
        """A function's sites: at a first look with its direct calls only, with theirs where that leaves a finding."""
        writes, unresolved = self.runs.look(function)
        sites = list(self._judge(writes, None))
        if any(site.unguarded for site in sites):
            sites = list(self._judge(self.runs.writes(function), function))
        return [*sites, *self._seen_from_callers(function, unresolved)]

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
            return self.caller_guards.guard(function, write, 0, handling=True)
        guards = self.caller_guards
        return (
            guards.guard(function, write, 0)
            or guards.is_safe_after(function, write)
            or guards.is_safe_in_views(function, write)
        )

    def _site(self, write: Write) -> InsertSite:
        return site_of(self.analysis, write, self._guard)

    def _is_safe_where_called(self, write: Write, writes: list[Write]) -> bool:
        """True when a nested function is called, and its write is safe as seen from each of these calls.

        Nothing else may get it, to call it where nothing protects it.
        """
        if write.nested in self.analysis.handed_on:
            return False
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

        found = sites(self.runs.look(caller, depth)[0])
        return sites(self.runs.writes(caller)) if any(site.unguarded for site in found) else found

    def _guard(self, analysis: Analysis, write: Write, key: UniqueKey) -> str | None:
        return guard_of(analysis, write, key, self.runs.settings.handlers)
