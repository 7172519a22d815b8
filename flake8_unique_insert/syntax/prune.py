"""Source text without function bodies: a fraction of the lines, and so of the time that parsing takes.

What stays is what a summary reads: imports, class headers, assignments and function headers, each on a line of its
own that `Pruned.lines` maps back to the original.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Pruned:
    """`text` after pruning; `lines[i]` is the original number (from 1) of its line i (from 0)."""

    text: str
    lines: tuple[int, ...]


def first_line(node: FunctionNode | ast.ClassDef) -> int:
    """The line where a definition starts, its decorators included."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def prune(lines: list[str], tree: ast.Module) -> Pruned:
    """Cut the bodies of all functions that are not themselves inside a function.

    lines: the file's lines with their line ends. tree: its syntax tree.
    """
    text: list[str] = []
    numbers: list[int] = []
    at = 1

    def keep(until: int) -> None:
        nonlocal at
        text.extend(lines[at - 1 : until - 1])
        numbers.extend(range(at, until))
        at = until

    for function in _functions(tree.body):
        start = _start(function.body[0])
        header = lines[start - 1][: _column(lines[start - 1])]
        if start <= function.lineno or function.body[0].col_offset != len(header):
            continue  # the body starts on the header's last line
        keep(start)
        text.append(f"{header}...\n")
        numbers.append(start)
        at = _end(function) + 1
    keep(len(lines) + 1)
    return Pruned("".join(text), tuple(numbers))


def _start(node: ast.stmt) -> int:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return first_line(node)
    return node.lineno


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _column(line: str) -> int:
    return len(line) - len(line.lstrip(" \t\f"))


def _functions(body: list[ast.stmt]) -> Iterator[FunctionNode]:
    """Functions in source order, outside of other functions."""
    stack = list(reversed(body))
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
        else:
            stack.extend(reversed(list(nested_statements(node))))


def nested_statements(node: ast.stmt) -> Iterator[ast.stmt]:
    """The statements directly inside a compound statement, in source order."""
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        for item in getattr(node, name, ()):
            if isinstance(item, ast.stmt):
                yield item
            else:  # an except handler or a match case
                yield from item.body
