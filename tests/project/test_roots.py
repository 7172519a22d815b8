"""Roots of projects, source roots, names of modules."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_unique_insert.options import Options
from flake8_unique_insert.project import find_root
from flake8_unique_insert.project.projects import Projects
from tests.project.conftest import MakeProject


def write(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")


@pytest.mark.parametrize(
    ("files", "start", "root"),
    [
        ([".git/HEAD", "a/b/views.py"], "a/b/views.py", ""),
        ([".git/HEAD", "backend/pyproject.toml", "backend/manage.py", "backend/a/views.py"], "backend/a/views.py", ""),
        ([".github/x.yml", "sandbox/manage.py", "sandbox/views.py"], "sandbox/views.py", ""),
        (["x/pyproject.toml", "x/src/a/views.py"], "x/src/a/views.py", "x"),
        (["x/setup.cfg", "x/y/manage.py", "x/y/views.py"], "x/y/views.py", "x"),
        (["x/manage.py", "x/a/views.py"], "x/a/views.py", "x"),
        (["x/a/__init__.py", "x/a/b/__init__.py", "x/a/b/views.py"], "x/a/b/views.py", "x"),
        (
            [".git/HEAD", "one/manage.py", "one/core/__init__.py", "two/manage.py", "two/core/__init__.py"],
            "two/core",
            "two",
        ),
        ([".git/HEAD", "one/manage.py", "one/a/__init__.py", "two/manage.py", "two/b/__init__.py"], "two/b", ""),
    ],
)
def test_root(tmp_path: Path, files: list[str], start: str, root: str) -> None:
    write(tmp_path, *files)
    assert find_root(tmp_path / start) == tmp_path / root


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("app/models.py", "app.models"),
        ("app/__init__.py", "app"),
        ("src/lib/models.py", "lib.models"),
        ("backend/users/models/user.py", "users.models.user"),
        ("backend/src/deep/models.py", "deep.models"),
        ("apps/loose/models.py", "apps.loose.models"),
    ],
)
def test_module_name(make_project: MakeProject, name: str, module: str) -> None:
    project = make_project({"backend/manage.py": "", "pyproject.toml": "", name: ""})
    assert project.module_name(project.root / name) == module
    assert project.find_module(module) == project.root / name


def test_folder_that_settings_put_on_the_path(make_project: MakeProject) -> None:
    project = make_project({"apps/users/__init__.py": "", "apps/users/models.py": "class User: pass", "a.py": ""})
    assert project.find_module("users.models") == project.root / "apps/users/models.py"
    project.root.joinpath("a.py").write_text("from users.models import User")
    found = project.resolve("a", "User")
    assert found is not None
    assert getattr(found, "module", "") == "apps.users.models"


def test_package_of_tests_for_a_package_on_the_path(make_project: MakeProject) -> None:
    files = {f"{folder}/orders/{name}.py": "" for folder in ("shop/apps", "tests") for name in ("__init__", "models")}
    project = make_project({"manage.py": "", "shop/__init__.py": "", "shop/apps/__init__.py": "", **files})
    assert project.modules.find("orders.models") == project.modules.root / "shop/apps/orders/models.py"


def test_stated_source_roots(make_project: MakeProject) -> None:
    project = make_project({"code/lib/models.py": ""}, source_roots=["code"])
    assert project.module_name(project.root / "code/lib/models.py") == "lib.models"


def test_a_package_with_a_command_is_no_source_root(make_project: MakeProject) -> None:
    project = make_project({"lib/__init__.py": "", "lib/manage.py": "", "lib/app/models.py": ""})
    assert project.module_name(project.root / "lib/app/models.py") == "lib.app.models"
    assert project.find_module("app.models") == project.root / "lib/app/models.py"  # where the command is run


def test_links_and_missing_files(make_project: MakeProject) -> None:
    project = make_project({"app/__init__.py": ""})
    loop = project.root / "app" / "loop.py"
    loop.symlink_to(loop)
    (project.root / "app" / "again").symlink_to(project.root / "app", target_is_directory=True)
    assert project.find_module("app.loop") is None
    assert project.resolve("app.loop", "X") is None
    assert project.resolve("no.such.module", "X") is None
    assert list(project.models_in(project.modules.tree.files())) == []


def test_own_source_root_first(tmp_path: Path) -> None:
    write(tmp_path, ".git/HEAD")
    for name in ("first", "second"):
        write(tmp_path, f"{name}/pyproject.toml", f"{name}/src/shop/__init__.py", f"{name}/src/shop/tests/__init__.py")
        tmp_path.joinpath(f"{name}/src/shop/models.py").write_text(f"class {name.title()}: pass")
    write(tmp_path, "third/pyproject.toml", "third/src/tests/__init__.py", "third/src/other.py")
    projects = Projects(Options())
    for name in ("second", "first", "second"):
        project = projects.of(tmp_path / name / "src/shop/views.py")
        assert project.find_module("shop.models") == tmp_path / name / "src/shop/models.py"
        assert project.resolve("shop.models", name.title()) is not None
        assert project.find_module("other") == tmp_path / "third/src/other.py"
    assert projects.of(tmp_path / "third/src/other.py") is projects.of(tmp_path / "third/src/more.py")
