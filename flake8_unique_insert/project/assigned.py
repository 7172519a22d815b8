"""Which methods of a class assign which attributes of `self`, by a look at their text."""

from __future__ import annotations

from flake8_unique_insert.project.classes import Classes
from flake8_unique_insert.project.memo import Memo
from flake8_unique_insert.project.modules import Modules
from flake8_unique_insert.project.questions import assigned
from flake8_unique_insert.project.summaries import Summaries
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol
from flake8_unique_insert.syntax.summary import FunctionSummary

Methods = dict[str, tuple[FunctionSymbol, ...]]


class AssignedAttributes:
    """Finds the methods that may assign an attribute; those of installed packages are not looked at."""

    def __init__(self, modules: Modules, summaries: Summaries, classes: Classes) -> None:
        self._modules = modules
        self._summaries = summaries
        self._classes = classes
        self._own: Memo[ClassSymbol, Methods] = Memo({})

    def clear(self) -> None:
        """Forget everything, after a file has changed."""
        self._own.clear()

    def methods(self, symbol: ClassSymbol, name: str) -> tuple[FunctionSymbol, ...]:
        """The methods of a class and of its bases whose text assigns `self.name`, in the order of the MRO."""
        classes = (item for item in self._classes.mro(symbol) if isinstance(item, ClassSymbol))
        return tuple(method for item in classes for method in self._of(item).get(name, ()))

    def _of(self, symbol: ClassSymbol) -> Methods:
        return self._own.get(symbol, lambda: self._read(symbol))

    def _read(self, symbol: ClassSymbol) -> Methods:
        summary = self._classes.summary(symbol)
        path = self._modules.find(symbol.module) if self._modules.in_project(symbol.module) else None
        found: Methods = {}
        if summary is None or path is None:
            return found
        for name, place, attributes in (self._summaries.ask(path, assigned, symbol.qualname) or [[]])[-1]:
            definition = summary.members[name][place]
            if isinstance(definition, FunctionSummary):
                method = FunctionSymbol(symbol.module, f"{symbol.qualname}.{name}", definition)
                for attribute in attributes:
                    found[attribute] = (*found.get(attribute, ()), method)
        return found
