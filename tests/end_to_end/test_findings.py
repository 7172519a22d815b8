"""What a finding looks like in flake8's output."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import CHECKED, MODELS, SERVICES, Project
from tests.end_to_end.running import flake8, uqi


def test_names_model_key_and_declaration_at_the_methods_name(project: Project) -> None:
    run = uqi(project.root, ".")
    (found,) = run.reported
    assert (found.path, found.line, found.column, found.code) == ("shop/services.py", 5, 29, "UQI101")
    assert "Customer" in found.text
    assert "(email)" in found.text
    assert "shop/models.py:5" in found.text
    assert run.code == 1


def test_model_in_the_same_file(project: Project) -> None:
    project.write("shop/models.py", f"{MODELS}\n\ndef seed():\n    Customer(email='a@b.c').save()\n")
    assert ("shop/models.py", 10, "UQI102") in uqi(project.root, ".").places


@pytest.mark.parametrize("unique", ["", ", unique=True"])
def test_what_a_package_s_base_class_needs_it_fills_in(project: Project, unique: str) -> None:
    packages = project.root / "env/lib/python3.12/site-packages"
    project.write(
        str(packages / "tokens.py"),
        "from django.db import models\n\nclass Token(models.Model):\n"
        "    key = models.CharField(max_length=40, unique=True)\n\n    class Meta:\n        abstract = True\n",
    )
    project.write(
        "shop/models.py",
        "from django.db import models\nfrom tokens import Token\n\nclass Access(Token):\n"
        f"    name = models.CharField(max_length=9{unique})\n    number = models.IntegerField()\n",
    )
    project.write("shop/services.py", "from shop.models import Access\n\nAccess.objects.create(number=1)\n")
    assert uqi(project.root, ".").places == ([("shop/services.py", 3, "UQI101")] if unique else [])


def test_says_where_the_default_manager_hides_rows(project: Project) -> None:
    project.write("shop/services.py", CHECKED)
    manager = (
        "class Living(models.Manager):\n    def get_queryset(self):\n"
        "        return super().get_queryset().filter(deleted=False)\n\n\nclass Customer"
    )
    fields = "    deleted = models.BooleanField(default=False)\n    objects = Living()\n"
    project.write("shop/models.py", MODELS.rstrip().replace("class Customer", manager) + f"\n{fields}")
    (found,) = uqi(project.root, ".").reported
    assert found.code == "UQI201"
    assert found.text.endswith("among all rows, also those that the default manager hides")


def test_says_where_an_upsert_s_own_manager_hides_rows(project: Project) -> None:
    project.write(
        "shop/models.py",
        "from django.db import models\n\n\nclass Living(models.Manager):\n    def get_queryset(self):\n"
        "        return super().get_queryset().filter(deleted=False)\n\n\nclass Customer(models.Model):\n"
        "    email = models.EmailField(unique=True)\n    deleted = models.BooleanField(default=False)\n"
        "    everybody = models.Manager()\n    objects = Living()\n",
    )
    project.write("shop/services.py", SERVICES.replace("create(", "get_or_create("))
    (found,) = uqi(project.root, ".").reported
    assert found.code == "UQI105"
    assert "look them up with a manager that hides none" in found.text


def test_guarded_insert_is_silent(project: Project) -> None:
    project.write("shop/services.py", CHECKED)
    run = uqi(project.root, ".")
    assert run.output == ""
    assert run.code == 0


def test_stands_beside_the_findings_of_others(project: Project) -> None:
    project.write("shop/services.py", f"import os\n{SERVICES}")
    assert flake8(project.root, "--isolated", "shop/services.py").places == [
        ("shop/services.py", 1, "F401"),
        ("shop/services.py", 6, "UQI101"),
    ]


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("# noqa", []),
        ("# noqa: UQI101", []),
        ("# noqa: E501,UQI101", []),
        ("# noqa: UQI1", []),
        ("# noqa: UQI102", [("shop/services.py", 5, "UQI101")]),
    ],
)
def test_noqa(project: Project, comment: str, expected: list[object]) -> None:
    project.write("shop/services.py", SERVICES.replace("=email)", f"=email)  {comment}"))
    assert uqi(project.root, ".").places == expected


def test_one_file_finds_the_models_of_others(project: Project) -> None:
    assert uqi(project.root, "shop/services.py").places == [("shop/services.py", 5, "UQI101")]


def test_run_from_another_folder(project: Project) -> None:
    (found,) = uqi(project.root / "shop", "services.py").reported
    assert (found.path, found.line) == ("services.py", 5)
    (found,) = uqi(project.root.parent, str(project.root / "shop" / "services.py")).reported
    assert (found.path, found.line) == (str(project.root / "shop" / "services.py"), 5)
    assert "shop/models.py:5" in found.text


@pytest.mark.parametrize(("other", "expected"), [("Entry", []), ("Customer", [("shop/models.py", 10, "UQI101")])])
def test_callers_of_another_class_s_namesake_are_none(
    project: Project, other: str, expected: list[tuple[str, int, str]]
) -> None:
    method = "\n    @classmethod\n    def add(cls, email):\n        cls.objects.create(email=email)\n"
    entry = "\n\nclass Entry(models.Model):\n    email = models.EmailField()\n"
    project.write("shop/models.py", f"{MODELS}{method}{entry}{method}")
    calls = "".join(f"\n\ndef add_{place}(email):\n    {other}.add(email)\n" for place in range(20))
    checked = CHECKED.replace("return Customer.objects.create(email=email)", "Customer.add(email)")
    project.write("shop/services.py", f"from shop.models import Entry\n{checked}{calls}")
    assert uqi(project.root, ".").places == expected
