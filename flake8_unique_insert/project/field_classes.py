"""What field classes are: Django's or a project's own, and which arguments their `__init__` settles by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field

from flake8_unique_insert.django_names import AUTO_FIELDS
from flake8_unique_insert.project.classes import Base, Classes
from flake8_unique_insert.project.initialisers import settled_by
from flake8_unique_insert.project.known import Known
from flake8_unique_insert.project.summaries import Summaries
from flake8_unique_insert.record import record
from flake8_unique_insert.schema import ClassSymbol, ExternalSymbol, FunctionSymbol
from flake8_unique_insert.syntax.expressions import Expression, Name, constant
from flake8_unique_insert.syntax.summary import FunctionSummary

FIELD = "django.db.models.Field"
COMPOSITE_KEY = "django.db.models.CompositePrimaryKey"
GENERIC_KEY = "django.contrib.contenttypes.fields.GenericForeignKey"
ONE_TO_ONE = "django.db.models.OneToOneField"
FOREIGN_KEY = "django.db.models.ForeignKey"
FOREIGN_OBJECT = "django.db.models.ForeignObject"
MANY_TO_MANY = "django.db.models.ManyToManyField"
TAGS = "taggit.managers.TaggableManager"
RELATIONS = {ONE_TO_ONE: "o2o", FOREIGN_KEY: "fk", MANY_TO_MANY: "m2m", TAGS: "m2m"}
FILLS = re.compile(
    r"\bif\b[^\n]*(?:\badd\b|\bnot [\w.]+(?![\w.(])|\bis None\b|== ?['\"]{2})[^\n]*:\s*\n[^\n]*=\s*[\w.]+\("
)
"""A method that calls something for a value under a condition: the row is new, or the field has no value yet."""
CLOCK = re.compile(r"\b(?:now|today|utcnow|localtime|localdate|time)\(")
GENERIC_RELATION = "django.contrib.contenttypes.fields.GenericRelation"


@record
class FieldClass:
    """A field class.

    bases: dotted names along the MRO. defaults: arguments that it sets unless the caller gives them; forced: those it
    sets whatever the caller gives. Each with the module whose names the expression uses. fills: its own `pre_save()`
    makes a value where none was given.
    """

    bases: tuple[str, ...]
    defaults: Mapping[str, tuple[Expression, str]] = field(default_factory=dict)
    forced: Mapping[str, tuple[Expression, str]] = field(default_factory=dict)
    fills: bool = False

    @property
    def relation(self) -> str:
        """ "fk", "o2o", "m2m" or ""."""
        for name in self.bases:
            if name in RELATIONS:
                return RELATIONS[name]
        return "" if FIELD in self.bases else _relation_named(self.bases[0].rsplit(".", 1)[-1])

    @property
    def is_automatic(self) -> bool:
        """Whether the database numbers the rows."""
        return not AUTO_FIELDS.isdisjoint(self.bases)

    @property
    def is_tags(self) -> bool:
        """Whether it is taggit's manager of tags."""
        return TAGS in self.bases

    @property
    def is_virtual(self) -> bool:
        """Whether the field has neither a column nor rows of its own: generic relations."""
        return GENERIC_RELATION in self.bases


def _relation_named(name: str) -> str:
    if name.endswith(("OneToOneField", "OneToOne")):
        return "o2o"
    if name.endswith(("ManyToManyField", "TaggableManager")):
        return "m2m"
    return "fk" if name.endswith(("ForeignKey", "ParentalKey")) else ""


class FieldClasses:
    """Recognises field classes."""

    def __init__(self, classes: Classes, summaries: Summaries, known: Known) -> None:
        self._classes = classes
        self._summaries = summaries
        self._known = known
        self._read: dict[Base, FieldClass | None] = {}

    def clear(self) -> None:
        """Forget everything, after a file has changed."""
        self._read.clear()

    def get(self, symbol: Base) -> FieldClass | None:
        """The field class that a symbol names, None when it is none."""
        if symbol not in self._read:
            self._read[symbol] = self._describe(symbol)
        return self._read[symbol]

    def _describe(self, symbol: Base) -> FieldClass | None:
        bases = self._classes.bases(symbol)
        if FIELD not in bases and GENERIC_KEY not in bases and not self._looks_like_one(symbol):
            return None
        defaults: dict[str, tuple[Expression, str]] = {}
        forced: dict[str, tuple[Expression, str]] = {}
        for item in self._classes.mro(symbol):
            given, settled = self._settles(item)
            for name, value in settled.items():
                if name not in defaults:
                    forced.setdefault(name, value)
            for name, value in given.items():
                if name not in forced:
                    defaults.setdefault(name, value)
        if TAGS in bases:
            defaults.setdefault("to", (constant("taggit.Tag"), ""))
        return FieldClass(bases, defaults, forced, self._fills(symbol))

    def _fills(self, symbol: Base) -> bool:
        """True when the class's own `pre_save()` calls something where the field has no value, or the row is new."""
        for item in self._classes.mro(symbol):
            method = self._method(item, "pre_save")
            if method is not None:
                text = self._summaries.function_text(method, shared=True)
                return FILLS.search(text) is not None and CLOCK.search(text) is None
        return False

    def _method(self, symbol: Base, name: str) -> FunctionSymbol | None:
        """A method that a class of the project defines itself."""
        summary = self._classes.summary(symbol) if isinstance(symbol, ClassSymbol) else None
        found = summary.members.get(name, ()) if summary else ()
        if not isinstance(symbol, ClassSymbol) or not found or not isinstance(found[-1], FunctionSummary):
            return None
        return FunctionSymbol(symbol.module, f"{symbol.qualname}.{name}", found[-1])

    def _looks_like_one(self, symbol: Base) -> bool:
        """An unknown class from outside that is called like a field."""
        last = self._classes.mro(symbol)[-1] if self._classes.mro(symbol) else symbol
        unknown = [item for item in self._classes.mro(symbol) if isinstance(item, ExternalSymbol)]
        if not unknown or last.dotted.startswith(("django.forms", "rest_framework", "builtins")):
            return False
        package = unknown[0].dotted.split(".")
        if "forms" in package or "serializers" in package or self._known.bases(unknown[0].dotted) is not None:
            return False
        return package[-1].endswith(("Field", "ForeignKey", "ParentalKey", "TaggableManager"))

    def _settles(
        self, symbol: Base
    ) -> tuple[Mapping[str, tuple[Expression, str]], Mapping[str, tuple[Expression, str]]]:
        if isinstance(symbol, ExternalSymbol):
            return {name: (_stated(value), "") for name, value in self._known.settled(symbol.dotted).items()}, {}
        method = self._method(symbol, "__init__")
        if method is None:
            return {}, {}
        defaults, forced = settled_by(self._summaries.function_text(method, shared=True), method.summary)
        return _placed(defaults, symbol), _placed(forced, symbol)


def _placed(values: Mapping[str, Expression], symbol: ClassSymbol) -> dict[str, tuple[Expression, str]]:
    return {name: (value, symbol.module) for name, value in values.items()}


def _stated(value: object) -> Expression:
    """A value of the data file: constants as such, `{"call": name}` for a callable."""
    if isinstance(value, Mapping):
        return Name(str(value.get("call", "")))
    return constant(value)
