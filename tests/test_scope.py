"""Which files are analysed."""

from __future__ import annotations

import pytest

from flake8_unique_insert.options import Options
from flake8_unique_insert.scope import is_analysed

MIGRATION = """
from django.db import migrations

def fill(apps, schema_editor):
    apps.get_model("shop", "Customer").objects.create(email="ann@shop.example")

class Migration(migrations.Migration):
    operations = [migrations.RunPython(fill)]
"""


@pytest.mark.parametrize("path", ["/shop/migrations/0002_fill.py", "/shop/db_changes/0002_fill.py"])
def test_migration_is_left_out_in_whatever_folder_it_lies(path: str) -> None:
    assert not is_analysed(path, MIGRATION, Options())


def test_migration_is_analysed_where_migrations_are() -> None:
    assert is_analysed("/shop/db_changes/0002_fill.py", MIGRATION, Options(skip=()))


def test_class_that_only_speaks_of_migrations_is_analysed() -> None:
    text = MIGRATION.replace("class Migration(migrations.Migration)", "class MigrationLog(models.Model)")
    assert is_analysed("/shop/models.py", text, Options())
