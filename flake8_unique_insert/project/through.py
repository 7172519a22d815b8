"""The rows between two models of a many-to-many field."""

from __future__ import annotations

from functools import lru_cache

from flake8_unique_insert.schema import Field, KeyKind, Link, ManagerDeclaration, Model, UniqueKey
from flake8_unique_insert.syntax.expressions import Sequence, string

FOREIGN_KEY = "django.db.models.ForeignKey"
AUTO_FIELD = "django.db.models.AutoField"
MAX_KEPT = 512


@lru_cache(maxsize=MAX_KEPT)
def automatic_through(model: Model, name: str, target: Model) -> Model:
    """The model that Django makes for a many-to-many field without `through`: one row for each pair.

    It is the same one each time: rows of two models would not be taken for the same rows. name: of the field.
    """
    field = model.fields[name]
    source_name, target_name = model.name.lower(), target.name.lower()
    if model.table == target.table:
        source_name, target_name = f"from_{source_name}", f"to_{target_name}"
    app_label = model.label.rpartition(".")[0]
    label = f"{model.name}_{name}"
    fields = {
        "id": Field("id", AUTO_FIELD, (AUTO_FIELD,), primary_key=True, module=model.module),
        source_name: _foreign_key(source_name, model),
        target_name: _foreign_key(target_name, target),
    }
    key = UniqueKey(KeyKind.UNIQUE_TOGETHER, (source_name, target_name), field.declared, module=model.module)
    return Model(
        model.symbol,
        f"{app_label}.{label}",
        label,
        model.module,
        field.declared,
        fields,
        (key,),
        {"objects": ManagerDeclaration("objects")},
    )


def link_of(through: Model, field: Field, source: Model, target: Model) -> Link | None:
    """The foreign keys of a relation's rows: those that `through_fields` names, or the first to either model."""
    stated = field.arguments.get("through_fields")
    if isinstance(stated, Sequence):
        names = [string(item) for item in stated.items]
        if len(names) == 2 and names[0] is not None and names[1] is not None:
            return Link(through.table, names[0], names[1])
    keys = [item for item in through.fields.values() if item.relation in ("fk", "o2o")]
    first = next((item.name for item in keys if _points_to(item, source)), None)
    second = next((item.name for item in keys if _points_to(item, target) and item.name != first), None)
    return Link(through.table, first, second) if first is not None and second is not None else None


def _points_to(field: Field, model: Model) -> bool:
    return field.target.rpartition(".")[2] == model.name


def _foreign_key(name: str, target: Model) -> Field:
    return Field(name, FOREIGN_KEY, (FOREIGN_KEY,), relation="fk", target=target.label, module=target.module)
