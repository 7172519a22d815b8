"""Abstract values: what is known of a run-time value.

Every value has a `term`: the expression that names it, with local names replaced by symbols. Equal terms are the same
run-time value. `Unknown` is a value like any other: nothing is concluded from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace

from flake8_unique_insert.facts import NO_FACTS, Absent, Condition, Fact, Facts, Hashed, Inserted, Validated
from flake8_unique_insert.record import record
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol, Link, ManagerDeclaration, Model, ModelForm, Symbol
from flake8_unique_insert.syntax.expressions import Argument, Attribute, Constant, Expression, hashed_once

Nest = frozenset[frozenset[Expression]]
"""What each of several nested loops binds."""


@hashed_once
@record
class Value(Hashed):
    """Any value. optional: it may be None instead."""

    term: Expression
    optional: bool = field(default=False, kw_only=True)

    def parts(self) -> Iterable[Expression | Hashed]:
        return (self.term,)


@hashed_once
@record
class Unknown(Value):
    """A value of which only the term is known."""


@hashed_once
@record
class Text(Unknown):
    """One of several texts, of which each tells these values, see `evaluate.texts`."""

    told: frozenset[Expression]

    def parts(self) -> Iterable[Expression | Hashed]:
        return (self.term, *self.told)


@hashed_once
@record
class Unset(Value):
    """A field that was not assigned on this path: an existing row keeps its value, a new one gets the default."""


@hashed_once
@record
class Known(Value):
    """A literal; the term is the Constant."""

    @property
    def constant(self) -> object:
        """The Python value."""
        assert isinstance(self.term, Constant)
        return self.term.value


@hashed_once
@record
class Fresh(Value):
    """A value that was just generated and cannot be in the database: uuid4(), a random string, ..."""


@hashed_once
@record
class ModelClass(Value):
    """A model class. `exact` is False for `cls` and `self.model` where a subclass may stand in."""

    model: Model


@hashed_once
@record
class SymbolValue(Value):
    """A module, class, or function of the project or from outside."""

    symbol: Symbol


@hashed_once
@record
class Function(Value):
    """A function that can be followed. `receiver` is bound as its first parameter."""

    symbol: FunctionSymbol
    owner: ClassSymbol | None = None
    receiver: Value | None = None


@hashed_once
@record
class NestedFunction(Value):
    """A function defined inside another one; `node` is its definition, `frame` the one in which that stands."""

    node: object = field(compare=False, repr=False)
    frame: object = field(compare=False, repr=False)


@hashed_once
@record
class Object(Value):
    """An instance of a project's class that is no model (a view, a service, ...)."""

    symbol: ClassSymbol


@hashed_once
@record
class FormClass(Value):
    """A form, formset or serializer class that has no name: one that a factory made."""

    form: ModelForm


@hashed_once
@record
class Form(Object):
    """A form, formset or serializer. The row that it fills is its attribute `instance` in the state's `objects`."""

    form: ModelForm

    @property
    def data(self) -> Expression:
        """The term of the validated input."""
        return Attribute(self.term, self.form.data)

    @property
    def valid(self) -> Validated:
        """The fact that its input was validated."""
        return Validated(self.data, self.form.checked, self)


@hashed_once
@record
class Validity(Value):
    """What `is_valid()` answered. valid: what holds when it is true."""

    valid: Facts


@hashed_once
@record
class Super(Value):
    """`super()` in a method of `owner`, bound to `receiver`."""

    owner: ClassSymbol
    receiver: Value


@hashed_once
@record
class Instance(Value):
    """A model instance. What is known of it stands in the state's `objects` under its term.

    traced: False when it may be new or not, so that nothing is said of its `save()`.
    """

    model: Model
    traced: bool = True


@hashed_once
@record
class Rows(Value):
    """A manager or queryset: rows of a model that satisfy every group of conditions.

    alternatives: the conditions in disjunctive form; one empty group for all rows, no group for `none()`.
    link: the rows that link these to another row, for many-to-many relations.
    given: field values that rows created through it get (related managers). is_manager: False for a queryset.
    """

    model: Model
    alternatives: frozenset[frozenset[Condition]] = frozenset([frozenset()])
    given: tuple[tuple[str, Expression], ...] = ()
    manager: ManagerDeclaration | None = None
    is_manager: bool = False
    link: Link | None = None


LISTS = ("list", "former")
"""Shapes of an answer that are a queryset whose rows were read."""


@hashed_once
@record
class Answer(Value):
    """What a lookup answered; false exactly when no row matched.

    shape: "bool", "count", "row" (a row or None), "list", "former" (a list of before an insert: which rows were not
    there says nothing by now), "largest" (the largest value of a field: the rows are those that have one above 0).
    """

    rows: Rows
    shape: str
    negated: bool = False


