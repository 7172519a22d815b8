"""One class attribute → the field that it declares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flake8_unique_insert.project.classes import Classes
from flake8_unique_insert.project.field_classes import COMPOSITE_KEY, GENERIC_KEY, FieldClass, FieldClasses
from flake8_unique_insert.project.initialisers import argument_named
from flake8_unique_insert.project.literals import Literals, Placed
from flake8_unique_insert.project.names import Names
from flake8_unique_insert.project.returns import Returns
from flake8_unique_insert.record import record
from flake8_unique_insert.schema import ClassSymbol, ExternalSymbol, Field, FunctionSymbol, Location
from flake8_unique_insert.syntax.expressions import (
    FALSE,
    Attribute,
    Call,
    Conditional,
    Expression,
    Name,
    Subscript,
    dotted,
    positional,
)

PLAIN_ARGUMENTS = (
    "verbose_name",
    "name",
    "primary_key",
    "max_length",
    "unique",
    "blank",
    "null",
    "db_index",
    "rel",
    "default",
)
RELATION_ARGUMENTS = {"fk": ("to", "on_delete"), "o2o": ("to", "on_delete"), "m2m": ("to",)}
DEEPEST = 10


@record
class DeclaredField:
    """A field as a class declares it, before it belongs to a model.

    field: its `target` is empty. to: the related model as written. members: the fields that a composite key or a
    generic foreign key is made of; automatic: numbered by the database.
    """

    field: Field
    to: Placed | None = None
    members: tuple[str, ...] = ()
    automatic: bool = False
    parent_link: bool = False
    through: Placed | None = None

    @property
    def is_composite(self) -> bool:
        """`CompositePrimaryKey("a", "b")`."""
        return self.field.kind == COMPOSITE_KEY

    @property
    def is_generic(self) -> bool:
        """`GenericForeignKey("content_type", "object_id")`."""
        return bool(self.members) and not self.is_composite


class FieldReader:
    """Reads field declarations."""

    def __init__(
        self, names: Names, classes: Classes, field_classes: FieldClasses, literals: Literals, returns: Returns
    ) -> None:
        self._names = names
        self._classes = classes
        self._field_classes = field_classes
        self._literals = literals
        self._returns = returns

    def read(self, name: str, placed: Placed, declared: Location, depth: int = 0) -> DeclaredField | None:
        """The field that the value of a class attribute declares, None when it is none."""
        expression = placed.expression
        if depth > DEEPEST:
            return None
        if isinstance(expression, Conditional):
            return self.read(name, placed.at(expression.body), declared, depth + 1)
        if isinstance(expression, (Name, Attribute)):
            for definition in self._literals.definitions(placed)[-1:]:
                return self.read(name, definition, declared, depth + 1)
            return None
        if not isinstance(expression, Call):
            return None
        return self._called(name, placed, expression, declared, depth)

    def _called(self, name: str, placed: Placed, call: Call, declared: Location, depth: int) -> DeclaredField | None:
        callee = call.function.base if isinstance(call.function, Subscript) else call.function
        path = dotted(callee)
        symbol = self._names.resolve(placed.module, path) if path else None
        if isinstance(symbol, FunctionSymbol):
            for returned in self._returns.of(symbol, call):
                found = self.read(name, returned, declared, depth + 1)
                if found is not None:
                    return found
            return None
        if not isinstance(symbol, (ClassSymbol, ExternalSymbol)):
            return None
        kind = self._field_classes.get(symbol)
        if kind is None or kind.is_virtual:
            return None
        return self._field(name, kind, placed, call, declared)

    def _field(self, name: str, kind: FieldClass, placed: Placed, call: Call, declared: Location) -> DeclaredField:
        relation = kind.relation
        given = dict(self._arguments(placed, call, RELATION_ARGUMENTS.get(relation, PLAIN_ARGUMENTS)))
        for argument, (value, module) in kind.defaults.items():
            given.setdefault(argument, Placed(value, module))
        given.update({argument: Placed(value, module) for argument, (value, module) in kind.forced.items()})
        for argument, item in list(given.items()):
            other = argument_named(item.expression)
            if other is not None:
                given[argument] = given.get(other) or Placed(FALSE, "")
        if kind.is_tags and "through" in given:
            given.pop("to", None)  # the tags are then of the model that the through model points to
        default = given.get("default") or given.get("db_default")
        field = Field(
            name,
            kind.bases[0],
            kind.bases,
            null=self._true(given.get("null")),
            unique=self._true(given.get("unique")) or relation == "o2o",
            primary_key=self._true(given.get("primary_key")) or kind.bases[0] == COMPOSITE_KEY,
            default=default.expression if default else None,
            relation=relation,
            related_name=self._text(given.get("related_name")),
            arguments={argument: item.expression for argument, item in given.items()},
            module=default.module if default else placed.module,
            declared=declared,
            fills=kind.fills or (kind.bases[0].endswith("UUIDField") and self._true(given.get("auto"))),
        )
        return DeclaredField(
            field,
            given.get("to"),
            self._members(kind, placed, call, given),
            kind.is_automatic,
            self._true(given.get("parent_link")),
            given.get("through"),
        )

    def _members(self, kind: FieldClass, placed: Placed, call: Call, given: dict[str, Placed]) -> tuple[str, ...]:
        if COMPOSITE_KEY in kind.bases:
            values = [self._text(placed.at(item)) for item in positional(call)]
            return tuple(value for value in values if value)
        if GENERIC_KEY in kind.bases:
            values = [self._text(placed.at(item)) for item in positional(call)]
            names = [value or "" for value in values] + ["", ""]
            content_type = names[0] or self._text(given.get("ct_field")) or "content_type"
            object_id = names[1] or self._text(given.get("fk_field")) or "object_id"
            return content_type, object_id
        return ()

    def _arguments(self, placed: Placed, call: Call, names: tuple[str, ...]) -> Iterator[tuple[str, Placed]]:
        for name, value in zip(names, positional(call), strict=False):
            yield name, placed.at(value)
        for argument in call.arguments:
            if argument.keyword:
                yield argument.keyword, placed.at(argument.value)
            elif argument.star == "**":
                yield from self._literals.entries(placed.at(argument.value))

    def _true(self, placed: Placed | None) -> bool:
        return placed is not None and self._literals.value(placed) not in (False, None, 0) and self._is_told(placed)

    def _is_told(self, placed: Placed) -> bool:
        value = self._literals.value(placed)
        return isinstance(value, (bool, int, str))

    def _text(self, placed: Placed | None) -> str | None:
        value = self._literals.value(placed) if placed is not None else None
        return value if isinstance(value, str) else None


def with_target(declared: DeclaredField, target: str) -> Field:
    """The field of a model, its relation resolved."""
    return replace(declared.field, target=target)


def argument(field: Field, name: str) -> Expression | None:
    """An argument of a field's declaration."""
    return field.arguments.get(name)
