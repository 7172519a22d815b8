"""The buffer, users, labels, rows between models, packages in an environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_unique_insert.options import Options
from flake8_unique_insert.project import Project
from flake8_unique_insert.schema import ClassSymbol, KeyKind
from flake8_unique_insert.syntax.source import SourceFile
from tests.project.conftest import MakeProject

MODELS = """\
from django.db import models


class Tag(models.Model):
    name = models.CharField(max_length=9, unique=True)
    others = models.ManyToManyField("self")


class Post(models.Model):
    tags = models.ManyToManyField(Tag)
    marked = models.ManyToManyField(Tag, through="Mark", related_name="+")


class Mark(models.Model):
    tag = models.ForeignKey(Tag, models.CASCADE)
    post = models.ForeignKey(Post, models.CASCADE)
"""
TAG = ClassSymbol("blog.models", "Tag")


def keys(project: object, symbol: ClassSymbol) -> list[tuple[str, ...]]:
    model = project.model(symbol)  # type: ignore[attr-defined]
    assert model is not None
    return [key.fields for key in model.keys]


def test_models_with_geometry(make_project: MakeProject) -> None:
    text = MODELS.replace("django.db", "django.contrib.gis.db").replace(
        "others =", "place = models.PointField()\n    x ="
    )
    project = make_project({"blog/models.py": text})
    assert keys(project, TAG) == [("name",)]
    model = project.model(TAG)
    assert model is not None
    assert set(model.fields) == {"id", "name", "place", "x"}


def test_the_buffer_wins_until_another_comes(make_project: MakeProject) -> None:
    project = make_project({"blog/models.py": MODELS, "blog/views.py": "from .models import Tag"})
    models, views = project.root / "blog/models.py", project.root / "blog/views.py"
    assert keys(project, TAG) == [("name",)]
    project.put(models, SourceFile(MODELS.replace(", unique=True", "")))
    assert keys(project, TAG) == []
    project.put(views, SourceFile.read(views))
    assert keys(project, TAG) == [("name",)]


def test_a_buffer_that_is_not_on_disk(make_project: MakeProject) -> None:
    project = make_project({"blog/__init__.py": ""})
    project.put(project.root / "blog/models.py", SourceFile(MODELS))
    assert keys(project, TAG) == [("name",)]


def test_files_of_one_name(make_project: MakeProject) -> None:
    project = make_project({"a/manage.py": "", "b/manage.py": "", "a/x.py": "A = 1", "b/x.py": "B = 1"})
    for folder, name, other in (("a", "A", "B"), ("b", "B", "A")):
        path = project.root / folder / "x.py"
        project.put(path, SourceFile.read(path))
        assert project.resolve(project.module_name(path), name) is not None
        assert project.resolve(project.module_name(path), other) is None


@pytest.mark.parametrize(
    ("label", "app"), [("blog.Tag", ""), ("blog.tag", ""), ("Tag", "blog"), ("blog.models.Tag", ""), ("tag", "blog")]
)
def test_labels(make_project: MakeProject, label: str, app: str) -> None:
    model = make_project({"blog/models.py": MODELS}).model_labelled(label, app)
    assert model is not None
    assert model.symbol == TAG


@pytest.mark.parametrize("label", ["blog.Nothing", "nothing.Tag", "Tag", "", ".", "a.b.c", "blog."])
def test_unknown_labels(make_project: MakeProject, label: str) -> None:
    assert make_project({"blog/models.py": MODELS}).model_labelled(label) is None


def test_rows_between_models(make_project: MakeProject) -> None:
    project = make_project({"blog/models.py": MODELS})
    post, tag = project.model_labelled("blog.Post"), project.model_labelled("blog.Tag")
    assert post is not None
    assert tag is not None
    made, own, stated = project.through(post, "tags"), project.through(tag, "others"), project.through(post, "marked")
    assert made is not None
    assert own is not None
    assert stated is not None
    assert (made.label, [key.fields for key in made.keys]) == ("blog.Post_tags", [("post", "tag")])
    assert own.keys[0].fields == ("from_tag", "to_tag")
    assert stated.label == "blog.Mark"
    assert project.through(post, "id") is None


@pytest.mark.parametrize(
    "settings",
    [
        {"config/settings.py": 'AUTH_USER_MODEL = "blog.Tag"'},
        {"config/settings.py": 'class Common(Configuration):\n    AUTH_USER_MODEL = "blog.Tag"'},
        {"config/settings/base.py": 'AUTH_USER_MODEL = "blog.Tag"', "config/settings/dev.py": "from .base import *"},
        {
            "manage.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "odd")',
            "odd.py": "AUTH_USER_MODEL = 'blog.Tag'",
        },
    ],
)
def test_user_model_of_settings(make_project: MakeProject, settings: dict[str, str]) -> None:
    user = make_project({"blog/models.py": MODELS, **settings}).user_model()
    assert user is not None
    assert user.label == "blog.Tag"


def test_user_model_otherwise(make_project: MakeProject) -> None:
    contrib = make_project({"blog/models.py": MODELS}).user_model()
    stated = make_project({}, user_model="blog.Tag").user_model()
    assert contrib is not None
    assert stated is not None
    assert (contrib.label, [key.fields for key in contrib.keys]) == ("auth.User", [("username",)])
    assert stated.label == "blog.Tag"


@pytest.mark.parametrize("stated", ["", "bin/python", "lib/python3.12/site-packages"])
def test_installed_packages_are_read(make_project: MakeProject, tmp_path: Path, stated: str) -> None:
    folder = tmp_path / "outside/lib/python3.12/site-packages/shelves"
    folder.mkdir(parents=True)
    (folder / "models.py").write_text(
        "from django.db import models\nclass Shelf(models.Model):\n    code = models.CharField(unique=True)\n"
        "    class Meta:\n        abstract = True\n"
    )
    files = {"blog/models.py": "from shelves.models import Shelf\nclass Mine(Shelf): pass"}
    mine = ClassSymbol("blog.models", "Mine")
    assert make_project(files).model(mine) is None
    project = make_project(files, environment=tmp_path / "outside" / stated)
    model = project.model(mine)
    assert model is not None
    assert [(key.kind, key.declared.file) for key in model.keys] == [
        (KeyKind.UNIQUE, "site-packages/shelves/models.py")
    ]


def test_known_packages_need_not_be_installed(make_project: MakeProject) -> None:
    project = make_project(
        {
            "blog/models.py": "from django.contrib.auth.models import AbstractUser\n"
            "from treebeard.mp_tree import MP_Node\n"
            "class Node(MP_Node): pass\nclass Person(AbstractUser): pass\n"
        }
    )
    assert keys(project, ClassSymbol("blog.models", "Node")) == [("path",)]
    assert keys(project, ClassSymbol("blog.models", "Person")) == [("username",)]


def test_unknown_bases(make_project: MakeProject) -> None:
    project = make_project(
        {
            "blog/models.py": "from django.db import models\nfrom unknown import Mixin, Base\n"
            "class Half(Mixin, models.Model):\n    code = models.CharField(unique=True)\nclass Nothing(Base): pass\n"
        }
    )
    half = project.model(ClassSymbol("blog.models", "Half"))
    assert half is not None
    assert not half.bases_known
    assert keys(project, ClassSymbol("blog.models", "Half")) == [("code",)]
    assert project.model(ClassSymbol("blog.models", "Nothing")) is None


def test_unknown_base_of_a_class_with_fields(make_project: MakeProject) -> None:
    project = make_project(
        {
            "blog/models.py": "from django.db import models\nfrom unknown import Base\n"
            "class Certain(Base):\n    code = models.CharField(unique=True)\nclass Below(Certain): pass\n"
        }
    )
    for name in ("Certain", "Below"):
        symbol = ClassSymbol("blog.models", name)
        model = project.model(symbol)
        assert model is not None
        assert not model.bases_known
    assert keys(project, ClassSymbol("blog.models", "Certain")) == [("code",)]


def test_unknown_field_class(make_project: MakeProject) -> None:
    project = make_project(
        {
            "blog/models.py": "from django.db import models\nfrom unknown import PhoneField\n"
            "class Caller(models.Model):\n    phone = PhoneField(unique=True)\n    not_one = print('x')\n"
        }
    )
    assert keys(project, ClassSymbol("blog.models", "Caller")) == [("phone",)]


@pytest.mark.parametrize("base", ["Named", 'get_class("shop.abstract", "AbstractItem")'])
def test_class_found_by_its_name_in_an_app(make_project: MakeProject, base: str) -> None:
    project = make_project(
        {
            "lib/shop/__init__.py": "",
            "lib/shop/abstract.py": """
