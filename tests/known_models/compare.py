"""Compare every model of the installed packages with the project layer: by the data file, and by installed source.

    python tests/known_models/compare.py [--only stub|source]

Run with an interpreter that has the packages (`versions.py` makes some). Prints each difference; exits 1 when there is
one that is not in `UNDECIDABLE`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

UNDECIDABLE = (
    ("oauth2_provider.", ": target ", "an object of the package's own, made from its settings, names the model"),
    ("organizations.", "not found", "a metaclass makes the class"),
    ("wagtailsearch.IndexEntry", "field ", "the fields depend on the database"),
    ("cms.PageUser", "not found", "the class is made for the user model"),
)
"""What source alone does not tell: the start of a model's label, a part of the difference, and why."""


def is_undecidable(label: str, difference: str) -> bool:
    """True for a difference that is known and has its reason."""
    return any(label.startswith(start) and part in difference for start, part, _ in UNDECIDABLE)


def main(arguments: list[str]) -> int:
    """Compare by both ways, or by the one named."""
    import generate

    apps = generate.installed_apps()
    generate.set_up(apps)
    from django.apps import apps as registry

    from flake8_unique_insert.project import Project
    from flake8_unique_insert.project.modules import Modules
    from tests.project.comparison import differences

    ways = [arguments[1]] if arguments[:1] == ["--only"] else ["stub", "source"]
    bad = 0
    with tempfile.TemporaryDirectory() as empty:
        root = Path(empty)
        (root / "manage.py").write_text("")
        for way in ways:
            environment = None if way == "source" else root
            project = Project(Modules(root, environment))
            count = 0
            for real in registry.get_models():
                count += 1
                label = real._meta.label
                for line in differences(real, project.model_labelled(label)):
                    known = way == "source" and is_undecidable(label, line)
                    bad += not known
                    print(f"{way}: {real.__module__} {label}: {line}{' (undecidable)' if known else ''}")
            print(f"{way}: {count} models of {len(apps)} apps compared")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
