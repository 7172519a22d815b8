"""Clauses of compound statements read by themselves: except handlers, `with` items that suppress, match patterns."""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from flake8_unique_insert.flow.graph import (
    Handler,
)
from flake8_unique_insert.syntax.expressions import (
    Boolean,
    Call,
    Comparison,
    Expression,
    Unsupported,
)
from flake8_unique_insert.syntax.lower import code, lower


def pattern_test(subject: Expression, pattern: cst.MatchPattern) -> Expression | None:
    """The test that a pattern makes, None when it matches everything."""
    if isinstance(pattern, cst.MatchAs):
        return pattern_test(subject, pattern.pattern) if pattern.pattern else None
    if isinstance(pattern, cst.MatchSingleton):
        return Comparison("is", subject, lower(pattern.value))
    if isinstance(pattern, cst.MatchValue):
        return Comparison("==", subject, lower(pattern.value))
    if isinstance(pattern, cst.MatchOr):
        tests = [pattern_test(subject, element.pattern) for element in pattern.patterns]
        joined = tests[0]
        for test in tests[1:]:
            if joined is None or test is None:
                return None
            joined = Boolean("or", joined, test)
        return joined
    return Unsupported(f"match {code(pattern)}", (subject,))


def captures(node: cst.CSTNode) -> Iterable[str]:
    if isinstance(node, (cst.MatchAs, cst.MatchStar)) and node.name:
        yield node.name.value
    for child in node.children:
        yield from captures(child)


def suppressed_types(manager: Expression) -> tuple[Expression, ...]:
    """The exception types of `suppress(...)` and of the test tools that swallow what they expect."""
    if isinstance(manager, Call):
        function = manager.function
        name = getattr(function, "name", None) or getattr(function, "id", None)
        if name == "suppress":
            return tuple(argument.value for argument in manager.arguments if argument.keyword is None)
        if name in ("raises", "assertRaises", "assertRaisesMessage", "assertRaisesRegex") and manager.arguments:
            return (manager.arguments[0].value,)
    return ()


def read_handler(node: cst.ExceptHandler | cst.ExceptStarHandler) -> Handler:
    """An except clause as the graph keeps it."""
    statements = [
        item for line in node.body.body for item in (line.body if isinstance(line, cst.SimpleStatementLine) else [line])
    ]
    only = len(statements) == 1 and isinstance(statements[0], cst.Raise) and statements[0].exc is None
    types = lower(node.type) if node.type else None
    return Handler(types, only, _always_reraises(node.body), node.body)


def _always_reraises(suite: cst.BaseSuite) -> bool:
    """True when the last statement is a `raise` and no statement before it can leave the handler."""
    statements = [
        item for line in suite.body for item in (line.body if isinstance(line, cst.SimpleStatementLine) else [line])
    ]
    if not statements or jumps(suite):
        return False
    last = statements[-1]
    if isinstance(last, cst.If) and isinstance(last.orelse, cst.Else):
        return _always_reraises(last.body) and _always_reraises(last.orelse.body)
    return isinstance(last, cst.Raise)


def jumps(node: cst.CSTNode) -> bool:
    """True when a `return`, `break` or `continue` stands inside (not in a nested function)."""
    if isinstance(node, (cst.Return, cst.Break, cst.Continue)):
        return True
    if isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
        return False
    return any(jumps(child) for child in node.children if not isinstance(child, cst.BaseExpression))
