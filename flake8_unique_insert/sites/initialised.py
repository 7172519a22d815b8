"""Fields that a model's own `__init__` fills where nothing was given for them."""

from __future__ import annotations

from flake8_unique_insert.evaluate.frame import Analysis
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol, Model
from flake8_unique_insert.syntax.expressions import Attribute, Expression, Name
from flake8_unique_insert.syntax.source import UnreadableSource
from flake8_unique_insert.syntax.statements import Assign, If
from flake8_unique_insert.syntax.summary import FunctionSummary


def filled_by_init(analysis: Analysis, model: Model, name: str) -> tuple[Expression, str] | None:
    """What `if not self.name: self.name = uuid4()` gives to a field, and the module whose names that uses."""
    member = analysis.lookup.class_member(model.symbol, "__init__") if isinstance(model.symbol, ClassSymbol) else None
    if member is None or not isinstance(member.definition, FunctionSummary) or not member.definition.parameters:
        return None
    symbol = FunctionSymbol(member.owner.module, f"{member.owner.qualname}.__init__", member.definition)
    if name not in analysis.lookup.function_source(symbol):
        return None
    try:
        code = analysis.functions.code(symbol)
    except (RecursionError, UnreadableSource):
        return None
    own = Attribute(Name(member.definition.parameters[0].name), name)
    for statement in code.body if code is not None else ():
        if isinstance(statement, If) and own in statement.test.walk():
            for inner in statement.body:
                if isinstance(inner, Assign) and own in inner.targets:
                    return inner.value, symbol.module
    return None
