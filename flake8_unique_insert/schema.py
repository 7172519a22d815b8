"""Models as Django would see them, and the symbols that names of a project stand for: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from flake8_unique_insert.django_names import AUTO_FIELDS
from flake8_unique_insert.record import record
from flake8_unique_insert.syntax.expressions import Argument, Expression
from flake8_unique_insert.syntax.summary import (
    Assignment,
    Definition,
    FunctionSummary,
)

# --- symbols: what a name of a module stands for, once its imports are followed


@record
class ModuleSymbol:
    """A module or package that has source: `dotted` is its import name."""

    dotted: str


class ClassSymbol(NamedTuple):
    """A class that has source. `module` and `qualname` as at run time.

    A tuple, as the next one: most of what the analysis looks up is looked up by these.
    """

    module: str
    qualname: str

    @property
    def dotted(self) -> str:
        """`module.qualname`."""
        return f"{self.module}.{self.qualname}"


@record
class FunctionSymbol:
    """A function or method that has source."""

    module: str
    qualname: str
    summary: FunctionSummary = field(compare=False, repr=False)

    @property
    def dotted(self) -> str:
        """`module.qualname`."""
        return f"{self.module}.{self.qualname}"


@record
class ValueSymbol:
    """A module-level assignment that has source; `assignments` are all its definitions, in order."""

    module: str
    name: str
    assignments: tuple[Assignment, ...] = field(compare=False, repr=False)

    @property
    def dotted(self) -> str:
        """`module.name`."""
        return f"{self.module}.{self.name}"


class ExternalSymbol(NamedTuple):
    """Something imported from outside the project, under the name it was imported by: "django.db.IntegrityError"."""

    dotted: str


Symbol = ModuleSymbol | ClassSymbol | FunctionSymbol | ValueSymbol | ExternalSymbol


# --- models


@record
class Location:
    """Where something is declared: a file (relative to the project root, or `site-packages/...`) and a line from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class KeyKind(Enum):
    """What declared a unique key."""

    UNIQUE = "unique"
    UNIQUE_TOGETHER = "unique_together"
    CONSTRAINT = "constraint"
    PRIMARY_KEY = "pk"


@record
class KeyExpression:
    """One expression of a functional unique key: `function` is "Lower", "Upper", ... or "" for a plain field.

    chooses: rows that have its value in common need not have its fields in common, as those of a `Case`.
    """

    function: str
    fields: tuple[str, ...]
    chooses: bool = False


@record
class UniqueKey:
    """Fields that the database keeps unique.

    fields: names as declared, without the fields that stand only inside `expressions`. condition: the `Q` of a partial
    constraint as written in `module`. nulls_distinct: False when two NULLs collide, as they do within `Coalesce`.
    table: of the multi-table parent that has the key; "" for the model's own.
    """

    kind: KeyKind
    fields: tuple[str, ...]
    declared: Location
    name: str = ""
    condition: Expression | None = None
    expressions: tuple[KeyExpression, ...] = ()
    nulls_distinct: bool = True
    deferrable: bool = False
    module: str = ""
    table: str = ""

    @property
    def members(self) -> tuple[str, ...]:
        """All fields of the key, those inside expressions included, in order, each once."""
        inside = (name for expression in self.expressions for name in expression.fields)
        return tuple(dict.fromkeys([*self.fields, *inside]))

    @property
    def alike(self) -> tuple[str, ...]:
        """The members that two rows with this key have in common: not those that only an expression chooses from."""
        chosen = {name for item in self.expressions if item.chooses for name in item.fields}
        chosen.difference_update(self.fields, *(item.fields for item in self.expressions if not item.chooses))
        return tuple(name for name in self.members if name not in chosen)

    def folds(self, name: str) -> bool:
        """True when the case of a member does not matter: `Lower("email")`."""
        return any(name in item.fields and item.function in ("Lower", "Upper") for item in self.expressions)

    @property
    def read(self) -> frozenset[str]:
        """Every field on which it depends whether two rows collide: the members and the fields of the condition."""
        parts = self.condition.walk() if self.condition is not None else ()
        named = (part.keyword.split("__")[0] for part in parts if isinstance(part, Argument) and part.keyword)
        return frozenset([*self.members, *named])


@record
class Field:
    """A concrete field of a model.

    kind: dotted name of its class, Django's own under their documented path ("django.db.models.SlugField"), a project's
    own class under its module. bases: dotted names of the class and all its known bases, kind first. default: the
    expression of `default=` or `db_default=` (None: no default), as written in `module`. target: label or dotted name
    of the related model, "" when it is no relation or not known. relation: "" | "fk" | "o2o" | "m2m". fills: its
    class's own `pre_save()` makes a value where none was given, as that of a package's `UUIDField(auto=True)` does.
    """

    name: str
    kind: str
    bases: tuple[str, ...] = ()
    null: bool = False
    unique: bool = False
    primary_key: bool = False
    default: Expression | None = None
    relation: str = ""
    target: str = ""
    related_name: str | None = None
    arguments: Mapping[str, Expression] = field(default_factory=dict)
    module: str = ""
    declared: Location = Location("", 0)
    fills: bool = False

    @property
    def column_name(self) -> str:
        """Django's attname: `owner_id` for the foreign key `owner`."""
        return f"{self.name}_id" if self.relation in ("fk", "o2o") else self.name

    @property
    def is_automatic(self) -> bool:
        """True for one that the database numbers."""
        return self.kind in AUTO_FIELDS or not AUTO_FIELDS.isdisjoint(self.bases)


