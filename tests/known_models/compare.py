"""Compare every model of the installed packages with the project layer: by the data file, and by installed source.

    python tests/known_models/compare.py [--only stub|source]

Run with an interpreter that has the packages. Prints each difference; exits 1 when there is one.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]


def main(arguments: list[str]) -> int:
    """Compare by both ways, or by the one named."""
    import generate

    apps = generate.installed_apps()
    generate.set_up(apps)
    from django.apps import apps as registry

    from flake8_unique_insert.project import Project
    from tests.project.comparison import differences

    ways = [arguments[1]] if arguments[:1] == ["--only"] else ["stub", "source"]
    bad = 0
    with tempfile.TemporaryDirectory() as empty:
        root = Path(empty)
        (root / "manage.py").write_text("")
        for way in ways:
            environment = None if way == "source" else root
            project = Project(root, environment=environment)
            count = 0
            for real in registry.get_models():
                count += 1
                for line in differences(real, project.model_labelled(real._meta.label)):
                    bad += 1
                    print(f"{way}: {real.__module__} {real._meta.label}: {line}")
            print(f"{way}: {count} models of {len(apps)} apps compared")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
