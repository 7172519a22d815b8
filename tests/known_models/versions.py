"""Compare the models of widely used packages with their live `_meta`, on several versions of Django.

    python tests/known_models/versions.py [DJANGO ...]

DJANGO is a version such as 4.2, or "newest": the newest that this interpreter can run, which is also the default. For
each one an environment of its own is made with the packages below in the newest release that goes with it, and
`compare.py --only source` is run there: what the project layer reads from their installed source, beside what Django
says of them. Exits 0 when every comparison found no difference.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = (
    "django-allauth",
    "django-celery-beat",
    "django-guardian",
    "django-model-utils",
    "django-mptt",
    "django-oauth-toolkit",
    "django-otp",
    "django-polymorphic",
    "django-reversion",
    "django-simple-history",
    "django-taggit",
    "django-treebeard",
    "djangorestframework",
)


def run(django: str) -> bool:
    """Compare on one version of Django; True when nothing differs."""
    wanted = "Django" if django == "newest" else f"Django=={django}.*"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        inside = f"{folder}/bin/python" if sys.platform != "win32" else f"{folder}/Scripts/python"
        install = [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, wanted, *PACKAGES, "libcst", "flake8"], check=True)
        subprocess.run([inside, "-c", "import django; print('Django', django.__version__)"], check=True)
        return subprocess.run([inside, HERE / "compare.py", "--only", "source"]).returncode == 0


def main(arguments: list[str]) -> int:
    """Compare on each version and give the exit code."""
    results = {django: run(django) for django in arguments or ["newest"]}
    return 0 if all(results.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
