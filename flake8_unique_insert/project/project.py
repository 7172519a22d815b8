"""A project as the rest of the program asks about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_unique_insert.options import Options
from flake8_unique_insert.project.accessors import Accessors
from flake8_unique_insert.project.admins import Admins
from flake8_unique_insert.project.apps import Apps
from flake8_unique_insert.project.assigned import AssignedAttributes
from flake8_unique_insert.project.classes import Classes
from flake8_unique_insert.project.field_classes import FieldClasses
from flake8_unique_insert.project.fields import FieldReader
from flake8_unique_insert.project.forms import Forms
from flake8_unique_insert.project.heirs import Heirs
from flake8_unique_insert.project.holders import Holders
from flake8_unique_insert.project.keys import KeyReader
from flake8_unique_insert.project.known import known_models
from flake8_unique_insert.project.literals import UNKNOWN, Literals, Placed
from flake8_unique_insert.project.managers import Managers
from flake8_unique_insert.project.metas import Metas
from flake8_unique_insert.project.models import Models, Readers
from flake8_unique_insert.project.modules import Modules
from flake8_unique_insert.project.names import Names
from flake8_unique_insert.project.receivers import Receivers
from flake8_unique_insert.project.references import References
from flake8_unique_insert.project.registry import Registry
from flake8_unique_insert.project.returns import Returns
from flake8_unique_insert.project.settings import Settings
from flake8_unique_insert.project.summaries import Summaries
from flake8_unique_insert.project.through import automatic_through, link_of
from flake8_unique_insert.schema import (
    Accessor,
    ClassSymbol,
    ExternalSymbol,
    FunctionSymbol,
    Link,
    Location,
    ManagerDeclaration,
    Member,
    Model,
    ModelForm,
    Symbol,
)
from flake8_unique_insert.syntax.expressions import NONE, Call, dotted
from flake8_unique_insert.syntax.summary import ClassSummary, Import, ModuleSummary

if TYPE_CHECKING:
    from flake8_unique_insert.syntax.source import SourceFile


class Project:
    """Answers questions about one project; nothing is read before it is asked for. Implements `ModelLookup`.

    modules: its files and installed packages. user_model: AUTH_USER_MODEL, where the settings do not tell.
    """

    @classmethod
    def configured(cls, root: Path, options: Options, first_root: Path | None = None) -> Project:
        """A project as the user's options describe it. root, first_root: see `Modules`."""
        return cls(Modules.configured(root, options, first_root), options.user_model)

    def __init__(self, modules: Modules, user_model: str = "") -> None:
        self.root = modules.root
        self._stated_user = user_model
        self._known = known_models()
        self.modules = modules
        self.summaries = Summaries(self.modules, self._known)
        self.names = Names(self.modules, self.summaries, self._known)
        self._settings = Settings(self.modules, self.summaries)
        self._classes = Classes(self.names, self.summaries, self._known, self._called_base)
        self._assigned = AssignedAttributes(self.modules, self.summaries, self._classes)
        self._heirs = Heirs(self.modules, self.summaries, self._classes)
        self._metas = Metas(self.names, self._classes)
        literals = Literals(self.names, self._metas.attribute, self._metas.local, self._settings.value)
        self._metas.literals = self._settings.literals = literals
        self._settings.names = self.names
        self._apps = Apps(self.modules, self.summaries, self.names, self._classes, self._settings, self._known)
        self._apps.literals = literals
        self._returns = returns = Returns(self.summaries)
        self._field_classes = FieldClasses(self._classes, self.summaries, self._known)
        self._managers = Managers(self.names, self._classes, literals, returns)
        self._references = References(self.names, literals, lambda: self._auth_user)
        self.names.loaded = self._loaded
        readers = Readers(
            self._classes,
            self._metas,
            FieldReader(self.names, self._classes, self._field_classes, literals, returns),
            KeyReader(self.names, self._classes, literals, returns),
            self._managers,
            self._apps,
            self._place,
            self._target,
            self._is_swapped,
        )
        self._models = Models(readers)
        self._registry = Registry(
            self.modules, self.summaries, self.names, self._classes, self._models, self._apps, self._known
        )
        self._forms = Forms(self.names, self._classes, self._metas, self._referred, self._shared_source)
        self._admins = Admins(self.names, self._classes, self._metas, self._forms, self._referred, self._text)
        self._holders = Holders(self.modules, self.summaries, self._registry, self._heirs)
        self._accessors = Accessors(
            self._holders.of_accessor,
            self.model_labelled,
            self._default_related_name,
            self._classes.bases,
        )
        self._receivers = Receivers(self.modules, self.summaries, self.names, self.model, self._referred)

    # --- files

    def put(self, path: Path, source: SourceFile) -> None:
        """Take the text at hand for a file: it wins over the disk until the next one is put."""
        path = Path(path)
        if self.summaries.put(path if path.is_absolute() else Path.cwd() / path, source):
            self._forget()

    def _forget(self) -> None:
        for part in (
            self.names,
            self._classes,
            self._assigned,
            self._heirs,
            self._metas,
            self._field_classes,
            self._managers,
            self._models,
            self._registry,
            self._holders,
            self._accessors,
            self._forms,
            self._receivers,
        ):
            part.clear()

    def own_files(self) -> Iterator[Path]:
        """Every Python file of the project itself."""
        return (path for path in self.modules.tree.files() if self.modules.is_own(path))

    def module_name(self, path: Path) -> str:
        """The import name of a file."""
        path = Path(path)
        return self.modules.name_of(path if path.is_absolute() else Path.cwd() / path)

    def find_module(self, dotted: str) -> Path | None:
        """The file of a module, None when it has none."""
        return self.modules.find(dotted)

    def summary(self, module: str) -> ModuleSummary | None:
        """What a module says, read once; None when it cannot be read."""
        return self.summaries.of(module)

    def _text(self, module: str) -> str:
        """The text of a module's file, "" when it has none."""
        path = self.modules.find(module)
        return self.summaries.text(path) if path is not None else ""

    def is_own(self, module: str) -> bool:
        """Whether a module's file belongs to the project itself, not to an installed package."""
        return self.modules.in_project(module)

    def _place(self, module: str, line: int) -> Location:
        """A place in a module's file; for a module of the data file, which has no lines, the file it stands for."""
        path = self.modules.find(module)
        return Location(self.modules.shown(path), line) if path else Location(self._known.file(module), 0)

    # --- names and classes

    def resolve(self, module: str, name: str) -> Symbol | None:
        """What a dotted name means in a module's global scope."""
        return self.names.resolve(module, name)

    def resolve_import(self, module: str, imported: Import) -> Symbol | None:
        """What a name means that an import statement in a module binds, wherever in the module it stands."""
        return self.names.imported(module, imported)

    def class_summary(self, symbol: ClassSymbol) -> ClassSummary | None:
        """The class as written."""
        return self._classes.summary(symbol)

    def class_member(self, symbol: ClassSymbol, name: str, after: ClassSymbol | None = None) -> Member | None:
        """A member along the MRO; of a manager class also the methods of the queryset it was built from."""
        found = self._classes.member(symbol, name, after)
        if found is None and after is None:
            queryset = self._managers.queryset_of(symbol)
            if queryset is not None and queryset != symbol:
                return self._classes.member(queryset, name)
        return found

    def methods_assigning(self, symbol: ClassSymbol, name: str) -> tuple[FunctionSymbol, ...]:
        """The methods along the MRO that may assign `self.name`."""
        return self._assigned.methods(symbol, name)

    def heirs(self, symbol: ClassSymbol) -> Iterator[ClassSymbol]:
        """The classes of the project that inherit from this one, nearest first, each once."""
        seen = {symbol}
        queue = [symbol]
        while queue:
            for heir in self._heirs.direct(queue.pop(0)):
                if heir not in seen:
                    seen.add(heir)
                    queue.append(heir)
                    yield heir

    def bases(self, symbol: ClassSymbol) -> tuple[str, ...]:
        """Dotted names of the class and all bases in MRO order."""
        return self._classes.bases(symbol)

    def function_source(self, symbol: FunctionSymbol) -> str:
        """The source text of a function, decorators included; "" when it cannot be had."""
        return self.summaries.function_text(symbol, shared=False)

    def _shared_source(self, symbol: FunctionSymbol) -> str:
        return self.summaries.function_text(symbol, shared=True)

    # --- models

    def model(self, symbol: Symbol | None) -> Model | None:
        """The model that a class symbol names (abstract ones too); None for anything else."""
        if isinstance(symbol, ExternalSymbol):
            symbol = self.names.external(symbol.dotted)
        return self._models.get(symbol) if isinstance(symbol, ClassSymbol) else None

    def model_labelled(self, label: str, app_label: str = "") -> Model | None:
        """The model of "app_label.Name", of "Name" within `app_label`, or of a dotted class name."""
        if "." not in label:
            if not app_label:
                return None
            label = f"{app_label}.{label}"
        found = self._registry.labelled(label)
        return self._models.get(found) if found else None

    def model_named(self, name: str) -> Model | None:
        """The only model of the project with this name; `order_line` names OrderLine."""
        return self._registry.named(name)

    def _referred(self, placed: Placed) -> Model | None:
        """The model that an expression refers to."""
        label = self._references.label(placed)
        return self.model_labelled(label) if label else None

    def user_model(self) -> Model | None:
        """The model of AUTH_USER_MODEL."""
        return self.model_labelled(self._auth_user)

    def receivers(self, model: Model, signal: str) -> tuple[FunctionSymbol, ...]:
        """The functions that a model's "pre_save" or "post_save" calls."""
        return self._receivers.of(model, signal)

    # --- forms and views

    def form(self, symbol: ClassSymbol) -> ModelForm | None:
        """What a form, formset or serializer class validates; None for any other, and where its fields are unknown."""
        return self._forms.get(symbol)

    def declared_fields(self, symbol: ClassSymbol) -> dict[str, bool] | None:
        """The fields that a form's class bodies declare, True for those that take no empty input; None for others."""
        return self._forms.declared(symbol)

    def made_form(self, call: Call, module: str) -> ModelForm | None:
        """The class that `modelform_factory(...)` and its like make."""
        return self._forms.made(call, module)

    def form_of(self, model: Model, fields: Iterable[str] | None) -> ModelForm:
        """The form that a generic view makes of its `model` and `fields` (None: all)."""
        return self._forms.of(model, fields)

    def admin_model(self, symbol: ClassSymbol) -> Model | None:
        """The only model that a ModelAdmin is registered for; None for other classes."""
        return self._admins.model(symbol)

    def action_model(self, module: str, function: str) -> Model | None:
        """The model of the only ModelAdmin of a module that lists a function among its actions."""
        return self._admins.of_action(function, module, self.summary(module))

    def admin_form(self, symbol: ClassSymbol) -> ModelForm | None:
        """The form that a ModelAdmin makes of its options; None for other classes, and where they are worked out."""
        return self._admins.form(symbol)

    # --- relations

    def accessor(self, model: Model, name: str) -> Accessor | None:
        """What `instance.name` reaches on another model."""
        return self._accessors.find(model, name)

    def accessors_named(self, name: str) -> tuple[Accessor, ...]:
        """The accessors of this name, whatever model they are on."""
        return self._accessors.named(name)

    def owners_of(self, name: str) -> tuple[Model, ...]:
        """The models whose instances have an accessor of this name."""
        found = (self.model_labelled(label) for label in self._accessors.owners(name))
        return tuple(model for model in found if model is not None)

    def accessors_of_heirs(self, model: Model, name: str) -> tuple[Accessor, ...]:
        """What `instance.name` reaches on the models that inherit from an abstract one; nothing for any other."""
        return self._accessors.of_heirs(model, name) if model.abstract else ()

    def through(self, model: Model, name: str) -> Model | None:
        """The model of `Model.field.through`: the one stated, or the one that Django makes."""
        field = model.fields.get(name)
        if field is None or field.relation != "m2m":
            return None
        app_label = model.label.rpartition(".")[0]
        stated = field.arguments.get("through")
        if stated is not None and stated != NONE and isinstance(model.symbol, ClassSymbol):
            label = self._target(Placed(stated, field.module), model.symbol, app_label)
            return self.model_labelled(label, app_label) if label else None
        target = self.model_labelled(field.target, app_label)
        return automatic_through(model, name, target) if target is not None else None

    def link(self, model: Model, accessor: Accessor) -> Link | None:
        """The rows between an instance of a model and what a many-to-many accessor of it reaches."""
        other = self.model_labelled(accessor.model)
        if other is None:
            return None
        if not accessor.field:
            through = self.through(model, accessor.name)
            return link_of(through, model.fields[accessor.name], model, other) if through is not None else None
        through = self.through(other, accessor.field)
        found = link_of(through, other.fields[accessor.field], other, model) if through is not None else None
        return Link(found.table, found.target, found.source) if found is not None else None

    def managed_by(self, symbol: ClassSymbol) -> Iterator[tuple[Model, ManagerDeclaration]]:
        """The models with a manager of this manager or queryset class, or of one that inherits from it, and which."""
        for model in self._holders.of_manager(symbol):
            declared = (item for item in model.managers.values() if self._managers.is_of(item, symbol))
            yield from ((model, item) for item in islice(declared, 1))

    def models_in(self, files: Iterable[Path]) -> Iterator[Model]:
        """The models that these files define."""
        for path in self._registry.model_files(files):
            yield from self._registry.models_of(path)

    @cached_property
    def _auth_user(self) -> str:
        if self._stated_user:
            return self._stated_user
        value = self._settings.value("AUTH_USER_MODEL")
        return value if value is not UNKNOWN and isinstance(value, str) and "." in value else "auth.User"

    def _is_swapped(self, setting: str, label: str) -> bool:
        value: object = self._auth_user if setting == "AUTH_USER_MODEL" else self._settings.value(setting)
        return isinstance(value, str) and value.lower() != label.lower()

    def _called_base(self, call: Call, module: str) -> Symbol | None:
        label = self._references.label(Placed(call, module))
        found = self._registry.labelled(label) if label else None
        if found is not None:
            return found
        return self._loaded(call, module) or (
            self.names.external(label) if label.count(".") > 1 else self._returned_class(call, module)
        )

    def _loaded(self, call: Call, module: str, index: int = 0) -> Symbol | None:
        """The class that `import_string` and django-oscar's loaders import."""
        place = self._references.loaded_class(Placed(call, module), index)
        return self._registry.loaded(*place) if place else None

    def _returned_class(self, call: Call, module: str) -> Symbol | None:
        """The class that a function of the project returns."""
        path = dotted(call.function)
        function = self.names.resolve(module, path) if path else None
        if isinstance(function, FunctionSymbol):
            for returned in self._returns.of(function, call):
                path = dotted(returned.expression)
                found = self.names.resolve(returned.module, path) if path else None
                if isinstance(found, (ClassSymbol, ExternalSymbol)):
                    return found
        return None

    def _target(self, placed: Placed, symbol: ClassSymbol, app_label: str) -> str:
        """The label that a relation points to, seen from a model; a dotted class name for a class; "" if unknown."""
        label = self._references.label(placed)
        if label.lower() == "self":
            return self._models.label(symbol)
        if label and "." not in label:
            return f"{app_label or self._models.label(symbol).rpartition('.')[0]}.{label}"
        target = self._references.symbol(placed)
        if isinstance(target, ClassSymbol) and self._metas.is_model(target):
            return self._models.label(target)
        return label

    def _default_related_name(self, model: Model) -> str | None:
        if not isinstance(model.symbol, ClassSymbol):
            return None
        meta = self._metas.of(model.symbol)
        option = self._metas.option(meta, "default_related_name") if meta else None
        value = self._metas.literals.value(option.last) if option else None
        return value if isinstance(value, str) else None
