"""Writes: what the evaluator reports when a call may write rows of a model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.facts import Facts
from flake8_unique_insert.flow.graph import Handler
from flake8_unique_insert.record import record
from flake8_unique_insert.schema import Model
from flake8_unique_insert.syntax.expressions import Call, Constant, Expression
from flake8_unique_insert.syntax.source import ParsedCode
from flake8_unique_insert.values import Form, Instance, Nest, ObjectState, Result, Rows


@record
class Protection:
    """Something around a write that treats exceptions or transactions specially.

    kind: "handler" (a try body or suppress), "atomic", or "named" (a context manager or decorator, by dotted name).
    catches: a handler catches IntegrityError. savepoint: an atomic block makes one of its own.
    """

    kind: str
    name: str = ""
    catches: bool = False
    broad: bool = False
    raises_again: bool = False
    handlers: tuple[Handler, ...] = field(default=(), compare=False)
    savepoint: bool = True
    region: object = field(default=None, compare=False)


@record
class RowValues:
    """What a new or changed row gets: results by field name.

    spread: the term of `**data` whose keys are not known, None without one. open: fields may have been set that are
    not listed. defaults: field names whose values came from an upsert's defaults.
    """

    values: tuple[tuple[str, Result], ...] = ()
    spread: Expression | None = None
    open: bool = False

    def get(self, name: str) -> Result | None:
        """The value given for a field."""
        for key, value in self.values:
            if key == name:
                return value
        return None


class OwnMethod(Protocol):
    """A method of the project through which a row is written: the model's own `save`, the queryset's own `create`."""

    @property
    def writes(self) -> tuple[Write, ...]:
        """A write for each `super().save()`; none when the method cannot be followed."""

    def where(self, held: dict[str, Constant]) -> tuple[Write, ...]:
        """The writes of a row that has these values."""

    def names(self, fields: Iterable[str]) -> bool:
        """True when its own text assigns one of these fields."""


@dataclass(frozen=True, eq=False)
class Write:
    """One call that may write.

    method: its canonical name without the async `a`. kind: "insert" (create), "save", "bulk_create", "upsert",
    "update", "bulk_update". certain_new: a saved instance is new on every path. lookup: an upsert's own conditions as
    values. state: before the write. facts: those of the state and of the saved value's option.
    nested: identifies the function defined inside the analysed one that writes, when nothing is known of its callers.
    nests: the nested loops in which the rows of a batch were put together.
    own_save: the model's own `save`, or of what `get_or_create` inserts the queryset's own `create`, if it has one.
    form: the form or serializer whose input it saves.
    stack: the calls through which the analysed function got here, outermost first; empty for its own.
    """

    call: Call
    method: str
    kind: str
    model: Model
    values: RowValues
    state: State
    facts: Facts
    protections: tuple[Protection, ...]
    code: ParsedCode | None
    stack: tuple[Call, ...] = ()
    rows: Rows | None = None
    instance: Instance | None = None
    object: ObjectState | None = None
    lookup: RowValues | None = None
    defaults: RowValues | None = None
    options: dict[str, Result] = field(default_factory=dict)
    element_count: int | None = None
    own_save: OwnMethod | None = None
    nested: int | None = None
    form: Form | None = None
    nests: frozenset[Nest] = frozenset()

    @property
    def mechanisms(self) -> tuple[Write, ...]:
        """What these do before the row is written: a write for each `super().save()`, or whatever inserts it."""
        return self.own_save.writes if self.own_save is not None else ()


@dataclass(frozen=True, eq=False)
class Unresolved:
    """A call that reads like an insert, on a value whose model is not known. receiver: the term of that value."""

    call: Call
    receiver: Expression
    code: ParsedCode | None


@dataclass(slots=True)
class Records:
    """What an analysis finds on its way.

    mechanisms: inside of a model's own `save` a write for each call by which the row gets written.
    """

    writes: list[Write] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    mechanisms: list[Write] = field(default_factory=list)

    def extend(self, more: Records) -> None:
        """Add what was found somewhere else."""
        self.writes += more.writes
        self.unresolved += more.unresolved
        self.mechanisms += more.mechanisms
