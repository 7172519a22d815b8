"""Which files are left out."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import MODELS, SERVICES, Project
from tests.end_to_end.running import uqi


@pytest.mark.parametrize(
    "name",
    [
        "shop/tests/anything.py",
        "shop/test/deep/anything.py",
        "shop/testing/anything.py",
        "shop/migrations/0001_initial.py",
        "shop/test_views.py",
        "shop/views_test.py",
        "shop/views_tests.py",
        "shop/test_helpers/fake.py",
        "browser_tests/data.py",
        "shop/tests.py",
        "shop/testing.py",
        "conftest.py",
        "shop/factories.py",
    ],
)
def test_left_out_by_default(project: Project, name: str) -> None:
    project.write(name, SERVICES)
    assert uqi(project.root, name).reported == []
    assert uqi(project.root, "--uqi-skip=", name).places == [(name, 5, "UQI101")]


@pytest.mark.parametrize(
    "name",
    ["shop/contest.py", "shop/latest/anything.py", "shop/testing_tools.py", "shop/factories_/a.py", "shop/Tests/a.py"],
)
def test_not_left_out(project: Project, name: str) -> None:
    project.write(name, SERVICES)
    assert uqi(project.root, name).places == [(name, 5, "UQI101")]


@pytest.mark.parametrize("folder", ["tests", "test", "migrations", "test_app.py"])
def test_project_below_a_folder_of_tests(project: Project, folder: str) -> None:
    root = project.root.parent / folder / "checkout"
    inner = Project(root)
    for name, text in {
        "manage.py": "# the root\n",
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/services.py": SERVICES,
        "shop/tests/test_services.py": SERVICES,
    }.items():
        inner.write(name, text)
    assert uqi(root, ".").places == [("shop/services.py", 5, "UQI101")]
    assert [path for path, _, _ in uqi(root.parent.parent, folder).places] == [f"{folder}/checkout/shop/services.py"]


@pytest.mark.parametrize("pattern", ["shop/seeds", "shop/seeds/*", "seeds", "se?ds", "*/seeds/more.py"])
def test_pattern(project: Project, pattern: str) -> None:
    project.write("shop/seeds/more.py", SERVICES)
    assert uqi(project.root, f"--uqi-skip={pattern}", ".").places == [("shop/services.py", 5, "UQI101")]
