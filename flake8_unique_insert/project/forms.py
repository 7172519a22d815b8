"""ModelForm classes and sets of them: the fields that they take in, and the unique keys that they check."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from flake8_unique_insert.project.classes import Classes
from flake8_unique_insert.project.literals import Placed
from flake8_unique_insert.project.memo import Memo
from flake8_unique_insert.project.metas import Metas
from flake8_unique_insert.project.names import Names
from flake8_unique_insert.project.removals import removed_fields, required_fields
from flake8_unique_insert.project.selections import (
    FALSE_VALUES,
    FIELDS_OF_DJANGO,
    Selections,
    is_editable,
    is_filled,
    is_required,
)
from flake8_unique_insert.project.serializers import SERIALIZER, Serializers
from flake8_unique_insert.schema import (
    ClassSymbol,
    FormKind,
    FunctionSymbol,
    KeyKind,
    Model,
    ModelForm,
    UniqueKey,
    ValueSymbol,
)
from flake8_unique_insert.syntax.expressions import (
    TRUE,
    Call,
    Expression,
    constant,
    dotted,
    positional,
    string,
)

ANY_FORM = "django.forms.BaseForm"
FORM = "django.forms.BaseModelForm"
ANY_SERIALIZER = "rest_framework.serializers.Serializer"
PLAIN_FORM = ClassSymbol("django.forms", "ModelForm")
PLAIN_SET = ClassSymbol("django.forms", "BaseModelFormSet")
FACTORIES = {
    "modelform_factory": ("model", "form", "fields", "exclude"),
    "modelformset_factory": ("model", "form", "formfield_callback", "formset"),
    "inlineformset_factory": ("parent_model", "model", "form", "formset", "fk_name", "fields", "exclude"),
}
"""Django's factories of form classes, with the names of their positional arguments."""
OWN_UNIQUENESS = ("validate_unique", "_get_validation_exclusions")
"""Methods whose overrides may decide by themselves what is checked."""


