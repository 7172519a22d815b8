"""Files that are broken, odd or huge: their neighbours keep their findings, and nothing crashes."""

from __future__ import annotations

import os
import sys

import pytest

from tests.end_to_end.conftest import MODELS, SERVICES, Project
from tests.end_to_end.running import flake8, uqi

FOUND = ("shop/services.py", 5, "UQI101")


def test_syntax_error_beside(project: Project) -> None:
    project.write("shop/broken.py", f"{SERVICES}    return (\n")
    places = flake8(project.root, "--isolated", "--select", "UQI,E9", ".").places
    assert places[-1] == FOUND
    assert {code for path, _, code in places if path == "shop/broken.py"} <= {"E902", "E999"}
    assert len(places) > 1


def test_missing_file_beside(project: Project) -> None:
    places = flake8(project.root, "--isolated", "--select", "UQI,E9", "shop/missing.py", "shop/services.py").places
    assert [code for _, _, code in places] == ["E902", "UQI101"]


def test_undecodable_file_beside(project: Project) -> None:
    project.write("shop/odd.py", b"# coding: utf-8\n# \xff\nx.save()\n")
    project.write("shop/no_codec.py", b"# coding: nonsense\nx.save()\n")
    if sys.version_info >= (3, 12):  # on earlier ones flake8 itself fails on NUL
        project.write("shop/nul.py", b"x.save()\n\0\n")
    assert FOUND in flake8(project.root, "--isolated", "--select", "UQI,E9", ".").places


@pytest.mark.parametrize(
    "text",
    [b"x =", b"class Customer(", b"\xff\xfe\0", b"# coding: nonsense\n"],
    ids=["syntax", "eof", "utf-16", "codec"],
)
def test_broken_module_of_models_means_unknown(project: Project, text: bytes) -> None:
    project.write("shop/models.py", text)
    assert uqi(project.root, "shop/services.py").reported == []


def test_missing_module_of_models_means_unknown(project: Project) -> None:
    (project.root / "shop/models.py").unlink()
    assert uqi(project.root, ".").reported == []


@pytest.mark.parametrize(
    "text",
    [
        SERVICES.encode("utf-8-sig"),
        SERVICES.replace("\n", "\r\n").encode(),
        f"# coding: latin-1\n{SERVICES[:-1]}  # \xe9\n".replace("from", "\nfrom", 1).encode("latin-1"),
        SERVICES.replace("\n\n\ndef", "\n\f\n\ndef").encode(),
        SERVICES.rstrip("\n").encode(),
    ],
    ids=["bom", "crlf", "latin-1", "form feed", "no newline at the end"],
)
def test_encodings_and_line_ends(project: Project, text: bytes) -> None:
    project.write("shop/services.py", text)
    (found,) = uqi(project.root, ".").reported
    assert (found.code, found.column) == ("UQI101", 29)
    assert b"create" in text.splitlines()[found.line - 1]


def test_models_in_another_encoding(project: Project) -> None:
    project.write("shop/models.py", f"# coding: latin-1\n# \xe9\n{MODELS}".replace("\n", "\r\n").encode("latin-1"))
    (found,) = uqi(project.root, ".").reported
    assert "shop/models.py:7" in found.text


def test_columns_count_characters(project: Project) -> None:
    text = SERVICES.replace("    return ", '    "äöü€🎈"; return ')
    project.write("shop/services.py", text)
    (found,) = uqi(project.root, ".").reported
    assert found.column == text.splitlines()[4].index("create") + 1


@pytest.mark.parametrize("text", ["", "\n", "\\\n", "# .save()\n", '""".create("""\n', "\ufeff"])
def test_files_without_code(project: Project, text: str) -> None:
    project.write("shop/empty.py", text)
    project.write("shop/models/__init__.py", text)
    assert uqi(project.root, "shop/empty.py").reported == []


def test_huge_file(project: Project) -> None:
    functions = "".join(
        f"\n\ndef register_{number}(email):\n    return Customer.objects.create(email=email)\n"
        for number in range(1500)
    )
    project.write("shop/services.py", f"from shop.models import Customer\n{functions}")
    found = uqi(project.root, "shop/services.py").reported
    assert len(found) == 1500
    assert {item.code for item in found} == {"UQI101"}


def test_file_beyond_the_limit_of_size_is_silent(project: Project) -> None:
    project.write("shop/services.py", f"{SERVICES}\n\nDATA = '{'x' * 4_100_000}'\n")
    assert uqi(project.root, ".").reported == []


