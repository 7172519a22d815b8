"""Who calls a function: candidates by name, found in the project's text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from flake8_unique_insert.project import Project
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol

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
"""Names that frameworks call: that all callers in the project guard says nothing."""

MAX_CALLERS = 8


class Callers:
    """Finds the functions of a project that mention a call of some name."""

    def __init__(self, project: Project, is_skipped: Callable[[Path], bool]) -> None:
        self.project = project
        self.is_skipped = is_skipped
        self._found: dict[str, list[FunctionSymbol] | None] = {}
        self._paths: list[Path] | None = None

    def of(self, function: FunctionSymbol) -> list[FunctionSymbol] | None:
        """Every function that calls something of this name; None when that cannot be told or there are too many."""
        key = function.dotted
        if key not in self._found:
            self._found[key] = self._find(function)
        return self._found[key]

    def _find(self, function: FunctionSymbol) -> list[FunctionSymbol] | None:
        name = function.summary.name
        if name in ENTRY_POINTS or (function.summary.decorators and not _is_plain(function)):
            return None
        found: list[FunctionSymbol] = []
        for module in self._modules(name, function):
            mentions = list(self._in_module(module, name, function))
            if None in mentions:
                return None
            found.extend(item for item in mentions if item is not None)
            if len(found) > MAX_CALLERS:
                return None
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
        wanted = f"{name}("
        if self._paths is None:
            self._paths = [path for path in self.project.own_files() if not self.is_skipped(path)]
        for path in self._paths:
            if wanted in self.project.summaries.text(path):
                yield self.project.module_name(path)

    def _in_module(self, module: str, name: str, function: FunctionSymbol) -> Iterator[FunctionSymbol | None]:
        """The functions of a module that mention the call; None for a mention outside of all functions."""
        summary, lines = self.project.summary(module), self.project.lines(module)
        if summary is None:
            return
        call = re.compile(rf"(?<!def )\b{re.escape(name)}\s*\(")
        outside = list(lines)
        for owner, found in summary.functions():
            first, last = found.first_line - 1, found.last_line
            text = "".join(lines[first:last])
            outside[first:last] = [""] * (last - first)
            class_ = ClassSymbol(module, owner.qualname) if owner is not None else None
            if not call.search(text) or (module == function.module and found == function.summary):
                continue
            if class_ is None or not self._is_own_method(class_, name, text, function):
                prefix = f"{owner.qualname}." if owner is not None else ""
                yield FunctionSymbol(module, f"{prefix}{found.name}", found)
        if call.search("".join(outside)):
            yield None

    def _is_own_method(self, owner: ClassSymbol, name: str, text: str, function: FunctionSymbol) -> bool:
        """True when all that is called by this name is `self.name(...)`, and a method of another class."""
        mentions = re.findall(rf"(\w+\.)?(?<!def )\b{re.escape(name)}\s*\(", text)
        if any(base not in ("self.", "cls.") for base in mentions):
            return False
        member = self.project.class_member(owner, name)
        return member is not None and f"{member.owner.dotted}.{name}" != function.dotted


def _is_plain(function: FunctionSymbol) -> bool:
    """True when its decorators do not register it with a framework."""
    from flake8_unique_insert.syntax.expressions import dotted

    names = {(dotted(decorator) or "").rsplit(".", 1)[-1] for decorator in function.summary.decorators}
    return names <= {"staticmethod", "classmethod", "atomic", "cached", "property"}
