"""What a small function returns: for fields and constraints that a project builds by functions of its own."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_unique_insert.project.literals import Placed
from flake8_unique_insert.project.summaries import Summaries
from flake8_unique_insert.schema import FunctionSymbol
from flake8_unique_insert.syntax.expressions import Call, Expression, Name, positional
from flake8_unique_insert.syntax.replacement import replaced
from flake8_unique_insert.syntax.source import UnreadableSource, parse_function
from flake8_unique_insert.syntax.statements import Return, Suite, suites


class Returns:
    """Reads the returned expressions of project functions, with the arguments of a call put in."""

    def __init__(self, summaries: Summaries) -> None:
        self._summaries = summaries

    def of(self, symbol: FunctionSymbol, call: Call) -> list[Placed]:
        """The expressions that the call may give, as written in the function's module."""
        try:
            body = parse_function(self._summaries.function_text(symbol, shared=True), 1).body
        except UnreadableSource:
            return []
        arguments: dict[Expression, Expression] = {Name(name): value for name, value in _bound(symbol, call).items()}
        return [Placed(replaced(item, arguments), symbol.module) for item in _returned(body)]


def _bound(symbol: FunctionSymbol, call: Call) -> dict[str, Expression]:
    """Parameter → argument, defaults included."""
    parameters = [item for item in symbol.summary.parameters if item.kind in ("positional", "keyword")]
    bound = {item.name: item.default for item in parameters if item.default is not None}
    for parameter, value in zip(parameters, positional(call), strict=False):
        bound[parameter.name] = value
    for argument in call.arguments:
        if argument.keyword:
            bound[argument.keyword] = argument.value
    return bound


def _returned(suite: Suite) -> Iterator[Expression]:
    for statement in suite:
        if isinstance(statement, Return) and statement.value is not None:
            yield statement.value
        for inner in suites(statement):
            yield from _returned(inner)
