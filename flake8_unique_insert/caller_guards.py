"""Whether the callers of a function guard what it writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from itertools import islice

from flake8_unique_insert.callers import Callers
from flake8_unique_insert.class_users import hands_on, is_made_by_class, owner_of, saves
from flake8_unique_insert.evaluate.calls.called import may_bind
from flake8_unique_insert.evaluate.forms.handed_on import BEFORE
from flake8_unique_insert.evaluate.objects.own_attributes import MAX_HEIRS
from flake8_unique_insert.evaluate.rows.writes import Write
from flake8_unique_insert.evaluate.slices import to_calls
from flake8_unique_insert.flow.graph import Block
from flake8_unique_insert.flow.slice import Slice
from flake8_unique_insert.runs import Look, Runs
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol
from flake8_unique_insert.sites.site import InsertSite
from flake8_unique_insert.syntax.expressions import Call, called_name
from flake8_unique_insert.syntax.statements import inside

MAX_CALLER_DEPTH = 2
MAX_CALLER_STEPS = (120_000, 40_000)
"""How much of one file's analysis may go into its functions' callers: direct ones, and the callers of those."""
MAX_OVERRIDING = 8
"""In how many classes that inherit a guarding caller, and override what it calls, the guard is looked for again."""
NAMING_FORMS = ("serializer_class", "get_serializer_class", "form_class", "get_form_class", "model", "fields")
"""The members of views that say what their forms are."""


class CallerGuards:
    """The callers of one file's functions, as far as they are asked about. site: judges a write."""

    def __init__(self, runs: Runs, callers: Callers, site: Callable[[Write], InsertSite]) -> None:
        self.runs = runs
        self.callers = callers
        self._site = site
        self._looks: dict[tuple[FunctionSymbol, frozenset[tuple[Block, int]]], Look] = {}
        self._assumed: dict[tuple[FunctionSymbol, FunctionSymbol], list[Write]] = {}

    def guard(self, function: FunctionSymbol, write: Write, depth: int, handling: bool = False) -> bool:
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

    def is_safe_after(self, function: FunctionSymbol, write: Write, heir: ClassSymbol | None = None) -> bool:
        """True when the write of a view's method is safe as seen from a method of its class that runs before.

        heir: the class of the view, if it is not the method's own.
        """
        view = heir or owner_of(function)
        if view is None:
            return False
        for first in self._run_before(function, view):
            writes = self.runs.of_heir(first, view)
            reached = [found for found in writes if found.stack and found.call.node is write.call.node]
            if reached and not any(self._site(found).unguarded for found in reached):
                return True
        return False

    def is_safe_in_views(self, function: FunctionSymbol, write: Write) -> bool:
        """True when the write of a method that views inherit is safe as seen from each of these views.

        As seen from the view's own method of the name, which calls it by `super()`, or from one that runs before.
        """
        owner, project = owner_of(function), self.callers.project
        if owner is None or function.summary.name not in BEFORE or self._names_form(owner):
            return False
        views = [heir for heir in islice(project.heirs(owner), MAX_HEIRS) if self._names_form(heir)]
        return bool(views) and all(self._is_safe_in_view(function, write, view) for view in views)

    def _is_safe_in_view(self, function: FunctionSymbol, write: Write, view: ClassSymbol) -> bool:
        member = self.callers.project.class_member(view, function.summary.name)
        first = member.method if member is not None else None
        if first is None:
            return False
        if first != function and "super(" not in self.callers.project.function_source(first):
            return True  # it does something else
        reached = [found for found in self.runs.of_heir(first, view) if found.call.node is write.call.node]
        if reached and not any(self._site(found).unguarded for found in reached):
            return True
        return self.is_safe_after(function, write, view)

    def _names_form(self, view: ClassSymbol) -> bool:
        """True for a view of the project that says what its forms are."""
        members = (self.callers.project.class_member(view, name) for name in NAMING_FORMS)
        return any(member is not None and self.runs.store.is_own(member.owner.module) for member in members)

    def _run_before(self, function: FunctionSymbol, view: ClassSymbol) -> Iterator[FunctionSymbol]:
        for name in BEFORE.get(function.summary.name, ()):
            member = self.callers.project.class_member(view, name)
            method = member.method if member is not None else None
            if method is not None and self.runs.store.is_own(method.module):
                yield method

    def _is_safe_from(
        self, caller: FunctionSymbol, function: FunctionSymbol, write: Write, depth: int, handling: bool
    ) -> bool | None:
        """Whether the write is safe as seen from a caller; None where that certainly calls other functions only."""
        if not self._may_call(caller, function):
            return None
        exhausted = self.runs.caller_steps > MAX_CALLER_STEPS[min(depth, 1)]
        looked = self._look_at_caller(caller, function, exhausted)
        if looked is None:
            return False
        writes, all_called = looked
        reached = [found for found in writes if found.call.node is write.call.node]
        called = all_called.get(function.summary.name, {""})
        is_entry = self.callers.is_entry_point(function)
        heir = self._heir(function, caller)
        if not reached and "." in function.qualname and not is_entry and not exhausted:
            more: list[Write] = []
            if "" in called or self._is_overriding(function, called):
                more = self.runs.of_heir(caller, heir) if heir is not None else self._assuming(function, caller)
            reached = [found for found in more if found.call.node is write.call.node]
        if not reached:
            by_name = bool(called & {"", function.dotted})
            may_call = self._may_call_by_class(caller, function, all_called) if is_entry else by_name
            return False if may_call else None
        sites = [self._site(found) for found in reached]
        if handling and not all("handled" in site.verdicts.values() for site in sites):
            return depth < MAX_CALLER_DEPTH and self.guard(caller, write, depth + 1, handling)
        if not any(site.unguarded for site in sites):
            return self._is_safe_in_heirs(caller, write, all_called)
        if self.is_safe_after(caller, write, heir):
            return True
        return depth < MAX_CALLER_DEPTH and self.guard(caller, write, depth + 1)

    def _is_safe_in_heirs(self, caller: FunctionSymbol, write: Write, all_called: dict[str, set[str]]) -> bool:
        """False when a class that inherits the caller overrides what it calls, so that the write is not guarded."""
        for heir in islice(self._overriding(caller, all_called.keys()), MAX_OVERRIDING):
            reached = (found for found in self.runs.of_heir(caller, heir) if found.call.node is write.call.node)
            if any(self._site(found).unguarded for found in reached):
                return False
        return True

    def _overriding(self, method: FunctionSymbol, names: Set[str]) -> Iterator[ClassSymbol]:
        """The classes that inherit a method and have methods of some of these names of their own."""
        owner, project = owner_of(method), self.callers.project
        for heir in islice(project.heirs(owner), MAX_HEIRS) if owner is not None else ():
            summary = project.class_summary(heir)
            own = summary.members.keys() if summary is not None else set[str]()
            if own & names and method.summary.name not in own:
                yield heir

    def _may_call(self, caller: FunctionSymbol, function: FunctionSymbol) -> bool:
        """False when each call by the function's name has arguments that it does not take; it may be a namesake's.

        Not where DRF calls it: a view's `super().create(request)` leads to the serializer's `create(data)`.
        """
        if saves(self.callers.project, function):
            return True
        code, name = self.runs.store.code(caller), function.summary.name
        calls = [call for call in inside(code.body, Call) if called_name(call) == name] if code is not None else []
        return not calls or any(may_bind(call, function) for call in calls)

    def _look_at_caller(self, caller: FunctionSymbol, function: FunctionSymbol, only_known: bool) -> Look | None:
        """The writes of a caller and what it calls, as far as that leads to calls of something of the function's name.

        only_known: None instead of an analysis. Functions of one file often share a slice of their caller.
        """
        within = self._leading_to(function, caller) if not self.runs.is_known(caller) else None
        if within is None:
            return None if only_known and not self.runs.is_known(caller) else self.runs.whole(caller)
        key = caller, frozenset(within.items())
        if key not in self._looks and not only_known:
            self._looks[key] = self.runs.counted(caller, within)
        return self._looks.get(key)

    def _leading_to(self, function: FunctionSymbol, caller: FunctionSymbol) -> Slice | None:
        """What of a caller leads to calls of something of the function's name; None for all of it."""
        name = function.summary.name
        names = self.runs.writing if name in self.runs.writing else frozenset({name})
        is_entry = self.callers.is_entry_point(function)
        return None if is_entry else self.runs.slice(caller, lambda graph: to_calls(graph, names))

    def _may_call_by_class(
        self, caller: FunctionSymbol, method: FunctionSymbol, all_called: dict[str, set[str]]
    ) -> bool:
        """True when a function that names a method's class may call it, or give the class to what does."""
        project, code, owner = self.callers.project, self.runs.store.code(caller), owner_of(method)
        is_form = saves(project, method)
        called = all_called.get("save" if is_form else method.summary.name, set())
        if code is None or owner is None or called & {"", method.dotted}:
            return True
        is_saved = is_form and any(f"{base}.save" in called for base in project.bases(owner))
        is_made = not is_form and is_made_by_class(project, method)
        return hands_on(code.body, owner.qualname, with_input=is_form and not is_saved, with_objects=is_made)

    def _is_overriding(self, method: FunctionSymbol, called: set[str]) -> bool:
        """True for a method that overrides one of those that are called."""
        owner = owner_of(method)
        bases = self.callers.project.bases(owner)[1:] if owner is not None else ()
        return any(f"{base}.{method.summary.name}" in called for base in bases)

    def _heir(self, method: FunctionSymbol, caller: FunctionSymbol) -> ClassSymbol | None:
        """The class of a method that a base class of it calls on `self`; None where the caller is none of these."""
        owner, base = owner_of(method), owner_of(caller)
        is_base = owner is not None and base is not None and base.dotted in self.callers.project.bases(owner)
        return owner if is_base and owner != base else None

    def _assuming(self, method: FunctionSymbol, caller: FunctionSymbol) -> list[Write]:
        """The writes of a caller, if what it calls by the method's name on unknown objects is this method."""
        if (method, caller) not in self._assumed:
            self.runs.analysis.assumed = method
            self._assumed[method, caller] = self.runs.counted(caller, self._leading_to(method, caller))[0]
            self.runs.analysis.assumed = None
        return self._assumed[method, caller]
