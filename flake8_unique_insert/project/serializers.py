"""DRF's ModelSerializer classes: the fields that they take in, and the unique keys that they check."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from flake8_unique_insert.project.classes import Classes
from flake8_unique_insert.project.literals import Placed
from flake8_unique_insert.project.metas import Metas
from flake8_unique_insert.project.names import Names
from flake8_unique_insert.project.selections import ALL, Selections, is_editable, is_filled
from flake8_unique_insert.schema import (
    ClassSymbol,
    ExternalSymbol,
    Field,
    FormKind,
    FunctionSymbol,
    Model,
    ModelForm,
    UniqueKey,
)
from flake8_unique_insert.syntax.expressions import (
    FALSE,
    NONE,
    TRUE,
    Attribute,
    Call,
    Expression,
    Name,
    Sequence,
    called_name,
    dotted,
    keyword,
    string,
)
from flake8_unique_insert.syntax.summary import Assignment, FunctionSummary

SERIALIZER = "rest_framework.serializers.ModelSerializer"
READ_ONLY = frozenset({"SerializerMethodField", "ReadOnlyField", "StringRelatedField", "HyperlinkedIdentityField"})
"""Field classes that take nothing in."""
UNIQUE = "UniqueValidator"
"""DRF's validator of one field, which looks for a row with its value."""
LOOKUP = re.compile(r"objects|manager|queryset|filter\(|exists\(|count\(|_set\b|DoesNotExist|cursor")
"""What the text of code that looks for rows has."""
VALIDATES_ROW = re.compile(r"\.(?:full_clean|validate_unique|validate_constraints)\(")
RETURNED = re.compile(r"\breturn\b[ \t]*([^#\n]*)")


class Declared:
    """A field of a serializer: the arguments that its declaration, or `extra_kwargs`, gives it.

    states_unique: its own validators look for its value: then no other row has it, whatever else a key has. symbol: its
    class, if that is one of the project's.
    """

    def __init__(
        self,
        name: str,
        kind: str,
        arguments: dict[str, Expression],
        is_declared: bool,
        states_unique: bool,
        symbol: ClassSymbol | None = None,
    ) -> None:
        self.name = name
        self.kind = kind
        self.symbol = symbol
        self.arguments = arguments
        self.is_declared = is_declared
        self.states_unique = states_unique
        self.source = string(arguments.get("source")) or name

    @property
    def is_writable(self) -> bool:
        """Whether the input sets it."""
        return self.arguments.get("read_only") != TRUE and self.kind not in READ_ONLY

    def column(self, model: Model) -> Field | None:
        """What its input sets, `owner` also where `owner_id` is declared; None for what is no field of the model."""
        if not self.is_writable or (not self.is_declared and self.source not in model.fields):
            return None
        return model.field(self.source)

    @property
    def has_value(self) -> bool:
        """Whether DRF counts it among those that a check of several fields needs: writable, or with a default."""
        return self.is_writable or "default" in self.arguments

    @property
    def is_user(self) -> bool:
        """Whether it is the user of the request, which the input cannot change."""
        default = self.arguments.get("default")
        is_set = self.kind == "HiddenField" or not self.is_writable
        return is_set and isinstance(default, Call) and called_name(default) == "CurrentUserDefault"

    @property
    def checks_itself(self) -> bool:
        """Whether DRF, or the validators given, check that its value is unique (oracle B103, B104)."""
        validators = self.arguments.get("validators")
        if validators is None:
            return self.is_writable and not self.is_declared
        return self.is_writable and (not isinstance(validators, Sequence) or self.states_unique)

    @property
    def folds(self) -> bool:
        """Whether its own validators look for its value in any case: `UniqueValidator(rows, lookup="iexact")`."""
        validators = self.arguments.get("validators")
        return validators is not None and any(string(part) == "iexact" for part in validators.walk())


SERIALIZERS = frozenset({"BaseSerializer", "Serializer", "ModelSerializer", "HyperlinkedModelSerializer"})
"""DRF's base classes of what may be the field of another serializer."""


