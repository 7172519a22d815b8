"""Keys for which NULL equals NULL. SQLite has none, so that no rule page can execute them; PostgreSQL 15 has."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import Project
from tests.end_to_end.running import uqi

MODELS = """\
from django.db import models


class Stay(models.Model):
    room = models.CharField(max_length=20, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room"], name="one", nulls_distinct={})]
"""
SERVICES = """\
from shop.models import Stay


def add(room):
    if room is not None and Stay.objects.filter(room=room).exists():
        return
    Stay.objects.create(room=room)
"""


@pytest.mark.parametrize(("nulls_distinct", "found"), [(True, []), (False, [("shop/services.py", 7, "UQI201")])])
def test_a_check_that_leaves_out_none(
    project: Project, nulls_distinct: bool, found: list[tuple[str, int, str]]
) -> None:
    project.write("shop/models.py", MODELS.format(nulls_distinct))
    project.write("shop/services.py", SERVICES)
    assert uqi(project.root, ".").places == found
