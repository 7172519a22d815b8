"""Runs the README's command on the example shop and writes what it prints into the README.

`python docs/refresh.py` writes; with `--check` it only exits 1 when the README is out of date.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
COMMAND = re.compile(r"python -m (flake8 \S.* docs/example/shop)$", re.MULTILINE)
OUTPUT = re.compile(r"(?<=<!-- output of the example -->\n```text\n)(.*?)(?=```\n<!-- end of output -->)", re.DOTALL)


def refreshed() -> str:
    """The README with what its command prints now."""
    text = README.read_text(encoding="utf-8")
    command = COMMAND.search(text)
    assert command, "the README has no command that checks the example"
    done = subprocess.run(
        [sys.executable, "-m", *command[1].split()], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert not done.stderr, done.stderr
    written, count = OUTPUT.subn(lambda _: done.stdout, text)
    assert count == 1, "the README has no place for the output"
    return written


def main(arguments: list[str]) -> int:
    """Write the README, or with `--check` tell whether it is up to date."""
    text = refreshed()
    if arguments == ["--check"]:
        return int(text != README.read_text(encoding="utf-8"))
    README.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
