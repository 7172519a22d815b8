"""Functions that may give two rows one value: what they count, what is fixed, the day."""

from __future__ import annotations

from flake8_unique_insert.evaluate.frame import Analysis
from flake8_unique_insert.evaluate.rows import largest
from flake8_unique_insert.evaluate.states.terms import CLOCKS
from flake8_unique_insert.facts import Absent, Facts
from flake8_unique_insert.schema import FunctionSymbol
from flake8_unique_insert.syntax.expressions import Call, Expression, Name, called_name
from flake8_unique_insert.syntax.statements import For, Statement, While
from flake8_unique_insert.values import Result

LOOKUPS = frozenset(
    {"aggregate", "all", "count", "exclude", "exists", "filter", "first", "get", "last", "latest", "only", "order_by"}
    | {"values", "values_list"}
)
TEXTS = frozenset({"format", "isoformat", "lower", "replace", "split", "str", "strftime", "strip", "upper", "zfill"})
NUMBERS = frozenset({"Coalesce", "Max", "Q", "abs", "datetime", "getattr", "int", "len", "max", "timestamp"})
PLAIN = LOOKUPS | TEXTS | NUMBERS | CLOCKS
"""What makes no new value: a function that calls nothing else counts rows, or gives what is fixed."""
LEVELS = 2


def is_repeated(analysis: Analysis, module: str, body: Expression, levels: int = LEVELS) -> bool:
    """True for an expression in a module whose value another row may have: all that it calls is seen, and plain.

    What is done again and again looks for a free value.
    """
    return all(_is_plain(analysis, module, part, levels) for part in body.walk())


def _is_plain(analysis: Analysis, module: str, part: Statement | Expression, levels: int) -> bool:
    if not isinstance(part, Call):
        return not isinstance(part, (For, While))
    symbol = analysis.lookup.resolve(module, part.function.id) if isinstance(part.function, Name) else None
    if not isinstance(symbol, FunctionSymbol):
        return called_name(part) in PLAIN
    code = analysis.functions.code(symbol) if levels else None
    parts = (inner for item in (code.body if code is not None else ()) for inner in item.walk())
    return code is not None and all(_is_plain(analysis, symbol.module, inner, levels - 1) for inner in parts)


def is_next(facts: Facts, name: str, value: Result) -> bool:
    """True for one more than the largest value of a field, which is free (oracle C60)."""
    bounds = [
        condition.term
        for fact in facts.union(*(option.facts for option in value.options))
        if isinstance(fact, Absent) and len(fact.conditions) == 1
        for condition in fact.conditions
        if condition.lookup == largest.LOOKUP and condition.field == name
    ]
    return any(largest.is_beyond(bound, option.value.term) for bound in bounds for option in value.options)
