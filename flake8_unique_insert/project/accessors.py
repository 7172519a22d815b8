"""Names on an instance that reach rows of other models: reverse relations and many-to-many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from flake8_unique_insert.schema import Accessor, Field, Model, Symbol


class Accessors:
    """Finds what `instance.name` reaches.

    models: every model of the project and of the apps it installs. may_exist: whether a look at the text allows an
    accessor of this name. lookup: the model of a label or dotted name. default_related_name: that of a model's Meta.
    bases: dotted names of a model's classes.
    """

    def __init__(
        self,
        models: Callable[[], Iterable[Model]],
        may_exist: Callable[[str], bool],
        lookup: Callable[[str, str], Model | None],
        default_related_name: Callable[[Model], str | None],
        bases: Callable[[Symbol], tuple[str, ...]],
    ) -> None:
        self._models = models
        self._may_exist = may_exist
        self._lookup = lookup
        self._default = default_related_name
        self._bases = bases
        self._index: dict[str, dict[str, Accessor]] | None = None

    def clear(self) -> None:
        """Forget everything, after a file has changed."""
        self._index = None

    def find(self, model: Model, name: str) -> Accessor | None:
        """The accessor of this name on instances of a model, inherited ones included."""
        field = model.fields.get(name)
        if field is not None:
            return Accessor(name, self._label(field, model), "", "m2m") if field.relation == "m2m" else None
        index = self._relations(name)
        for label in self._lineage(model) if index else ():
            found = index.get(label, {}).get(name)
            if found is not None:
                return found
        return None

    def named(self, name: str) -> tuple[Accessor, ...]:
        """The accessors of this name on any model: one for each field that holds the other end."""
        found = (accessors[name] for accessors in self._relations(name).values() if name in accessors)
        return tuple({(accessor.model, accessor.field): accessor for accessor in found}.values())

    def owners(self, name: str) -> tuple[str, ...]:
        """The labels of the models whose instances have an accessor of this name."""
        return tuple(label for label, accessors in self._relations(name).items() if name in accessors)

    def of_heirs(self, model: Model, name: str) -> tuple[Accessor, ...]:
        """The accessors of this name on the models that inherit from this one."""
        found = []
        for label, accessors in self._relations(name).items():
            owner = self._lookup(label, "") if name in accessors else None
            if owner is not None and model.symbol.dotted in self._bases(owner.symbol):
                found.append(accessors[name])
        return tuple(found)

    def _lineage(self, model: Model) -> tuple[str, ...]:
        """The labels whose reverse accessors an instance has: its own, its table's and its parents'."""
        found: dict[str, None] = {model.label: None, model.table: None}
        for label in model.parents:
            parent = self._lookup(label, "")
            if parent is not None and parent.label not in found:
                found.update(dict.fromkeys(self._lineage(parent)))
        return tuple(found)

    def _relations(self, name: str) -> dict[str, dict[str, Accessor]]:
        """By label the accessors of every model; nothing where no text has the name, which spares reading them."""
        if not self._may_exist(name):
            return {}
        if self._index is None:
            self._index = {}
            for other in self._models():
                self._add(other, self._index)
        return self._index

    def _label(self, field: Field, model: Model) -> str:
        found = self._related(field, model)
        return found.label if found else field.target

    def _related(self, field: Field, model: Model) -> Model | None:
        return self._lookup(field.target, model.label.rpartition(".")[0]) if field.target else None

    def _add(self, model: Model, index: dict[str, dict[str, Accessor]]) -> None:
        if model.abstract or model.proxy:
            return
        for field in _local(model, self._lookup):
            name = self._name(model, field)
            if name and not name.endswith("+"):
                kind = {"fk": "many", "o2o": "one", "m2m": "m2m"}[field.relation]
                related = self._related(field, model)
                target = related.table if related else field.target
                index.setdefault(target, {}).setdefault(name, Accessor(name, model.label, field.name, kind))
            if field.relation == "m2m":
                forward = Accessor(field.name, self._label(field, model), "", "m2m")
                index.setdefault(model.table, {}).setdefault(field.name, forward)

    def _name(self, model: Model, field: Field) -> str:
        app_label = model.label.rpartition(".")[0]
        stated = field.related_name if field.related_name is not None else self._default(model)
        if stated:
            return (
                stated.replace("%(class)s", model.name.lower())
                .replace("%(model_name)s", model.name.lower())
                .replace("%(app_label)s", app_label.lower())
            )
        return model.name.lower() if field.relation == "o2o" else f"{model.name.lower()}_set"


def _local(model: Model, lookup: Callable[[str, str], Model | None]) -> Iterator[Field]:
    """The relations that the model's own table holds: those of multi-table parents are theirs."""
    inherited: set[str] = set()
    for label in model.parents:
        parent = lookup(label, "")
        inherited |= set(parent.fields) if parent else set()
    for name, field in model.fields.items():
        if field.relation and name not in inherited:
            yield field
