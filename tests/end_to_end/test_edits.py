"""Edits between two runs: findings that are kept are those that a run without a cache has."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from flake8_unique_insert.cache import ResultCache
from flake8_unique_insert.engine import Engine
from flake8_unique_insert.findings import Finding
from flake8_unique_insert.options import Options
from flake8_unique_insert.scope import is_analysed
from flake8_unique_insert.syntax.source import SourceFile
from tests.end_to_end.conftest import Project

EXAMPLE = Path(__file__).resolve().parents[2] / "docs/example/shop"
HELPERS = """\
from shop.models import Customer


def taken(email):
    # a line
    return Customer.objects.filter(email=email).exists()


class Names:
    def __init__(self):
        self.model = Customer
"""
SERVICES = """\
from django.db import IntegrityError
from shop.helpers import Names, taken
from shop.models import Customer


def register(email):
    if taken(email):
        return None
    return Customer.objects.create(email=email)


def insert(email):
    return Customer.objects.create(email=email)


class Registry(Names):
    def add(self, email):
        self.model.objects.create(email=email)
"""
VIEWS = """\
from django.db import IntegrityError
from shop.services import insert


def view(request):
    try:
        insert(request.POST["email"])
    except IntegrityError:
        return None
"""
Found = list[tuple[str, int, str]]


@pytest.fixture
def shop(project: Project) -> Project:
    """Two inserts that other files guard, and one whose model another file tells."""
    project.write("shop/helpers.py", HELPERS)
    project.write("shop/services.py", SERVICES)
    project.write("shop/views.py", VIEWS)
    return project


def findings(root: Path, cache: ResultCache | None) -> tuple[Found, int]:
    """The findings of a project as a process of its own has them, and how many files it had to analyse."""
    engine, found, analysed = Engine(Options()), [], 0
    for file in sorted(root.rglob("*.py")):
        path, text = str(file), file.read_text(errors="replace")
        if not is_analysed(path, text, engine.options):
            continue
        key = cache.key(Finding, path, text) if cache is not None else ""
        kept = cache.get(Finding, path, key) if cache is not None else None
        if kept is None:
            analysed += 1
            kept = engine.check(path, SourceFile(text))
            if cache is not None:
                cache.keep(path, key, kept, engine.modules(path))
        found += [(file.relative_to(root).as_posix(), item.line, item.text) for item in kept]
    return found, analysed


def again(root: Path, folder: Path) -> tuple[Found, int]:
    """The findings with what earlier runs kept, the same as without; and how many files were analysed."""
    found, analysed = findings(root, ResultCache(folder, Options()))
    assert found == findings(root, None)[0]
    return found, analysed


ALTERING = {
    "the key goes": ("models.py", "unique=True", ""),
    "the key moves to another line": ("models.py", "class Customer", "\n\nclass Customer"),
    "the helper looks for something else": ("helpers.py", "email=email", "name=email"),
    "the helper returns nothing": ("helpers.py", "return Customer", "Customer"),
    "another model is assigned": ("helpers.py", "self.model = Customer", "self.model = object"),
    "nothing is assigned": ("helpers.py", "self.model = Customer", "pass"),
    "the caller handles nothing": ("views.py", "except IntegrityError", "except ValueError"),
    "the caller is gone": ("views.py", "insert(request", "print(request"),
    "another caller comes": ("helpers.py", "    # a line", "    from shop.services import insert\n    insert(email)"),
    "the base is gone": ("helpers.py", "class Names", "class Others"),
}


@pytest.mark.parametrize(("name", "old", "new"), ALTERING.values(), ids=ALTERING)
def test_an_edit_that_alters_what_is_found(shop: Project, tmp_path: Path, name: str, old: str, new: str) -> None:
    before, _ = again(shop.root, tmp_path / "kept")
    path = shop.root / "shop" / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    after, _ = again(shop.root, tmp_path / "kept")
    assert after != before
    assert again(shop.root, tmp_path / "kept") == (after, 0)


@pytest.mark.parametrize("broken", [b"\xff", b"class A(:\n", b"# coding: nonsense\n"])
def test_a_file_that_could_not_be_read_is_mended(shop: Project, tmp_path: Path, broken: bytes) -> None:
    path = shop.root / "shop/models.py"
    text = path.read_bytes()
    path.write_bytes(broken)
    assert "services.py" not in str(again(shop.root, tmp_path / "kept"))
    path.write_bytes(text)
    assert "services.py" in str(again(shop.root, tmp_path / "kept"))


@pytest.mark.parametrize("line", ["        print(email)", "        # why", ""])
def test_an_edit_that_nothing_depends_on(shop: Project, tmp_path: Path, line: str) -> None:
    path = shop.write(
        "shop/reports.py", "class Report:\n    def print(self, email):\n        return email\n\n    x = 1\n"
    )
    shop.write("shop/services.py", f"import shop.reports\n{SERVICES}")
    before, analysed = again(shop.root, tmp_path / "kept")
    assert analysed == 1
    path.write_text(path.read_text().replace("        return", f"{line}\n        return"))
    assert again(shop.root, tmp_path / "kept") == (before, 0)


def test_an_edit_of_one_analysed_file_leaves_the_others(shop: Project, tmp_path: Path) -> None:
    shop.write("shop/a.py", SERVICES.replace("insert", "put"))
    before, analysed = again(shop.root, tmp_path / "kept")
    assert analysed == 2
    path = shop.root / "shop/a.py"
    path.write_text(path.read_text().replace("        return None", "        print(email)\n        return None"))
    after, analysed = again(shop.root, tmp_path / "kept")
    assert (len(after), analysed) == (len(before), 1)


@pytest.mark.parametrize("seed", range(4))
def test_edits_at_random(tmp_path: Path, seed: int) -> None:
    chance, root = random.Random(seed), tmp_path / "shop"
    shutil.copytree(EXAMPLE, root)
    files = sorted(root.rglob("*.py"))
    for _ in range(12):
        again(root, tmp_path / "kept")
        path = chance.choice(files)
        lines = path.read_text().split("\n")
        place = chance.randrange(len(lines))
        indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
        change = chance.choice(
            ["# a comment", "", "return None", "self.email = 1", "raise ValueError", "delete", "swap"]
        )
        if change == "delete":
            del lines[place]
        elif change == "swap":
            lines[place - 1], lines[place] = lines[place], lines[place - 1]
        else:
            lines.insert(place, indent + change)
        path.write_text("\n".join(lines))
