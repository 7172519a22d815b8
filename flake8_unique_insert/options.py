"""The options of one run: what can be set, and the checked, frozen values.

`SETTINGS` is the one list of options; flake8 and the command line both register from it. Neither is imported here, nor
are dataclasses: every run of flake8 reads this module, and most analyse nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

DEFAULT_SKIP = (
    "tests",
    "test",
    "testing",
    "migrations",
    "test_*",
    "*_test.py",
    "*_tests",
    "*_tests.py",
    "test.py",
    "tests.py",
    "testing.py",
    "conftest.py",
    "factories.py",
)
"""Path parts and file names that are not analysed: tests, migrations and test-data factories."""


class InvalidOption(ValueError):
    """An option's value that cannot be used; the message is one line that names the option."""


class Options(NamedTuple):
    """What a user can set. Every field has the default that an empty configuration gives.

    skip: patterns of paths that are not analysed, see `prefilter.is_skipped`.
    project_root: absolute path that stands for the root of every file's project, "" to find it from each file.
    source_roots: folders that imports start from, absolute or relative to the project root; empty to find them.
    python: absolute path of the environment whose installed packages are read, "" for none.
    user_model: the value of AUTH_USER_MODEL, "app_label.Model", "" to find it.
    generators: dotted names of callables whose every result is fresh, besides those known by default.
    handlers: names of base classes, decorators, context managers or functions below which IntegrityError is handled.
    atomic_requests: True when every request runs inside one transaction.
    cache_dir: absolute path of the folder that findings are kept in, "" for the user's cache folder.
    no_cache: True when findings are neither kept nor taken from there.
    """

    skip: tuple[str, ...] = DEFAULT_SKIP
    project_root: str = ""
    source_roots: tuple[str, ...] = ()
    python: str = ""
    user_model: str = ""
    generators: tuple[str, ...] = ()
    handlers: tuple[str, ...] = ()
    atomic_requests: bool = False
    cache_dir: str = ""
    no_cache: bool = False


class Setting(NamedTuple):
    """One option as a user writes it.

    name: the field of `Options`, and `--uqi-` plus it with dashes on the command line. kind: "list" (comma separated),
    "path", "paths" (comma separated), "text" or "flag". default: as a user would write it. commands: those of the
    command line that have it.
    """

    name: str
    kind: str
    metavar: str
    help: str
    default: str = ""
    commands: tuple[str, ...] = ("audit", "models")

    @property
    def flag(self) -> str:
        """`--uqi-source-roots`."""
        return f"--uqi-{self.name.replace('_', '-')}"

    @property
    def dest(self) -> str:
        """`uqi_source_roots`."""
        return f"uqi_{self.name}"


SETTINGS = (
    Setting(
        "skip",
        "list",
        "PATTERNS",
        "Comma-separated folder names, file names and globs to leave out, matched below the project root. Replaces the "
        f"default list; empty leaves nothing out. (Default: {', '.join(DEFAULT_SKIP)})",
        ",".join(DEFAULT_SKIP),
    ),
    Setting("project_root", "path", "DIR", "The project's root folder. (Default: found from each file's path)"),
    Setting(
        "source_roots",
        "paths",
        "DIRS",
        "Comma-separated folders that the project's imports start from. (Default: found)",
    ),
    Setting(
        "python",
        "path",
        "PATH",
        "The virtual environment, or its Python, whose installed packages are read for models and base classes; "
        "nothing of it is executed. (Default: found)",
    ),
    Setting(
        "user_model",
        "text",
        "APP.MODEL",
        "The project's AUTH_USER_MODEL. (Default: found in its settings)",
    ),
    Setting(
        "generators",
        "list",
        "NAMES",
        "Comma-separated dotted names of callables that return a fresh value on every call, besides those known.",
    ),
    Setting(
        "handlers",
        "list",
        "NAMES",
        "Comma-separated names, bare or dotted, of base classes, decorators, context managers or functions below which "
        "IntegrityError is handled.",
    ),
    Setting("atomic_requests", "flag", "", "Every request runs in one transaction, as with Django's ATOMIC_REQUESTS."),
    Setting(
        "cache_dir",
        "path",
        "DIR",
        "The folder that findings are kept in for the next run. (Default: in the user's cache folder)",
        commands=("audit",),
    ),
    Setting(
        "no_cache",
        "flag",
        "",
        "Neither keep findings for the next run nor use those kept.",
        commands=("audit",),
    ),
)


