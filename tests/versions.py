"""Runs the test suite with the lowest or the newest versions of what the package needs, on several Pythons.

    python tests/versions.py {lowest,newest} [PYTHON ...] [-- PYTEST ARGUMENTS]

PYTHON is a command such as python3.10; by default every one from 3.10 to 3.14 that is found. "lowest" installs exactly
the versions that pyproject.toml names as the least (`flake8>=6` means 6.0.0). Exits 0 when every run passed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = [f"python3.{minor}" for minor in range(10, 15)]


def requirements() -> list[str]:
    """The package's own requirements as written in pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text()
    listed = re.search(r"^dependencies = \[(.*?)^\]", text, re.DOTALL | re.MULTILINE)
    assert listed, "pyproject.toml has no dependencies"
    return re.findall(r'"([^"]+)"', listed[1])


def run(python: str, which: str, arguments: list[str]) -> bool:
    """Test on one Python in an environment of its own; True when the tests pass."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "venv", folder], check=True)
        inside = f"{folder}/bin/python" if sys.platform != "win32" else f"{folder}/Scripts/python"
        pins = [item.replace(">=", "==") for item in requirements()] if which == "lowest" else []
        install = [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, f"{ROOT}[test]", *pins], check=True)
        # The installed package is tested, not the folder: a file missing from it must show.
        shutil.copytree(ROOT, f"{folder}/copy", ignore=shutil.ignore_patterns(".git", ".ci-local", "*venv", "site"))
        shutil.rmtree(f"{folder}/copy/flake8_unique_insert")
        tests = subprocess.run(
            [inside, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments], cwd=f"{folder}/copy"
        )
        return tests.returncode == 0


def main(arguments: list[str]) -> int:
    """Run the script with its arguments and give the exit code."""
    split = arguments.index("--") if "--" in arguments else len(arguments)
    chosen, pytest_arguments = arguments[:split], arguments[split + 1 :]
    if not chosen or chosen[0] not in ("lowest", "newest"):
        print(__doc__)
        return 2
    which, pythons = chosen[0], chosen[1:] or [name for name in PYTHONS if shutil.which(name)]
    results = {python: run(python, which, pytest_arguments) for python in pythons}
    for python, passed in results.items():
        print(f"{which} versions on {python}: {'passed' if passed else 'FAILED'}")
    return 0 if results and all(results.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
