"""Fields that a model's own `__init__` fills where nothing was given for them."""

from __future__ import annotations

from flake8_unique_insert.evaluate.frame import Analysis
from flake8_unique_insert.schema import ClassSymbol, Model
from flake8_unique_insert.syntax.expressions import Attribute, Expression, Name
from flake8_unique_insert.syntax.source import UnreadableSource
from flake8_unique_insert.syntax.statements import Assign, If


def filled_by_init(analysis: Analysis, model: Model, name: str) -> tuple[Expression, str] | None:
    """What `if not self.name: self.name = uuid4()` gives to a field, and the module whose names that uses.

    Also `if not self.pk:` and `if self._state.adding:`, which ask whether the row is new.
    """
    member = analysis.lookup.class_member(model.symbol, "__init__") if isinstance(model.symbol, ClassSymbol) else None
    symbol = member.method if member is not None else None
    if symbol is None or not symbol.summary.parameters:
        return None
    if name not in analysis.lookup.function_source(symbol):
        return None
    try:
        code = analysis.functions.code(symbol)
    except (RecursionError, UnreadableSource):
        return None
    row = Name(symbol.summary.parameters[0].name)
    own = Attribute(row, name)
    asked = {Attribute(row, item) for item in (name, "pk", model.primary_key, "_state")}
    for statement in code.body if code is not None else ():
        if isinstance(statement, If) and not asked.isdisjoint(statement.test.walk()):
            for inner in statement.body:
                if isinstance(inner, Assign) and own in inner.targets:
                    return inner.value, symbol.module
    return None
