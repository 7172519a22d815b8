"""What a name means in a module: imports, re-exports, `import *`, aliases and submodules followed across files."""

from __future__ import annotations

import builtins
from collections.abc import Callable

from flake8_unique_insert.project.known import Known
from flake8_unique_insert.project.memo import Memo
from flake8_unique_insert.project.modules import Modules
from flake8_unique_insert.project.summaries import Summaries
from flake8_unique_insert.schema import (
    ClassSymbol,
    ExternalSymbol,
    FunctionSymbol,
    ModuleSymbol,
    Symbol,
    ValueSymbol,
)
from flake8_unique_insert.syntax.expressions import Call
from flake8_unique_insert.syntax.expressions import dotted as dotted_name
from flake8_unique_insert.syntax.summary import (
    Assignment,
    ClassSummary,
    Definition,
    FunctionSummary,
    Import,
    ModuleSummary,
)

BUILTINS = frozenset(dir(builtins))


class Names:
    """Resolves names in the global scope of modules."""

    def __init__(self, modules: Modules, summaries: Summaries, known: Known) -> None:
        self._modules = modules
        self._summaries = summaries
        self._known = known
        self._scope: Memo[tuple[str, str], Symbol | None] = Memo(None)
        self._dotted: dict[tuple[str, str], Symbol | None] = {}
        self.class_attribute: Callable[[ClassSymbol, str], Symbol | None] = lambda owner, name: None
        self.loaded: Callable[[Call, str, int], Symbol | None] = lambda call, module, index: None

    def clear(self) -> None:
        """Forget everything, after a file has changed."""
        self._scope.clear()
        self._dotted.clear()

    def resolve(self, module: str, name: str) -> Symbol | None:
        """What a dotted name means in a module's global scope."""
        first, *rest = name.split(".")
        found = self.lookup(module, first)
        for part in rest:
            found = self.attribute(found, part)
        return found

    def attribute(self, owner: Symbol | None, name: str) -> Symbol | None:
        """`owner.name`."""
        if isinstance(owner, ModuleSymbol):
            return self.member(owner.dotted, name)
        if isinstance(owner, ClassSymbol):
            return self.class_attribute(owner, name)
        if isinstance(owner, ExternalSymbol):
            return self.external(f"{owner.dotted}.{name}")
        return None

    def lookup(self, module: str, name: str) -> Symbol | None:
        """A plain name in a module's global scope, builtins included."""
        found = self._defined(module, name)
        if found is None and name in BUILTINS:
            return ExternalSymbol(f"builtins.{name}")
        return found

    def member(self, module: str, name: str) -> Symbol | None:
        """`module.name`: something the module defines, or a submodule."""
        found = self._defined(module, name)
        return found if found is not None else self.module(f"{module}.{name}", only_source=True)

    def module(self, dotted: str, only_source: bool = False) -> Symbol | None:
        """The symbol of a module: with source, or external."""
        canonical = self._modules.canonical(dotted)
        if canonical is not None:
            return ModuleSymbol(canonical)
        if self._known.has_module(dotted) or self._modules.is_namespace(dotted):
            return ModuleSymbol(dotted)
        return None if only_source else self.external(dotted)

    def external(self, dotted: str) -> Symbol:
        """A dotted name from outside: a class of known or installed source when there is one."""
        dotted = self._known.canonical(dotted)
        module, _, name = dotted.rpartition(".")
        if name and (self._known.has_module(module) or self._modules.canonical(module)):
            found = self._defined(self._modules.canonical(module) or module, name)
            if found is not None:
                return found
        return ExternalSymbol(dotted)

    def _defined(self, module: str, name: str) -> Symbol | None:
        return self._scope.get((module, name), lambda: self._define(module, name))

    def _define(self, module: str, name: str) -> Symbol | None:
        summary = self._summaries.of(module)
        if summary is None:
            return None
        definitions = summary.definitions.get(name)
        if definitions:
            return self._choose(module, name, definitions)
        return None if name.startswith("__") else self._starred(module, summary, name)

    def _starred(self, module: str, summary: ModuleSummary, name: str) -> Symbol | None:
        for target, level in reversed(summary.stars):
            dotted = self.absolute(module, target, level)
            canonical = self._modules.canonical(dotted) or dotted
            found = self._defined(canonical, name)
            if found is not None:
                return found
            if self._known.has_class(f"{dotted}.{name}"):
                return self.external(f"{dotted}.{name}")
        return None

    def _choose(self, module: str, name: str, definitions: tuple[Definition, ...]) -> Symbol | None:
        """The likeliest of several definitions: one with source, before a value, before something external."""
        found = [item for item in (self._symbol(module, name, one) for one in definitions) if item is not None]
        values = [item for item in found if isinstance(item, ValueSymbol)]
        sources = [item for item in found if isinstance(item, (ClassSymbol, FunctionSymbol, ModuleSymbol))]
        if sources:
            classes = [item for item in sources if isinstance(item, ClassSymbol)]
            return (classes or sources)[-1]
        external = [item for item in found if isinstance(item, ExternalSymbol)]
        if external:
            return external[0]
        return values[-1] if values else None

    def _symbol(self, module: str, name: str, definition: Definition) -> Symbol | None:
        if isinstance(definition, ClassSummary):
            return ClassSymbol(module, definition.qualname)
        if isinstance(definition, FunctionSummary):
            return FunctionSymbol(module, name, definition)
        if isinstance(definition, Import):
            return self.imported(module, definition)
        if isinstance(definition, Assignment):
            return self._value(module, name, definition)
        return None

    def _value(self, module: str, name: str, assignment: Assignment) -> Symbol | None:
        """The class, function or module that an assignment gives another name to or loads, else the value."""
        if isinstance(assignment.value, Call) and not assignment.augmented:
            loaded = self.loaded(assignment.value, module, assignment.index or 0)
            if loaded is not None:
                return loaded
        if assignment.value is not None and assignment.index is None and not assignment.augmented:
            path = dotted_name(assignment.value)
            if path is not None and path.split(".")[0] != name:
                target = self.resolve(module, path)
                if target is not None:
                    return target
        summary = self._summaries.of(module)
        all_of_them = summary.definitions.get(name, ()) if summary else ()
        return ValueSymbol(module, name, tuple(item for item in all_of_them if isinstance(item, Assignment)))

    def imported(self, module: str, item: Import) -> Symbol | None:
        """What an import statement in a module binds a name to."""
        """What a name means that an import statement in a module binds."""
        dotted = self.absolute(module, item.module, item.level)
        if item.member is None:
            return self.module(dotted)
        source = self._modules.canonical(dotted)
        if source is not None:
            if source == module and dotted != module:
                return None
            found = self.member(source, item.member)
            if found is not None or self._modules.in_project(source):
                return found
        elif self._known.has_module(dotted) or self._modules.is_namespace(dotted):
            found = self.member(dotted, item.member)
            if found is not None:
                return found
        return self.external(f"{dotted}.{item.member}" if dotted else item.member)

    def absolute(self, module: str, target: str, level: int) -> str:
        """The absolute name of a relative import in a module."""
        if not level:
            return target
        parts = module.split(".")
        keep = len(parts) - level + (1 if self._modules.is_package(module) else 0)
        return ".".join([*parts[: max(keep, 0)], *([target] if target else [])])
