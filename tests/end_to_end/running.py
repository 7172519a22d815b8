"""Runs flake8 and the command line as processes and reads what they print."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LINE = re.compile(r"^(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?P<code>[A-Z]+\d+) (?P<text>.*)$")


@dataclass(frozen=True)
class Reported:
    """One line of flake8's output."""

    path: str
    line: int
    column: int
    code: str
    text: str


@dataclass(frozen=True)
class Run:
    """What a process printed and how it ended."""

    code: int
    output: str
    errors: str

    @property
    def reported(self) -> list[Reported]:
        """The findings, in the order printed."""
        matches = [LINE.match(line) for line in self.output.splitlines()]
        return [
            Reported(
                found["path"].removeprefix("./"), int(found["line"]), int(found["column"]), found["code"], found["text"]
            )
            for found in matches
            if found
        ]

    @property
    def places(self) -> list[tuple[str, int, str]]:
        """Path, line and code of each finding, in the order printed."""
        return [(item.path, item.line, item.code) for item in self.reported]


def run(folder: Path, *command: str, stdin: bytes = b"") -> Run:
    """Run Python with these arguments in a folder. Fails on a traceback, whatever the exit code."""
    done = subprocess.run([sys.executable, *command], cwd=folder, input=stdin, capture_output=True, check=False)
    output, errors = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in output + errors, output + errors
    return Run(done.returncode, output, errors)


def flake8(folder: Path, *arguments: str, stdin: bytes = b"") -> Run:
    """Run `flake8` in a folder."""
    return run(folder, "-m", "flake8", *arguments, stdin=stdin)


def uqi(folder: Path, *arguments: str, stdin: bytes = b"") -> Run:
    """Run `flake8 --isolated` for this plugin's codes that are on by default, in one process."""
    return flake8(folder, "--isolated", "--select", "UQI1,UQI2", "-j1", *arguments, stdin=stdin)


def command_line(folder: Path, *arguments: str) -> Run:
    """Run `flake8-unique-insert` in a folder."""
    return run(folder, "-m", "flake8_unique_insert", *arguments)
