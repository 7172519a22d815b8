"""The data file says what the installed packages say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize("command", [["generate.py", "--check"], ["compare.py", "--only", "stub"]])
def test_agrees_with_installed_packages(command: list[str]) -> None:
    ran = subprocess.run([sys.executable, HERE / command[0], *command[1:]], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
