"""Classes with their bases: summaries, method resolution order, members."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence

from flake8_unique_insert.project.known import Known
from flake8_unique_insert.project.memo import Memo
from flake8_unique_insert.project.names import Names
from flake8_unique_insert.project.summaries import Summaries
from flake8_unique_insert.schema import ClassSymbol, ExternalSymbol, FunctionSymbol, Member, Symbol, ValueSymbol
from flake8_unique_insert.syntax.expressions import Attribute, Call, Expression, Subscript, dotted, positional
from flake8_unique_insert.syntax.summary import Assignment, ClassSummary, Definition, FunctionSummary

Base = ClassSymbol | ExternalSymbol
WELL_KNOWN = frozenset(sys.stdlib_module_names) | {"builtins", "typing_extensions", "six"}
"""Packages whose classes never bring model fields."""


class Classes:
    """Links classes to their bases.

    dynamic: what a base given by a call is (`get_user_model()`, ...), None when that is not known.
    """

    def __init__(
        self,
        names: Names,
        summaries: Summaries,
        known: Known,
        dynamic: Callable[[Call, str], Symbol | None],
    ) -> None:
        self._names = names
        self._summaries = summaries
        self._known = known
        self._dynamic = dynamic
        self._written: dict[ClassSymbol, ClassSummary | None] = {}
        self._direct: Memo[Base, tuple[tuple[Base, ...], bool]] = Memo(((), False))
        self._order: Memo[Base, tuple[Base, ...]] = Memo(())
        names.class_attribute = self.attribute

    def clear(self) -> None:
        """Forget everything, after a file has changed."""
        self._written.clear()
        self._direct.clear()
        self._order.clear()

    def summary(self, symbol: ClassSymbol) -> ClassSummary | None:
        """The class as written; the last definition where there are several."""
        if symbol not in self._written:
            self._written[symbol] = self._find(symbol)
        return self._written[symbol]

    def _find(self, symbol: ClassSymbol) -> ClassSummary | None:
        module = self._summaries.of(symbol.module)
        if module is None:
            return None
        first, *rest = symbol.qualname.split(".")
        found = _last_class(module.definitions.get(first, ()))
        for part in rest:
            found = _last_class(found.members.get(part, ())) if found else None
        return found

    def direct_bases(self, symbol: Base) -> tuple[Base, ...]:
        """The bases that can be resolved, in order."""
        return self._bases_of(symbol)[0]

    def bases_known(self, symbol: Base) -> bool:
        """Whether every base of the class and of its bases is known well enough to know its fields."""
        return all(self._bases_of(item)[1] for item in self.mro(symbol))

    def _bases_of(self, symbol: Base) -> tuple[tuple[Base, ...], bool]:
        return self._direct.get(symbol, lambda: self._find_bases(symbol))

    def _find_bases(self, symbol: Base) -> tuple[tuple[Base, ...], bool]:
        if isinstance(symbol, ExternalSymbol):
            return self._external_bases(symbol.dotted)
        summary = self.summary(symbol)
        if summary is None:
            return (), False
        found: list[Base] = []
        complete = not summary.has_unknown_bases
        for expression in summary.bases:
            bases = list(self.base_symbols(expression, symbol.module))
            complete = complete and bool(bases)
            found.extend(base for base in bases if base not in found and base != symbol)
        return tuple(found), complete

    def _external_bases(self, name: str) -> tuple[tuple[Base, ...], bool]:
        bases = self._known.bases(name)
        if bases is not None:
            return tuple(self._known_base(base) for base in bases), True
        return (), name.split(".")[0] in WELL_KNOWN or name.startswith("django.")

    def _known_base(self, name: str) -> Base:
        found = self._names.external(name)
        return found if isinstance(found, (ClassSymbol, ExternalSymbol)) else ExternalSymbol(name)

    def base_symbols(self, expression: Expression, module: str) -> Iterator[Base]:
        """The classes that a base as written stands for; nothing when it is not known."""
        if isinstance(expression, Subscript):
            expression = expression.base
        if isinstance(expression, Call):
            yield from self._called(expression, module)
            return
        path = dotted(expression)
        found = self._names.resolve(module, path) if path else None
        if isinstance(found, ValueSymbol):
            yield from self._assigned(found)
        elif isinstance(found, (ClassSymbol, ExternalSymbol)):
            yield found

    def _assigned(self, symbol: ValueSymbol) -> Iterator[Base]:
        for assignment in reversed(symbol.assignments):
            if isinstance(assignment.value, (Call, Subscript)) and assignment.index is None:
                found = list(self.base_symbols(assignment.value, symbol.module))
                if found:
                    yield from found
                    return

    def _called(self, call: Call, module: str) -> Iterator[Base]:
        """`with_metaclass(M, A, B)`, `A.from_queryset(Q)`, `get_user_model()`."""
        name = (dotted(call.function) or "").rsplit(".", 1)[-1]
        if name == "with_metaclass":
            for item in positional(call)[1:]:
                yield from self.base_symbols(item, module)
        elif name == "from_queryset" and isinstance(call.function, Attribute):
            yield from self.base_symbols(call.function.base, module)
        else:
            found = self._dynamic(call, module)
            if isinstance(found, (ClassSymbol, ExternalSymbol)):
                yield found

    def mro(self, symbol: Base) -> tuple[Base, ...]:
        """The class and all its bases in the order that Python looks them up."""
        return self._order.get(symbol, lambda: self._linearise(symbol)) or (symbol,)

    def _linearise(self, symbol: Base) -> tuple[Base, ...]:
        bases = self.direct_bases(symbol)
        merged = merge([*(self.mro(base) for base in bases), bases])
        return (symbol, *(item for item in merged if item != symbol))

    def bases(self, symbol: Symbol) -> tuple[str, ...]:
        """Dotted names in MRO order."""
        if not isinstance(symbol, (ClassSymbol, ExternalSymbol)):
            return ()
        return tuple(item.dotted for item in self.mro(symbol))

    def member(self, symbol: ClassSymbol, name: str, after: ClassSymbol | None = None) -> Member | None:
        """The last definition of a member in the first class of the MRO that has one."""
        order: Sequence[Base] = self.mro(symbol)
        if after is not None:
            order = order[order.index(after) + 1 :] if after in order else ()
        for item in order:
            if isinstance(item, ClassSymbol):
                summary = self.summary(item)
                if summary and summary.members.get(name):
                    return Member(item, summary.members[name][-1])
        return None

    def attribute(self, owner: ClassSymbol, name: str) -> Symbol | None:
        """`Class.name` as a symbol."""
        found = self.member(owner, name)
        if found is None:
            return None
        place, definition = found.owner, found.definition
        if isinstance(definition, ClassSummary):
            return ClassSymbol(place.module, definition.qualname)
        if isinstance(definition, FunctionSummary):
            return FunctionSymbol(place.module, f"{place.qualname}.{name}", definition)
        if isinstance(definition, Assignment):
            return self._alias(place, definition) or ValueSymbol(
                place.module, f"{place.qualname}.{name}", self._assignments(place, name)
            )
        return None

    def _alias(self, place: ClassSymbol, assignment: Assignment) -> Symbol | None:
        path = dotted(assignment.value) if assignment.value is not None and assignment.index is None else None
        summary = self.summary(place)
        if path is None or summary is None or path.split(".")[0] in summary.members:
            return None
        found = self._names.resolve(place.module, path)
        return found if isinstance(found, (ClassSymbol, FunctionSymbol)) else None

    def _assignments(self, place: ClassSymbol, name: str) -> tuple[Assignment, ...]:
        summary = self.summary(place)
        members = summary.members.get(name, ()) if summary else ()
        return tuple(item for item in members if isinstance(item, Assignment))


def _last_class(definitions: tuple[Definition, ...]) -> ClassSummary | None:
    for item in reversed(definitions):
        if isinstance(item, ClassSummary):
            return item
    return None


def merge(sequences: Sequence[Sequence[Base]]) -> list[Base]:
    """C3; where it has no answer (Python would refuse the class) the first class left is taken."""
    queues = [list(sequence) for sequence in sequences if sequence]
    merged: list[Base] = []
    while queues:
        head = next(
            (queue[0] for queue in queues if not any(queue[0] in other[1:] for other in queues)),
            queues[0][0],
        )
        merged.append(head)
        queues = [[item for item in queue if item != head] for queue in queues]
        queues = [queue for queue in queues if queue]
    return merged
