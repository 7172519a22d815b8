"""The flake8 plugin: the only module that knows flake8."""

from __future__ import annotations

import argparse
import ast
import logging
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from flake8.exceptions import ExecutionError

from flake8_unique_insert import __version__
from flake8_unique_insert.cached_engine import CachedEngine
from flake8_unique_insert.options import SETTINGS, InvalidOption, Options, Setting, build
from flake8_unique_insert.scope import is_analysed

if TYPE_CHECKING:
    from flake8.options.manager import OptionManager

    from flake8_unique_insert.findings import Finding

OFF_BY_DEFAULT = ("UQI301",)
LOG = logging.getLogger(__name__)


class UniqueInsertPlugin:
    """Reports inserts into Django models whose unique keys nothing guards.

    flake8 makes one for each file and passes what the parameters of `__init__` name. The options are a frozen value on
    the class: workers that are forked inherit it, spawned ones set it again.
    """

    name = "flake8-unique-insert"
    version = __version__
    options: ClassVar[Options] = Options()
    silent_codes: ClassVar[tuple[str, ...]] = OFF_BY_DEFAULT

    def __init__(self, tree: ast.Module, lines: list[str], filename: str) -> None:
        self.tree = tree
        self.lines = lines
        self.filename = filename

    @classmethod
    def add_options(cls, manager: OptionManager) -> None:
        """Register the options, and what is off unless selected."""
        manager.extend_default_ignore(OFF_BY_DEFAULT)
        for setting in SETTINGS:
            manager.add_option(setting.flag, parse_from_config=True, help=setting.help, **_registration(setting))

    @classmethod
    def parse_options(cls, namespace: argparse.Namespace) -> None:
        """Check and keep the options of this run. Raises flake8's ExecutionError, which it shows as one message."""
        try:
            cls.options = build(vars(namespace))
        except InvalidOption as error:
            raise ExecutionError(str(error)) from error
        _log_with_flake8()
        selected = (*(namespace.select or ()), *(namespace.extend_select or ()))
        cls.silent_codes = tuple(code for code in OFF_BY_DEFAULT if not code.startswith(selected))

    def run(self) -> Iterator[tuple[int, int, str, type[UniqueInsertPlugin]]]:
        """The file's findings as flake8 takes them: line from 1, column from 0, text, class."""
        for finding in self._findings():
            if finding.code not in self.silent_codes:
                yield finding.line, finding.column, finding.text, type(self)

    def _findings(self) -> list[Finding]:
        text = "".join(self.lines)
        try:
            if is_analysed(self.filename, text, self.options):
                return _engine(self.options).findings(self.filename, text, self.tree)
        except Exception:  # whatever went wrong must not end the whole run of flake8
            LOG.info("%s could not be analysed", self.filename, exc_info=True)
        return []


def _registration(setting: Setting) -> dict[str, Any]:
    if setting.kind == "flag":
        return {"action": "store_true"}
    return {
        "default": setting.default,
        "metavar": setting.metavar,
        "comma_separated_list": setting.kind in ("list", "paths"),
        "normalize_paths": setting.kind in ("path", "paths"),
    }


def _log_with_flake8() -> None:
    """Log where flake8 logs: nowhere by default, to the terminal or a file under `flake8 -v`."""
    ours, theirs = logging.getLogger("flake8_unique_insert"), logging.getLogger("flake8")
    for handler in theirs.handlers:
        ours.addHandler(handler)
    ours.setLevel(theirs.level)


@cache
def _engine(options: Options) -> CachedEngine:
    """What analyses the files of this process."""
    return CachedEngine(options, hides=True)
