"""No module of the package imports itself by way of others, not even for its types."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "flake8_unique_insert"
MODULES = {
    ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts): file
    for file in PACKAGE.rglob("*.py")
    if file.name != "__init__.py"
}


def imported(file: Path) -> Iterator[str]:
    """The package's modules that a file imports, wherever the import stands."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from {node.module, *(f"{node.module}.{name.name}" for name in node.names)} & MODULES.keys()


def test_imports_have_no_circles() -> None:
    graph = {module: set(imported(file)) for module, file in MODULES.items()}
    assert sum(map(len, graph.values())) > len(MODULES)
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the modules