@record
class ManagerDeclaration:
    """A manager of a model.

    manager: the manager's class, None for Django's own. queryset: the queryset class that it was built from
    (`from_queryset`, `as_manager`), None for Django's own.
    """

    name: str
    manager: ClassSymbol | None = None
    queryset: ClassSymbol | None = None


@record
class Accessor:
    """A way from an instance to rows of another model: reverse foreign keys, one-to-one names, many-to-many.

    model: the label of the model that is reached. field: the name of the field of that model which holds the instance
    (of a many-to-many relation the field that declares it, "" where that is one of the instance's own). kind: "many"
    (reverse foreign key), "one" (reverse one-to-one) or "m2m".
    """

    name: str
    model: str
    field: str
    kind: str


@record
class Link:
    """The rows between two models of a many-to-many relation.

    table: the label of their model. source, target: the foreign keys to the instance and to what it is linked to.
    """

    table: str
    source: str
    target: str


@dataclass(frozen=True, eq=False)
class Model:
    """A model class with everything that it inherits.

    label: "app_label.Name". fields: concrete fields by name, inherited ones included, in order; of a multi-table child
    the parents' too. parents: labels of multi-table parents. bases: dotted names of all known base classes.
    generic_keys: of each GenericForeignKey the fields that hold it, (content type, object id).
    """

    symbol: ClassSymbol | ExternalSymbol
    label: str
    name: str
    module: str
    declared: Location
    fields: Mapping[str, Field]
    keys: tuple[UniqueKey, ...]
    managers: Mapping[str, ManagerDeclaration]
    default_manager: str = "objects"
    primary_key: str = "id"
    abstract: bool = False
    proxy: bool = False
    managed: bool = True
    swapped: bool = False
    parents: tuple[str, ...] = ()
    concrete: str = ""
    bases_known: bool = True
    generic_keys: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """The label whose rows this class writes: its own, or the concrete model's of a proxy."""
        return self.concrete or self.label

    def field(self, name: str) -> Field | None:
        """A field by name, column name (`owner_id`) or `pk`."""
        if name == "pk":
            name = self.primary_key
        found = self.fields.get(name)
        if found is None and name.endswith("_id"):
            found = self.fields.get(name[: -len("_id")])
            if found is not None and found.column_name != name:
                return None
        return found


class FormKind(Enum):
    """What takes a model's values in and saves them."""

    FORM = "form"
    FORMSET = "formset"
    SERIALIZER = "serializer"


@dataclass(frozen=True)
class ModelForm:
    """A ModelForm, a set of them, or a DRF ModelSerializer: a class that validates input and saves it as rows.

    symbol: its class; of one that a factory makes, the class that it is made from. fields: the model's fields that the
    input sets. checked: the keys for which its own validation looks for another row. each: the form that a set repeats.
    disabled: fields whose values come from the row or from `initial`, never from the input.
    filled: the fields whose valid input is never empty. empty_is_null: those whose empty input is None, where the model
    takes that: Django's own fields of a form. alone: those whose validators look for their value in all rows.
    folding: those whose validators do so in any case. optional: those with a default in the model that the input of a
    serializer may leave out. of_user: those that are validated with the request's user, whatever is put in.
    many: the class that a serializer names for several rows at once, `Meta.list_serializer_class`.
    validators: its `Meta.validators`, and the class in which that stands.
    """

    symbol: ClassSymbol
    model: Model
    kind: FormKind
    fields: frozenset[str]
    checked: frozenset[UniqueKey]
    each: ModelForm | None = None
    disabled: frozenset[str] = frozenset()
    filled: frozenset[str] = frozenset()
    empty_is_null: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    folding: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    of_user: frozenset[str] = frozenset()
    many: ClassSymbol | None = None
    validators: tuple[Expression, ClassSymbol] | None = None

    @property
    def inputs(self) -> frozenset[str]:
        """The fields that users fill in: without the parent that an inline formset sets in new rows."""
        form = self.each or self
        return form.fields - form.disabled

    @property
    def data(self) -> str:
        """The attribute that holds the validated values."""
        return "validated_data" if self.kind is FormKind.SERIALIZER else "cleaned_data"


@record
class Member:
    """A member of a class found along its MRO: the class that defines it, and the last definition there."""

    owner: ClassSymbol
    definition: Definition

    @property
    def method(self) -> FunctionSymbol | None:
        """The function that it is, None for anything else."""
        if isinstance(found := self.definition, FunctionSummary):
            return FunctionSymbol(self.owner.module, f"{self.owner.qualname}.{found.name}", found)
        return None
