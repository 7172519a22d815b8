"""One source file: text, summary, and the statements of single functions, each made when first asked for."""

from __future__ import annotations

import ast
import codecs
import gc
import io
import re
import tokenize
import warnings
from array import array
from bisect import bisect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from pathlib import Path

from flake8_unique_insert.syntax.expressions import Expression, Place
from flake8_unique_insert.syntax.prune import functions, without_bodies
from flake8_unique_insert.syntax.statements import FunctionDef, If, Suite
from flake8_unique_insert.syntax.summarise import summarise
from flake8_unique_insert.syntax.summary import FunctionSummary, ModuleSummary
from flake8_unique_insert.syntax.tree.expressions import lower
from flake8_unique_insert.syntax.tree.statements import FunctionNode, first_line, suite

MAX_CHARACTERS = 4_000_000
_BARE_EXCEPT = re.compile(r"^([ \t]*except[ \t]*\*?[ \t]+)([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)(?=[ \t]*:)", re.MULTILINE)
"""`except A, B:` of Python 3.14. Parentheses change nothing but columns in a line where no call stands."""


class UnreadableSource(Exception):
    """The text cannot be had or parsed; the message says why."""


@contextmanager
def paused_gc() -> Iterator[None]:
    """Without the cyclic collector, which takes a tenth of the analysis's time.

    What it would find there is little: memory grows by 3 to 15 MiB while a file is analysed.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def parse(text: str) -> ast.Module | None:
    """The interpreter's own syntax tree, None where it cannot parse the text. Raises UnreadableSource."""
    return _parsed(text) or _parsed(_BARE_EXCEPT.sub(r"\1(\2)", text))


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings(), paused_gc():
            warnings.simplefilter("ignore")  # of invalid escapes in the user's strings
            return ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    except (RecursionError, MemoryError) as error:  # LibCST's parser would overflow the stack
        raise UnreadableSource("nested too deeply") from error


