"""Classes → models, linked exactly as `ModelBase.__new__` and `Options._prepare` do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from flake8_unique_insert.project.apps import Apps
from flake8_unique_insert.project.classes import Base, Classes
from flake8_unique_insert.project.fields import DeclaredField, FieldReader, with_target
from flake8_unique_insert.project.keys import KeyReader, by_field, field_keys
from flake8_unique_insert.project.literals import Placed
from flake8_unique_insert.project.managers import Managers
from flake8_unique_insert.project.memo import Memo
from flake8_unique_insert.project.metas import Metas, Option
from flake8_unique_insert.record import record
from flake8_unique_insert.schema import (
    ClassSymbol,
    Field,
    KeyKind,
    Location,
    ManagerDeclaration,
    Model,
    UniqueKey,
)
from flake8_unique_insert.syntax.summary import Assignment, ClassSummary


@record
class Readers:
    """What linking reads with."""

    classes: Classes
    metas: Metas
    fields: FieldReader
    keys: KeyReader
    managers: Managers
    apps: Apps
    place: Callable[[str, int], Location]
    target: Callable[[Placed, ClassSymbol, str], str]
    is_swapped: Callable[[str, str], bool]


class Models:
    """Links models."""

    def __init__(self, readers: Readers) -> None:
        self._read = readers
        self._models: Memo[ClassSymbol, Model | None] = Memo(None)
        self._local: Memo[ClassSymbol, Mapping[str, DeclaredField]] = Memo({})
        self._multi_table: Memo[ClassSymbol, tuple[Model, ...]] = Memo(())

    def clear(self) -> None:
        """Forget everything, after a file has changed."""
        self._models.clear()
        self._local.clear()
        self._multi_table.clear()

    def get(self, symbol: ClassSymbol) -> Model | None:
        """The model that a class is, None when it is none."""
        return self._models.get(symbol, lambda: self._link(symbol))

    def label(self, symbol: ClassSymbol) -> str:
        """ "app_label.Name", without linking the model."""
        meta = self._read.metas.of(symbol)
        option = self._read.metas.option(meta, "app_label") if meta else None
        stated = self._read.metas.literals.value(option.last) if option else None
        app_label = stated if isinstance(stated, str) else self._read.apps.label_of(symbol.module)
        return f"{app_label}.{symbol.qualname.rpartition('.')[2]}"

    # --- fields

    def local_fields(self, symbol: ClassSymbol) -> Mapping[str, DeclaredField]:
        """The fields of a class itself, those of abstract bases included, parent links too."""
        return self._local.get(symbol, lambda: self._collect(symbol))

    def own_fields(self, symbol: ClassSymbol, summary: ClassSummary) -> dict[str, DeclaredField]:
        """The fields that the class body declares."""
        found: dict[str, DeclaredField] = {}
        for name, definitions in summary.members.items():
            item = definitions[-1]
            if isinstance(item, Assignment) and item.value is not None and item.index is None:
                placed = Placed(item.value, symbol.module, symbol)
                declared = self._read.fields.read(name, placed, self._read.place(symbol.module, item.line))
                if declared is not None:
                    found[name] = declared
        return _without_alternatives(found)

    def _collect(self, symbol: ClassSymbol) -> Mapping[str, DeclaredField]:
        summary = self._read.classes.summary(symbol)
        if summary is None:
            return {}
        fields = self.own_fields(symbol, summary)
        links = {item.field.name for item in fields.values() if item.parent_link}
        taken: set[str] = set()
        parents = self._parents(symbol)
        for base in self._read.classes.mro(symbol):
            if not isinstance(base, ClassSymbol):
                continue
            if base not in parents:
                taken |= self._attributes(base)
            elif self._read.metas.is_abstract(base):
                for name, field in self.local_fields(base).items():
                    if name not in fields and name not in taken:
                        fields[name] = field
            else:
                taken |= set(self.local_fields(base))
                self._add_link(symbol, base, fields, links)
        return fields

    def _attributes(self, base: ClassSymbol) -> set[str]:
        summary = self._read.classes.summary(base)
        names = set(summary.members) if summary else set()
        if self._read.metas.is_model(base):
            names |= set(self._local.get(base, lambda: self._collect(base)))
        return names

    def _parents(self, symbol: ClassSymbol) -> tuple[ClassSymbol, ...]:
        bases = self._read.classes.direct_bases(symbol)
        return tuple(base for base in bases if isinstance(base, ClassSymbol) and self._read.metas.is_model(base))

    def _add_link(
        self, symbol: ClassSymbol, base: ClassSymbol, fields: dict[str, DeclaredField], links: set[str]
    ) -> None:
        """The one-to-one field to a concrete parent, unless it is declared or the model is a proxy."""
        if self._flag(symbol, "proxy") is True:
            return
        parent = self._concrete(base)
        for name in links:
            to = fields[name].to
            if to is not None and self._read.target(to, symbol, "").rsplit(".", 1)[-1].lower() == _name(parent).lower():
                return
        name = f"{_name(parent).lower()}_ptr"
        if name not in fields:
            kind = "django.db.models.OneToOneField"
            link = Field(
                name, kind, (kind,), unique=True, relation="o2o", target=self.label(parent), module=symbol.module
            )
            fields[name] = DeclaredField(link, automatic=True, parent_link=True)

    def _concrete(self, symbol: ClassSymbol) -> ClassSymbol:
        """The class whose table a proxy uses, the class itself otherwise."""
        seen: set[ClassSymbol] = set()
        while self._flag(symbol, "proxy") is True and symbol not in seen:
            seen.add(symbol)
            concrete = [base for base in self._parents(symbol) if not self._read.metas.is_abstract(base)]
            if not concrete:
                break
            symbol = concrete[0]
        return symbol

    def _flag(self, symbol: ClassSymbol, name: str) -> object:
        option = self._option(symbol, name)
        return self._read.metas.literals.value(option.last) if option else None

    def _option(self, symbol: ClassSymbol, name: str) -> Option | None:
        meta = self._read.metas.of(symbol)
        return self._read.metas.option(meta, name) if meta else None

    # --- models

    def _link(self, symbol: ClassSymbol) -> Model | None:
        summary = self._read.classes.summary(symbol)
        if summary is None or not self._read.metas.is_model(symbol):
            return None
        label = self.label(symbol)
        parents = list(self._concrete_parents(symbol))
        proxy = self._flag(symbol, "proxy") is True
        managed = self._flag(symbol, "managed") is not False
        abstract = self._read.metas.is_abstract(symbol)
        declared = {} if proxy else self._with_primary_key(symbol, abstract)
        fields: dict[str, Field] = {}
        generic_keys: dict[str, tuple[str, str]] = {}
        for parent in parents:
            fields.update(parent.fields)
            generic_keys.update(parent.generic_keys)
        app_label = label.rpartition(".")[0]
        for name, item in declared.items():
            if item.is_generic:
                generic_keys[name] = item.members[0], item.members[1]
            elif not item.is_composite:
                target = self._read.target(item.to, symbol, app_label) if item.to else item.field.target
                fields[name] = with_target(item, target)
        keys = () if not managed else self._keys(symbol, declared, parents, label, proxy)
        managers = self._managers(symbol)
        swappable = self._flag(symbol, "swappable")
        return Model(
            symbol,
            label,
            _name(symbol),
            symbol.module,
            self._read.place(symbol.module, summary.line),
            fields,
            keys,
            managers,
            self._default_manager(symbol, managers),
            self._primary_key(declared, parents),
            abstract,
            proxy,
            managed,
            isinstance(swappable, str) and self._read.is_swapped(swappable, label),
            tuple(parent.label for parent in parents),
            (parents[0].table if parents else "") if proxy else "",
            self._read.classes.bases_known(symbol),
            generic_keys,
        )

    def _concrete_parents(self, symbol: ClassSymbol) -> tuple[Model, ...]:
        """The multi-table parents, those that abstract bases have included; of a proxy the model it stands for."""
        return self._multi_table.get(symbol, lambda: self._find_concrete_parents(symbol))

    def _find_concrete_parents(self, symbol: ClassSymbol) -> tuple[Model, ...]:
        found: dict[str, Model] = {}
        for base in self._parents(symbol):
            if self._read.metas.is_abstract(base):
                models = self._concrete_parents(base)
            else:
                model = self.get(self._concrete(base))
                models = (model,) if model else ()
            for parent in models:
                found.setdefault(parent.label, parent)
        return tuple(found.values())

    def _with_primary_key(self, symbol: ClassSymbol, abstract: bool) -> dict[str, DeclaredField]:
        """The local fields with the parent link, or an automatic `id`, as primary key where none is declared."""
        fields = dict(self.local_fields(symbol))
        if abstract or any(item.field.primary_key for item in fields.values()):
            return fields
        for name, item in fields.items():
            if item.parent_link:
                fields[name] = replace(item, field=replace(item.field, primary_key=True))
                return fields
        kind = "django.db.models.AutoField"
        automatic = DeclaredField(Field("id", kind, (kind,), primary_key=True, module=symbol.module), automatic=True)
        return {"id": automatic, **fields}

    @staticmethod
    def _primary_key(declared: Mapping[str, DeclaredField], parents: list[Model]) -> str:
        for name, item in declared.items():
            if item.field.primary_key:
                return name
        return parents[0].primary_key if parents else "id"

    def _keys(
        self,
        symbol: ClassSymbol,
        declared: Mapping[str, DeclaredField],
        parents: list[Model],
        label: str,
        proxy: bool,
    ) -> tuple[UniqueKey, ...]:
        if proxy:
            return tuple(key for parent in parents for key in parent.keys)
        found = [_of_parent(key, parent) for parent in parents for key in parent.keys]
        found.extend(field_keys(declared.values()))
        together = self._option(symbol, "unique_together")
        if together:
            found.extend(self._read.keys.together(together, self._read.place(together.last.module, together.line)))
        constraints = self._option(symbol, "constraints")
        if constraints:
            app_label, _, name = label.rpartition(".")
            place = self._read.place(constraints.last.module, constraints.line)
            found.extend(self._read.keys.constraints(constraints, place, app_label, name))
        fields = {item.field.column_name: name for name, item in declared.items()}
        return tuple(dict.fromkeys(by_field(key, fields) for key in found))

    # --- managers

    def _managers(self, symbol: ClassSymbol) -> dict[str, ManagerDeclaration]:
        """Managers by name: own ones, then those of bases in MRO order; Django's `objects` where there are none."""
        found: dict[str, ManagerDeclaration] = {}
        for base in self._read.classes.mro(symbol):
            if isinstance(base, ClassSymbol) and self._read.metas.is_model(base):
                for name, manager in self._read.managers.local(base).items():
                    found.setdefault(name, manager)
        return found or {"objects": ManagerDeclaration("objects")}

    def _default_manager(self, symbol: ClassSymbol, managers: Mapping[str, ManagerDeclaration]) -> str:
        stated = self._flag(symbol, "default_manager_name")
        if isinstance(stated, str) and stated in managers:
            return stated
        return next(iter(managers))


def _name(symbol: Base) -> str:
    return symbol.dotted.rpartition(".")[2]


def _of_parent(key: UniqueKey, parent: Model) -> UniqueKey:
    """A key as a multi-table child has it: in the parent's table, but for the primary key, by which it has the row."""
    return key if key.kind is KeyKind.PRIMARY_KEY else replace(key, table=key.table or parent.table)


def _without_alternatives(fields: dict[str, DeclaredField]) -> dict[str, DeclaredField]:
    """Of several links to one parent only the last: they stand in the branches of an `if`."""
    last = {item.to.expression: name for name, item in fields.items() if item.parent_link and item.to is not None}
    return {
        name: item
        for name, item in fields.items()
        if not item.parent_link or item.to is None or last[item.to.expression] == name
    }
