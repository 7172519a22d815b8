"""Unique keys from fields and Meta."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from flake8_unique_insert.project.classes import Classes
from flake8_unique_insert.project.fields import DeclaredField
from flake8_unique_insert.project.literals import Literals, Placed
from flake8_unique_insert.project.metas import Option
from flake8_unique_insert.project.names import Names
from flake8_unique_insert.project.returns import Returns
from flake8_unique_insert.schema import (
    ClassSymbol,
    ExternalSymbol,
    FunctionSymbol,
    KeyExpression,
    KeyKind,
    Location,
    UniqueKey,
)
from flake8_unique_insert.syntax.expressions import NONE, Attribute, Call, Expression, dotted, positional, string

CONSTRAINT = "django.db.models.UniqueConstraint"


def field_keys(declared: Iterable[DeclaredField]) -> Iterator[UniqueKey]:
    """The keys that fields declare themselves: primary keys that the database does not number, and unique fields."""
    for item in declared:
        field = item.field
        if field.relation == "m2m" or item.is_generic:
            continue
        if field.primary_key:
            if not item.automatic:
                members = item.members if item.is_composite else (field.name,)
                yield UniqueKey(KeyKind.PRIMARY_KEY, members, field.declared, module=field.module)
        elif field.unique:
            yield UniqueKey(KeyKind.UNIQUE, (field.name,), field.declared, module=field.module)


def by_field(key: UniqueKey, fields: Mapping[str, str]) -> UniqueKey:
    """A key by the names of its fields, where it names columns: `unique_together = [("name", "owner_id")]`."""
    if not any(fields.get(name, name) != name for name in key.members):
        return key
    expressions = (replace(item, fields=_names(item.fields, fields)) for item in key.expressions)
    return replace(key, fields=_names(key.fields, fields), expressions=tuple(expressions))


def _names(columns: tuple[str, ...], fields: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(fields.get(name, name) for name in columns)


class KeyReader:
    """Reads `unique_together` and `constraints`."""

    def __init__(self, names: Names, classes: Classes, literals: Literals, returns: Returns) -> None:
        self._names = names
        self._classes = classes
        self._literals = literals
        self._returns = returns

    def together(self, option: Option, declared: Location) -> Iterator[UniqueKey]:
        """The keys of `unique_together`: one flat list of names, or several."""
        flat: list[str] = []
        for part in option.parts:
            for item in self._literals.items(part):
                value = self._literals.value(item)
                if isinstance(value, str):
                    flat.append(value)
                    continue
                names = tuple(self._literals.strings(item))
                if names:
                    yield UniqueKey(KeyKind.UNIQUE_TOGETHER, names, declared, module=part.module)
        if flat:
            module = option.last.module
            yield UniqueKey(KeyKind.UNIQUE_TOGETHER, tuple(flat), declared, module=module)

    def constraints(self, option: Option, declared: Location, app_label: str, name: str) -> Iterator[UniqueKey]:
        """The keys of `constraints`."""
        for part in option.parts:
            for item in self._literals.items(part):
                for call in self._constructed(item):
                    found = self._constraint(call, declared)
                    if found is not None:
                        yield replace(found, name=_formatted(found.name, app_label, name))

    def _constructed(self, placed: Placed, depth: int = 0) -> Iterator[Placed]:
        """The `UniqueConstraint(...)` call that an item of the list comes to."""
        if depth > 10:
            return
        expression = placed.expression
        if not isinstance(expression, Call):
            for definition in self._literals.definitions(placed)[-1:]:
                yield from self._constructed(definition, depth + 1)
            return
        path = dotted(expression.function)
        symbol = self._names.resolve(placed.module, path) if path else None
        if isinstance(symbol, FunctionSymbol):
            for returned in self._returns.of(symbol, expression):
                yield from self._constructed(returned, depth + 1)
        elif isinstance(symbol, (ClassSymbol, ExternalSymbol)) and CONSTRAINT in self._classes.bases(symbol):
            yield placed

    def _constraint(self, placed: Placed, declared: Location) -> UniqueKey | None:
        call = placed.expression
        assert isinstance(call, Call)
        given = dict(self._keywords(placed, call))
        fields = tuple(self._literals.strings(given["fields"])) if "fields" in given else ()
        expressions = tuple(self._expression(placed, item) for item in positional(call))
        if not fields and not expressions:
            return None
        condition = given.get("condition")
        name = self._literals.value(given["name"]) if "name" in given else ""
        return UniqueKey(
            KeyKind.CONSTRAINT,
            fields,
            declared,
            name=name if isinstance(name, str) else "",
            condition=condition.expression if condition and condition.expression != NONE else None,
            expressions=expressions,
            nulls_distinct="nulls_distinct" not in given or self._literals.value(given["nulls_distinct"]) is not False,
            deferrable="deferrable" in given and given["deferrable"].expression != NONE,
            module=condition.module if condition else placed.module,
        )

    def _keywords(self, placed: Placed, call: Call) -> Iterator[tuple[str, Placed]]:
        for argument in call.arguments:
            if argument.keyword:
                yield argument.keyword, placed.at(argument.value)
            elif argument.star == "**":
                yield from self._literals.entries(placed.at(argument.value))

    def _expression(self, placed: Placed, expression: Expression) -> KeyExpression:
        """`Lower("email")`, `F("email").desc()`, `"email"`."""
        if isinstance(expression, Call):
            if isinstance(expression.function, Attribute) and expression.function.name in ("asc", "desc"):
                return self._expression(placed, expression.function.base)
            function = (dotted(expression.function) or "?").rsplit(".", 1)[-1]
            if function in ("OrderBy", "Collate") and positional(expression):
                inner = self._expression(placed, positional(expression)[0])
                return inner if function == "OrderBy" else KeyExpression("Collate", inner.fields)
            return KeyExpression("" if function == "F" else function, tuple(self._fields(placed, expression)))
        return KeyExpression("" if string(expression) else "?", tuple(self._fields(placed, expression)))

    def _fields(self, placed: Placed, expression: Expression) -> Iterator[str]:
        """The names of fields inside an expression: plain strings that are arguments, not those within `Value(...)`."""
        value = self._literals.value(placed.at(expression))
        if isinstance(value, str):
            yield value
        elif isinstance(expression, Call):
            name = (dotted(expression.function) or "").rsplit(".", 1)[-1]
            if name == "Value":
                return
            for argument in expression.arguments:
                if argument.keyword is None or argument.keyword in ("expression", "name", "expressions"):
                    yield from self._fields(placed, argument.value)
            if isinstance(expression.function, Attribute):
                yield from self._fields(placed, expression.function.base)
        else:
            for child in expression.children():
                yield from self._fields(placed, child)


def _formatted(name: str, app_label: str, class_name: str) -> str:
    return name.replace("%(class)s", class_name.lower()).replace("%(app_label)s", app_label.lower())
