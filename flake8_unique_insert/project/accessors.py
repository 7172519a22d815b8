"""Names on an instance that reach rows of other models: reverse relations and many-to-many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from flake8_unique_insert.schema import Accessor, Field, Model, Symbol


class Accessors:
    """Finds what `instance.name` reaches.

    holders: the models that may have the field behind an accessor of some name. lookup: the model of a label or dotted
    name. default_related_name: that of a model's Meta. bases: dotted names of a model's classes.
    """

    def __init__(
        self,
        holders: Callable[[str], Iterable[Model]],
        lookup: Callable[[str, str], Model | None],
        default_related_name: Callable[[Model], str | None],
        bases: Callable[[Symbol], tuple[str, ...]],
    ) -> None:
        self._holders = holders
        self._lookup = lookup
        self._default = default_related_name
        self._bases = bases
        self._named: dict[str, dict[str, Accessor]] = {}

    def clear(self) -> None:
        """Forget everything, after a file has changed."""
        self._named.clear()

    def find(self, model: Model, name: str) -> Accessor | None:
        """The accessor of this name on instances of a model, inherited ones included."""
        field = model.fields.get(name)
        if field is not None:
            return Accessor(name, self._label(field, model), "", "m2m") if field.relation == "m2m" else None
        by_label = self._relations(name)
        labels = self._lineage(model) if by_label else ()
        return next((by_label[label] for label in labels if label in by_label), None)

    def named(self, name: str) -> tuple[Accessor, ...]:
        """The accessors of this name on any model: one for each field that holds the other end."""
        found = self._relations(name).values()
        return tuple({(accessor.model, accessor.field): accessor for accessor in found}.values())

    def owners(self, name: str) -> tuple[str, ...]:
        """The labels of the models whose instances have an accessor of this name."""
        return tuple(self._relations(name))

    def of_heirs(self, model: Model, name: str) -> tuple[Accessor, ...]:
        """The accessors of this name on the models that inherit from this one."""
        found = []
        for label, accessor in self._relations(name).items():
            owner = self._lookup(label, "")
            if owner is not None and model.symbol.dotted in self._bases(owner.symbol):
                found.append(accessor)
        return tuple(found)

    def _lineage(self, model: Model) -> tuple[str, ...]:
        """The labels whose reverse accessors an instance has: its own, its table's and its parents'."""
        found: dict[str, None] = {model.label: None, model.table: None}
        for label in model.parents:
            parent = self._lookup(label, "")
            if parent is not None and parent.label not in found:
                found.update(dict.fromkeys(self._lineage(parent)))
        return tuple(found)

    def _relations(self, name: str) -> dict[str, Accessor]:
        """By the label of the model that has it every accessor of a name."""
        if name not in self._named:
            found: dict[str, Accessor] = {}
            for model in self._holders(name):
                for label, accessor in self._around(model):
                    if accessor.name == name:
                        found.setdefault(label, accessor)
            self._named[name] = found
        return self._named[name]

    def _label(self, field: Field, model: Model) -> str:
        found = self._related(field, model)
        return found.label if found else field.target

    def _related(self, field: Field, model: Model) -> Model | None:
        return self._lookup(field.target, model.label.rpartition(".")[0]) if field.target else None

    def _around(self, model: Model) -> Iterator[tuple[str, Accessor]]:
        """The accessors that a model's relations make, each with the label of the model that has it."""
        if model.abstract or model.proxy:
            return
        for field in _local(model, self._lookup):
            name = self._name(model, field)
            if name and not name.endswith("+"):
                kind = {"fk": "many", "o2o": "one", "m2m": "m2m"}[field.relation]
                related = self._related(field, model)
                yield related.table if related else field.target, Accessor(name, model.label, field.name, kind)
            if field.relation == "m2m":
                yield model.table, Accessor(field.name, self._label(field, model), "", "m2m")

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
