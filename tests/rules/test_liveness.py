"""Which names are still read where a loop begins."""

from __future__ import annotations

import pytest

from flake8_unique_insert.flow.build import build
from flake8_unique_insert.syntax.source import parse_function

BODIES = {
    "for x in xs:\n    y = x\n    z = y": set(),
    "for x in xs:\n    y = x\nreturn y": {"y"},
    "for x in xs:\n    if x:\n        y = x\n    use(y)": {"use", "y"},
    "for x in xs:\n    total += x": {"total"},
    "for x in xs:\n    a, b = x\n    a.b = b": set(),
    "with manager():\n    for x in xs:\n        x.save()": {"manager"},
    "try:\n    for x in xs:\n        y = f(x)\n        z = y\nexcept Wrong:\n    return z": {"f", "Wrong", "z"},
    "while more():\n    a = [b for b in c]\n    import c": {"more", "c", "b"},
    "for x in xs:\n    def inner():\n        return y\n    y = inner()": None,
}


@pytest.mark.parametrize("body", BODIES)
def test_live_names(body: str) -> None:
    """None: nothing is forgotten where a nested function may read any name. Names of the analysis are left out."""
    indented = "".join(f"    {line}\n" for line in body.splitlines())
    graph = build(parse_function(f"def function():\n{indented}", 1).body)
    found = {name for live in graph.live_at_heads.values() for name in live if name[0] != "$"}
    wanted = BODIES[body]
    assert found == (wanted or set())
    assert bool(graph.live_at_heads) == (wanted is not None)
