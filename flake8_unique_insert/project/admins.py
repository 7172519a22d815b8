"""ModelAdmin classes: the model that each is registered for, and the form that it makes of its options."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from flake8_unique_insert.project.classes import Classes
from flake8_unique_insert.project.forms import Forms, last_part
from flake8_unique_insert.project.literals import Placed
from flake8_unique_insert.project.metas import Metas
from flake8_unique_insert.project.names import Names
from flake8_unique_insert.schema import ClassSymbol, Model, ModelForm
from flake8_unique_insert.syntax.expressions import (
    Call,
    Expression,
    Mapping,
    Name,
    Sequence,
    dotted,
    positional,
    string,
)
from flake8_unique_insert.syntax.summary import Assignment, ModuleSummary

ADMIN = "ModelAdmin"
WORKED_OUT = ("get_form", "get_fields", "get_fieldsets", "get_exclude", "get_readonly_fields")
"""Methods whose overrides decide by themselves what the form has."""


class Admins:
    """Reads ModelAdmin classes.

    named: the model that an expression names. text: the text of a module.
    """

    def __init__(
        self,
        names: Names,
        classes: Classes,
        metas: Metas,
        forms: Forms,
        named: Callable[[Placed], Model | None],
        text: Callable[[str], str],
    ) -> None:
        self._names = names
        self._classes = classes
        self._metas = metas
        self._forms = forms
        self._named = named
        self._text = text

    def form(self, symbol: ClassSymbol) -> ModelForm | None:
        """The form of a ModelAdmin: its fields are those of `fieldsets` or `fields`, the read-only ones left out.

        Where its own methods choose them it is taken to have, and to validate, whatever the model has.
        """
        model = self.model(symbol)
        if model is None:
            return None
        base, fieldsets, fields, exclude, locked = (
            self._metas.value(symbol, name) for name in ("form", "fieldsets", "fields", "exclude", "readonly_fields")
        )
        stated = base is not None and self._names.resolve(base.module, dotted(base.expression) or "")
        if base is not None and not isinstance(stated, ClassSymbol):
            return None
        if fieldsets is not None:
            parts = tuple(_fields(fieldsets.expression))
            fields = fieldsets.at(Sequence("list", parts))
            if not parts:
                return None
        own = stated if isinstance(stated, ClassSymbol) else symbol
        if any(self._classes.member(symbol, name) for name in WORKED_OUT):
            return replace(self._forms.of(model, None, own), checked=frozenset(model.keys))
        return self._forms.limited(own, model, fields, [part for part in (exclude, locked) if part is not None])

    def model(self, symbol: ClassSymbol) -> Model | None:
        """The only model of `@admin.register(Model)`, or of `admin.site.register(Model, TheAdmin)` in the same file."""
        if ADMIN not in map(last_part, self._classes.bases(symbol)):
            return None
        summary = self._classes.summary(symbol)
        named: list[Expression] = []
        for decorator in summary.decorators if summary else ():
            if isinstance(decorator, Call) and last_part(dotted(decorator.function) or "") == "register":
                named.extend(positional(decorator))
        if not named:
            call = rf"\bregister\(\s*([\w.]+)\s*,\s*(?:admin_class\s*=\s*)?{re.escape(symbol.qualname)}\b"
            named = [Name(name) for name in re.findall(call, self._text(symbol.module))]
        return self._named(Placed(named[0], symbol.module)) if len(named) == 1 else None

    def of_action(self, function: str, module: str, summary: ModuleSummary | None) -> Model | None:
        """The model of the only admin in a module that lists a function among its `actions`."""
        found = [
            ClassSymbol(module, item.qualname)
            for item in (summary.classes if summary is not None else ())
            for stated in item.members.get("actions", ())
            if isinstance(stated, Assignment) and stated.value is not None and Name(function) in stated.value.walk()
        ]
        return self.model(found[0]) if len(found) == 1 else None


def _fields(fieldsets: Expression) -> Iterator[Expression]:
    """The lists of fields in `((title, {"fields": (...)}), ...)`."""
    for part in fieldsets.walk():
        if isinstance(part, Mapping):
            yield from (value for key, value in part.items if string(key) == "fields")
