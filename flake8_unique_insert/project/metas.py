"""`class Meta` as Django resolves it: a model's own, or that of the first abstract base or mixin that has one."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_unique_insert.project.classes import Base, Classes
from flake8_unique_insert.project.literals import Literals, Placed, additions
from flake8_unique_insert.project.memo import Memo
from flake8_unique_insert.project.names import Names
from flake8_unique_insert.record import record
from flake8_unique_insert.schema import ClassSymbol, ExternalSymbol, ValueSymbol
from flake8_unique_insert.syntax.expressions import Attribute, Call, Expression, dotted
from flake8_unique_insert.syntax.summary import Assignment, ClassSummary

MODEL = "django.db.models.Model"
FIELD = "django.db.models.Field"


@record
class Option:
    """The definitions that make up a Meta option (several where one adds to another), and the line of the last."""

    parts: tuple[Placed, ...]
    line: int

    @property
    def last(self) -> Placed:
        """The value, where it is one expression."""
        return self.parts[-1]


class Metas:
    """Finds the Meta of models and the options in it."""

    def __init__(self, names: Names, classes: Classes) -> None:
        self._names = names
        self._classes = classes
        self._abstract: Memo[ClassSymbol, bool] = Memo(False)
        self._certain: Memo[ClassSymbol, bool] = Memo(False)
        self.literals: Literals

    def clear(self) -> None:
        """Forget everything, after a file has changed."""
        self._abstract.clear()
        self._certain.clear()

    def is_model(self, symbol: Base) -> bool:
        """Whether the class is a Django model: as its bases say, or, where one is unknown, as its own fields do."""
        return MODEL in self._classes.bases(symbol) or any(
            isinstance(item, ClassSymbol) and self._is_certain(item) for item in self._classes.mro(symbol)
        )

    def _is_certain(self, symbol: ClassSymbol) -> bool:
        return self._certain.get(symbol, lambda: self._looks_certain(symbol))

    def _looks_certain(self, symbol: ClassSymbol) -> bool:
        """A class with an unknown base from outside that declares model fields of Django."""
        unknown = any(
            isinstance(base, ExternalSymbol) and not self._classes.bases_known(base)
            for base in self._classes.direct_bases(symbol)
        )
        summary = self._classes.summary(symbol) if unknown else None
        return any(
            isinstance(item, Assignment) and isinstance(item.value, Call) and self._is_field(item.value, symbol.module)
            for definitions in (summary.members.values() if summary else ())
            for item in definitions
        )

    def _is_field(self, call: Call, module: str) -> bool:
        path = dotted(call.function)
        found = self._names.resolve(module, path) if path else None
        return isinstance(found, ExternalSymbol) and FIELD in self._classes.bases(found)

    def is_abstract(self, symbol: ClassSymbol) -> bool:
        """Whether the model's own Meta says `abstract = True`."""
        return self._abstract.get(symbol, lambda: self._says_abstract(symbol))

    def _says_abstract(self, symbol: ClassSymbol) -> bool:
        own = self.own(symbol)
        return own is not None and self._flag(own, "abstract")

    def _flag(self, meta: ClassSymbol, name: str) -> bool:
        if name == "abstract" and self._owner_is_model(meta):
            value = self._own_option(meta, name)
            if value is None:
                plain = [base for base in self._bases(meta) if not self._owner_is_model(base)]
                return any(self._flag(base, name) for base in plain)
        else:
            value = self.option(meta, name)
        return value is not None and self.literals.value(value.last) is True

    def _owner_is_model(self, meta: ClassSymbol) -> bool:
        owner = meta.qualname.rpartition(".")[0]
        return bool(owner) and self.is_model(ClassSymbol(meta.module, owner))

    def own(self, symbol: ClassSymbol) -> ClassSymbol | None:
        """The class that stands as `Meta` in the model's body, `Meta = Other` included."""
        summary = self._classes.summary(symbol)
        for definition in reversed(summary.members.get("Meta", ()) if summary else ()):
            if isinstance(definition, ClassSummary):
                return ClassSymbol(symbol.module, definition.qualname)
            if isinstance(definition, Assignment) and definition.value is not None:
                return self._meta_class(definition.value, symbol.module)
        return None

    def of(self, symbol: ClassSymbol) -> ClassSymbol | None:
        """The Meta in force."""
        return self.own(symbol) or self._inherited(symbol)

    def of_class(self, symbol: ClassSymbol) -> ClassSymbol | None:
        """The Meta of a class that is no model, as Python finds it: the first along the MRO."""
        return next((meta for base in self._classes.mro(symbol) if (meta := self._own_of(base)) is not None), None)

    def _own_of(self, symbol: Base) -> ClassSymbol | None:
        return self.own(symbol) if isinstance(symbol, ClassSymbol) else None

    def _inherited(self, symbol: ClassSymbol) -> ClassSymbol | None:
        for base in self._classes.mro(symbol)[1:]:
            if not isinstance(base, ClassSymbol):
                continue
            meta = self.own(base)
            if meta is not None and (not self.is_model(base) or self.is_abstract(base)):
                return meta
        return None

    def visible(self, symbol: ClassSymbol) -> ClassSymbol | None:
        """What `Model.Meta` gives: Django takes it away from concrete models."""
        if self.own(symbol) is not None and (not self.is_model(symbol) or self.is_abstract(symbol)):
            return self.own(symbol)
        return self._inherited(symbol)

    def _meta_class(self, expression: Expression, module: str) -> ClassSymbol | None:
        path = dotted(expression)
        if path is None:
            return None
        if isinstance(expression, Attribute) and expression.name == "Meta":
            owner = self._names.resolve(module, path.rpartition(".")[0])
            if isinstance(owner, ValueSymbol):
                owner = next((item for item in self._classes.base_symbols(expression.base, module)), None)
            return self.visible(owner) if isinstance(owner, ClassSymbol) else None
        found = self._names.resolve(module, path)
        return found if isinstance(found, ClassSymbol) else None

    def _bases(self, meta: ClassSymbol) -> Iterator[ClassSymbol]:
        summary = self._classes.summary(meta)
        for expression in summary.bases if summary else ():
            found = self._meta_class(expression, meta.module)
            if found is not None and found != meta:
                yield found

    def option(self, meta: ClassSymbol, name: str, depth: int = 0) -> Option | None:
        """An option in a Meta class or its bases; the caller sees to `abstract`."""
        found = self._own_option(meta, name)
        if found is not None or depth > 20:
            return found
        for base in self._bases(meta):
            found = self.option(base, name, depth + 1)
            if found is not None:
                return found
        return None

    def value(self, meta: ClassSymbol | None, name: str) -> Placed | None:
        """The value of an option that is one expression; None without a Meta or the option."""
        found = self.option(meta, name) if meta is not None else None
        return found.last if found is not None else None

    def _own_option(self, meta: ClassSymbol, name: str) -> Option | None:
        assignments = additions(self.local(meta, name))
        if not assignments:
            return None
        parts = [Placed(item.value, meta.module, meta) for item in assignments if item.value is not None]
        return Option(tuple(parts), assignments[-1].line) if parts else None

    def local(self, owner: ClassSymbol, name: str) -> tuple[Assignment, ...]:
        """The assignments of a name in a class body."""
        summary = self._classes.summary(owner)
        members = summary.members.get(name, ()) if summary else ()
        return tuple(item for item in members if isinstance(item, Assignment))

    def attribute(self, placed: Placed) -> list[Placed] | None:
        """The definitions of `Base.Meta.name`, None for any other expression."""
        expression = placed.expression
        if not isinstance(expression, Attribute) or not isinstance(expression.base, Attribute):
            return None
        if expression.base.name != "Meta":
            return None
        meta = self._meta_class(expression.base, placed.module)
        found = self.option(meta, expression.name) if meta else None
        return list(found.parts) if found else []
