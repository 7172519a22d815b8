"""Options in configuration files and on the command line."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import CHECKED, SERVICES, Project
from tests.end_to_end.running import flake8, uqi

FOUND = ("shop/services.py", 5, "UQI101")
SEED = ("shop/seeds.py", 5, "UQI101")
TEST = ("shop/tests/test_services.py", 5, "UQI101")


@pytest.fixture
def larger(project: Project) -> Project:
    """The same insert in a file of tests and in one of seeds too."""
    project.write("shop/seeds.py", SERVICES)
    project.write("shop/tests/__init__.py", "")
    project.write("shop/tests/test_services.py", SERVICES)
    return project


@pytest.mark.parametrize("file", ["setup.cfg", "tox.ini", ".flake8"])
@pytest.mark.parametrize("name", ["uqi-skip", "uqi_skip"])
def test_configuration_file(larger: Project, file: str, name: str) -> None:
    larger.write(file, f"[flake8]\nselect = UQI1\n{name} = seeds.py\n")
    assert flake8(larger.root).places == [FOUND, TEST]


def test_configuration_file_with_a_list_on_several_lines(larger: Project) -> None:
    larger.write(".flake8", "[flake8]\nselect = UQI1\nuqi-skip =\n    seeds.py,\n    tests\n")
    assert flake8(larger.root).places == [FOUND]


def test_skip_can_be_emptied_in_a_configuration_file(larger: Project) -> None:
    larger.write(".flake8", "[flake8]\nselect = UQI1\nuqi-skip =\n")
    assert flake8(larger.root).places == [SEED, FOUND, TEST]


def test_command_line_wins_over_the_configuration_file(larger: Project) -> None:
    larger.write(".flake8", "[flake8]\nselect = UQI1\nuqi-skip = services.py\n")
    assert flake8(larger.root, "--uqi-skip", "seeds.py,tests").places == [FOUND]


def test_command_line(larger: Project) -> None:
    assert uqi(larger.root).places == [SEED, FOUND]
    assert uqi(larger.root, "--uqi-skip=").places == [SEED, FOUND, TEST]


def test_path_in_a_configuration_file_is_found_from_a_folder_below(project: Project) -> None:
    project.write("environment/lib/python3.12/site-packages/readme.txt", "")
    project.write(".flake8", "[flake8]\nselect = UQI1\nuqi-python = environment\nuqi-source-roots = .\n")
    assert flake8(project.root / "shop").places == [("services.py", 5, "UQI101")]


def test_methods_of_test_cases_are_tests(project: Project) -> None:
    project.write("shop/basis.py", "from django.test import TestCase\n\n\nclass Basis(TestCase):\n    pass\n")
    project.write(
        "shop/checks.py",
        """\
        from shop.basis import Basis
        from shop.models import Customer

        class Checks(Basis):
            def setUp(self):
                Customer.objects.create(email="ann@example.org")

        class Checker:
            def set_up(self):
                Customer.objects.create(email="ann@example.org")
        """,
    )
    assert uqi(project.root, "shop/checks.py").places == [("shop/checks.py", 10, "UQI101")]
    found = [(line, code) for _, line, code in uqi(project.root, "--uqi-skip=migrations", "shop/checks.py").places]
    assert found == [(6, "UQI101"), (10, "UQI101")]


@pytest.mark.parametrize(
    ("argument", "named"),
    [
        ("--uqi-user-model=User", "'User'"),
        ("--uqi-user-model=a.b.C", "'a.b.C'"),
        ("--uqi-generators=shop..code", "'shop..code'"),
        ("--uqi-handlers=shop.views,2nd", "'2nd'"),
        ("--uqi-python=nowhere", "'nowhere'"),
        ("--uqi-python=shop", "'shop'"),
        ("--uqi-source-roots=shop,nowhere", "'nowhere'"),
        ("--uqi-project-root=nowhere", "'nowhere'"),
        ("--uqi-skip=/absolute", "'/absolute'"),
        ("--uqi-skip=../above", "'../above'"),
    ],
)
def test_bad_value_is_a_message_and_no_run(project: Project, argument: str, named: str) -> None:
    run = uqi(project.root, argument, ".")
    message = run.output.splitlines()[-1]
    assert message.startswith(f"{argument.partition('=')[0]}: ")
    assert named in message
    assert run.code == 1
    assert run.reported == []


def test_bad_value_in_a_configuration_file(project: Project) -> None:
    project.write("setup.cfg", "[flake8]\nuqi-user-model = User\n")
    run = flake8(project.root)
    assert "--uqi-user-model: 'User'" in run.output
    assert run.code == 1


def test_per_file_ignores(larger: Project) -> None:
    assert uqi(larger.root, "--per-file-ignores", "shop/seeds.py:UQI101").places == [FOUND]


def test_project_root_decides_what_skip_patterns_see(project: Project) -> None:
    project.write("tests/shop/services.py", SERVICES)
    project.write("tests/shop/models.py", (project.root / "shop/models.py").read_text())
    assert uqi(project.root, "tests").places == []
    assert uqi(project.root, "--uqi-project-root", "tests", "tests").places == [("tests/shop/services.py", 5, "UQI101")]


RACE = ("shop/services.py", 7, "UQI301")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], []),
        (["--ignore", "E501"], []),
        (["--extend-ignore", "E501"], []),
        (["--select", "UQI1,UQI2"], []),
        (["--extend-select", "UQI1"], []),
        (["--extend-select", "UQI301"], [RACE]),
        (["--extend-select", "UQI3", "--ignore", "E501"], [RACE]),
        (["--select", "UQI301"], [RACE]),
        (["--select", "UQI"], [RACE]),
        (["--select", "UQI", "--extend-ignore", "UQI301"], []),
        (["--select", "UQI", "--ignore", "UQI3"], []),
    ],
)
def test_race_is_reported_only_when_selected(project: Project, arguments: list[str], expected: list[object]) -> None:
    project.write("shop/services.py", CHECKED)
    assert flake8(project.root, "--isolated", *arguments, ".").places == expected


def test_race_selected_in_a_configuration_file(project: Project) -> None:
    project.write("shop/services.py", CHECKED)
    project.write("tox.ini", "[flake8]\nextend-select = UQI301\n")
    assert flake8(project.root).places == [RACE]
