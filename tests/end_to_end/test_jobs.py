"""The same findings however flake8 spreads the files over processes."""

from __future__ import annotations

import multiprocessing
from itertools import permutations
from pathlib import Path

import pytest

from tests.end_to_end.conftest import CHECKED, SERVICES, Project
from tests.end_to_end.running import run, uqi

RUNNER = Path(__file__).with_name("under_start_method.py")
EXPECTED = [(f"shop/services{number}.py", 5, "UQI101") for number in range(6)]


@pytest.fixture
def wide(project: Project) -> Project:
    """Six files with an insert that nothing guards, six with a guarded one."""
    (project.root / "shop/services.py").unlink()
    for number in range(6):
        project.write(f"shop/services{number}.py", SERVICES)
        project.write(f"shop/checked{number}.py", CHECKED)
    return project


@pytest.mark.parametrize("jobs", ["-j1", "-j4", "-jauto"])
def test_jobs(wide: Project, jobs: str) -> None:
    assert uqi(wide.root, jobs, ".").places == EXPECTED


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_start_methods(wide: Project, method: str) -> None:
    arguments = ["--isolated", "--select", "UQI1,UQI2", "-j4", "."]
    assert run(wide.root, str(RUNNER), method, *arguments).places == EXPECTED


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_options_reach_the_workers(wide: Project, method: str) -> None:
    arguments = ["--isolated", "--select", "UQI1,UQI2", "-j4", "--uqi-skip", "services[1-5].py", "."]
    assert run(wide.root, str(RUNNER), method, *arguments).places == EXPECTED[:1]


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_selected_race_reaches_the_workers(wide: Project, method: str) -> None:
    arguments = ["--isolated", "--select", "UQI301", "-j4", "."]
    expected = [(f"shop/checked{number}.py", 7, "UQI301") for number in range(6)]
    assert run(wide.root, str(RUNNER), method, *arguments).places == expected


def test_order_of_files(project: Project) -> None:
    project.write("shop/checked.py", CHECKED)
    files = ["shop/models.py", "shop/services.py", "shop/checked.py"]
    for order in permutations(files):
        assert uqi(project.root, *order).places == [("shop/services.py", 5, "UQI101")]