@hashed_once
@record
class Column(Value):
    """The values of one field, or of several as tuples, of rows as they were when read.

    but: rows inserted since, whose values were not added. due: those whose values were added before they are inserted.
    maps: a dict from these values to the rows, or to their primary keys. distinct: each value stands there once.
    dicts: each value stands in a dict, by the name of its field. tuples: in a tuple, though it is the only one there.
    """

    rows: Rows
    fields: tuple[str, ...]
    but: frozenset[Inserted] = frozenset()
    due: frozenset[Inserted] = frozenset()
    maps: bool = False
    distinct: bool = False
    dicts: bool = False
    tuples: bool = False

    @property
    def fact(self) -> Absent:
        """What it has in common with a fact: the table, and the rows that were inserted since."""
        table = self.rows.link.table if self.rows.link is not None else self.rows.model.table
        return Absent(table, frozenset(), self.but)


@hashed_once
@record
class CreatedFlag(Value):
    """The second result of an upsert: true when `instance` is a new row."""

    instance: Expression


@hashed_once
@record
class Bound(Value):
    """A method of a value that the evaluator knows by name."""

    receiver: Value
    name: str


@hashed_once
@record
class ErrorClass(Value):
    """An exception class: `name` dotted, `table` set for `Model.DoesNotExist` and the like."""

    name: str
    table: str = ""


@hashed_once
@record
class Items(Value):
    """A list, tuple or set whose items are known one by one. depth: how many loops stand around where it was made."""

    kind: str
    items: tuple[Result, ...]
    depth: int = 0


@hashed_once
@record
class Entries(Value):
    """A dict with known string keys; `open` when it may hold others. if_empty: what holds where it is empty."""

    entries: tuple[tuple[str, Result], ...]
    open: bool = False
    if_empty: Facts | None = NO_FACTS


@hashed_once
@record
class Elements(Value):
    """A collection of unknown length whose elements look like `element`. distinct: no two of them are equal.

    objects: what was known of element instances when they were put in. nests: the nested loops in which they were.
    depth: how many loops stand around where the collection was made. if_empty: what holds where it is empty, None
    where it is not.
    """

    element: Result
    distinct: bool = False
    objects: tuple[tuple[Expression, ObjectState], ...] = ()
    nests: frozenset[Nest] = frozenset()
    depth: int = 0
    if_empty: Facts | None = NO_FACTS


@hashed_once
@record
class Zipped(Value):
    """`zip(names, rows)`: tuples of an element of each. None stands for the numbers of `enumerate(rows, start)`."""

    values: tuple[Result | None, ...]
    start: Expression | None = None


@hashed_once
@record
class RowsByKey(Value):
    """A dict from keys that say nothing of them to rows: `{number: row for number, row in enumerate(rows)}`."""

    element: Result


@hashed_once
@record
class ObjectState(Hashed):
    """What is known of one object: the values assigned to its attributes.

    new: True for an instance that is not in the database, False for one that is, None when either.
    open: True when attributes may have been set that are not listed. changed: fields assigned on an existing row.
    former: what these were before. copied: a new instance that has the values of an existing row (`pk = None`).
    form: what fills an instance with its input, until that is saved.
    """

    new: bool | None
    values: tuple[tuple[str, Result], ...] = ()
    open: bool = False
    changed: frozenset[str] = frozenset()
    former: tuple[tuple[str, Expression], ...] = ()
    copied: bool = False
    form: Form | None = None

    def facts_inside(self) -> Iterable[Fact]:
        """Those of its attributes' values."""
        return (fact for _, value in self.values for fact in value.facts_inside())

    def get(self, name: str) -> Result | None:
        """The value assigned to an attribute."""
        for key, value in self.values:
            if key == name:
                return value
        return None


@hashed_once
@record
class Option(Hashed):
    """One of the values that an expression may have, and what holds when it has this one."""

    value: Value
    facts: Facts = NO_FACTS


@hashed_once
@record
class Result(Hashed):
    """The value of an expression: its term, and all that it may be."""

    term: Expression
    options: tuple[Option, ...]

    def facts_inside(self) -> Iterable[Fact]:
        """Those of its options, and of the elements of collections."""
        for option in self.options:
            yield from option.facts
            if isinstance(option.value, (Elements, Entries)):
                yield from option.value.if_empty or ()
            if isinstance(option.value, (Elements, RowsByKey)):
                yield from option.value.element.facts_inside()
            elif isinstance(option.value, Column):
                yield option.value.fact

    def parts(self) -> Iterable[Expression | Hashed]:
        return (self.term, *(option.value for option in self.options))

    @property
    def value(self) -> Value:
        """The one value, Unknown when there are several."""
        return self.options[0].value if len(self.options) == 1 else Unknown(self.term)


Arguments = tuple[tuple[Argument, ...], list[Result]]
"""Those of a call as written, and their values."""


def result(value: Value, facts: Facts = NO_FACTS) -> Result:
    """A result with one option."""
    return Result(value.term, (Option(value, facts),))


def optional(found: Result) -> Result:
    """The same value, or None."""
    return Result(found.term, tuple(Option(replace(item.value, optional=True), item.facts) for item in found.options))


def unknown(term: Expression) -> Result:
    """A result of which nothing but the term is known."""
    return Result(term, (Option(Unknown(term)),))