from django.db import models
class AbstractItem(models.Model):
    code = models.CharField(unique=True)
    class Meta:
        abstract = True
""",
            "lib/shop/models.py": f"""
from lib.loading import get_class
Named = get_class("shop.abstract", "AbstractItem")
class Item({base}): pass
class Other(get_class("shop.nothing", "AbstractItem")): pass
""",
        }
    )
    item = project.model_labelled("shop.Item")
    assert item is not None
    assert [key.fields for key in item.keys] == [("code",)]
    assert project.model_labelled("shop.Other") is None


@pytest.mark.parametrize(
    ("name", "loader", "found"),
    [
        ("Form", 'import_string("lib.shop.forms.Form")', "lib.shop.forms.Form"),
        ("Form", 'get_class("shop.forms", "Form")', "lib.shop.forms.Form"),
        ("Other", 'get_classes("shop.forms", ["Form", "Other"])', "lib.shop.forms.Other"),
        ("Form", 'get_class("basket.forms", "Form")', "oscar.apps.basket.forms.Form"),
        ("Form", 'get_class("shop.nothing", "Form")', None),
        ("Form", "get_class()", None),
        ("Other", 'get_classes("shop.forms", ["Form"])', None),
    ],
)
def test_class_loaded_by_its_name(make_project: MakeProject, name: str, loader: str, found: str | None) -> None:
    names = "Form, Other" if "classes" in loader else name
    project = make_project(
        {
            "lib/__init__.py": "",
            "lib/shop/__init__.py": "",
            "lib/shop/models.py": "",
            "lib/shop/forms.py": "class Form: pass\nclass Other: pass\n",
            "lib/shop/views.py": f"from load import get_class, get_classes, import_string\n{names} = {loader}\n",
            "oscar/__init__.py": "",
            "oscar/apps/__init__.py": "",
            "oscar/apps/basket/__init__.py": "",
            "oscar/apps/basket/forms.py": "class Form: pass\n",
        }
    )
    symbol = project.resolve("lib.shop.views", name)
    assert (symbol.dotted if isinstance(symbol, ClassSymbol) else None) == found


def test_heirs_and_what_methods_assign(make_project: MakeProject) -> None:
    project = make_project(
        {
            "base.py": "class Base:\n    def set(self):\n        self.row, x = 1, 2\n        self.row == self.other\n",
            "one.py": "import base\nclass One(base.Base):\n    def get(self):\n        self.row: int = 3\n",
            "two.py": "from one import One\nclass Two(One): pass\nclass Base: pass\nclass Three(Base): pass\n",
            "tests/four.py": "from base import Base\nclass Four(Base): pass\n",
        }
    )
    base = ClassSymbol("base", "Base")
    assert [heir.dotted for heir in project.heirs(base)] == ["one.One", "two.Two"]
    assigning = project.methods_assigning(ClassSymbol("two", "Two"), "row")
    assert [method.dotted for method in assigning] == ["one.One.get", "base.Base.set"]
    assert project.methods_assigning(base, "other") == ()


@pytest.mark.parametrize(
    ("more", "manager"),
    [
        ("from .managers import M\n", "M()"),
        ("from .managers import M as N\n", "N()"),
        ("from . import managers\nclass N(managers.M): pass\n", "N()"),
        ("from .managers import M\nmake = M.from_queryset(Q)\n", "make()"),
        ("from .managers import M\nN = M\nclass Last(N): pass\n", "Last()"),
    ],
)
@pytest.mark.parametrize("is_inherited", [False, True])
def test_models_of_a_manager(make_project: MakeProject, more: str, manager: str, is_inherited: bool) -> None:
    """Under other names, and by an abstract base in another file."""
    start, objects = "from django.db import models\n", f"    objects = {manager}\n"
    base = f"class Base(models.Model):\n{objects}    class Meta:\n        abstract = True\n"
    project = make_project(
        {
            "blog/managers.py": f"{start}class M(models.Manager): pass\n",
            "blog/more.py": more,
            "blog/parents.py": f"{start}from .more import *\n{base}",
            "blog/models.py": f"{start}from .more import *\nfrom .parents import Base\n"
            + ("class A(Base): pass\n" if is_inherited else f"class A(models.Model):\n{objects}")
            + "class B(models.Model): pass\n",
            "other/models.py": f"{start}class M(models.Manager): pass\nclass C(models.Model):\n    objects = M()\n",
        }
    )
    found = project.managed_by(ClassSymbol("blog.managers", "M"))
    assert [model.label for model, _ in found if not model.abstract] == ["blog.A"]


def test_models_of_a_queryset_that_a_manager_makes(make_project: MakeProject) -> None:
    start = "from django.db import models\n"
    project = make_project(
        {
            "blog/managers.py": f"{start}class Q(models.QuerySet): pass\nclass M(models.Manager):\n"
            "    def get_queryset(self):\n        return Q(self.model)\n",
            "blog/models.py": f"{start}from .managers import M\nclass A(models.Model):\n    objects = M()\n",
        }
    )
    assert [model.label for model, _ in project.managed_by(ClassSymbol("blog.managers", "Q"))] == ["blog.A"]


def test_accessors_that_an_installed_class_gives(make_project: MakeProject) -> None:
    """`AbstractUser` has the fields; what they belong to is the project's model, which does not name them."""
    project = make_project(
        {
            "config/settings.py": 'INSTALLED_APPS = ["django.contrib.auth", "blog"]\nAUTH_USER_MODEL = "blog.Person"',
            "blog/models.py": "from django.contrib.auth.models import AbstractUser\nclass Person(AbstractUser): pass\n",
        }
    )
    found = {(accessor.model, accessor.field) for accessor in project.accessors_named("user_set")}
    assert found == {("blog.Person", "groups"), ("blog.Person", "user_permissions")}


