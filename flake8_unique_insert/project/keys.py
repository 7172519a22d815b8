"""Unique keys from fields and Meta."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import reduce

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
from flake8_unique_insert.syntax.expressions import (
    NONE,
    Attribute,
    Binary,
    Call,
    Expression,
    Name,
    called_name,
    dotted,
    keyword,
    positional,
    string,
)

CONSTRAINT = "django.db.models.UniqueConstraint"
CHOOSING = frozenset({"Case", "Coalesce", "If", "IfNull", "Greatest", "Least"})
"""Functions whose value is that of one of several expressions."""
BRANCHES = frozenset({"expression", "name", "expressions", "default", "then", "condition"})
"""Keyword arguments of expressions that are expressions."""


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
        condition = given.get("condition", placed.at(NONE))
        parts = [_apart(item) if condition.module == placed.module else (item, NONE) for item in positional(call)]
        expressions = tuple(self._expression(placed, item) for item, _ in parts)
        if not fields and not expressions:
            return None
        asked = [item for item in (condition.expression, *(part for _, part in parts)) if item != NONE]
        name = self._literals.value(given["name"]) if "name" in given else ""
        return UniqueKey(
            KeyKind.CONSTRAINT,
            fields,
            declared,
            name=name if isinstance(name, str) else "",
            condition=reduce(lambda left, right: Binary("&", left, right), asked) if asked else None,
            expressions=tuple(item for item in expressions if item.fields) or (() if fields else expressions),
            nulls_distinct=("nulls_distinct" not in given or self._literals.value(given["nulls_distinct"]) is not False)
            and not any(_choices(item) for item, _ in parts),
            deferrable="deferrable" in given and given["deferrable"].expression != NONE,
            module=condition.module,
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
            fields = tuple(dict.fromkeys(self._fields(placed, expression)))
            chooses = any(len(fields) > 1 or not self._is_field(placed, item) for item in _choices(expression))
            return KeyExpression("" if function == "F" else function, fields, chooses)
        return KeyExpression("" if string(expression) else "?", tuple(self._fields(placed, expression)))

    def _is_field(self, placed: Placed, choice: Call) -> bool:
        """False for a `Case` whose default is no field: it tells less than the fields that it asks for."""
        default = keyword(choice, "default") or NONE
        return called_name(choice) != "Case" or any(self._fields(placed, default))

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
                if argument.keyword is None or argument.keyword in BRANCHES:
                    yield from self._fields(placed, argument.value)
                elif name in ("When", "Q"):
                    yield argument.keyword.split("__")[0]
            if isinstance(expression.function, Attribute):
                yield from self._fields(placed, expression.function.base)
        else:
            for child in expression.children():
                yield from self._fields(placed, child)


def _choices(expression: Expression) -> list[Call]:
    """The calls in an expression that choose one of several values, where one is NULL another."""
    return [part for part in expression.walk() if isinstance(part, Call) and called_name(part) in CHOOSING]


def _apart(expression: Expression) -> tuple[Expression, Expression]:
    """Of `Case(When(kind="a", then=x), default=None)` the x, and the condition without which it is NULL."""
    if not isinstance(expression, Call) or called_name(expression) != "Case":
        return expression, NONE
    branches = [item.value for item in expression.arguments if item.keyword is None]
    case = branches[0] if len(branches) == 1 else None
    then = keyword(case, "then") if isinstance(case, Call) else None
    if not isinstance(case, Call) or then is None or keyword(expression, "default") not in (None, NONE):
        return expression, NONE
    asked = (item for item in case.arguments if item.keyword != "then")
    positions = (replace(item, keyword=None) if item.keyword == "condition" else item for item in asked)
    return then, Call(Name("Q"), tuple(positions))


def _formatted(name: str, app_label: str, class_name: str) -> str:
    return name.replace("%(class)s", class_name.lower()).replace("%(app_label)s", app_label.lower())
