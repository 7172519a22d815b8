"""Checking what a user has set."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from flake8_unique_insert.options import SETTINGS, InvalidOption, Options, build


def test_every_field_can_be_set_and_every_setting_has_its_field() -> None:
    assert [setting.name for setting in SETTINGS] == list(Options._fields)


def test_nothing_set_gives_the_defaults() -> None:
    assert build({}) == Options()


def test_defaults_as_a_user_would_write_them_give_the_defaults() -> None:
    values = {
        setting.dest: [item for item in setting.default.split(",") if item]
        if "," in setting.default
        else setting.default
        for setting in SETTINGS
    }
    assert build(values) == Options()


def test_all_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "env/lib/python3.12/site-packages").mkdir(parents=True)
    options = build(
        {
            "uqi_skip": ["seeds/", "win\\dows"],
            "uqi_project_root": str(tmp_path),
            "uqi_source_roots": ["src"],
            "uqi_python": "env",
            "uqi_user_model": "shop.User",
            "uqi_generators": ["shop.codes.fresh"],
            "uqi_handlers": ["SafeView", "shop.db.safely"],
            "uqi_atomic_requests": True,
            "uqi_cache_dir": "made/later",
            "uqi_no_cache": True,
        }
    )
    assert options == Options(
        skip=("seeds", "win/dows"),
        project_root=str(tmp_path),
        source_roots=(str(tmp_path / "src"),),
        python=str(tmp_path / "env"),
        user_model="shop.User",
        generators=("shop.codes.fresh",),
        handlers=("SafeView", "shop.db.safely"),
        atomic_requests=True,
        cache_dir=str(tmp_path / "made/later"),
        no_cache=True,
    )
    assert pickle.loads(pickle.dumps(options)) == options
    assert len({options, Options()}) == 2


@pytest.mark.parametrize("packages", ["lib/python3.10/site-packages", "Lib/site-packages", "lib/python3/dist-packages"])
def test_environment_is_named_by_its_folder_or_its_interpreter(tmp_path: Path, packages: str) -> None:
    (tmp_path / packages).mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").write_text("")
    for named in (tmp_path, tmp_path / "bin/python"):
        assert build({"uqi_python": str(named)}).python == str(tmp_path)
    assert build({"uqi_python": str(tmp_path / packages)}).python == str(tmp_path / packages)


def test_bare_name_is_looked_for_upward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lib_of_shop").mkdir()
    (tmp_path / "a/b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a/b")
    assert build({"uqi_source_roots": ["lib_of_shop"]}).source_roots == (str(tmp_path / "lib_of_shop"),)


@pytest.mark.parametrize(
    ("dest", "value"),
    [
        ("uqi_skip", ["/a"]),
        ("uqi_skip", ["a/../b"]),
        ("uqi_skip", ["/"]),
        ("uqi_project_root", "nowhere"),
        ("uqi_project_root", "/nowhere/at/all"),
        ("uqi_source_roots", ["nowhere"]),
        ("uqi_python", "nowhere"),
        ("uqi_python", str(Path(__file__).parent)),
        ("uqi_user_model", "User"),
        ("uqi_user_model", "shop.models.User"),
        ("uqi_user_model", "shop.2"),
        ("uqi_generators", ["a-b"]),
        ("uqi_handlers", ["a."]),
    ],
)
def test_bad_value_is_one_line_that_names_the_option(dest: str, value: object) -> None:
    with pytest.raises(InvalidOption) as caught:
        build({dest: value})
    message = str(caught.value)
    assert message.startswith(f"--{dest.replace('_', '-')}: ")
    assert "\n" not in message
