"""Who calls a function: candidates by name, found in the project's text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from flake8_unique_insert.class_users import is_called_by_class, is_made_by_class, owner_of, saves, users_of
from flake8_unique_insert.decorators import is_called_by_name
from flake8_unique_insert.project import Project
from flake8_unique_insert.project.questions import mentions
from flake8_unique_insert.record import record
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol
from flake8_unique_insert.syntax.summary import ModuleSummary

ENTRY_POINTS = frozenset(
    [
        "handle",
        "post",
        "get",
        "put",
        "patch",
        "delete",
        "dispatch",
        "form_valid",
        "perform_create",
        "perform_update",
        "create",
        "update",
        "save",
        "clean",
        "run",
        "call",
        "list",
        "retrieve",
        "destroy",
        "ready",
        "main",
        "validate",
        "mutate",
        "resolve",
        "get_or_create",
        "process",
        "execute",
        "setUp",
        "__init__",
        "__call__",
    ]
)
"""Names that frameworks call: that all callers in the project guard says nothing, unless they name the class."""

MAX_CALLERS = 8


@record
class Mention:
    """A function that calls something of a name. on: "self", "cls" and the names of classes, "" for other objects."""

    function: FunctionSymbol
    owner: ClassSymbol | None
    on: frozenset[str]


@record
class Mentions:
    """Where a module calls something of a name: in functions, and whether outside of them. summary: when looked at."""

    summary: ModuleSummary | None
    inside: tuple[Mention, ...]
    outside: bool


class Callers:
    """Finds the functions of a project that mention a call of some name."""

    def __init__(self, project: Project, is_skipped: Callable[[Path], bool]) -> None:
        self.project = project
        self.is_skipped = is_skipped
        self._found: dict[str, list[FunctionSymbol] | None] = {}
        self._modules_with: dict[str, list[str]] = {}
        self._mentioned: dict[tuple[str, str], Mentions] = {}

    def of(self, function: FunctionSymbol) -> list[FunctionSymbol] | None:
        """Every function that calls something of this name; None when that cannot be told or there are too many."""
        key = function.dotted
        if key not in self._found:
            self._found[key] = self._find(function)
        return self._found[key]

    def _find(self, function: FunctionSymbol) -> list[FunctionSymbol] | None:
        name = function.summary.name
        if not is_called_by_name(self.project, function):
            return None
        if self.is_entry_point(function):
            return self._by_class(function)
        found: list[FunctionSymbol] = []
        for module in self._modules(name, function):
            calling = list(self._in_module(module, name, function))
            if None in calling:
                return None
            found.extend(item for item in calling if item is not None and self._may_call(item, function))
            if len(found) > MAX_CALLERS:
                return None
        if name in ENTRY_POINTS:
            named = users_of(self.project, self._paths, function)
            found.extend(user for user in named if user is not None and user not in found)
        return found

    def is_entry_point(self, function: FunctionSymbol) -> bool:
        """True for what a framework may call: not a form's `save(parent)`, to which it would give nothing."""
        return function.summary.name in ENTRY_POINTS and not self._needed(function)

    def _needed(self, function: FunctionSymbol) -> list[str]:
        """The parameters that a form's `save()` needs besides those that it has anywhere."""
        if function.summary.name != "save" or not saves(self.project, function):
            return []
        parameters = [item for item in function.summary.parameters[1:] if item.kind in ("positional", "keyword")]
        return [item.name for item in parameters if item.default is None]

    def _may_call(self, caller: FunctionSymbol, function: FunctionSymbol) -> bool:
        """False for what calls something of a form's `save(parent)`'s name, but not with a parent."""
        needed = "|".join(self._needed(function))
        return not needed or bool(re.search(rf"\.save\([^)]*\b({needed})\b", self.project.function_source(caller)))

    def _by_class(self, function: FunctionSymbol) -> list[FunctionSymbol] | None:
        """The functions that name the method's class, where that is how it is reached."""
        if not any(ask(self.project, function) for ask in (saves, is_called_by_class, is_made_by_class)):
            return None
        found: list[FunctionSymbol] = []
        for user in users_of(self.project, self._paths, function):
            if user is None or len(found) == MAX_CALLERS:
                return None
            found.append(user)
        return found

    def in_module(self, function: FunctionSymbol) -> list[FunctionSymbol]:
        """The functions of the function's own module that call something of this name."""
        found = self._in_module(function.module, function.summary.name, function)
        return [item for item in found if item is not None][:MAX_CALLERS]

    def _modules(self, name: str, function: FunctionSymbol) -> Iterator[str]:
        """Modules whose text has `name(`; for a private function only its own (methods are called from subclasses)."""
        if name.startswith("_") and not name.startswith("__") and "." not in function.qualname:
            yield function.module
            return
        if name not in self._modules_with:
            paths = self.project.summaries.having(self._paths, f"{name}(")
            self._modules_with[name] = [self.project.module_name(path) for path in paths]
        yield from self._modules_with[name]

    @cached_property
    def _paths(self) -> list[Path]:
        return [path for path in self.project.own_files() if not self.is_skipped(path)]

    def _in_module(self, module: str, name: str, function: FunctionSymbol) -> Iterator[FunctionSymbol | None]:
        """The functions of a module that mention the call; None for a mention outside of all functions."""
        known = self._mentions(module, name)
        for found in known.inside:
            is_itself = module == function.module and found.function.summary == function.summary
            if not is_itself and not self._is_namesake(found, function):
                yield found.function
        if known.outside:
            yield None

    def _mentions(self, module: str, name: str) -> Mentions:
        summary = self.project.summary(module)
        known = self._mentioned.get((module, name))
        if known is None or known.summary is not summary:
            known = self._mentioned[module, name] = self._read(module, summary, name)
        return known

    def _read(self, module: str, summary: ModuleSummary | None, name: str) -> Mentions:
        path = self.project.find_module(module)
        answer = self.project.summaries.ask(path, mentions, name) if path is not None else None
        if summary is None or answer is None:
            return Mentions(summary, (), False)
        functions, inside = summary.functions, []
        for place, on in answer[0]:
            owner, found = functions[place]
            prefix = f"{owner.qualname}." if owner is not None else ""
            class_ = ClassSymbol(module, owner.qualname) if owner is not None else None
            inside.append(Mention(FunctionSymbol(module, f"{prefix}{found.name}", found), class_, frozenset(on)))
        return Mentions(summary, tuple(inside), answer[1])

    def _is_namesake(self, mention: Mention, function: FunctionSymbol) -> bool:
        """True when what is called by this name, on `self` or on a class by its name, are methods of other classes.

        In a base class `self` may be of the function's class.
        """
        owner, name = owner_of(function), function.summary.name
        for base in mention.on:
            found = mention.owner if base in ("self", "cls") else None
            if base and found is None:
                named = self.project.resolve(mention.function.module, base)
                found = named if isinstance(named, ClassSymbol) else None
            elif found is not None and owner is not None and found.dotted in self.project.bases(owner):
                return False
            member = self.project.class_member(found, name) if found is not None else None
            if member is None or f"{member.owner.dotted}.{name}" == function.dotted:
                return False
        return True