def build(values: Mapping[str, object]) -> Options:
    """Check what a user has set, by `Setting.dest`: lists of strings, strings and booleans. Raises InvalidOption."""
    checked = {
        setting.name: _CHECKS[setting.name](setting.flag, values[setting.dest])
        for setting in SETTINGS
        if setting.dest in values
    }
    return Options(**checked)  # type: ignore[arg-type]


def _patterns(flag: str, value: object) -> tuple[str, ...]:
    patterns = tuple(item.replace("\\", "/").rstrip("/") for item in _strings(value))
    for pattern in patterns:
        if not pattern or pattern.startswith("/") or ".." in pattern.split("/"):
            raise InvalidOption(f"{flag}: {pattern or '/'!r} is no name or glob below the project root")
    return patterns


def _directory(flag: str, value: object) -> str:
    text = str(value or "")
    if not text:
        return ""
    path = _locate(text)
    if path is None or not path.is_dir():
        raise InvalidOption(f"{flag}: there is no folder {text!r}")
    return str(path)


def _new_directory(flag: str, value: object) -> str:
    text = str(value or "")
    if not text:
        return ""
    path = _locate(text) or Path(os.path.expanduser(text)).absolute()
    if path.exists() and not path.is_dir():
        raise InvalidOption(f"{flag}: {text!r} is no folder")
    return str(path)


def _directories(flag: str, value: object) -> tuple[str, ...]:
    return tuple(_directory(flag, item) for item in _strings(value))


def _environment(flag: str, value: object) -> str:
    text = str(value or "")
    if not text:
        return ""
    path = _locate(text)
    if path is None:
        raise InvalidOption(f"{flag}: there is no environment or interpreter {text!r}")
    folder = path if path.is_dir() else path.parent.parent
    if not _has_packages(folder):
        raise InvalidOption(f"{flag}: {text!r} is no Python environment (it has no site-packages folder)")
    return str(folder)


def _has_packages(folder: Path) -> bool:
    patterns = ("lib*/python3*/site-packages", "Lib/site-packages", "lib*/python3/dist-packages")
    return folder.name in ("site-packages", "dist-packages") or any(any(folder.glob(item)) for item in patterns)


def _model_label(flag: str, value: object) -> str:
    text = str(value or "")
    parts = text.split(".")
    if text and (len(parts) != 2 or not all(part.isidentifier() for part in parts)):
        raise InvalidOption(f"{flag}: {text!r} is not of the form app_label.Model")
    return text


def _names(flag: str, value: object) -> tuple[str, ...]:
    names = _strings(value)
    for name in names:
        if not all(part.isidentifier() for part in name.split(".")):
            raise InvalidOption(f"{flag}: {name!r} is no dotted Python name")
    return names


def _flag(flag: str, value: object) -> bool:
    return bool(value)


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, (list, tuple)) else ()


def _locate(text: str) -> Path | None:
    """An existing path. A bare name is looked for upward from here, as flake8 looks for its configuration file."""
    path = Path(os.path.expanduser(text))
    if path.is_absolute():
        return path if path.exists() else None
    here = Path.cwd()
    return next((folder / path for folder in (here, *here.parents) if (folder / path).exists()), None)


_CHECKS: Mapping[str, Callable[[str, object], object]] = {
    "skip": _patterns,
    "project_root": _directory,
    "source_roots": _directories,
    "python": _environment,
    "user_model": _model_label,
    "generators": _names,
    "handlers": _names,
    "atomic_requests": _flag,
    "cache_dir": _new_directory,
    "no_cache": _flag,
}
