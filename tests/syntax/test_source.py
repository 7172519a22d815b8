"""Pruning and summaries, compared with what the interpreter's own parser says of the same text."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest

import flake8_unique_insert
from flake8_unique_insert.syntax.cst.statements import read
from flake8_unique_insert.syntax.source import SourceFile, UnreadableSource
from flake8_unique_insert.syntax.summarise import summarise

PACKAGE = Path(flake8_unique_insert.__file__).parent
STANDARD_LIBRARY = [
    "argparse", "ast", "asyncio.base_events", "collections", "contextlib", "dataclasses", "decimal", "email.message",
    "enum", "functools", "http.client", "inspect", "json.encoder", "logging", "pathlib", "pickle", "tarfile", "typing",
    "unittest.mock", "zipfile",
]  # fmt: skip

TRICKY = {
    "header over several lines, body on its last": """
        def f(
            a, b
        ) -> int: ...

        def g(
            a
        ): return a
        """,
    "one line": "def f(): return 1\nclass A: x = 1; y = 2\n",
    "decorators": """
        @first
        @second(
            1
        )
        def f():
            @inner
            def g():
                pass
        """,
    "comment before the body": """
        class A:
            def f(self):
                # why
                return 1

            def g(self): # and here
                '''text'''
        """,
    "strings with what looks like code": '''
        def f():
            return """
        def g():
            pass
        """
        X = 1
        ''',
    "functions in blocks": """
        if A:
            def f():
                pass
        elif B:
            def g():
                pass
        else:
            class C:
                async def h(self):
                    await x
        try:
            import a
        except ImportError:
            def f2():
                pass
        finally:
            Z = 3
        """,
    "semicolons": "import a; x = 1; y = 2\nclass B(A): pass\n",
    "line continuation": "x = 1 + \\\n    2\ndef f(): \\\n    return 1\n",
    "tabs": "class A:\n\tdef f(self):\n\t\treturn 1\n\tx = 2\n",
    "lambda defaults": "def f(a=lambda: 1,\n      b={'x': 1}):\n    pass\n",
}


def definitions(body: list[ast.stmt]) -> list[tuple[str, int]]:
    """Name and line of every function and class outside of functions."""
    found: list[tuple[str, int]] = []
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.append((node.name, node.lineno))
        else:
            if isinstance(node, ast.ClassDef):
                found.append((node.name, node.lineno))
            for name in ("body", "handlers", "orelse", "finalbody", "cases"):
                for item in getattr(node, name, ()):
                    found += definitions([item] if isinstance(item, ast.stmt) else item.body)
    return found


def summarised(source: SourceFile) -> list[tuple[str, int]]:
    summary = source.summary
    classes = [(item.name, item.line) for item in summary.classes]
    return [*classes, *((item.name, item.line) for _, item in summary.functions)]


def check(text: str) -> None:
    source = SourceFile(text)
    assert sorted(summarised(source)) == sorted(definitions(ast.parse(text).body))
    for _, function in source.summary.functions:
        assert source.function(function).body


@pytest.mark.parametrize("text", [pytest.param(textwrap.dedent(text), id=name) for name, text in TRICKY.items()])
def test_tricky_sources(text: str) -> None:
    check(text)


@pytest.mark.parametrize("text", [pytest.param(textwrap.dedent(text), id=name) for name, text in TRICKY.items()])
def test_a_summary_is_the_same_without_a_syntax_tree(text: str) -> None:
    source = SourceFile(text)
    assert summarise(read(source.text, False)) == source.summary


@pytest.mark.parametrize("name", STANDARD_LIBRARY)
def test_the_standard_library(name: str) -> None:
    folder = Path(ast.__file__).parent
    path = folder.joinpath(*name.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    check(SourceFile.read(path).text)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_our_own_modules(path: Path) -> None:
    check(SourceFile.read(path).text)


def test_pruning_leaves_the_bodies_out() -> None:
    source = SourceFile("class A:\n    def f(self):\n        return secret\n\nX = 1\n")
    assert "secret" not in source.without_bodies()
    assert "secret" in source.segment(next(iter(source.summary.functions))[1])


@pytest.mark.parametrize("text", ["def f(:\n", "x = \n", "class A\n", "\x00"])
def test_broken_source(text: str) -> None:
    with pytest.raises(UnreadableSource):
        _ = SourceFile(text).summary


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource):
        SourceFile.read(tmp_path / "missing.py")


def test_bodies_are_left_out_of_a_file_with_the_except_of_a_newer_python() -> None:
    text = (
        "try:\n    import a\nexcept ImportError, a.b.Error:\n    a = None\n"
        "def f():\n    try: g()\n    except A, B: x = 1\n"
    )
    source = SourceFile(text)
    assert "x = 1" not in source.without_bodies()
    assert "except ImportError, a.b.Error:" in source.without_bodies()
    assert summarised(source) == [("f", 5)]
    assert [item.line for item in source.summary.definitions["a"]] == [2, 4]
