"""Several Django projects in one repository, or in one run."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

from tests.end_to_end.conftest import CHECKED, MODELS, SERVICES, Project
from tests.end_to_end.running import uqi


def lay(root: Path, model: str, services: str) -> None:
    made = Project(root)
    made.write("manage.py", "# the root\n")
    made.write("shop/__init__.py", "")
    made.write("shop/models.py", model)
    made.write("shop/services.py", services)


def test_same_module_names_in_one_repository(project: Project) -> None:
    (project.root / ".git").mkdir()
    lay(project.root / "first", MODELS.replace("unique=True", ""), SERVICES)
    lay(project.root / "second", MODELS.replace("email", "mail"), SERVICES.replace("email", "mail"))
    lay(project.root / "third", MODELS, CHECKED)
    expected = {("second/shop/services.py", 5, "UQI101"), ("shop/services.py", 5, "UQI101")}
    files = ["first/shop/services.py", "second/shop/services.py", "third/shop/services.py", "shop/services.py"]
    for order in permutations(files):
        run = uqi(project.root, *order)
        assert set(run.places) == expected
    assert {item.text.partition("[")[2].partition("]")[0] for item in run.reported} == {
        "second/shop/models.py:5",
        "shop/models.py:5",
    }


def test_two_projects_in_one_run(tmp_path: Path) -> None:
    lay(tmp_path / "first", MODELS.replace("unique=True", ""), SERVICES)
    lay(tmp_path / "second", MODELS, SERVICES)
    for order in (["first", "second"], ["second", "first"]):
        assert uqi(tmp_path, *order).places == [("second/shop/services.py", 5, "UQI101")]