class Forms:
    """Reads form, formset and serializer classes.

    model: the model that an expression names. text: the source of a function.
    """

    def __init__(
        self,
        names: Names,
        classes: Classes,
        metas: Metas,
        model: Callable[[Placed], Model | None],
        text: Callable[[FunctionSymbol], str],
    ) -> None:
        self._names = names
        self._classes = classes
        self._metas = metas
        self._model = model
        self._text = text
        self._selections = Selections(metas.literals)
        self._serializers = Serializers(names, classes, metas, self._selections, model, text)
        self._known: Memo[ClassSymbol, ModelForm | None] = Memo(None)
        self._made: dict[tuple[str, Call], ModelForm | None] = {}

    def clear(self) -> None:
        """Forget everything, after a file has changed."""
        self._known.clear()
        self._made.clear()

    def get(self, symbol: ClassSymbol) -> ModelForm | None:
        """The form, formset or serializer that a class is."""
        return self._known.get(symbol, lambda: self._read(symbol))

    def _read(self, symbol: ClassSymbol) -> ModelForm | None:
        bases = self._classes.bases(symbol)
        if FORM in bases or _is_called(bases, "ModelForm"):
            return self._form(symbol, bases)
        is_serializer = SERIALIZER in bases or _is_called(bases, "ModelSerializer")
        return self._serializers.read(symbol) if is_serializer else self._formset(symbol)

    # --- forms

    def _form(self, symbol: ClassSymbol, bases: tuple[str, ...]) -> ModelForm | None:
        meta = self._metas.of_class(symbol)
        inherited = next((FIELDS_OF_DJANGO[name] for name in map(last_part, bases) if name in FIELDS_OF_DJANGO), None)
        stated, fields, exclude = (self._metas.value(meta, name) for name in ("model", "fields", "exclude"))
        user = Placed(constant("auth.User"), symbol.module)
        model = self._model(stated or user) if stated or inherited else None
        if model is None or model.abstract:
            return None
        if fields is None and inherited is not None:
            selected: frozenset[str] | None = self._selections.all_of(model, frozenset(inherited))
        else:
            selected = self._selections.selected(model, fields, exclude)
        return self._described(symbol, model, selected) if selected is not None else None

    def declared(self, symbol: ClassSymbol) -> dict[str, bool] | None:
        """The fields that a form's class bodies declare for input, True for those that take no empty one.

        None for what is no form.
        """
        bases = self._classes.bases(symbol)
        is_either = {ANY_FORM, ANY_SERIALIZER}.intersection(bases)
        if not is_either and not _is_called(bases, "ModelForm") and not _is_called(bases, "ModelSerializer"):
            return None
        fields = self._serializers.declared(symbol)
        return {
            name: is_required(field.arguments) and not any(part in field.kind for part in FALSE_VALUES)
            for name, field in fields.items()
            if field.is_writable
        }

    def _described(self, symbol: ClassSymbol, model: Model, selected: Iterable[str]) -> ModelForm:
        """A form class with these of the model's fields."""
        fields = frozenset(name for name in selected if name in model.fields and is_editable(model.fields[name]))
        declared = self._serializers.declared(symbol)
        own = {name: declared[name].arguments if name in declared else None for name in fields}
        for name in fields & self._required(symbol):
            own[name] = {**(own[name] or {}), "required": TRUE}
        disabled = frozenset(name for name, given in own.items() if given and given.get("disabled") == TRUE)
        filled = frozenset(name for name, given in own.items() if is_filled(model.fields[name], given))
        filled -= self._removed(symbol)
        checked = self._checked(symbol, model, fields)
        plain = fields.difference(declared)
        return ModelForm(
            symbol, model, FormKind.FORM, fields, checked, disabled=disabled, filled=filled, empty_is_null=plain
        )

    def _checked(self, symbol: ClassSymbol, model: Model, fields: frozenset[str]) -> frozenset[UniqueKey]:
        """The keys that `_post_clean` checks: with no field left out; by fields only after `ModelForm.clean` ran.

        Where all fields of a key may be taken away the row keeps its own values, and nothing is left to check.
        """
        if not all(self._reaches_django(symbol, name) for name in ("_post_clean", "full_clean")):
            return frozenset()
        cleaned = self._reaches_django(symbol, "clean")
        removed = self._removed(symbol)
        present = {
            is_constraint: (fields - removed) | self._included(symbol, model, is_constraint)
            for is_constraint in (False, True)
        }
        return frozenset(
            key
            for key in model.keys
            if (key.read <= present[key.kind is KeyKind.CONSTRAINT] or removed.issuperset(key.members))
            and (cleaned or key.kind is KeyKind.CONSTRAINT)
        )

    def _removed(self, symbol: ClassSymbol) -> frozenset[str]:
        """The fields that a form may be without, as its `__init__` takes them away."""
        texts = self._overrides(symbol, "__init__")
        return frozenset().union(*(removed_fields(text) for text in texts if "self.fields" in text))

    def _required(self, symbol: ClassSymbol) -> frozenset[str]:
        """The fields that a form's `__init__` makes required."""
        texts = self._overrides(symbol, "__init__")
        return frozenset().union(*(required_fields(text) for text in texts if ".required" in text))

    def _included(self, symbol: ClassSymbol, model: Model, is_constraint: bool) -> frozenset[str]:
        """Fields that overrides have validated, in the form or not: those that the list of exclusions speaks of, and
        all where its text names none, or where an override does not leave it to Django what is checked.

        is_constraint: of constraints, which `instance.validate_unique()` does not check.
        """
        for name in OWN_UNIQUENESS:
            own = (text for text in self._overrides(symbol, name) if not (is_constraint and _is_of_fields(text)))
            if not all(re.search(rf"super\([^)]*\)\s*\.\s*{name}\(", text) for text in own):
                return frozenset(model.fields)
        texts = self._overrides(symbol, OWN_UNIQUENESS[1])
        named = (frozenset(model.fields).intersection(re.findall(r"\w+", text)) for text in texts)
        return frozenset().union(*(names or frozenset(model.fields) for names in named))

    def _reaches_django(self, symbol: ClassSymbol, name: str) -> bool:
        """False when an override of a method does not call that of its base (oracle C_f07)."""
        return all(re.search(rf"\.\s*{name}\(", text) for text in self._overrides(symbol, name))

    def _overrides(self, symbol: ClassSymbol, name: str) -> Iterator[str]:
        """The texts of a method in a class and its bases, in the order of the MRO."""
        found = self._classes.member(symbol, name)
        while found is not None and (method := found.method) is not None:
            yield self._text(method)
            found = self._classes.member(symbol, name, after=found.owner)

    def of(self, model: Model, fields: Iterable[str] | None, base: ClassSymbol = PLAIN_FORM) -> ModelForm:
        """The form that a generic view makes of a model and the names of fields (None: all)."""
        return self._described(base, model, model.fields if fields is None else fields)

    def limited(
        self, base: ClassSymbol, model: Model, fields: Placed | None, without: list[Placed]
    ) -> ModelForm | None:
        """The form that an admin makes of a form class, or of its own options, and the fields that these show."""
        form = self._made_from(base, model, fields, None)
        left_out = [self._selections.names(part) for part in without]
        if form is None or None in left_out:
            return None
        hidden = frozenset().union(*(names for names in left_out if names is not None))
        return self._described(base, model, form.fields - hidden)

    # --- factories and sets

    def made(self, call: Call, module: str) -> ModelForm | None:
        """The form or formset class that a factory makes."""
        key = module, call
        if key not in self._made:
            self._made[key] = self._make(Placed(call, module), call)
        return self._made[key]

    def _make(self, placed: Placed, call: Call) -> ModelForm | None:
        factory = last_part(dotted(call.function) or "")
        if factory not in FACTORIES:
            return None
        given = dict(zip(FACTORIES[factory], positional(call), strict=False))
        given.update({argument.keyword: argument.value for argument in call.arguments if argument.keyword})
        stated = given.get("model")
        model = self._model(placed.at(stated)) if stated is not None else None
        base = self._class(placed, given.get("form"))
        if model is None or (base is None and "form" in given):
            return None
        fields, exclude = (placed.at(given[name]) if name in given else None for name in ("fields", "exclude"))
        form = self._made_from(base, model, fields, exclude)
        if form is None or factory == "modelform_factory":
            return form
        links = self._parent_links(placed, given, model) if "parent_model" in given else frozenset()
        form = replace(form, checked=self._checked(form.symbol, model, form.fields | links))
        return self._set_of(form, links, self._class(placed, given.get("formset")))

    def _made_from(
        self, base: ClassSymbol | None, model: Model, fields: Placed | None, exclude: Placed | None
    ) -> ModelForm | None:
        """The form class of a factory: a base's own selection of fields, or that of the arguments."""
        symbol = base or PLAIN_FORM
        known = self.get(base) if base is not None else None
        if fields is None and exclude is None and known is not None:
            return known
        selected = self._selections.selected(model, fields, exclude)
        return self._described(symbol, model, selected) if selected is not None else None

    def _parent_links(self, placed: Placed, given: dict[str, Expression], model: Model) -> frozenset[str]:
        """The foreign key through which an inline formset belongs to its parent: it is set and checked, too."""
        parent = self._model(placed.at(given["parent_model"]))
        stated = string(given.get("fk_name"))
        labels = {parent.label, parent.table, *parent.parents} if parent is not None else set()
        found = [field.name for field in model.fields.values() if field.relation in ("fk", "o2o")]
        return frozenset(
            name for name in found if name == stated or (stated is None and model.fields[name].target in labels)
        )

    def _set_of(self, form: ModelForm, links: frozenset[str], own: ClassSymbol | None) -> ModelForm:
        """The formset of a form; links: the fields that the set fills by itself."""
        checked = form.checked if own is None else self._checked_together(form, own)
        fields = form.fields | links
        return ModelForm(own or PLAIN_SET, form.model, FormKind.FORMSET, fields, checked, form, filled=form.filled)

    def _checked_together(self, form: ModelForm, symbol: ClassSymbol) -> frozenset[UniqueKey]:
        """The keys that a formset class checks: its own `clean` may look for any; without Django's equal rows pass."""
        if self._classes.member(symbol, "clean") is None:
            return form.checked
        return frozenset(form.model.keys if self._reaches_django(symbol, "clean") else ())

    def _formset(self, symbol: ClassSymbol) -> ModelForm | None:
        """A class that inherits from what a factory made."""
        summary = self._classes.summary(symbol)
        for expression in summary.bases if summary else ():
            base = self._factory_of(Placed(expression, symbol.module))
            if base is not None and base.kind is FormKind.FORMSET:
                return replace(base, symbol=symbol, checked=self._checked_together(base, symbol))
        return None

    def _factory_of(self, placed: Placed) -> ModelForm | None:
        """The form that an expression names: a call of a factory, a name for one, or a class."""
        if isinstance(placed.expression, Call):
            return self.made(placed.expression, placed.module)
        path = dotted(placed.expression)
        symbol = self._names.resolve(placed.module, path) if path else None
        if isinstance(symbol, ValueSymbol):
            last = symbol.assignments[-1].value if symbol.assignments else None
            return self.made(last, symbol.module) if isinstance(last, Call) else None
        return self.get(symbol) if isinstance(symbol, ClassSymbol) else None

    def _class(self, placed: Placed, expression: Expression | None) -> ClassSymbol | None:
        path = dotted(expression) if expression is not None else None
        symbol = self._names.resolve(placed.module, path) if path else None
        return symbol if isinstance(symbol, ClassSymbol) else None


def last_part(name: str) -> str:
    """`ModelForm` of `django.forms.ModelForm`."""
    return name.rsplit(".", 1)[-1]


def _is_of_fields(text: str) -> bool:
    """True for a method that has the row validate what its fields, and `unique_together`, say, and looks for no row."""
    return "instance.validate_unique(" in text and not re.search(r"constraint|full_clean|filter\(|exists\(", text)


def _is_called(bases: Iterable[str], kind: str) -> bool:
    """True where a base from a package that cannot be read is called a form, or a serializer, of a model."""
    return any(last_part(base).endswith(kind) for base in bases)
