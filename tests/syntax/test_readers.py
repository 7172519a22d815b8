"""Both readers of source, by the interpreter's own tree and by LibCST, say the same of every file."""

from __future__ import annotations

import sysconfig
from dataclasses import fields, is_dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from flake8_unique_insert.syntax.cst import statements as cst
from flake8_unique_insert.syntax.expressions import Call, Place, Unsupported
from flake8_unique_insert.syntax.source import SourceFile, parse, parse_function, read_statements
from flake8_unique_insert.syntax.statements import FunctionDef, Match, Suite, inside

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
    F = "a" f"b{c}" f"d" "e" f"{a=} {b.c = !s} {d=:>{e}}"
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
        case [1, b, *rest] as whole if b():
            matched = 1
        case {"k": v, **others} | C(v, others=1):
            matched = 2
        case 1 | None | d.e:
            matched = 3
        case "x" as text:
            matched = 4
        case _:
            matched = 5

    def every_statement():
        global a
        nonlocal b
        pass
        del a, b[0], (c.d)
        del e
        for i, in j: continue
        async for i in j(): break
        while a(): pass
        with a() as b, (c()) as (d, e), f: assert g, h
        with (a as b, c): raise d from e
        async with a: raise
        try: a()
        except A: return
        except (B, C) as e: return e()
        except: raise
        else: pass
        finally: b()
        try: a(b(c)(d).e(f"{g()}").h)
        finally: return [k() for k in (lambda: l())()]
        if a: b
        elif c: d
        else: e
        if a: return (yield)
        class Inner(a): pass
        @b
        def nested(c=d()): e()
        a = b = c()
        a: b = c()
        a += b()
        a.append(b)
        import c.d, e as f
        from . import g as h, i

    @final
    class Outer(Base, *bases, metaclass=Meta, **keywords):
        field = models.CharField(max_length=3)
        class Meta:
            unique_together = [("a", "b")]
            from o import p
        def method(self, *, a=1): x = 1; é.ü(ß).save(); self.é().save(a)
        if a:
            other = field = None
"""


def comparable(item: object) -> object:
    """Statements and expressions without what is written freely, the text of slices; a call with its place."""
    if isinstance(item, Unsupported):
        return "Unsupported", comparable(item.parts)
    if is_dataclass(item):
        shown = (part for part in fields(item) if part.compare or isinstance(item, Call))
        return type(item).__name__, *(comparable(getattr(item, part.name)) for part in shown)
    return [comparable(part) for part in item] if isinstance(item, tuple) else item


def both(text: str) -> tuple[Suite, Suite]:
    """The statements by the interpreter's own tree, and those by LibCST."""
    tree = parse(text)
    assert tree is not None
    return read_statements(text, tree, True), cst.read(text, True)


def test_every_form() -> None:
    ours, theirs = both(dedent(EVERYTHING))
    assert len(list(inside(ours, Match))) == 1
    assert comparable(ours) == comparable(theirs)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_file(folder: Path) -> None:
    files = sorted(folder.rglob("*.py"))
    assert files
    for file in files:
        ours, theirs = both(SourceFile.read(file).text)
        assert comparable(ours) == comparable(theirs), file


def test_headers_are_those_of_whole_functions() -> None:
    text = dedent(EVERYTHING)
    whole, headers = both(text)[0], read_statements(text, parse(text), False)
    assert next(inside(headers, FunctionDef)).header == next(inside(whole, FunctionDef)).header
    assert not any(item.body for item in inside(headers, FunctionDef))
    assert comparable(cst.read(text, False)) == comparable(headers)


@pytest.mark.parametrize(
    "call", ["è.objects.create()", "x = '''ß\n''' + é[ü].create(1)", "create(é)", "(a)(b).\\\n  create()"]
)
def test_a_call_stands_where_its_name_is_written(call: str) -> None:
    text = f"    def f():\n        {call}\n"
    code = parse_function(text, 7)
    place = next(item.node for item in inside(code.body, Call) if "create" in str(item.function))
    assert isinstance(place, Place)
    line, column = code.position(place)
    assert text.split("\n")[line - 7][column:].startswith("create")


def test_a_function_is_the_same_out_of_the_file_and_out_of_its_own_lines() -> None:
    text = f"class Above: pass\n\n{dedent(EVERYTHING)}"
    source = SourceFile(text, parse(text))
    functions = [function for _, function in source.summary.functions]
    assert functions
    for function in functions:
        whole, alone = source.function(function), parse_function(source.segment(function), function.first_line)
        calls = [[call.node for call in inside(code.body, Call)] for code in (whole, alone)]
        assert [str(call) for call in inside(whole.body, Call)] == [str(call) for call in inside(alone.body, Call)]
        assert list(map(whole.position, calls[0])) == list(map(alone.position, calls[1]))


@pytest.mark.parametrize(
    "text", ["x = " + "a + " * 500 + "a", "x = " + " or ".join("a" * 500), "x = " + "-" * 500 + "1"]
)
def test_deep_nesting_is_cut_off(text: str) -> None:
    assignment = SourceFile(text).summary.definitions["x"][0]
    assert "deep" in repr(assignment)
    assert hash(assignment) == hash(assignment)


def test_nothing_is_said_of_escapes_that_the_interpreter_warns_of(recwarn: pytest.WarningsRecorder) -> None:
    assert parse("x = '\\d'") is not None
    assert not recwarn.list
