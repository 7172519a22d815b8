"""Managers that models declare and inherit."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace

from flake8_unique_insert.project.classes import Base, Classes
from flake8_unique_insert.project.literals import Literals, Placed
from flake8_unique_insert.project.memo import Memo
from flake8_unique_insert.project.names import Names
from flake8_unique_insert.project.returns import Returns
from flake8_unique_insert.schema import ClassSymbol, ExternalSymbol, FunctionSymbol, ManagerDeclaration, ValueSymbol
from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Call,
    Expression,
    Name,
    Subscript,
    dotted,
    keyword,
    positional,
)
from flake8_unique_insert.syntax.summary import Assignment, FunctionSummary

MANAGER = "django.db.models.Manager"
BASE_MANAGER = "django.db.models.BaseManager"
QUERYSET = "django.db.models.QuerySet"


class Managers:
    """Reads manager declarations."""

    def __init__(self, names: Names, classes: Classes, literals: Literals, returns: Returns) -> None:
        self._names = names
        self._classes = classes
        self._literals = literals
        self._returns = returns
        self._local: Memo[ClassSymbol, Mapping[str, ManagerDeclaration]] = Memo({})
        self._querysets: dict[Base, ClassSymbol | None] = {}

    def clear(self) -> None:
        """Forget everything, after a file has changed."""
        self._querysets.clear()
        self._local.clear()

    def local(self, symbol: ClassSymbol) -> Mapping[str, ManagerDeclaration]:
        """The managers that a class body declares, in order."""
        return self._local.get(symbol, lambda: self._read(symbol))

    def _read(self, symbol: ClassSymbol) -> Mapping[str, ManagerDeclaration]:
        summary = self._classes.summary(symbol)
        found: dict[str, ManagerDeclaration] = {}
        for name, definitions in (summary.members if summary else {}).items():
            definition = definitions[-1]
            if isinstance(definition, Assignment) and definition.value is not None and definition.index is None:
                declared = self._declared(name, Placed(definition.value, symbol.module, symbol))
                if declared is not None:
                    found[name] = declared
        return found

    def _declared(self, name: str, placed: Placed, depth: int = 0) -> ManagerDeclaration | None:
        expression = placed.expression
        if isinstance(expression, (Name, Attribute)) and depth < 5:
            for definition in self._literals.definitions(placed)[-1:]:
                return self._declared(name, definition, depth + 1)
        if not isinstance(expression, Call):
            return None
        function = expression.function.base if isinstance(expression.function, Subscript) else expression.function
        if isinstance(function, Attribute) and function.name == "as_manager":
            queryset = self._class(function.base, placed.module)
            if queryset is None or not self._is_queryset(queryset):
                return None
            return ManagerDeclaration(name, None, queryset if isinstance(queryset, ClassSymbol) else None)
        made = self._made_class(function, placed.module)
        made = made or self._made_with(expression, placed.module)
        return replace(made, name=name) if made is not None else self._lookalike(name, function, placed.module)

    def _made_class(self, function: Expression, module: str, depth: int = 0) -> ManagerDeclaration | None:
        """What calling this class gives: `ClassName`, `Base.from_queryset(Q)`, or a variable that holds the latter."""
        if isinstance(function, Call) and isinstance(function.function, Attribute):
            if function.function.name == "from_queryset":
                return self._from_queryset(function, module)
            return None
        path = dotted(function)
        symbol = self._names.resolve(module, path) if path else None
        if isinstance(symbol, ValueSymbol) and depth < 5:
            for assignment in reversed(symbol.assignments):
                if assignment.value is not None:
                    return self._made_class(assignment.value, symbol.module, depth + 1)
        if not isinstance(symbol, (ClassSymbol, ExternalSymbol)):
            return None
        if not (self._is_manager(symbol) if isinstance(symbol, ExternalSymbol) else self._makes_rows(symbol)):
            return None
        return ManagerDeclaration("", self._own_class(symbol), self.queryset_of(symbol))

    def _made_with(self, call: Call, module: str) -> ManagerDeclaration | None:
        """`ScopedManager(space="space", _manager_class=OwnManager)`: what makes managers is told of which class."""
        for argument in call.arguments:
            if argument.keyword is not None and argument.keyword.endswith("manager_class"):
                return self._made_class(argument.value, module)
        return None

    def _from_queryset(self, call: Call, module: str) -> ManagerDeclaration | None:
        assert isinstance(call.function, Attribute)
        owner = call.function.base
        base = self._class(owner.function if isinstance(owner, Call) else owner, module)
        given = positional(call) or [item for item in [keyword(call, "queryset_class")] if item is not None]
        queryset = self._class(given[0], module) if given else None
        if base is None or not self._makes_rows(base):
            return None
        return ManagerDeclaration("", self._own_class(base), queryset if isinstance(queryset, ClassSymbol) else None)

    def _lookalike(self, name: str, function: Expression, module: str) -> ManagerDeclaration | None:
        """A class from outside that is called like a manager, or `objects` made by something unknown."""
        path = dotted(function)
        symbol = self._names.resolve(module, path) if path else None
        if isinstance(symbol, ExternalSymbol) and _is_called_manager(symbol.dotted):
            return ManagerDeclaration(name, ClassSymbol(*_split(symbol.dotted)))
        return ManagerDeclaration(name) if name == "objects" else None

    @staticmethod
    def _own_class(symbol: Base) -> ClassSymbol | None:
        if symbol.dotted in (MANAGER, BASE_MANAGER):
            return None
        return symbol if isinstance(symbol, ClassSymbol) else ClassSymbol(*_split(symbol.dotted))

    def _class(self, expression: Expression, module: str) -> Base | None:
        return next(iter(self._classes.base_symbols(expression, module)), None)

    def is_of(self, declared: ManagerDeclaration, symbol: ClassSymbol) -> bool:
        """Whether a manager is of this manager or queryset class, or of one that inherits from it."""
        used = (item for item in (declared.manager, declared.queryset) if item is not None)
        return any(symbol.dotted in self._classes.bases(item) for item in used)

    def _is_manager(self, symbol: Base) -> bool:
        return not {MANAGER, BASE_MANAGER}.isdisjoint(self._classes.bases(symbol))

    def _makes_rows(self, symbol: Base) -> bool:
        """True for a manager class, also by a base from outside that is called like one."""
        outside = (base.dotted for base in self._classes.mro(symbol) if isinstance(base, ExternalSymbol))
        return self._is_manager(symbol) or any(map(_is_called_manager, outside))

    def _is_queryset(self, symbol: Base) -> bool:
        return QUERYSET in self._classes.bases(symbol)

    def queryset_of(self, manager: Base) -> ClassSymbol | None:
        """The queryset class of a manager class: from `from_queryset` among its bases, or what `get_queryset` makes."""
        if manager not in self._querysets:
            self._querysets[manager] = None
            self._querysets[manager] = next(self._candidates(manager), None)
        return self._querysets[manager]

    def _candidates(self, manager: Base) -> Iterator[ClassSymbol]:
        for item in self._classes.mro(manager):
            summary = self._classes.summary(item) if isinstance(item, ClassSymbol) else None
            if summary is None or not isinstance(item, ClassSymbol):
                continue
            for function in summary.members.get("get_queryset", ()):
                if isinstance(function, FunctionSummary):
                    yield from self._made(FunctionSymbol(item.module, f"{item.qualname}.get_queryset", function))
            for base in summary.bases:
                yield from self._in_base(base, item.module)

    def _in_base(self, base: Expression, module: str) -> Iterator[ClassSymbol]:
        path = dotted(base)
        symbol = self._names.resolve(module, path) if path else None
        if isinstance(symbol, ValueSymbol):
            for assignment in reversed(symbol.assignments):
                if isinstance(assignment.value, Call):
                    yield from self._in_base(assignment.value, symbol.module)
        if isinstance(base, Call) and isinstance(base.function, Attribute) and base.function.name == "from_queryset":
            made = self._from_queryset(base, module)
            if made is not None and made.queryset is not None:
                yield made.queryset

    def _made(self, function: FunctionSymbol) -> Iterator[ClassSymbol]:
        empty = Call(Name(""), ())
        for returned in self._returns.of(function, empty):
            expression = returned.expression
            while isinstance(expression, Call) and isinstance(expression.function, Attribute):
                expression = expression.function.base
            if isinstance(expression, Call):
                found = self._class(expression.function, returned.module)
                if isinstance(found, ClassSymbol) and self._is_queryset(found):
                    yield found


def _is_called_manager(name: str) -> bool:
    """True for a class from outside whose name says that it makes managers of models."""
    is_other = name.endswith(("TaggableManager", "ContextManager")) or name.split(".")[0] in sys.stdlib_module_names
    return name.endswith("Manager") and not is_other


def _split(name: str) -> tuple[str, str]:
    module, _, last = name.rpartition(".")
    return module, last