class Serializers:
    """Reads serializer classes. model: the model that an expression names. text: the source of a function."""

    def __init__(
        self,
        names: Names,
        classes: Classes,
        metas: Metas,
        selections: Selections,
        model: Callable[[Placed], Model | None],
        text: Callable[[FunctionSymbol], str],
    ) -> None:
        self._names = names
        self._classes = classes
        self._metas = metas
        self._selections = selections
        self._model = model
        self._text = text

    def read(self, symbol: ClassSymbol) -> ModelForm | None:
        """What a serializer class takes in and checks; None where that cannot be told."""
        meta = self._metas.of_class(symbol)
        stated = self._metas.value(meta, "model")
        model = self._model(stated) if stated is not None else None
        if meta is None or model is None or model.abstract:
            return None
        fields = self._fields(symbol, meta, model)
        if fields is None:
            return None
        own_fields = [field for field in fields if not self._is_nested(field)]
        into = {field: column for field in own_fields if (column := field.column(model)) is not None}
        written = frozenset(column.name for column in into.values())
        checked = frozenset(self._checked(symbol, meta, model, fields))
        filled = frozenset(column.name for field, column in into.items() if _is_filled(field, column))
        alone = frozenset(column.name for field, column in into.items() if field.states_unique)
        folding = frozenset(field.source for field in fields if field.folds)
        for inner in self._spread(symbol, fields, model):
            written, checked = written | inner.fields, checked | inner.checked
            filled, alone = filled | inner.filled, alone | inner.alone
        optional = frozenset(column.name for field, column in into.items() if _is_optional(field, column))
        many = self._named(self._metas.value(meta, "list_serializer_class"))
        own = self._metas.value(meta, "validators")
        of_user = frozenset(field.source for field in fields if field.is_user)
        return ModelForm(
            symbol,
            model,
            FormKind.SERIALIZER,
            written,
            checked,
            filled=filled,
            alone=alone,
            folding=folding,
            optional=optional,
            of_user=of_user,
            many=many,
            validators=(own.expression, own.owner) if own is not None and own.owner is not None else None,
        )

    def _is_nested(self, field: Declared) -> bool:
        """True for a field whose input is a dict for another serializer, which DRF refuses to save by itself."""
        bases = self._classes.bases(field.symbol) if field.symbol is not None else ()
        return any(base.rpartition(".")[2] in SERIALIZERS for base in bases)

    def _spread(self, symbol: ClassSymbol, fields: list[Declared], model: Model) -> Iterator[ModelForm]:
        """The serializers whose input stands among that of this one, `SizeSerializer(source="*")`.

        Without those that look for rows by themselves.
        """
        for field in fields:
            inner = field.symbol if field.source == "*" and field.is_writable else None
            form = self.read(inner) if inner is not None and inner != symbol else None
            if form is None or form.model.table != model.table:
                continue
            own = (method for method in self._methods(form.symbol) if method.summary.name.startswith("validate"))
            if not any(LOOKUP.search(self._text(method)) for method in own):
                yield form

    def _named(self, stated: Placed | None) -> ClassSymbol | None:
        path = dotted(stated.expression) if stated is not None else None
        symbol = self._names.resolve(stated.module, path) if stated is not None and path else None
        return symbol if isinstance(symbol, ClassSymbol) else None

    # --- fields

    def _fields(self, symbol: ClassSymbol, meta: ClassSymbol, model: Model) -> list[Declared] | None:
        names = self._metas.value(meta, "fields")
        selected = self._selections.selected(model, names, self._metas.value(meta, "exclude"))
        if selected is None:
            return None
        declared, extra = self.declared(symbol), self._extra(meta)
        all_declared = names is None or ALL in (self._selections.names(names) or ())
        return [
            *(field for name, field in declared.items() if all_declared or name in selected),
            *(self._automatic(model, name, extra.get(name, {}), meta) for name in selected if name not in declared),
        ]

    def _automatic(self, model: Model, name: str, arguments: dict[str, Expression], meta: ClassSymbol) -> Declared:
        field = Declared(name, "", arguments, False, self._look_up(arguments, meta.module))
        if field.source in model.fields and not is_editable(model.fields[field.source]):
            field.arguments = {"read_only": TRUE, **arguments}
        return field

    def declared(self, symbol: ClassSymbol) -> dict[str, Declared]:
        """The fields of the class bodies along the MRO; `name = None` takes an inherited one away."""
        found: dict[str, Declared] = {}
        for base in reversed([item for item in self._classes.mro(symbol) if isinstance(item, ClassSymbol)]):
            summary = self._classes.summary(base)
            for name, definitions in summary.members.items() if summary else ():
                last = definitions[-1]
                if isinstance(last, Assignment) and isinstance(last.value, Call):
                    found[name] = self._of_call(name, Placed(last.value, base.module), last.value)
                elif isinstance(last, Assignment) and last.value == NONE:
                    found.pop(name, None)
        return found

    def _of_call(self, name: str, placed: Placed, call: Call) -> Declared:
        arguments = {argument.keyword: argument.value for argument in call.arguments if argument.keyword}
        path = dotted(call.function) or ""
        symbol = self._names.resolve(placed.module, path)
        kind = symbol.dotted if isinstance(symbol, (ClassSymbol, ExternalSymbol)) else path
        own = symbol if isinstance(symbol, ClassSymbol) else None
        return Declared(name, kind.rsplit(".", 1)[-1], arguments, True, self._look_up(arguments, placed.module), own)

    def _look_up(self, arguments: dict[str, Expression], module: str) -> bool:
        """Whether a field's validators look for its value: `UniqueValidator`, or a class that leaves it to that one."""
        stated = arguments.get("validators")
        if stated is None or _mentions(stated, UNIQUE):
            return stated is not None and not _looks_among_some(stated)
        paths = (dotted(part.function) for part in stated.walk() if isinstance(part, Call))
        found = (self._names.resolve(module, path) for path in paths if path)
        return any(
            isinstance(symbol, ClassSymbol)
            and any(base.rpartition(".")[2] == UNIQUE for base in self._classes.bases(symbol))
            and self._classes.member(symbol, "__call__") is None
            for symbol in found
        )

    def _extra(self, meta: ClassSymbol) -> dict[str, dict[str, Expression]]:
        """`extra_kwargs` and `read_only_fields`: arguments of automatic fields."""
        found: dict[str, dict[str, Expression]] = {}
        extra, read_only = self._metas.value(meta, "extra_kwargs"), self._metas.value(meta, "read_only_fields")
        for name, arguments in self._metas.literals.entries(extra) if extra is not None else ():
            found[name] = {key: value.expression for key, value in self._metas.literals.entries(arguments)}
        for name in (self._selections.names(read_only) or ()) if read_only is not None else ():
            found[name] = {**found.get(name, {}), "read_only": TRUE}
        return found

    # --- checks

    def _checked(
        self, symbol: ClassSymbol, meta: ClassSymbol, model: Model, fields: list[Declared]
    ) -> Iterator[UniqueKey]:
        stated = self._metas.value(meta, "validators")
        makes_none = self._gives_none(symbol, "get_validators") or (
            stated is None and self._gives_none(symbol, "get_unique_together_validators")
        )
        alone = {field.source for field in fields if field.checks_itself}
        present = {field.source for field in fields if field.has_value}
        sources = {field.name: field.source for field in fields}
        for key in model.keys:
            if key.expressions:
                continue  # DRF makes no validator of them (oracle B117)
            if len(key.read) == 1:
                if key.read <= alone:
                    yield key
            elif makes_none:
                continue
            elif stated is None:
                if key.read <= present:
                    yield key
            elif present.issuperset(key.members) and self._states(stated, key, sources):
                yield key  # in the rows that these look at

    def _gives_none(self, symbol: ClassSymbol, name: str) -> bool:
        """Whether a method that gives validators returns an empty list, and none has the model validate the row."""
        member = self._classes.member(symbol, name)
        method = member.method if member is not None else None
        returned = RETURNED.findall(self._text(method)) if method is not None else []
        if not returned or not all(value.strip() in ("[]", "()") for value in returned):
            return False
        return not any(VALIDATES_ROW.search(self._text(method)) for method in self._methods(symbol))

    def _states(self, stated: Placed, key: UniqueKey, sources: Mapping[str, str]) -> bool:
        """Whether `Meta.validators`, which stand in for the automatic ones, check a key (oracle B108).

        sources: of the serializer's fields, whose names these give.
        """
        if not isinstance(stated.expression, Sequence):
            return True
        for item in filter(self._may_look_up, self._metas.literals.items(stated)):
            fields = keyword(item.expression, "fields") if isinstance(item.expression, Call) else None
            names = self._selections.names(item.at(fields)) if fields is not None else None
            if key.condition is None and _looks_among_some(item.expression):
                continue
            if names is None or {sources.get(name, name) for name in names} <= set(key.members):
                return True
        return False

    def _may_look_up(self, validator: Placed) -> bool:
        """Whether a validator may look for rows: any but code of the project's without a lookup in its text."""
        named = validator.expression
        path = dotted(named.function if isinstance(named, Call) else named)
        symbol = self._names.resolve(validator.module, path) if path else None
        if isinstance(symbol, FunctionSymbol) and not isinstance(named, Call):
            return LOOKUP.search(self._text(symbol)) is not None
        if not isinstance(symbol, ClassSymbol) or not self._classes.bases_known(symbol):
            return True
        return any(LOOKUP.search(self._text(method)) for method in self._methods(symbol))

    def _methods(self, symbol: ClassSymbol) -> Iterator[FunctionSymbol]:
        """The methods of a class and its bases."""
        for base in (item for item in self._classes.mro(symbol) if isinstance(item, ClassSymbol)):
            summary = self._classes.summary(base)
            for definitions in summary.members.values() if summary is not None else ():
                for item in definitions:
                    if isinstance(item, FunctionSummary):
                        yield FunctionSymbol(base.module, f"{base.qualname}.{item.name}", item)


def _is_filled(declared: Declared, field: Field) -> bool:
    """DRF requires no input for a field with a default."""
    if declared.is_declared:
        return is_filled(field, declared.arguments)
    return is_filled(field, None) and field.default is None and is_filled(field, declared.arguments)


def _is_optional(declared: Declared, field: Field) -> bool:
    """Whether the model's default stands in for input that is left out."""
    required = declared.arguments.get("required")
    left_out = required == FALSE if declared.is_declared else required != TRUE
    return left_out and "default" not in declared.arguments and field.default is not None


def _looks_among_some(validator: Expression) -> bool:
    """True for `UniqueValidator(Customer.objects.filter(active=True))`, which does not see all rows."""
    return any(isinstance(part, Call) and called_name(part) in ("filter", "exclude") for part in validator.walk())


def _mentions(expression: Expression, name: str) -> bool:
    return any(
        (isinstance(part, Name) and part.id.endswith(name))
        or (isinstance(part, Attribute) and part.name.endswith(name))
        for part in expression.walk()
    )
