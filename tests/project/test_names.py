"""What names mean, across files."""

from __future__ import annotations

import pytest

from flake8_unique_insert.project import Project
from flake8_unique_insert.schema import (
    ClassSymbol,
    ExternalSymbol,
    FunctionSymbol,
    ModuleSymbol,
    ValueSymbol,
)
from tests.project.conftest import MakeProject

FILES = {
    "app/__init__.py": "from .one import One as Renamed\nfrom . import two",
    "app/one.py": (
        "class One:\n    class Inner: pass\n    LIMIT = 3\n    def method(self): pass\nALIAS = One\nVALUE = (1, 2)\n"
    ),
    "app/two.py": "from .one import *\nfrom app.three import *\nimport app.one as first\nimport app.four.five",
    "app/three.py": "from .two import *\nfrom . import one\nclass Three(one.One): pass\ndef helper(): pass",
    "app/four/five.py": "class Five: pass",
    "views.py": (
        "import app\nimport app.four.five\nfrom app import Renamed, two\nfrom app.two import Three, helper\n"
        "from django.db import models, IntegrityError as Dup\nfrom django.db.models.fields import CharField\n"
        "from no_such_package import thing\nfrom django.contrib.auth import get_user_model\n"
        "from django.contrib.auth.models import User\n"
        "try:\n    import fast\nexcept ImportError:\n    from app.one import One as fast\n"
    ),
    "broken.py": "class Broken(:\n",
    "early.py": "Name = Name\nfrom early import Name as Other\nLoop = Pool\nPool = Loop",
}


@pytest.fixture
def project(make_project: MakeProject) -> Project:
    return make_project(FILES)


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("app", ModuleSymbol("app")),
        ("app.four.five.Five", ClassSymbol("app.four.five", "Five")),
        ("Renamed", ClassSymbol("app.one", "One")),
        ("Renamed.Inner", ClassSymbol("app.one", "One.Inner")),
        ("two.One", ClassSymbol("app.one", "One")),
        ("two.ALIAS", ClassSymbol("app.one", "One")),
        ("two.first", ModuleSymbol("app.one")),
        ("two.first.One", ClassSymbol("app.one", "One")),
        ("Three", ClassSymbol("app.three", "Three")),
        ("Three.Inner", ClassSymbol("app.one", "One.Inner")),
        ("models.CharField", ExternalSymbol("django.db.models.CharField")),
        ("CharField", ExternalSymbol("django.db.models.CharField")),
        ("Dup", ExternalSymbol("django.db.utils.IntegrityError")),
        ("thing", ExternalSymbol("no_such_package.thing")),
        ("thing.more", ExternalSymbol("no_such_package.thing.more")),
        ("get_user_model", ExternalSymbol("django.contrib.auth.get_user_model")),
        ("User", ClassSymbol("django.contrib.auth.models", "User")),
        ("fast", ClassSymbol("app.one", "One")),
        ("Exception", ExternalSymbol("builtins.Exception")),
        ("nothing", None),
        ("app.nothing", None),
    ],
)
def test_resolve(project: Project, name: str, symbol: object) -> None:
    assert project.resolve("views", name) == symbol


def test_functions_and_values(project: Project) -> None:
    helper = project.resolve("views", "helper")
    assert isinstance(helper, FunctionSymbol)
    assert project.function_source(helper) == "def helper(): pass\n"
    value = project.resolve("app.two", "VALUE")
    assert isinstance(value, ValueSymbol)
    assert (value.dotted, len(value.assignments)) == ("app.one.VALUE", 1)
    method = project.resolve("views", "Three.method")
    assert isinstance(method, FunctionSymbol)
    assert method.dotted == "app.one.One.method"


@pytest.mark.parametrize("name", ["Name", "Other", "Loop", "Pool"])
def test_names_that_lead_to_themselves(project: Project, name: str) -> None:
    found = project.resolve("early", name)
    assert found is None or isinstance(found, ValueSymbol)


def test_broken_files_have_no_names(project: Project) -> None:
    assert project.resolve("broken", "Broken") is None


def test_members(project: Project) -> None:
    three = ClassSymbol("app.three", "Three")
    member = project.class_member(three, "method")
    assert member is not None
    assert member.owner == ClassSymbol("app.one", "One")
    assert project.class_member(three, "method", after=ClassSymbol("app.one", "One")) is None
    assert project.class_member(three, "nothing") is None
    assert project.bases(three) == ("app.three.Three", "app.one.One")


def test_form_bases_do_not_depend_on_what_is_installed(make_project: MakeProject) -> None:
    project = make_project(
        {"forms.py": "from django.contrib.auth.forms import UserCreationForm\nclass F(UserCreationForm): pass"}
    )
    assert "django.forms.ModelForm" in project.bases(ClassSymbol("forms", "F"))
