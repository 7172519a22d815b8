"""What the commands that count insert calls print."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flake8_unique_insert.engine import Engine
from flake8_unique_insert.options import Options
from tests.project import named_writes, unresolved_sites
from tests.project.conftest import MakeProject
from tests.project.insert_calls import insert_calls

FILES = {
    "manage.py": "",
    "shop/__init__.py": "",
    "shop/models.py": """
from django.db import models
class Base(models.Model):
    code = models.CharField(unique=True)
    class Meta:
        abstract = True
    def keep(self):
        self.save()
class Item(Base): pass
class Other(Base): pass
""",
    "shop/services.py": """import stripe
from django.contrib.auth import authenticate
from shop.models import Item
def work(request, row, form, extra):
    Item.objects.create(code="a")
    row.save()
    form.save()
    row.lines.filter(
        code="a").update(code="b")
    for one in extra:
        one.save()
    made = stripe.Customer.create(name="")
    extra.update(name="")
    row.compute().save()
    request.session.save()
    Item.objects.create(code="a").delete()
    super().save()
    authenticate(request).save()
    stripe.models.Card.objects.create()
""",
}
ITEM = {"label": "shop.Item", "file": "shop/models.py", "keys": [{"fields": ["code"]}]}
TOY = {"label": "toys.Toy", "file": "shop/tests/models.py", "keys": [{"fields": ["code"]}]}
PLAIN = {"label": "shop.Plain", "file": "shop/models.py", "keys": []}
WRITES = [
    ("shop/models.py", 8, "shop.Item"),
    ("shop/services.py", 5, "shop.Item"),
    ("shop/services.py", 5, "shop.Item"),
    ("shop/services.py", 5, "shop.Plain"),
    ("shop/services.py", 6, "shop.Item"),
    ("shop/services.py", 6, "toys.Toy"),
    ("shop/services.py", 7, "shop.Item"),
    ("shop/services.py", 9, "shop.Item"),
    ("shop/services.py", 3, "shop.Item"),
    ("shop/services.py", 17, "shop.Item"),
    ("shop/services.py", 18, "shop.Item"),
]


def test_calls_and_reasons(make_project: MakeProject) -> None:
    project = make_project(FILES)
    calls = insert_calls(Engine(Options()), project.root / "shop/services.py")
    assert [(call.line, call.method, [model.label for model in call.models] or call.reason) for call in calls] == [
        (5, "create", ["shop.Item"]),
        (6, "save", "a parameter without a type hint"),
        (7, "save", "a parameter without a type hint"),
        (9, "update", "the result of a call that is not followed"),
        (11, "save", "an element of a collection of unknown elements"),
        (14, "save", "the result of a call that is not followed"),
        (15, "save", "an attribute of a parameter without a type hint"),
        (16, "create", ["shop.Item"]),
        (18, "save", ["auth.User"]),
        (19, "create", "a name from outside the project"),
    ]


def test_share_of_named_writes(make_project: MakeProject, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = make_project(FILES)
    writes = [{"file": file, "line": line, "model": model} for file, line, model in WRITES]
    truth = tmp_path / "truth.json"
    truth.write_text(json.dumps({"models": [ITEM, TOY, PLAIN], "writes": writes}))
    assert named_writes.main([str(project.root), str(truth), "--list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "not named: shop/services.py:6: shop.Item: row.save: a parameter without a type hint",
        "not named: shop/services.py:6: toys.Toy: row.save: a parameter without a type hint",
        "not named: shop/services.py:9: shop.Item: row.lines.filter(code='a').update: "
        "the result of a call that is not followed",
        "given another model: shop/services.py:18: shop.Item: authenticate(request).save: auth.User",
        "all: 2 of 6 named rightly, 33%",
        "without models of the tests: 2 of 5 named rightly, 40%",
        "given another model: 1",
        "left out: form or serializer: 1",
        "left out: no insert call: 1",
        "left out: super(): 1",
        "not named: 3",
    ]


def test_unresolved_sites(make_project: MakeProject, capsys: pytest.CaptureFixture[str]) -> None:
    project = make_project(FILES)
    assert unresolved_sites.main([str(project.root), "--list"]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == f"{project.root.name}: 4 known, 1 of forms and serializers, 6 others not known"
    assert rest[0] == "     2 the result of a call that is not followed"
    assert len(rest) == 5 + 6
    assert "  shop/services.py:11: one.save: an element of a collection of unknown elements" in rest
