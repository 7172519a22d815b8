"""The output of `models`."""

from __future__ import annotations

import io
import json

from flake8_unique_insert.cli.models import run
from flake8_unique_insert.options import Options
from tests.project.compare_truth import differences, installed_differences
from tests.project.conftest import MakeProject

FILES = {
    "setup.cfg": "",
    "shop/base.py": (
        "from django.db import models\nclass Base(models.Model):\n    code = models.CharField(unique=True)\n"
        "    class Meta:\n        abstract = True\n"
    ),
    "shop/models.py": (
        "from django.db import models\nfrom django.db.models.functions import Lower\nfrom .base import Base\n"
        "class Item(Base):\n    class Meta:\n        constraints = [\n"
        "            models.UniqueConstraint(Lower('code'), condition=models.Q(code='x'), name='c')]\n"
        "class Old(models.Model):\n    class Meta:\n        managed = False\n"
    ),
    "shop/migrations/0001.py": "from django.db import models\nclass M(models.Model): pass",
}


def listed(make_project: MakeProject, format: str) -> str:
    root = make_project(FILES).root
    out = io.StringIO()
    assert run([str(root)], format, Options(), out) == 0
    return out.getvalue()


def test_json(make_project: MakeProject) -> None:
    models = {model["model"]: model for model in json.loads(listed(make_project, "json"))}
    assert set(models) == {"shop.Base", "shop.Item", "shop.Old"}
    assert models["shop.Item"] == {
        "model": "shop.Item",
        "name": "Item",
        "module": "shop.models",
        "file": "shop/models.py",
        "line": 4,
        "abstract": False,
        "proxy": False,
        "managed": True,
        "keys": [
            {
                "fields": ["code"],
                "kind": "unique",
                "conditional": False,
                "expressions": [],
                "file": "shop/base.py",
                "line": 3,
            },
            {
                "fields": [],
                "kind": "constraint",
                "conditional": True,
                "expressions": ["Lower(code)"],
                "file": "shop/models.py",
                "line": 6,
            },
        ],
    }


def test_text(make_project: MakeProject) -> None:
    assert listed(make_project, "text") == (
        "shop/base.py:2: shop.Base (abstract)\n"
        "    unique (code) shop/base.py:3\n"
        "shop/models.py:4: shop.Item\n"
        "    unique (code) shop/base.py:3\n"
        "    constraint (Lower(code)), conditional shop/models.py:6\n"
        "shop/models.py:8: shop.Old (unmanaged)\n"
    )


def test_comparison_with_a_run(make_project: MakeProject) -> None:
    models = json.loads(listed(make_project, "json"))
    wanted = {"label": "shop.Item", "file": "shop/models.py", "keys": models[1]["keys"]}
    assert list(differences(models, [wanted])) == []
    assert len(list(differences(models, [{**wanted, "keys": []}, {**wanted, "label": "shop.Base"}]))) == 2


def test_comparison_with_a_run_of_installed_models(make_project: MakeProject) -> None:
    project = make_project({"manage.py": ""})
    group = {"label": "auth.Group", "file": "site-packages/django/contrib/auth/models.py", "managed": True}
    key = {"fields": ["name"], "kind": "unique"}
    wanted = [{**group, "keys": [key]}, {**group, "keys": []}, {**group, "label": "auth.Nothing", "keys": []}]
    found = list(installed_differences(str(project.root), Options(), wanted))
    assert [line.split(":")[0] for line in found] == ["auth.Group", "auth.Nothing"]