def test_deep_nesting(project: Project) -> None:
    depth = 90
    opened = "".join(f"{'    ' * (level + 1)}if email:\n" for level in range(depth))
    project.write(
        "shop/services.py",
        "from shop.models import Customer\n\n\ndef register(email):\n"
        f"{opened}{'    ' * (depth + 1)}Customer.objects.create(email=email)\n",
    )
    assert uqi(project.root, ".").places == [("shop/services.py", 5 + depth, "UQI101")]


def test_expression_too_deep_for_the_parsers(project: Project) -> None:
    project.write("shop/deep.py", f"x.save()\ny = {'(' * 3000}1{')' * 3000}\nz = {'-' * 20000}1\n")
    assert FOUND in flake8(project.root, "--isolated", "--select", "UQI", ".").places


def test_import_cycle(project: Project) -> None:
    project.write("shop/models.py", f"from shop import services  # noqa\nfrom shop.more import *\n{MODELS}")
    project.write("shop/more.py", "from shop.models import *\nfrom shop.services import *\n")
    assert uqi(project.root, ".").places == [FOUND]


def test_name_that_only_imports_itself(project: Project) -> None:
    project.write("shop/models.py", "from shop.more import Customer\n")
    project.write("shop/more.py", "from shop.models import Customer\n")
    assert uqi(project.root, ".").reported == []


def test_class_that_is_its_own_base(project: Project) -> None:
    project.write("shop/models.py", "from shop.more import B\n\n\nclass Customer(B):\n    pass\n")
    project.write("shop/more.py", "from shop.models import Customer\n\n\nclass B(Customer):\n    pass\n")
    assert uqi(project.root, ".").reported == []


def test_relation_to_a_model_that_is_nowhere(project: Project) -> None:
    project.write("shop/models.py", f"{MODELS}    tags = models.ManyToManyField('elsewhere.Tag')\n")
    project.write(
        "shop/services.py",
        "from shop.models import Customer\n\n\ndef register(email, known):\n"
        "    for customer in known:\n"
        "        if set(customer.tags.all()) or customer.basket.tags.filter(pk=1).exists():\n"
        "            return None\n    return Customer.objects.create(email=email)\n",
    )
    assert uqi(project.root, ".").places == [("shop/services.py", 8, "UQI101")]


def test_module_beside_a_package_of_its_name(project: Project) -> None:
    project.write(
        "shop/forms.py",
        "from django import forms\n\nfrom shop.models import Customer\n\n\nclass CustomerForm(forms.ModelForm):\n"
        "    class Meta:\n        model = Customer\n        fields = []\n\n    def save(self):\n"
        "        return Customer.objects.create(email=self.data['email'])\n",
    )
    users = "from shop.forms import CustomerForm\n\n\ndef {}(request):\n    return CustomerForm(request.POST).save()\n"
    project.write("shop/views.py", "\n".join(users.format(f"never_{number}") for number in range(3)))
    project.write("shop/views/__init__.py", users.format("add"))
    assert ("shop/forms.py", 12, "UQI101") in uqi(project.root, ".").places


@pytest.mark.skipif(not hasattr(os, "symlink") or sys.platform == "win32", reason="needs symbolic links")
def test_loops_of_links(project: Project) -> None:
    (project.root / "shop/again").symlink_to(project.root, target_is_directory=True)
    (project.root / "shop/itself.py").symlink_to(project.root / "shop/itself.py")
    (project.root / "loop").symlink_to(project.root / "loop")
    assert uqi(project.root, "shop/services.py").places == [FOUND]


@pytest.mark.skipif(sys.platform == "win32", reason="needs symbolic links")
def test_file_reached_through_a_link(project: Project) -> None:
    (project.root.parent / "link").symlink_to(project.root, target_is_directory=True)
    assert uqi(project.root.parent, "link/shop/services.py").places == [("link/shop/services.py", 5, "UQI101")]


NEWER = """\
from django.db import models


class Customer(models.Model):
    email = models.EmailField(unique=True)

    def clean(self):
        try:
            int(self.email)
        except ValueError, TypeError:
            pass
"""


def test_models_written_for_a_newer_python(project: Project) -> None:
    project.write("shop/models.py", NEWER)
    assert uqi(project.root, "shop/services.py").places == [FOUND]


@pytest.mark.parametrize("name", ["load-data.py", "2024.py", "shop/commands/load data.py", "no_suffix"])
def test_files_that_cannot_be_imported(project: Project, name: str) -> None:
    project.write(name, SERVICES)
    assert uqi(project.root, name).places == [(name, 5, "UQI101")]
