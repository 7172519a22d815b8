"""Expressions that refer to a model: labels, `settings.AUTH_USER_MODEL`, `get_user_model()`, `get_model(...)`."""

from __future__ import annotations

from collections.abc import Callable

from flake8_unique_insert.project.literals import Literals, Placed
from flake8_unique_insert.project.names import Names
from flake8_unique_insert.schema import ClassSymbol, ExternalSymbol, Symbol
from flake8_unique_insert.syntax.expressions import Attribute, Call, Name, dotted, keyword, positional

MODEL_FUNCTIONS = frozenset({"get_model", "load_model", "get_model_name"})
"""Functions that take an app label and a model's name: of Django's registry, of django-oscar, of django-swapper."""
USER_SETTING = "django.conf.settings.AUTH_USER_MODEL"


class References:
    """Reads references to models as labels."""

    def __init__(self, names: Names, literals: Literals, user_label: Callable[[], str]) -> None:
        self._names = names
        self._literals = literals
        self._user_label = user_label

    def label(self, placed: Placed, depth: int = 0) -> str:
        """ "app.Model", "Model", "self" or a dotted class name; "" when it is not known."""
        expression = placed.expression
        if isinstance(expression, Call):
            return self._called(placed, expression)
        if isinstance(expression, (Name, Attribute)):
            symbol = self.symbol(placed)
            if isinstance(symbol, ClassSymbol):
                return symbol.dotted
            if isinstance(symbol, ExternalSymbol):
                return self._user_label() if symbol.dotted == USER_SETTING else symbol.dotted
            definitions = self._literals.definitions(placed)
            if definitions and depth < 10:
                return self.label(definitions[-1], depth + 1)
        value = self._literals.value(placed)
        return value if isinstance(value, str) else ""

    def symbol(self, placed: Placed) -> Symbol | None:
        """What a name or attribute resolves to."""
        path = dotted(placed.expression)
        return self._names.resolve(placed.module, path) if path else None

    def _called(self, placed: Placed, call: Call) -> str:
        path = dotted(call.function) or ""
        name = path.rsplit(".", 1)[-1]
        if name == "get_user_model":
            return self._user_label()
        if name in MODEL_FUNCTIONS:
            given = positional(call)
            named = [keyword(call, word) for word in ("app_label", "model_name")]
            parts = [*given, *(item for item in named if item is not None)][:2]
            values = [self._literals.value(placed.at(item)) for item in parts]
            return ".".join(value for value in values if isinstance(value, str))
        value = self._literals.value(placed)
        return value if isinstance(value, str) else ""
