"""Source text without the bodies of functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flake8_unique_insert.syntax.tree.statements import FunctionNode, first_line


def without_bodies(lines: list[str], tree: ast.Module) -> str:
    """The text of a module without the bodies of its functions; one that stands on the header's line stays.

    lines: the file's lines with their ends. tree: its syntax tree.
    """
    kept: list[str] = []
    at = 1
    for function in functions(tree.body):
        first = function.body[0]
        start = first_line(first) if isinstance(first, DEFINITIONS) else first.lineno
        if start > function.lineno and not lines[start - 1][: first.col_offset].strip():
            kept += lines[at - 1 : start - 1]
            at = (function.end_lineno or function.lineno) + 1
    return "".join([*kept, *lines[at - 1 :]])


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)


def functions(body: list[ast.stmt]) -> Iterator[FunctionNode]:
    """Functions in source order, outside of other functions."""
    stack = list(reversed(body))
    while stack:
        node = stack.pop()
        if isinstance(node, FUNCTIONS):
            yield node
        else:
            stack.extend(reversed(list(_nested(node))))


def _nested(node: ast.stmt) -> Iterator[ast.stmt]:
    """The statements directly inside a compound statement, in source order."""
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        for item in getattr(node, name, ()):
            if isinstance(item, ast.stmt):
                yield item
            else:  # an except handler or a match case
                yield from item.body
