"""`models`: every model of a project with its unique keys, as the analysis sees them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from flake8_unique_insert.cli.walk import python_files
from flake8_unique_insert.options import Options
from flake8_unique_insert.project.project import Project
from flake8_unique_insert.project.projects import Projects
from flake8_unique_insert.schema import KeyExpression, Model, UniqueKey


def run(paths: Iterable[str], format: str, options: Options, out: TextIO) -> int:
    """Print the models below the paths as JSON or as a table. Raises InvalidOption for a missing path.

    File names are relative to the project root. Models that only migrations know are left out.
    """
    rows = [_row(model) for model in _models(paths, options)]
    if format == "json":
        json.dump(rows, out, indent=1)
        out.write("\n")
    else:
        for row in rows:
            out.write(f"{_line(row)}\n")
            for key in row["keys"]:
                out.write(f"    {_key_line(key)}\n")
    return 0


def _models(paths: Iterable[str], options: Options) -> Iterator[Model]:
    projects = Projects(options._replace(no_cache=True))
    files: dict[Project, list[Path]] = {}
    for path in python_files(paths):
        absolute = Path(path).absolute()
        files.setdefault(projects.of(absolute), []).append(absolute)
    for project, own in files.items():
        yield from project.models_in(own)


def _row(model: Model) -> dict[str, Any]:
    return {
        "model": model.label,
        "name": model.name,
        "module": model.module,
        "file": model.declared.file,
        "line": model.declared.line,
        "abstract": model.abstract,
        "proxy": model.proxy,
        "managed": model.managed,
        "keys": [_key(key) for key in model.keys],
    }


def _key(key: UniqueKey) -> dict[str, Any]:
    return {
        "fields": list(key.fields),
        "kind": key.kind.value,
        "conditional": key.condition is not None,
        "expressions": [_expression(item) for item in key.expressions],
        "file": key.declared.file,
        "line": key.declared.line,
    }


def _expression(item: KeyExpression) -> str:
    fields = ", ".join(item.fields)
    return f"{item.function}({fields})" if item.function else fields


def _line(row: dict[str, Any]) -> str:
    traits = [name for name in ("abstract", "proxy") if row[name]]
    if not row["managed"]:
        traits.append("unmanaged")
    noted = f" ({', '.join(traits)})" if traits else ""
    return f"{row['file']}:{row['line']}: {row['model']}{noted}"


def _key_line(key: dict[str, Any]) -> str:
    members = ", ".join([*key["fields"], *key["expressions"]])
    conditional = ", conditional" if key["conditional"] else ""
    place = f" {key['file']}:{key['line']}" if key["line"] else ""
    return f"{key['kind']} ({members}){conditional}{place}"
