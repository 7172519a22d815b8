"""One source file: text, summary, and the CST of single functions, each made when first asked for."""

from __future__ import annotations

import ast
import gc
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from flake8_unique_insert.syntax.extract import extract
from flake8_unique_insert.syntax.extract_tree import extract_tree
from flake8_unique_insert.syntax.prune import Pruned, prune
from flake8_unique_insert.syntax.summary import FunctionSummary, ModuleSummary

MAX_CHARACTERS = 4_000_000
_BARE_EXCEPT = re.compile(r"^([ \t]*except[ \t]*\*?[ \t]+)([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)(?=[ \t]*:)", re.MULTILINE)
"""`except A, B:` of Python 3.14. In a tree that tells lines only, parentheses change nothing."""


class UnreadableSource(Exception):
    """The text cannot be had or parsed; the message says why."""


@contextmanager
def paused_gc() -> Iterator[None]:
    """Without the cyclic collector, which takes 30 % of parsing's time and a tenth of the analysis's.

    What it would find there is little: memory grows by 3 to 15 MiB while a file is analysed.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def parse(text: str) -> cst.Module:
    """The CST of a module's text. Raises UnreadableSource."""
    try:
        with paused_gc():
            return cst.parse_module(text)
    except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError, ValueError, TypeError) as error:
        raise UnreadableSource(str(error).splitlines()[0] if str(error) else type(error).__name__) from error


def _syntax_tree(text: str) -> ast.Module | None:
    try:
        with paused_gc():
            return ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    except (RecursionError, MemoryError) as error:  # LibCST's parser would overflow the stack
        raise UnreadableSource("nested too deeply") from error


@dataclass(frozen=True, slots=True)
class ParsedCode:
    """A piece of the file as CST. `lines[i]` is the original line (from 1) of the piece's line i (from 0)."""

    module: cst.Module
    body: cst.FunctionDef | cst.Module
    lines: tuple[int, ...] | range

    def positions(self) -> dict[cst.CSTNode, tuple[int, int]]:
        """Where each node starts: original line from 1, column from 0 in characters; empty for too deep a nesting."""
        wrapper = MetadataWrapper(self.module, unsafe_skip_copy=True)
        try:
            ranges = wrapper.resolve(PositionProvider)
        except (RecursionError, KeyError):  # libcst's own walk fails with either on deep nesting
            return {}
        found = {}
        for node, where in ranges.items():
            row = min(where.start.line, len(self.lines)) - 1
            found[node] = (self.lines[row], where.start.column)
        return found


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
            encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
            text = data.decode(encoding)
        except (OSError, SyntaxError, UnicodeDecodeError, LookupError, ValueError) as error:
            raise UnreadableSource(f"{path}: {error}") from error
        return cls(text)

    @cached_property
    def lines(self) -> list[str]:
        """The lines with their ends; the last one always ends."""
        lines = self.text.split("\n")
        if lines and not lines[-1]:
            lines.pop()
        return [f"{line}\n" for line in lines]

    @cached_property
    def tree(self) -> ast.Module | None:
        """The interpreter's own syntax tree; None where it cannot parse the file."""
        if self._tree is None and len(self.text) <= MAX_CHARACTERS:
            return _syntax_tree(self.text) or _syntax_tree(_BARE_EXCEPT.sub(r"\1(\2)", self.text))
        return self._tree

    @cached_property
    def _pruned(self) -> Pruned:
        if len(self.text) > MAX_CHARACTERS:
            raise UnreadableSource(f"more than {MAX_CHARACTERS} characters")
        if self.tree is None:
            return Pruned("".join(self.lines), tuple(range(1, len(self.lines) + 1)))
        return prune(self.lines, self.tree)

    @property
    def skeleton_text(self) -> str:
        """The text without the bodies of functions. Raises UnreadableSource."""
        return self._pruned.text

    @cached_property
    def skeleton(self) -> ParsedCode:
        """The module without the bodies of its functions (with them where the interpreter cannot parse the file)."""
        module = parse(self._pruned.text)
        return ParsedCode(module, module, self._pruned.lines)

    @cached_property
    def summary(self) -> ModuleSummary:
        """What the file defines. Read from the interpreter's own tree; by LibCST where there is none."""
        if self.tree is not None and len(self.text) <= MAX_CHARACTERS:
            return extract_tree(self.tree)
        skeleton = self.skeleton
        return extract(skeleton.module, self.tree, skeleton.lines)

    def segment(self, function: FunctionSummary) -> str:
        """The source lines of one function, decorators included."""
        return "".join(self.lines[function.first_line - 1 : function.last_line])

    def function(self, function: FunctionSummary) -> ParsedCode:
        """The CST of one function of this file's summary, body and all."""
        return parse_function(self.segment(function), function.first_line)


def parse_function(text: str, start: int) -> ParsedCode:
    """The CST of one function. text: its source lines. start: the number of the first. Raises UnreadableSource."""
    if text[:1] in (" ", "\t"):
        text, start = f"if True:\n{text}", start - 1
    module = parse(text)
    for node in _statements(module):
        if isinstance(node, cst.FunctionDef):
            return ParsedCode(module, node, range(start, start + text.count("\n") + 1))
    raise UnreadableSource(f"no function at line {start}")


def _statements(module: cst.Module) -> Iterator[cst.CSTNode]:
    for node in module.body:
        yield node
        if isinstance(node, cst.If):
            yield from node.body.body
