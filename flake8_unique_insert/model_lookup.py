"""What the layers above the project may ask about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from flake8_unique_insert.schema import (
    Accessor,
    ClassSymbol,
    FunctionSymbol,
    Link,
    ManagerDeclaration,
    Member,
    Model,
    ModelForm,
    Symbol,
)
from flake8_unique_insert.syntax.expressions import Call
from flake8_unique_insert.syntax.summary import ClassSummary, Import


class ModelLookup(Protocol):
    """What evaluation, guards and rules may ask about a project. Unknown is None, never an exception."""

    def resolve(self, module: str, name: str) -> Symbol | None:
        """What a dotted name means in a module's global scope (imports, re-exports and `import *` followed).

        `name` may have dots: "models.User" in a module that imports `models`. Names from outside the project come back
        as ExternalSymbol under the name they are imported by, unless they are classes of installed source.
        """

    def resolve_import(self, module: str, imported: Import) -> Symbol | None:
        """What a name means that an import statement in a module binds, wherever in the module it stands."""

    def class_summary(self, symbol: ClassSymbol) -> ClassSummary | None:
        """The class as written."""

    def class_member(self, symbol: ClassSymbol, name: str, after: ClassSymbol | None = None) -> Member | None:
        """A member along the MRO; after: start behind this class, as `super()` in it does."""

    def methods_assigning(self, symbol: ClassSymbol, name: str) -> tuple[FunctionSymbol, ...]:
        """The methods of a class and its bases that may assign `self.name`."""

    def heirs(self, symbol: ClassSymbol) -> Iterator[ClassSymbol]:
        """The classes of the project that inherit from this one, nearest first."""

    def bases(self, symbol: ClassSymbol) -> tuple[str, ...]:
        """Dotted names of the class and all bases in MRO order, external ones included."""

    def model(self, symbol: Symbol) -> Model | None:
        """The model that a class symbol names (abstract ones too); None for anything else."""

    def model_labelled(self, label: str, app_label: str = "") -> Model | None:
        """The model of "app_label.Name" (or "Name" within app_label); a dotted class name works too."""

    def model_named(self, name: str) -> Model | None:
        """The only model of the project with this name, in any case and with or without underscores."""

    def user_model(self) -> Model | None:
        """The model of AUTH_USER_MODEL."""

    def receivers(self, model: Model, signal: str) -> tuple[FunctionSymbol, ...]:
        """The functions that a model's "pre_save" or "post_save" calls."""

    def form(self, symbol: ClassSymbol) -> ModelForm | None:
        """What a form, formset or serializer class validates; None for any other, and where its fields are unknown."""

    def declared_fields(self, symbol: ClassSymbol) -> dict[str, bool] | None:
        """The fields that the class bodies of a Django form declare, in the order in which it cleans them, True for
        those that take no empty input; None for what is no form."""

    def made_form(self, call: Call, module: str) -> ModelForm | None:
        """The class that `modelform_factory(...)` and its like make."""

    def form_of(self, model: Model, fields: Iterable[str] | None) -> ModelForm:
        """The form that a generic view makes of its `model` and `fields` (None: all)."""

    def admin_model(self, symbol: ClassSymbol) -> Model | None:
        """The only model that a ModelAdmin is registered for; None for other classes."""

    def action_model(self, module: str, function: str) -> Model | None:
        """The model of the only ModelAdmin of a module that lists a function among its actions."""

    def admin_form(self, symbol: ClassSymbol) -> ModelForm | None:
        """The form that a ModelAdmin makes of its options; None for other classes, and where they are worked out."""

    def accessor(self, model: Model, name: str) -> Accessor | None:
        """What `instance.name` reaches on another model, and whether by one row or by a manager."""

    def accessors_named(self, name: str) -> tuple[Accessor, ...]:
        """The accessors of this name, whatever model they are on: for `unknown.members.filter(...)`."""

    def through(self, model: Model, name: str) -> Model | None:
        """The model of `Model.field.through`: the one stated, or the one that Django makes."""

    def link(self, model: Model, accessor: Accessor) -> Link | None:
        """The rows between an instance of a model and what a many-to-many accessor of it reaches."""

    def owners_of(self, name: str) -> tuple[Model, ...]:
        """The models whose instances have an accessor of this name."""

    def accessors_of_heirs(self, model: Model, name: str) -> tuple[Accessor, ...]:
        """What `instance.name` reaches on the models that inherit from an abstract one."""

    def managed_by(self, symbol: ClassSymbol) -> Iterator[tuple[Model, ManagerDeclaration]]:
        """The models with a manager of this manager or queryset class, or of one that inherits from it, and which."""

    def function_source(self, symbol: FunctionSymbol) -> str:
        """The source text of a function, "" when it cannot be had."""
