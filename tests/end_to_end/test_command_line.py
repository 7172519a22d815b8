"""The command `flake8-unique-insert`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.conftest import CHECKED, SERVICES, Project
from tests.end_to_end.running import command_line


def audit(folder: Path, *arguments: str) -> list[dict[str, object]]:
    run = command_line(folder, "audit", *arguments, "--format", "json")
    assert run.code == 0, run.errors
    rows: list[dict[str, object]] = json.loads(run.output)
    return rows


def test_audit_lists_what_is_reported_and_what_is_not(project: Project) -> None:
    project.write("shop/checked.py", CHECKED)
    checked, unguarded = audit(project.root, ".")
    assert unguarded == {
        **unguarded,
        "file": "shop/services.py",
        "line": 5,
        "column": 29,
        "call": "create",
        "model": "shop.Customer",
        "keys": [["email"]],
        "verdict": "unguarded",
        "code": "UQI101",
    }
    assert checked == {**checked, "file": "shop/checked.py", "line": 7, "verdict": "checked"}
    assert set(checked) == {"file", "line", "column", "call", "model", "keys", "verdict", "code", "why"}
    assert checked["why"]
    assert unguarded["why"]


def test_audit_as_text(project: Project) -> None:
    run = command_line(project.root, "audit", "shop")
    assert run.output.startswith("shop/services.py:5:29: unguarded UQI101: shop.Customer.create (email): ")
    assert run.code == 0


def test_audit_leaves_out_what_the_plugin_leaves_out(project: Project) -> None:
    project.write("shop/tests/test_services.py", SERVICES)
    assert [row["file"] for row in audit(project.root, ".")] == ["shop/services.py"]
    assert [row["file"] for row in audit(project.root, ".", "--uqi-skip=")] == [
        "shop/services.py",
        "shop/tests/test_services.py",
    ]


def test_audit_leaves_out_what_is_not_the_projects_own(project: Project) -> None:
    for folder in (".git", "node_modules/x", ".venv/lib", "env/lib/site-packages"):
        project.write(f"{folder}/services.py", SERVICES)
    project.write("env/pyvenv.cfg", "home = /usr/bin\n")
    project.write("env/services.py", SERVICES)
    assert [row["file"] for row in audit(project.root, ".")] == ["shop/services.py"]


def test_audit_of_a_file_newer_than_the_interpreter(project: Project) -> None:
    project.write("shop/services.py", f"{SERVICES}\n\ntry:\n    pass\nexcept ValueError, TypeError:\n    pass\n")
    assert [(row["line"], row["verdict"]) for row in audit(project.root, ".")] == [(5, "unguarded")]


def test_audit_goes_on_after_an_unreadable_file(project: Project) -> None:
    project.write("shop/a.py", b"# coding: nonsense\n")
    project.write("shop/b.py", b"x.save(\n")
    run = command_line(project.root, "audit", ".", "--format", "json")
    assert "shop/a.py" in run.errors
    assert "shop/b.py" in run.errors
    assert [row["file"] for row in json.loads(run.output)] == ["shop/services.py"]


def test_audit_names_each_file_once(project: Project) -> None:
    assert len(audit(project.root, "shop", "shop/services.py", ".")) == 1


def test_audit_of_nothing_is_an_empty_list(project: Project) -> None:
    assert audit(project.root, "shop/models.py") == []


@pytest.mark.parametrize("command", ["audit", "models"])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing"], "there is no file or folder 'missing'"),
        ([".", "--uqi-user-model=User"], "--uqi-user-model: 'User'"),
        ([".", "--format=xml"], "invalid choice: 'xml'"),
        ([], "the following arguments are required: PATH"),
    ],
)
def test_wrong_arguments(project: Project, command: str, arguments: list[str], message: str) -> None:
    run = command_line(project.root, command, *arguments)
    assert message in run.errors
    assert run.code == 2
    assert run.output == ""


def test_models(project: Project) -> None:
    run = command_line(project.root, "models", ".", "--format", "json")
    assert run.code == 0, run.errors
    assert "Customer" in run.output
    assert "email" in run.output
