"""The command `flake8-unique-insert`."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from typing import Any

from flake8_unique_insert import __version__
from flake8_unique_insert.options import SETTINGS, InvalidOption, Setting, build

FORMATS = ("text", "json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and give the process's exit code: 0, or 2 for wrong arguments.

    arguments: those after the program's name, by default the process's own.
    """
    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)
    parser = _parser()
    namespace = parser.parse_args(arguments)
    try:
        options = build(vars(namespace))
        from flake8_unique_insert.syntax.source import paused_gc

        if namespace.command == "models":
            from flake8_unique_insert.cli.models import run
        else:
            from flake8_unique_insert.cli.audit import run
        with paused_gc():
            return run(namespace.paths, namespace.format, options, sys.stdout)
    except InvalidOption as error:
        parser.error(str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="flake8-unique-insert",
        description="What the flake8 plugin knows of Django models and of the inserts into them.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_command(commands, "audit", "list every insert into a model with unique keys, and what guards it")
    _add_command(commands, "models", "list the models of a project and their unique keys")
    return parser


def _add_command(commands: Any, name: str, summary: str) -> None:
    parser = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files, and folders with all their Python files")
    parser.add_argument("--format", choices=FORMATS, default="text", help="(Default: %(default)s)")
    for setting in (item for item in SETTINGS if name in item.commands):
        parser.add_argument(setting.flag, help=setting.help, **_registration(setting))


def _registration(setting: Setting) -> dict[str, Any]:
    if setting.kind == "flag":
        return {"action": "store_true"}
    kind = {"type": _items} if setting.kind in ("list", "paths") else {}
    return {"metavar": setting.metavar, "default": setting.default, **kind}


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]
