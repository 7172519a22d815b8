"""The filters by text and path."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_unique_insert.options import DEFAULT_SKIP
from flake8_unique_insert.prefilter import is_skipped, may_insert

VERBS = [
    prefix + verb
    for verb in ("create", "save", "bulk_create", "get_or_create", "update_or_create", "bulk_update")
    for prefix in ("", "a")
] + ["create_user", "acreate_user", "create_superuser", "acreate_superuser"]


@pytest.mark.parametrize(
    "text",
    ["", "x = 1\n", "created(x)\n", "x.created()\n", "x.save\n", "x.saved()\n", "x.add(y)\n", "x.create_all()\n"],
)
def test_text_without_an_insert(text: str) -> None:
    assert not may_insert(text)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("call", ["x.{}()", "x.{} (y)", "x\n.{}(\n)", "x.\\\n{}\\\n()", "x . {}()"])
def test_text_with_an_insert(verb: str, call: str) -> None:
    assert may_insert(f"import y\n{call.format(verb)}\n")


@pytest.mark.parametrize("verb", ["update", "aupdate"])
@pytest.mark.parametrize(
    "call", ["x.{}(y=1)", "x.{}(**y)", "x.{}(*y)", "x.{} (\n  y = 1)", "x.\\\n{}(  # no (\n    é=1)", "x.{}(y\\\n=1)"]
)
def test_text_with_an_update_by_name(verb: str, call: str) -> None:
    assert may_insert(call.format(verb))


@pytest.mark.parametrize(
    "call", ["x.update()", "x.update(y)", "x.update({'a': b})", "x.update(y == 1)", "x.update(y.z)"]
)
def test_text_with_an_update_that_is_no_queryset_s(call: str) -> None:
    assert not may_insert(f"{call}\ny = 1\n")


@pytest.mark.parametrize(
    "text",
    [
        "x.add(y, bulk=False)",
        "x.add(y, through_defaults={})",
        "x.add(y(), bulk = False)",
        "x.set(\n    ys,\n    bulk=False,\n)",
    ],
)
def test_text_that_adds_unsaved_rows(text: str) -> None:
    assert may_insert(text)


@pytest.mark.parametrize("call", ["x.save_by(y)", "X(y=1).plain_save()", "x\n.save_by (y)"])
def test_text_with_a_method_that_saves(call: str) -> None:
    assert may_insert(call)


@pytest.mark.parametrize("text", ["save_by(x)", "x.save_by", "post_save.connect(x)", "x.saver(y)"])
def test_text_without_a_method_that_saves(text: str) -> None:
    assert not may_insert(text)


ROOT = Path("/checkouts/tests/project")


def skipped(path: str, *patterns: str) -> bool:
    return is_skipped(Path(path), patterns, lambda _: ROOT)


@pytest.mark.parametrize(
    "name",
    [
        "shop/views.py",
        "tests_/views.py",
        "contest.py",
        "migrations.py",
        "shop/latest.py",
        "shop/testing_/a.py",
        "shop/factories/a.py",
    ],
)
def test_path_not_left_out_by_default(name: str) -> None:
    assert not skipped(f"{ROOT}/{name}", *DEFAULT_SKIP)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("shop/tests/a.py", "tests"),
        ("tests/a.py", "tests"),
        ("shop/test_a.py", "test_*"),
        ("shop/test_helpers/fake.py", "test_*"),
        ("shop/seeds/more/a.py", "shop/seeds"),
        ("shop/seeds/a.py", "*/seeds/*"),
        ("shop/a.py", "shop/a.py"),
    ],
)
def test_path_left_out(name: str, pattern: str) -> None:
    assert skipped(f"{ROOT}/{name}", "other", pattern)
    assert not skipped(f"{ROOT}/{name}", "other")


def test_only_what_lies_below_the_root_is_matched() -> None:
    assert not skipped(f"{ROOT}/shop/views.py", "tests", "checkouts", "checkouts/*")


def test_path_outside_the_root_is_matched_whole() -> None:
    assert skipped("/elsewhere/tests/views.py", "tests")
    assert not skipped("/elsewhere/views.py", "tests")


def test_root_is_not_looked_for_without_a_match() -> None:
    def never(path: Path) -> Path:
        raise AssertionError(path)

    assert not is_skipped(Path("/a/views.py"), DEFAULT_SKIP, never)
    assert not is_skipped(Path("/a/tests/views.py"), (), never)
