"""Expressions that refer to a model: labels, `settings.AUTH_USER_MODEL`, `get_user_model()`, `get_model(...)`."""

from __future__ import annotations

from collections.abc import Callable

from flake8_unique_insert.project.literals import Literals, Placed
from flake8_unique_insert.project.names import Names
from flake8_unique_insert.schema import ClassSymbol, ExternalSymbol, Symbol
from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Boolean,
    Call,
    Expression,
    Name,
    Sequence,
    dotted,
    keyword,
    positional,
    string,
)

MODEL_FUNCTIONS = frozenset({"get_model", "load_model", "get_model_name"})
"""Functions that take an app label and a model's name: of Django's registry, of django-oscar, of django-swapper."""
CLASS_LOADERS = frozenset({"import_string", "get_class", "get_classes"})
"""Functions that import a class by name: Django's `import_string`, and those of django-oscar."""
DEEPEST = 10
SETTINGS = "django.conf.settings."
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
        if isinstance(expression, Boolean) and depth < DEEPEST:
            return self.label(placed.at(expression.left), depth + 1) or self.label(
                placed.at(expression.right), depth + 1
            )
        if isinstance(expression, (Name, Attribute)):
            symbol = self.symbol(placed)
            if isinstance(symbol, ExternalSymbol) and symbol.dotted.startswith(SETTINGS):
                return self._user_label() if symbol.dotted == USER_SETTING else self._text(placed)
            if isinstance(symbol, (ClassSymbol, ExternalSymbol)):
                return symbol.dotted
            definitions = self._literals.definitions(placed)
            if definitions and depth < DEEPEST:
                return self.label(definitions[-1], depth + 1)
        return self._text(placed)

    def loaded_class(self, placed: Placed, index: int = 0) -> tuple[str, str] | None:
        """(module, class) of `import_string("a.b.C")`, or of django-oscar's `get_class("a.b", "C")` and
        `get_classes("a.b", ["C", "D"])[index]`, whose module begins with an app label; None for another call."""
        call = placed.expression
        loader = (dotted(call.function) or "").rsplit(".", 1)[-1] if isinstance(call, Call) else ""
        if not isinstance(call, Call) or loader not in CLASS_LOADERS:
            return None
        given = positional(call)[: 1 if loader == "import_string" else 2]
        if given and isinstance(given[-1], Sequence):
            given = [*given[:-1], *given[-1].items[index : index + 1]]
        texts = [self._text(placed.at(item)) for item in given]
        module, _, name = ".".join(texts).rpartition(".")
        return (module, name) if module and all(texts) else None

    def symbol(self, placed: Placed) -> Symbol | None:
        """What a name or attribute resolves to."""
        path = dotted(placed.expression)
        return self._names.resolve(placed.module, path) if path else None

    def _called(self, placed: Placed, call: Call) -> str:
        name = (dotted(call.function) or "").rsplit(".", 1)[-1]
        if name == "get_user_model":
            return self._user_label()
        if name in MODEL_FUNCTIONS:
            named = [keyword(call, word) for word in ("app_label", "model_name")]
            parts = [*positional(call), *(item for item in named if item is not None)][:2]
            return ".".join(self._text(placed.at(item)) for item in parts).strip(".")
        if name == "getattr" and len(positional(call)) > 1:
            return self._of_setting(placed, *positional(call)[:2])
        return self._text(placed)

    def _of_setting(self, placed: Placed, owner: Expression, name: Expression) -> str:
        """`getattr(settings, "NAME", default)`."""
        symbol = self.symbol(placed.at(owner))
        if isinstance(symbol, ExternalSymbol) and f"{symbol.dotted}.{string(name)}" == USER_SETTING:
            return self._user_label()
        return self._text(placed)

    def _text(self, placed: Placed) -> str:
        value = self._literals.value(placed)
        return value if isinstance(value, str) else ""