def parse_expression(text: str) -> Expression | None:
    """The expression that a text is, None when it is none."""
    try:
        return lower(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def read_statements(text: str, tree: ast.Module | None, bodies: bool) -> Suite:
    """The statements of a text. tree: its syntax tree, None where this interpreter cannot parse it: LibCST can.

    bodies: whether those of functions are read. Raises UnreadableSource.
    """
    if tree is not None:
        return _suite(tree.body, bodies)
    try:
        from flake8_unique_insert.syntax.cst.statements import read  # few projects need it, and it takes its time

        with paused_gc():
            return read(text, bodies)
    except (ValueError, RecursionError) as error:
        raise UnreadableSource(str(error) or type(error).__name__) from error


def _suite(nodes: list[ast.stmt], bodies: bool) -> Suite:
    try:
        return suite(nodes, bodies)
    except (ValueError, RecursionError) as error:
        raise UnreadableSource(str(error) or type(error).__name__) from error


@dataclass(frozen=True, slots=True, eq=False)
class ParsedCode:
    """A piece of a file. text: what was read. start: which line of the file its first line is, from 1.

    counted: which line its first one is for the places in its body.
    """

    body: Suite
    text: str
    start: int
    counted: int = 1

    def position(self, place: Place) -> tuple[int, int]:
        """The file's line from 1, and the column from 0 in characters."""
        row = min(place.line - self.counted, self.text.count("\n"))
        before = self.text.split("\n", row + 1)[row].encode()[: place.column]
        return self.start + row, len(before.decode(errors="ignore"))


def _encoding(data: bytes) -> str:
    """A file's encoding. Most files state none, and need no closer look. Raises SyntaxError for an unknown one."""
    stated = data.startswith(codecs.BOM_UTF8) or any(b"coding" in line for line in data.split(b"\n", 2)[:2])
    return tokenize.detect_encoding(io.BytesIO(data).readline)[0] if stated else "utf-8"


class SourceFile:
    """A Python file's text and what can be read from it.

    text: the source. tree: its syntax tree when the caller has one; otherwise it is made when needed, and done without
    where this interpreter cannot parse the file. Errors: `summary`, `function` and `skeleton` raise UnreadableSource.
    """

    def __init__(self, text: str, tree: ast.Module | None = None) -> None:
        self.text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
        self._tree = tree

    @classmethod
    def read(cls, path: Path, read: Callable[[Path], bytes] = Path.read_bytes) -> SourceFile:
        """Read a file in its declared encoding. read: gives a file's content. Raises UnreadableSource."""
        try:
            data = read(path)
            text = data.decode(_encoding(data))
        except (OSError, SyntaxError, UnicodeDecodeError, LookupError, ValueError) as error:
            raise UnreadableSource(f"{path}: {error}") from error
        return cls(text)

    @property
    def lines(self) -> list[str]:
        """The lines with their ends; the last one always ends."""
        return [f"{line}\n" for line in self.text.removesuffix("\n").split("\n")] if self.text else []

    @cached_property
    def _starts(self) -> array[int]:
        """Where the lines start in the text, and where the text ends."""
        return array("L", [0, *map(re.Match.end, re.finditer("\n", self.text)), len(self.text)])

    @cached_property
    def tree(self) -> ast.Module | None:
        """The interpreter's own syntax tree; None where it cannot parse the file."""
        if len(self.text) > MAX_CHARACTERS:
            raise UnreadableSource(f"more than {MAX_CHARACTERS} characters")
        return self._tree or parse(self.text)

    def without_bodies(self) -> str:
        """The text without the bodies of functions, whole where the interpreter cannot parse it."""
        return without_bodies(self.lines, self.tree) if self.tree is not None else self.text

    @cached_property
    def skeleton(self) -> ParsedCode:
        """The module without the bodies of its functions."""
        body = read_statements(self.text, self.tree, False)
        return ParsedCode(body, self.text, 1)

    @cached_property
    def summary(self) -> ModuleSummary:
        """What the file defines."""
        return summarise(self.skeleton.body)

    def release(self) -> None:
        """Let go of the trees once the summary is made; they take twenty times the room of the text."""
        self._tree = None
        for name in ("tree", "skeleton", "_nodes"):
            self.__dict__.pop(name, None)

    def segment(self, function: FunctionSummary) -> str:
        """The source lines of one function, decorators included."""
        last = min(function.last_line, len(self._starts) - 1)
        return self.text[self._starts[function.first_line - 1] : self._starts[last]].removesuffix("\n") + "\n"

    def function_at(self, offset: int) -> int | None:
        """Which of the summary's functions a character of the text stands in, None outside of all."""
        place = bisect(self._spans, offset, key=itemgetter(0)) - 1
        return self._spans[place][2] if place >= 0 and offset < self._spans[place][1] else None

    @cached_property
    def _spans(self) -> list[tuple[int, int, int]]:
        """Where the functions start and end in the text, and their places in the summary, in order of the text."""
        last = len(self._starts) - 1
        return sorted(
            (self._starts[item.first_line - 1], self._starts[min(item.last_line, last)], place)
            for place, (_, item) in enumerate(self.summary.functions)
        )

    def function(self, function: FunctionSummary) -> ParsedCode:
        """One function of this file's summary, body and all: out of the file's own tree where there is one."""
        first, text = function.first_line, self.segment(function)
        node = self._nodes.get(first)
        return ParsedCode(_suite(node.body, True), text, first, first) if node else parse_function(text, first)

    @cached_property
    def _nodes(self) -> dict[int, FunctionNode]:
        """The functions outside of other functions, by their first lines."""
        return {first_line(node): node for node in functions(self.tree.body)} if self.tree is not None else {}


def parse_function(text: str, start: int) -> ParsedCode:
    """The body of one function. text: its source lines. start: the number of the first. Raises UnreadableSource."""
    if text[:1] in (" ", "\t"):
        text, start = f"if True:\n{text}", start - 1
    statements = read_statements(text, parse(text), True)
    while statements and isinstance(statements[0], If):
        statements = statements[0].body
    if not statements or not isinstance(statements[0], FunctionDef):
        raise UnreadableSource(f"no function at line {start}")
    return ParsedCode(statements[0].body, text, start)
