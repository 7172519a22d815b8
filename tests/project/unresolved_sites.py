"""How many insert calls of a project the analysis knows the model of, and why not of the others.

    python -m tests.project.unresolved_sites PROJECT_FOLDER... [--list]

Prints for each project the calls whose model is known, those of forms and serializers without one, the others without
one, and their five most frequent reasons. Files that the plugin does not look at (tests, migrations) are left out, and
so are calls that are on no model, see `insert_calls`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flake8_unique_insert.cli.walk import python_files
from flake8_unique_insert.engine import Engine
from flake8_unique_insert.options import Options
from flake8_unique_insert.scope import is_analysed
from flake8_unique_insert.syntax.source import SourceFile, UnreadableSource
from tests.project.insert_calls import InsertCall, insert_calls, is_form


def calls_of(root: Path) -> Iterator[tuple[Path, InsertCall]]:
    """Each insert call of a project's files."""
    engine = Engine(Options())
    for path in python_files([str(root)]):
        try:
            text = SourceFile.read(path).text
        except UnreadableSource:
            continue
        if is_analysed(str(path), text, engine.options):
            for call in insert_calls(engine, path):
                yield path, call


def main(arguments: list[str] | None = None) -> int:
    """Count the calls of each project."""
    parser = argparse.ArgumentParser(description="The insert calls of projects whose model is not known, and why.")
    parser.add_argument("projects", nargs="+", type=Path)
    parser.add_argument("--list", action="store_true", help="each call without a model")
    given = parser.parse_args(arguments)
    for root in given.projects:
        found = list(calls_of(root))
        unknown = [(path, call) for path, call in found if not call.models]
        forms = sum(is_form(call.receiver) for _, call in unknown)
        others = [(path, call) for path, call in unknown if not is_form(call.receiver)]
        known = len(found) - len(unknown)
        print(f"{root.name}: {known} known, {forms} of forms and serializers, {len(others)} others not known")
        for reason, number in Counter(call.reason for _, call in others).most_common(5):
            print(f"  {number:4} {reason}")
        for path, call in others if given.list else ():
            print(f"  {path.relative_to(root)}:{call.line}: {call.receiver}.{call.method}: {call.reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