@pytest.mark.parametrize(
    ("field", "name", "owner"),
    [
        ("models.ForeignKey('A', models.CASCADE)", "b_set", "blog.A"),
        ("models.OneToOneField('A', models.CASCADE)", "b", "blog.A"),
        ("models.ForeignKey('A', models.CASCADE, related_name='bees')", "bees", "blog.A"),
        ("models.ForeignKey('A', models.CASCADE, related_name=NAME)", "named", "blog.A"),
        ("models.ForeignKey('A', models.CASCADE, related_name='%(app_label)s_%(class)ss')", "blog_bs", "blog.A"),
        ("models.ManyToManyField('A')", "b_set", "blog.A"),
    ],
)
def test_accessors_by_name(make_project: MakeProject, field: str, name: str, owner: str) -> None:
    """Of a field of a model's own, and of one in an abstract base in another file."""
    head = "from django.db import models\nNAME = 'named'\n"
    abstract = f"class Base(models.Model):\n    a = {field}\n    class Meta:\n        abstract = True\n"
    for base, model in (("", f"class B(models.Model):\n    a = {field}\n"), (abstract, "class B(Base): pass\n")):
        project = make_project(
            {
                "blog/parents.py": head + base,
                "blog/models.py": f"{head}class A(models.Model): pass\n"
                f"{'from .parents import Base' if base else ''}\n{model}",
            }
        )
        found = [(accessor.model, accessor.field) for accessor in project.accessors_named(name)]
        assert found == [("blog.B", "a")]
        assert [model.label for model in project.owners_of(name)] == [owner]
    assert project.accessors_named(f"{name}x") == ()


