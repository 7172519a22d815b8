"""A buffer on standard input, as editors send it."""

from __future__ import annotations

from tests.end_to_end.conftest import CHECKED, MODELS, SERVICES, Project
from tests.end_to_end.running import uqi


def test_buffer_wins_over_the_disk(project: Project) -> None:
    display = ["--stdin-display-name", "shop/services.py", "-"]
    assert uqi(project.root, *display, stdin=CHECKED.encode()).reported == []
    project.write("shop/services.py", CHECKED)
    assert uqi(project.root, *display, stdin=SERVICES.encode()).places == [("shop/services.py", 5, "UQI101")]


def test_buffer_with_its_own_model_wins_over_the_model_on_disk(project: Project) -> None:
    text = f"{MODELS}\n\ndef seed():\n    Customer.objects.create(email='a@b.c')\n"
    project.write("shop/models.py", text.replace("unique=True", ""))
    display = ["--stdin-display-name", "shop/models.py", "-"]
    assert uqi(project.root, *display, stdin=text.encode()).places == [("shop/models.py", 10, "UQI101")]


def test_file_that_is_not_on_disk_yet(project: Project) -> None:
    run = uqi(project.root, "--stdin-display-name", "shop/new.py", "-", stdin=SERVICES.encode())
    assert run.places == [("shop/new.py", 5, "UQI101")]


def test_display_name_is_absolute(project: Project) -> None:
    name = str(project.root / "shop" / "services.py")
    run = uqi(project.root.parent, "--stdin-display-name", name, "-", stdin=SERVICES.encode())
    assert run.places == [(name, 5, "UQI101")]


def test_skip_patterns_apply_to_the_display_name(project: Project) -> None:
    run = uqi(project.root, "--stdin-display-name", "shop/tests/test_new.py", "-", stdin=SERVICES.encode())
    assert run.reported == []


def test_without_a_display_name_the_working_directory_is_the_project(project: Project) -> None:
    assert uqi(project.root, "-", stdin=SERVICES.encode()).places == [("stdin", 5, "UQI101")]
