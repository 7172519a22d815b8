"""Which of a model's fields a form or serializer takes: its Meta's `fields` and `exclude`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flake8_unique_insert.project.literals import Literals, Placed
from flake8_unique_insert.schema import Field, Model
from flake8_unique_insert.syntax.expressions import (
    FALSE,
    NONE,
    TRUE,
    Attribute,
    Binary,
    Call,
    Comparison,
    Comprehension,
    Expression,
    Sequence,
    Starred,
    dotted,
    positional,
    string,
)

ALL = "__all__"
DEEPEST = 10
COPIES = ("list", "tuple", "set", "frozenset", "sorted")
"""What has the items of the list that it is given."""
LIMITS = {"in": True, "==": True, "not in": False, "!=": False}
"""What a comparison of a name says: that it is one of these, or none of them."""
FIELDS_OF_DJANGO = {
    "UserCreationForm": ("username",),
    "BaseUserCreationForm": ("username",),
    "AdminUserCreationForm": ("username",),
    "UserChangeForm": (ALL,),
}
"""`Meta.fields` of forms in `django.contrib.auth` that a project's own forms build on."""


class Selections:
    """Reads lists of field names."""

    def __init__(self, literals: Literals) -> None:
        self._literals = literals

    def selected(self, model: Model, fields: Placed | None, excluded: Placed | None) -> frozenset[str] | None:
        """The names that `fields` and `exclude` leave; None when they cannot be told."""
        names = self.names(fields) if fields is not None else frozenset([ALL])
        without = self.names(excluded) if excluded is not None else frozenset()
        if names is None or without is None or not all(map(str.isidentifier, names)):
            return None  # "*" and "-name" are a project's own way to say it
        return self.all_of(model, names) - without

    @staticmethod
    def all_of(model: Model, names: frozenset[str]) -> frozenset[str]:
        """The names, or those of all fields where `__all__` is among them."""
        return frozenset(model.fields) if ALL in names else names

    def names(self, placed: Placed, depth: int = 0) -> frozenset[str] | None:
        """The strings of a list, `__all__` among them for `"__all__"`; None when one of them cannot be told."""
        expression = placed.expression
        if depth > DEEPEST:
            return None
        if expression == NONE or _is_all(expression):
            return frozenset([ALL])
        if isinstance(expression, Comprehension):
            return self._picked(placed, expression, depth)
        if isinstance(expression, Binary) and expression.operator == "-":
            return self._joined([placed.at(expression.left)], depth, [(False, placed.at(expression.right))])
        parts = self._parts(placed)
        if parts is not None:
            return self._joined(parts, depth)
        value = self._literals.value(placed)
        if isinstance(value, str):
            return frozenset([value])
        definitions = self._literals.listed(placed)
        return self._joined(definitions, depth) if definitions else _of_django(expression)

    def _joined(
        self, parts: list[Placed], depth: int, limits: Iterable[tuple[bool, Placed]] = ()
    ) -> frozenset[str] | None:
        """The names of several lists. limits: lists that these are all in (True), or of which none is in (False)."""
        found: frozenset[str] = frozenset()
        for part in parts:
            names = self.names(part, depth + 1)
            if names is None:
                return None
            found |= names
        for is_in, limit in limits:
            names = self.names(limit, depth + 1)
            if names is None:
                return None
            found = found & names if is_in else found - names
        return found

    def _picked(self, placed: Placed, expression: Comprehension, depth: int) -> frozenset[str] | None:
        """`name for name in Base.Meta.fields if name not in HIDDEN`; None for other comprehensions."""
        (clause, *others), limits = expression.clauses, list[tuple[bool, Placed]]()
        for test in clause.conditions:
            if not isinstance(test, Comparison) or test.left != expression.element or test.operator not in LIMITS:
                return None
            limits.append((LIMITS[test.operator], placed.at(test.right)))
        is_plain = clause.target == expression.element and not others
        return self._joined([placed.at(clause.iterable)], depth, limits) if is_plain else None

    @staticmethod
    def _parts(placed: Placed) -> list[Placed] | None:
        """The expressions that a list is put together from; None for one that is no display, sum or copy."""
        expression = placed.expression
        if isinstance(expression, Sequence):
            items = (item.value if isinstance(item, Starred) else item for item in expression.items)
            return [placed.at(item) for item in items]
        if isinstance(expression, Binary) and expression.operator in ("+", "|"):
            return [placed.at(expression.left), placed.at(expression.right)]
        if isinstance(expression, Call) and dotted(expression.function) in COPIES:
            return [placed.at(item) for item in positional(expression)]
        return None


def _is_all(expression: Expression) -> bool:
    return string(expression) == ALL or (dotted(expression) or "").rsplit(".", 1)[-1] == "ALL_FIELDS"


def _of_django(expression: Expression) -> frozenset[str] | None:
    """`UserCreationForm.Meta.fields`."""
    parts = (dotted(expression) or "").split(".")
    if len(parts) < 3 or parts[-2:] != ["Meta", "fields"] or not isinstance(expression, Attribute):
        return None
    found = FIELDS_OF_DJANGO.get(parts[-3])
    return frozenset(found) if found is not None else None


def is_editable(field: Field) -> bool:
    """False for fields that forms leave out of themselves, and serializers make read-only."""
    if field.arguments.get("editable") == FALSE or field.is_automatic:
        return False
    return TRUE not in (field.arguments.get("auto_now"), field.arguments.get("auto_now_add"))


FALSE_VALUES = ("Boolean", "Integer", "Float", "Decimal", "Duration", "JSON", "Binary")
"""Parts of the names of field classes with a value, such as 0, that counts as false."""
OPTIONAL = {"required": FALSE, "allow_blank": TRUE, "allow_null": TRUE}


def is_filled(field: Field, own: Mapping[str, Expression] | None) -> bool:
    """True when the valid input for a model's field is never empty. own: the arguments that a form declares it with."""
    names = [base.rsplit(".", 1)[-1] for base in (field.kind, *field.bases)]
    if any(part in name for name in names for part in FALSE_VALUES):
        return False
    if own is None:
        return not field.null and field.arguments.get("blank") != TRUE
    return is_required(own)


def is_required(own: Mapping[str, Expression]) -> bool:
    """True when a form takes no empty input for a field that it declares with these arguments."""
    return "default" not in own and not any(own.get(name) == value for name, value in OPTIONAL.items())
