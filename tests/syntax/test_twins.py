"""Both ways to a summary, by the interpreter's own tree and by LibCST, say the same of every file."""

from __future__ import annotations

import sysconfig
from dataclasses import fields, is_dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from flake8_unique_insert.syntax.expressions import Unsupported
from flake8_unique_insert.syntax.extract import extract
from flake8_unique_insert.syntax.extract_tree import extract_tree
from flake8_unique_insert.syntax.source import SourceFile
from flake8_unique_insert.syntax.summary import ModuleSummary

REPOSITORY = Path(__file__).resolve().parents[2]
STANDARD = Path(sysconfig.get_paths()["stdlib"])
FOLDERS = [
    *(REPOSITORY / name for name in ("flake8_unique_insert", "docs/example", "tests")),
    *(STANDARD / name for name in ("asyncio", "collections", "email", "http", "json", "logging", "unittest")),
]
EVERYTHING = """\
    import a, b.c, d.e as f
    from . import g
    from ..h import i as j, k
    from l import *
    from m.n import (o)

    X = [1, -2.5, 3j, b"x", "a" "b", r"\\d", None, True, ..., Ellipsis, 10**3, not X]
    x, (y, *z), [w] = pair = 1, (2, 3), [4]
    A.b = C.d.e = f(1, *args, k=2, **kw)(k=1, *rest)
    t: dict[str, int] = {**a, "b": {1, 2}, c: ()}
    u: int
    n += 1
    n.append(1), n.extend([2])
    n.append(3)
    n.extend(m)
    n.append(*m)
    n.append(1, 2)
    n.o.append(1)
    f"{a}" "b" f"c{d!r:>{width}}e{{}}\\n" rf"\\s{f}"
    F = "a" f"b{c}" f"d" "e"
    G = f"" f"{x}{y}"
    H = f"{1}{2}" f"{'a'}b"
    S = x[1:2], x[::3], x[1, 2], x[1,], x[a:b, c]
    B = a and b and c or d and not e
    K = 1 < a <= b != c is not d not in e
    L = lambda a, /, b, *c, d=1, **e: a if b else (yield)
    M = [a for b in c if d if e for f in g], {a: b for a, b in c}, {a for a in b}, (a async for a in b)
    W = (w := 5), a @ b // c % d << e >> f & g | h ^ ~i

    @decorated
    @registered(a, b=1)
    def function(a, /, b: int = 1, *, c, d: "X" = 2, **e) -> list[int]: return 1

    async def coroutine(*args: int): pass

    if a:
        def inside(): pass
    elif b:
        x = 1
    else:
        x = 2
    try:
        import late
    except ImportError:
        late = None
    else:
        fine = 1
    finally:
        done = True
    for i in range(3):
        looped = i
    else:
        exhausted = 1
    while a:
        whiled = 1
    with a as b, c:
        withed = 1
    match a:
        case [1, 2]:
            matched = 1
        case _:
            matched = 2

    @final
    class Outer(Base, *bases, metaclass=Meta, **keywords):
        field = models.CharField(max_length=3)
        class Meta:
            unique_together = [("a", "b")]
            from o import p
        def method(self, *, a=1): x = 1
        if a:
            other = field = None
"""


def comparable(item: object) -> object:
    """A summary without what is written freely: the text of slices."""
    if isinstance(item, Unsupported):
        return "Unsupported", comparable(item.parts)
    if is_dataclass(item):
        return type(item).__name__, *(comparable(getattr(item, part.name)) for part in fields(item) if part.compare)
    if isinstance(item, dict):
        return [(key, comparable(value)) for key, value in item.items()]
    return [comparable(part) for part in item] if isinstance(item, tuple) else item


def both(source: SourceFile) -> tuple[ModuleSummary, ModuleSummary]:
    """The summary by the interpreter's own tree, and the one by LibCST."""
    assert source.tree is not None
    skeleton = source.skeleton
    return extract_tree(source.tree), extract(skeleton.module, source.tree, skeleton.lines)


def test_every_form() -> None:
    ours, theirs = both(SourceFile(dedent(EVERYTHING)))
    assert len(ours.definitions) > 30
    assert comparable(ours) == comparable(theirs)


def test_lines_are_those_of_libcst_alone() -> None:
    source = SourceFile(dedent(EVERYTHING))
    skeleton = source.skeleton
    alone = extract(skeleton.module, None, skeleton.lines)
    functions = {function.name: function for _, function in alone.functions()}
    assert source.summary.stars == alone.stars
    for _, function in source.summary.functions():
        assert function.first_line == functions[function.name].first_line


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_file(folder: Path) -> None:
    files = sorted(folder.rglob("*.py"))
    assert files
    for file in files:
        ours, theirs = both(SourceFile.read(file))
        assert comparable(ours) == comparable(theirs), file


@pytest.mark.parametrize(
    "text", ["x = " + "a + " * 500 + "a", "x = " + " or ".join("a" * 500), "x = " + "-" * 500 + "1"]
)
def test_deep_nesting_is_cut_off(text: str) -> None:
    tree = SourceFile(text).tree
    assert tree is not None
    assignment = extract_tree(tree).definitions["x"][0]
    assert "deep" in repr(assignment)
    assert hash(assignment) == hash(assignment)
