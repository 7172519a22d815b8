"""The rows between two models of a many-to-many field."""

from __future__ import annotations

from flake8_unique_insert.schema import Field, KeyKind, ManagerDeclaration, Model, UniqueKey

FOREIGN_KEY = "django.db.models.ForeignKey"
AUTO_FIELD = "django.db.models.AutoField"


def automatic_through(model: Model, field: Field, target: Model) -> Model:
    """The model that Django makes for a many-to-many field without `through`: one row for each pair."""
    source_name, target_name = model.name.lower(), target.name.lower()
    if model.table == target.table:
        source_name, target_name = f"from_{source_name}", f"to_{target_name}"
    app_label = model.label.rpartition(".")[0]
    name = f"{model.name}_{field.name}"
    fields = {
        "id": Field("id", AUTO_FIELD, (AUTO_FIELD,), primary_key=True, module=model.module),
        source_name: _foreign_key(source_name, model),
        target_name: _foreign_key(target_name, target),
    }
    key = UniqueKey(KeyKind.UNIQUE_TOGETHER, (source_name, target_name), field.declared, module=model.module)
    return Model(
        model.symbol,
        f"{app_label}.{name}",
        name,
        model.module,
        field.declared,
        fields,
        (key,),
        {"objects": ManagerDeclaration("objects")},
    )


def _foreign_key(name: str, target: Model) -> Field:
    return Field(name, FOREIGN_KEY, (FOREIGN_KEY,), relation="fk", target=target.label, module=target.module)
