"""Facts: what holds on every path to a program point.

`Absent` (no row with these values exists), `NewRow` (a row was just made, so that no other refers to it), `Validated`
(this instance was validated), `Null` (a value is None) or `Different` (no two elements of a collection are equal). A
*condition* is one restriction of a lookup.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flake8_unique_insert.record import record
from flake8_unique_insert.schema import Link, UniqueKey
from flake8_unique_insert.syntax.expressions import Expression, hashed_once
from flake8_unique_insert.syntax.expressions import Symbol as Placeholder

MADE_BY = ""
"""Stands among an inserted row's fields for the manager, whose model may change with each round of a loop."""

GIVEN = "given"
"""The lookup of a condition that asks for the truth of something else than the row."""


class Hashed:
    """Has room for its hash, see `hashed_once`, for the symbols that it mentions, and for what its facts speak of."""

    __slots__ = ("_contents", "_hash", "_symbols")

    _contents: Contents | None
    _symbols: frozenset[Placeholder]

    @property
    def symbols(self) -> frozenset[Placeholder]:
        """All symbols in what this speaks of, found once and kept."""
        try:
            return self._symbols
        except AttributeError:
            found: frozenset[Placeholder] = frozenset().union(*(part.symbols for part in self.parts()))
            self._symbols = found
            return found

    def parts(self) -> Iterable[Expression | Hashed]:
        """What this speaks of."""
        return ()

    @property
    def contents(self) -> Contents | None:
        """What the facts that belong to this speak of, found once and kept; None where there are none."""
        try:
            return self._contents
        except AttributeError:
            found = self._contents = contents(list(self.facts_inside()))
            return found

    def facts_inside(self) -> Iterable[Fact]:
        """The facts that belong to this and to what is inside."""
        return ()


@hashed_once
@record
class Condition(Hashed):
    """`field__lookup=term` of a filter. `excluded` for `exclude(...)`.

    field "" stands for an unknown restriction; "a|b" with the lookup "either" for one of these fields. among: of
    `field__in=rows` the conditions that these rows are all that meet, where they are known. via: of a condition on rows
    that refer to these (`lines__product=x`) their table, the foreign key, and the field of theirs.
    """

    field: str
    lookup: str
    term: Expression
    excluded: bool = False
    among: frozenset[Condition] = frozenset()
    via: Link | None = None


Groups = frozenset[frozenset[Condition]]
"""Conditions in disjunctive form: rows that satisfy every condition of one of these groups."""


def given(term: Expression) -> Condition:
    """A condition on no field: every row meets it where the term is true, none where it is not."""
    return Condition("", GIVEN, term)


@hashed_once
@record
class Inserted(Hashed):
    """A row that was inserted: the terms of some of its fields, under MADE_BY that of the manager that made it.

    of: the row, where it existed before and these are the fields that have changed.
    """

    table: str
    values: frozenset[tuple[str, Expression]]
    complete: bool = True
    of: Expression | None = None

    def parts(self) -> Iterable[Expression | Hashed]:
        return (*(term for _, term in self.values), *([self.of] if self.of is not None else []))


@hashed_once
@record
class Absent(Hashed):
    """No row of the table satisfies all the conditions, but for rows that were inserted since it was looked up.

    or_null: it may hold only because a value that it asks for is None, which equals nothing. It says nothing of keys
    for which NULL equals NULL.
    """

    table: str
    conditions: frozenset[Condition]
    but: frozenset[Inserted] = frozenset()
    or_null: bool = False

    def parts(self) -> Iterable[Expression | Hashed]:
        return (*(condition.term for condition in self.conditions), *self.but)


@hashed_once
@record
class NewRow(Hashed):
    """The term is a row that was inserted just now: no row refers to it, but for those inserted since."""

    term: Expression
    but: frozenset[Inserted] = frozenset()

    def parts(self) -> Iterable[Expression | Hashed]:
        return (self.term, *self.but)


class Lasting(Hashed):
    """A fact that holds whatever is inserted."""

    __slots__ = ()

    @property
    def but(self) -> frozenset[Inserted]:
        """No rows are excepted."""
        return frozenset()


def not_given(term: Expression) -> Absent:
    """The term is false: of no table a row meets that condition."""
    return Absent("", frozenset([given(term)]))


def surely_given(term: Expression) -> Absent:
    """The term is true, the opposite of `not_given`."""
    return Absent("", frozenset([Condition("", GIVEN, term, excluded=True)]))


@hashed_once
@record
class Validated(Lasting):
    """No other row had these keys of the term when it was validated: an instance, or the data of a form.

    by: the form or serializer that did it, None for the instance itself.
    """

    term: Expression
    keys: frozenset[UniqueKey]
    by: Hashed | None = None

    def parts(self) -> Iterable[Expression | Hashed]:
        return (self.term,)


@hashed_once
@record
class Null(Lasting):
    """The term is None: it equals nothing in the database. missing: it is not even there, `"name" not in data`."""

    term: Expression
    missing: bool = False

    def parts(self) -> Iterable[Expression | Hashed]:
        return (self.term,)


@hashed_once
@record
class Different(Lasting):
    """No two elements of a collection have the same for the term, see `projections`."""

    term: Expression

    def parts(self) -> Iterable[Expression | Hashed]:
        return (self.term,)


Fact = Absent | NewRow | Validated | Null | Different
Facts = frozenset[Fact]
NO_FACTS: Facts = frozenset()


@record
class Contents:
    """What some facts speak of: symbols, tables of which rows are absent, terms that are None or new, if any is new."""

    symbols: frozenset[Placeholder]
    tables: frozenset[str]
    told: tuple[Expression, ...]
    new: bool


def contents(facts: Collection[Fact]) -> Contents | None:
    """What facts speak of; None where there are none."""
    if not facts:
        return None
    return Contents(
        frozenset[Placeholder]().union(*(fact.symbols for fact in facts)),
        frozenset(fact.table for fact in facts if isinstance(fact, Absent)),
        tuple(fact.term for fact in facts if isinstance(fact, (Null, NewRow))),
        any(isinstance(fact, NewRow) for fact in facts),
    )
