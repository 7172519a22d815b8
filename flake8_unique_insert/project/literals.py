"""The values of expressions that can be told without running anything: literals, constants, lists put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from flake8_unique_insert.project.names import Names
from flake8_unique_insert.record import record
from flake8_unique_insert.schema import ClassSymbol, ExternalSymbol, Symbol, ValueSymbol
from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Binary,
    Boolean,
    Call,
    Comprehension,
    Conditional,
    Constant,
    Expression,
    Formatted,
    Mapping,
    Name,
    Sequence,
    Starred,
    Unary,
    Unsupported,
    constant,
    dotted,
    positional,
    string,
)
from flake8_unique_insert.syntax.replacement import replaced
from flake8_unique_insert.syntax.summary import Assignment

DEEPEST = 30


class Unknown:
    """The value of an expression that cannot be told."""


UNKNOWN = Unknown()
ANYTHING = Unsupported("unknown")
"""An expression of unknown value."""


@record
class Placed:
    """An expression with the module whose names it uses, and the class body that it stands in, if any."""

    expression: Expression
    module: str
    owner: ClassSymbol | None = None

    def at(self, expression: Expression) -> Placed:
        """Another expression of the same place."""
        return Placed(expression, self.module, self.owner)


class Literals:
    """Evaluates expressions over the constants of a project.

    attribute: the value of `Owner.Meta.name` and the like that are no plain class attributes, None when there is none.
    local: the definitions of a name in a class body. setting: the value of a setting.
    """

    def __init__(
        self,
        names: Names,
        attribute: Callable[[Placed], list[Placed] | None],
        local: Callable[[ClassSymbol, str], tuple[Assignment, ...]],
        setting: Callable[[str], object],
    ) -> None:
        self._names = names
        self._attribute = attribute
        self._local = local
        self._setting = setting

    def value(self, placed: Placed, depth: int = 0) -> object:
        """The value of a constant expression, UNKNOWN when it is none."""
        expression = placed.expression
        if isinstance(expression, Constant):
            return expression.value
        if depth > DEEPEST:
            return UNKNOWN
        if isinstance(expression, Unary) and expression.operator == "not":
            value = self.value(placed.at(expression.value), depth + 1)
            return value if value is UNKNOWN else not value
        if isinstance(expression, Call):
            return self._called(placed, expression, depth)
        if isinstance(expression, (Name, Attribute)):
            definitions = self.definitions(placed)
            return self.value(definitions[-1], depth + 1) if definitions else self._of_setting(placed)
        if isinstance(expression, Binary) and expression.operator in ("+", "%"):
            return self._joined(placed, expression, depth)
        if isinstance(expression, Formatted):
            return self._formatted(placed, expression, depth)
        return UNKNOWN

    def _joined(self, placed: Placed, expression: Binary, depth: int) -> object:
        left = self.value(placed.at(expression.left), depth + 1)
        right = self.value(placed.at(expression.right), depth + 1)
        if expression.operator == "+" and isinstance(left, str) and isinstance(right, str):
            return left + right
        return UNKNOWN

    def _formatted(self, placed: Placed, expression: Formatted, depth: int) -> object:
        """An f-string whose values are strings, none of them in a format of its own."""
        plain = (part for part in expression.parts if not isinstance(part, Formatted))
        texts = [value for part in plain if isinstance(value := self.value(placed.at(part), depth + 1), str)]
        return "".join(texts) if len(texts) == len(expression.parts) else UNKNOWN

    def _called(self, placed: Placed, call: Call, depth: int) -> object:
        """`getattr(settings, "NAME", default)`."""
        given = positional(call)
        name = string(given[1]) if len(given) > 1 else None
        if dotted(call.function) != "getattr" or name is None or not self._is_settings(placed.at(given[0])):
            return UNKNOWN
        value = self._setting(name)
        if value is UNKNOWN and len(given) > 2:
            return self.value(placed.at(given[2]), depth + 1)
        return value

    def _is_settings(self, placed: Placed) -> bool:
        path = dotted(placed.expression)
        found = self._names.resolve(placed.module, path) if path else None
        return isinstance(found, ExternalSymbol) and found.dotted == "django.conf.settings"

    def _of_setting(self, placed: Placed) -> object:
        expression = placed.expression
        if isinstance(expression, Attribute) and self._is_settings(placed.at(expression.base)):
            return self._setting(expression.name)
        return UNKNOWN

    def definitions(self, placed: Placed) -> list[Placed]:
        """What a name or attribute was assigned, in order; nothing when that is not known."""
        expression = placed.expression
        if isinstance(expression, Name) and placed.owner is not None:
            local = self._local(placed.owner, expression.id)
            if local:
                return [placed.at(item.value) for item in local if item.value is not None and item.index is None]
        special = self._attribute(placed)
        if special is not None:
            return special
        path = dotted(expression)
        return self.assigned(self._names.resolve(placed.module, path)) if path else []

    @staticmethod
    def assigned(symbol: Symbol | None) -> list[Placed]:
        """The expressions that a value was assigned."""
        if not isinstance(symbol, ValueSymbol):
            return []
        owner = symbol.name.rpartition(".")[0]
        place = ClassSymbol(symbol.module, owner) if owner else None
        return [
            Placed(item.value, symbol.module, place)
            for item in symbol.assignments
            if item.value is not None and item.index is None
        ]

    def items(self, placed: Placed, depth: int = 0) -> Iterator[Placed]:
        """The items of a list, tuple or set expression, as far as they are known."""
        expression = placed.expression
        if depth > DEEPEST:
            return
        if isinstance(expression, Sequence):
            for item in expression.items:
                if isinstance(item, Starred):
                    yield from self.items(placed.at(item.value), depth + 1)
                else:
                    yield placed.at(item)
        elif isinstance(expression, Binary) and expression.operator in ("+", "|"):
            yield from self.items(placed.at(expression.left), depth + 1)
            yield from self.items(placed.at(expression.right), depth + 1)
        elif isinstance(expression, Call):
            if dotted(expression.function) in ("list", "tuple", "set", "frozenset", "sorted"):
                for argument in positional(expression)[:1]:
                    yield from self.items(placed.at(argument), depth + 1)
        elif isinstance(expression, Conditional):
            yield from self.items(placed.at(expression.body), depth + 1)
        elif isinstance(expression, Boolean):
            yield from self.items(placed.at(expression.left), depth + 1)
        elif isinstance(expression, Comprehension):
            yield from self._elements(placed, expression, depth)
        elif isinstance(expression, (Name, Attribute)):
            for definition in self.listed(placed):
                yield from self.items(definition, depth + 1)

    def _elements(self, placed: Placed, expression: Comprehension, depth: int) -> Iterator[Placed]:
        """The elements of a comprehension: one for each item that it goes through, one where these are unknown."""
        if not expression.clauses:
            yield placed.at(expression.element)
            return
        clause, rest = expression.clauses[0], replace(expression, clauses=expression.clauses[1:])
        if clause.conditions or expression.kind == "dict":
            return
        for item in list(self.items(placed.at(clause.iterable), depth + 1)) or [placed.at(ANYTHING)]:
            each = replaced(rest, dict(self._unpacked(clause.target, item)))
            yield from self.items(placed.at(each), depth + 1)

    def _unpacked(self, target: Expression, item: Placed) -> Iterator[tuple[Expression, Expression]]:
        """The names of a comprehension's target, each with what it stands for."""
        if isinstance(target, Sequence):
            parts = list(self.items(item)) or [item.at(ANYTHING)] * len(target.items)
            for name, part in zip(target.items, parts, strict=False):
                yield from self._unpacked(name, part)
        else:
            value = self.value(item)
            yield target, constant(value) if isinstance(value, str) else item.expression

    def listed(self, placed: Placed) -> list[Placed]:
        """The definitions that make up a list: the last plain assignment and what is added after it."""
        if isinstance(placed.expression, Name) and placed.owner is not None:
            local = self._local(placed.owner, placed.expression.id)
            if local:
                return [placed.at(item.value) for item in additions(local) if item.value is not None]
        special = self._attribute(placed)
        if special is not None:
            return special
        path = dotted(placed.expression)
        symbol = self._names.resolve(placed.module, path) if path else None
        if isinstance(symbol, ValueSymbol):
            parts = additions(symbol.assignments)
            return [Placed(item.value, symbol.module) for item in parts if item.value is not None]
        return []

    def entries(self, placed: Placed, depth: int = 0) -> Iterator[tuple[str, Placed]]:
        """The string keys and values of a dict expression, as far as they are known."""
        expression = placed.expression
        if depth > DEEPEST:
            return
        if isinstance(expression, Mapping):
            for key, value in expression.items:
                if key is None:
                    yield from self.entries(placed.at(value), depth + 1)
                elif string(key) is not None:
                    yield string(key) or "", placed.at(value)
        elif isinstance(expression, Call) and dotted(expression.function) == "dict":
            for argument in expression.arguments:
                if argument.keyword:
                    yield argument.keyword, placed.at(argument.value)
                else:
                    yield from self.entries(placed.at(argument.value), depth + 1)
        elif isinstance(expression, Binary) and expression.operator == "|":
            yield from self.entries(placed.at(expression.left), depth + 1)
            yield from self.entries(placed.at(expression.right), depth + 1)
        elif isinstance(expression, (Name, Attribute)):
            for definition in self.definitions(placed)[-1:]:
                yield from self.entries(definition, depth + 1)

    def strings(self, placed: Placed) -> list[str]:
        """The strings of a list expression, none where one of its items cannot be told."""
        values = [self.value(item) for item in self.items(placed)]
        strings = [value for value in values if isinstance(value, str)]
        return strings if len(strings) == len(values) else []


def additions(assignments: tuple[Assignment, ...]) -> list[Assignment]:
    """The assignments from the last plain one on."""
    start = 0
    for index, item in enumerate(assignments):
        if not item.augmented:
            start = index
    return [item for item in assignments[start:] if item.index is None]
