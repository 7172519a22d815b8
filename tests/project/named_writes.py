"""How many of the lines that really wrote a row the analysis gives the right model.

    python -m tests.project.named_writes PROJECT_FOLDER TRUTH.json [--list]

TRUTH.json: {"models": [{"label", "keys"}], "writes": [{"file", "line", "call", "model"}]}, as a run of the project's
own tests told them. A write counts when its model has unique keys and an insert call stands on its line. It is named
rightly when the analysis gives this call the model that was written, or one that it inherits from: in the methods of an
abstract model, a mixin or a generic view, `self` is whatever inherits from it.

Left out, and counted as such:

- lines without an insert call: Django or an installed package wrote (`login(request, user)`, `row.delete()`,
  `parent.add_child(...)`);
- `super().save()`: the write of whoever calls this method;
- `form.save()`, `formset.save()` and `serializer.save()`, unless `--forms` is given;
- `session.save()`, which writes through Django's session store.

A call where rows of several models were written counts once for each of them. Rows of models that only the project's
tests define are written by code that works for any model; the share without them is given beside the share of all.
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from flake8_unique_insert.engine import Engine
from flake8_unique_insert.options import Options
from flake8_unique_insert.project.project import Project
from flake8_unique_insert.project.tree import is_test_path
from flake8_unique_insert.schema import ClassSymbol
from tests.project.insert_calls import InsertCall, insert_calls, is_form

VERBS = frozenset({"save", "create", "create_user", "bulk_create", "get_or_create", "update_or_create", "update"})
RIGHT, WRONG, UNNAMED = "named rightly", "given another model", "not named"


def judged(root: Path, truth: dict[str, Any], forms: bool = False) -> Iterator[tuple[str, str, bool]]:
    """(verdict, "file:line: model ...", is a model of the tests) of each line and model that was written."""
    engine = Engine(Options())
    keyed = {model["label"]: _is_of_tests(model["file"]) for model in truth["models"] if model["keys"]}
    written = {(item["file"], item["line"], item["model"]) for item in truth["writes"] if item["model"] in keyed}
    calls = cache(lambda path: insert_calls(engine, path))
    trees = cache(lambda path: ast.parse(path.read_bytes()))
    for file, line, label in sorted(written):
        path = root / file
        node = _call_at(trees(path), line)
        why = _left_out(node, label, forms)
        if why or node is None:
            yield f"left out: {why}", f"{file}:{line}: {label}", keyed[label]
            continue
        place = (node.end_lineno, node.attr)
        found = [call for call in calls(path) if (call.line, call.method) == place]
        named = sorted({model.label for call in found for model in call.models})
        because = "; ".join(filter(None, (call.reason for call in found)))
        verdict = UNNAMED if not named else RIGHT if _is_named(engine.projects.of(path), found, label) else WRONG
        yield verdict, f"{file}:{line}: {label}: {ast.unparse(node)}: {', '.join(named) or because}", keyed[label]


def _is_of_tests(file: str) -> bool:
    return is_test_path(Path(file).parts)


def _call_at(tree: ast.Module, line: int) -> ast.Attribute | None:
    """The method of the insert call that Python reports at a line: where its name stands, else where it starts."""
    methods = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call) and _may_insert(node)]
    named = [node for node in methods if isinstance(node, ast.Attribute) and node.end_lineno == line]
    started = [node for node in methods if isinstance(node, ast.Attribute) and node.lineno == line]
    return next(iter([*named, *started]), None)


def _may_insert(node: ast.Call) -> bool:
    if not isinstance(node.func, ast.Attribute) or node.func.attr.removeprefix("a") not in VERBS:
        return False
    return node.func.attr.removeprefix("a") != "update" or (bool(node.keywords) and not node.args)


def _left_out(node: ast.Attribute | None, label: str, forms: bool) -> str:
    if node is None:
        return "no insert call"
    base = node.value
    if isinstance(base, ast.Call) and isinstance(base.func, ast.Name) and base.func.id == "super":
        return "super()"
    name = base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""
    if is_form(name) and not forms:
        return "form or serializer"
    return "session store" if label == "sessions.Session" and node.attr == "save" else ""


def _is_named(project: Project, calls: list[InsertCall], label: str) -> bool:
    """Whether one of the calls' models is the one of this label, inherits its table, or is inherited by it."""
    model = project.model_labelled(label)
    symbol = model.symbol if model is not None else None
    bases = project.bases(symbol) if isinstance(symbol, ClassSymbol) else ()
    return any(
        label in (named.label, named.table, *named.parents) or named.symbol.dotted in bases
        for call in calls
        for named in call.models
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure one project."""
    parser = argparse.ArgumentParser(description="The share of written rows whose model the analysis names.")
    parser.add_argument("project", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--forms", action="store_true", help="with the saves of forms and serializers")
    parser.add_argument("--list", action="store_true", help="each line that is not named rightly")
    given = parser.parse_args(arguments)
    found = list(judged(given.project.absolute(), json.loads(given.truth.read_bytes()), given.forms))
    if given.list:
        print("\n".join(f"{verdict}: {text}" for verdict, text, _ in found if verdict in (WRONG, UNNAMED)))
    for title, verdicts in (
        ("all", [verdict for verdict, _, _ in found]),
        ("without models of the tests", [verdict for verdict, _, of_tests in found if not of_tests]),
    ):
        count = Counter(verdicts)
        total = count[RIGHT] + count[WRONG] + count[UNNAMED]
        print(f"{title}: {count[RIGHT]} of {total} {RIGHT}, {count[RIGHT] / max(total, 1):.0%}")
    count = Counter(verdict for verdict, _, _ in found)
    print("\n".join(f"{verdict}: {number}" for verdict, number in sorted(count.items()) if verdict != RIGHT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
