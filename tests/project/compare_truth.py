"""Compare `models --format json` with what a running project said of its models.

    python -m tests.project.compare_truth PROJECT_FOLDER TRUTH.json [--environment FOLDER]

TRUTH.json: {"models": [{"label", "file", "managed", "keys": [{"fields", "kind", "conditional"}]}]}. Every managed
model of the project itself must be listed, with the same keys. Those of installed packages, in a file `site-
packages/...`, must be known with the same keys, from the environment or from the data file. Prints each difference
and the totals; exits 1 when there is a difference.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flake8_unique_insert.cli.models import run
from flake8_unique_insert.options import Options
from flake8_unique_insert.project.projects import Projects

Key = tuple[str, tuple[str, ...], bool]


def differences(listed: list[dict[str, Any]], truth: list[dict[str, Any]]) -> Iterator[str]:
    """One line for each model that is missing or has other keys."""
    by_label: dict[str, list[dict[str, Any]]] = {}
    for model in listed:
        if not model["abstract"]:
            by_label.setdefault(model["model"], []).append(model)
    for wanted in truth:
        candidates = by_label.get(wanted["label"], [])
        same_file = [model for model in candidates if model["file"] == wanted["file"]]
        found = next(iter([*same_file, *candidates]), None)
        if found is None:
            yield f"{wanted['label']}: missing"
        elif _keys(found) != _keys(wanted):
            lacks, extra = _keys(wanted) - _keys(found), _keys(found) - _keys(wanted)
            yield f"{wanted['label']}: lacks {sorted(lacks)}, has too many {sorted(extra)}"


def installed_differences(root: str, options: Options, truth: list[dict[str, Any]]) -> Iterator[str]:
    """The same for models of installed packages, asked for by their label."""
    project = Projects(options).of(Path(root).absolute())
    for wanted in truth:
        model = project.model_labelled(wanted["label"])
        keys = (
            {(key.kind.value, tuple(sorted(key.fields)), key.condition is not None) for key in model.keys}
            if model
            else set()
        )
        if model is None:
            yield f"{wanted['label']}: missing, of {wanted['file']}"
        elif keys != _keys(wanted):
            yield f"{wanted['label']}: {sorted(keys)} instead of {sorted(_keys(wanted))}"


def _keys(model: dict[str, Any]) -> set[Key]:
    return {(key["kind"], tuple(sorted(key["fields"])), bool(key.get("conditional"))) for key in model["keys"]}


def main(arguments: list[str] | None = None) -> int:
    """Compare one project."""
    parser = argparse.ArgumentParser(description="Compare the models of a project with those of its run.")
    parser.add_argument("project")
    parser.add_argument("truth")
    parser.add_argument("--environment", default="")
    given = parser.parse_args(arguments)
    out = io.StringIO()
    options = Options(python=given.environment)
    run([given.project], "json", options, out)
    with open(given.truth, encoding="utf-8") as file:
        models = json.load(file)["models"]
    managed = [model for model in models if model["managed"]]
    truth = [model for model in managed if not model["file"].startswith("site-packages/")]
    installed = [model for model in managed if model not in truth]
    listed = json.loads(out.getvalue())
    found = [*differences(listed, truth), *installed_differences(given.project, options, installed)]
    keys = sum(len(model["keys"]) for model in truth)
    print("\n".join([*found, f"{len(truth)} models, {keys} keys; {len(installed)} of installed packages"]))
    print(f"{len(found)} differences; {len(listed)} models listed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