def test_models_in_a_file_of_another_name(make_project: MakeProject) -> None:
    project = make_project(
        {
            "blog/models.py": "from django.db import models\nclass A(models.Model): pass\n"
            "from blog.entities import B\n",
            "blog/entities.py": "from django.db import models\nclass M(models.Manager): pass\n"
            "class B(models.Model):\n    objects = M()\n"
            "    a = models.ForeignKey('A', models.CASCADE, related_name='bees')\n",
            "blog/forms.py": "from django import forms\nclass F(forms.Form):\n    name = forms.CharField()\n",
        }
    )
    assert [model.label for model, _ in project.managed_by(ClassSymbol("blog.entities", "M"))] == ["blog.B"]
    assert [accessor.model for accessor in project.accessors_named("bees")] == ["blog.B"]


@pytest.mark.parametrize("no_cache", [False, True])
def test_reads_are_noted_for_a_cache_only(make_project: MakeProject, tmp_path: Path, no_cache: bool) -> None:
    make_project({"manage.py": "", "blog/__init__.py": "", "blog/models.py": MODELS})
    project = Project.configured(tmp_path, Options(no_cache=no_cache))
    assert project.model_labelled("blog.Tag") is not None
    reads = project.modules.reads
    assert [bool(found) for found in (reads.files, any(reads.answers.values()))] == [not no_cache] * 2
