"""Where evaluation takes place: one frame for each function followed, one analysis for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from flake8_unique_insert.evaluate.collections.apart import RowFields
from flake8_unique_insert.evaluate.rows.writes import Protection, Records
from flake8_unique_insert.facts import Facts
from flake8_unique_insert.flow.graph import Define, Graph
from flake8_unique_insert.model_lookup import ModelLookup
from flake8_unique_insert.record import record
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol
from flake8_unique_insert.syntax.expressions import Argument, Call, Expression, Symbol
from flake8_unique_insert.syntax.source import ParsedCode
from flake8_unique_insert.syntax.statements import FunctionDef
from flake8_unique_insert.syntax.summary import Parameter
from flake8_unique_insert.values import Arguments, Result, Value

Nested = tuple[ParsedCode, Graph, tuple[Parameter, ...]]

MAX_DEPTH = 4
DEPTHS = ((6_000, MAX_DEPTH), (12_000, 2), (30_000, 1))
"""How deep calls are followed from a function until so many expressions were evaluated for it; then none are.

Most functions take less than a thousand. In those that take many, what was called deep down made a difference to one
finding of 87 projects, and took half of the time.
"""
MAX_STEPS = 150_000


class BudgetExceeded(Exception):
    """The function takes more work than a linter should give it."""


class Unreachable(Exception):
    """Control never gets past the expression that is being evaluated."""


class FunctionStore(Protocol):
    """Where the code and graphs of functions come from."""

    def code(self, symbol: FunctionSymbol) -> ParsedCode | None:
        """A function of any module, None when its source cannot be had."""

    def is_own(self, module: str) -> bool:
        """True for the project's own modules, False for those of installed packages."""

    def graph(self, code: ParsedCode) -> Graph | None:
        """Its graph, None when it is too large."""


@record
class Frame:
    """One function being analysed, or followed from a call.

    module: whose global names it sees. owner: the class that defines it. path: identifies the chain of calls.
    outer: what protects the call that led here. caller: the code in which that call stands. within: the points of the
    variables of the loops around it.
    """

    module: str
    owner: ClassSymbol | None = None
    code: ParsedCode | None = None
    path: tuple[int, ...] = ()
    stack: tuple[Call, ...] = ()
    following: tuple[str, ...] = ()
    outer: tuple[Protection, ...] = ()
    caller: ParsedCode | None = None
    within: frozenset[int] = frozenset()

    @property
    def function(self) -> str:
        """The name of the function, "" for a module's top level."""
        return self.following[-1].rsplit(".", 1)[-1] if self.following else ""

    @property
    def depth(self) -> int:
        """How many calls led here."""
        return len(self.following)


@dataclass
class Analysis:
    """What all frames of one file's analysis share.

    records: of the block that is being analysed. in_save: a model's own `save` is followed for a write.
    nested_used: nested functions that something refers to. handed_on: those that unknown code may call.
    lambdas: of lambdas that write, the function that each is.
    called: by the last name that is called the dotted names of the functions that this is, "" where it is not known.
    writing: names of functions that are followed for what calls them, too.
    assumed: the method that a call of its name is taken for where the class of the receiver is not known.
    literals: what the variable of a loop over different literals takes.
    variables: what each `for` loop binds. rows: what is known of rows that one binds.
    made: the points of the variables of the loops around, for each instance and value that is made there.
    collected: by graph what is put into collections, see `dedupe`.
    projections: by comprehension what it reads from each element of another collection.
    annotated: by query that `annotate()` gave what that was called with.
    without: by query with a list what is known of the rows that are left once those that it finds are deleted.
    validating: the form whose checks are followed. filled: terms of values that are neither None nor empty, and of
    `name in data` where that holds.
    wrapped: while a decorator is followed, what it was given, and what is known at each place where it calls that.
    """

    lookup: ModelLookup
    functions: FunctionStore
    generators: frozenset[str] = frozenset()
    records: Records = field(default_factory=Records)
    recording: bool = False
    steps: int = 0
    max_depth: int = MAX_DEPTH
    points: dict[object, int] = field(default_factory=dict)
    globals: dict[tuple[str, str], Result | None] = field(default_factory=dict)
    attributes: dict[str, Mapping[str, Iterable[Value]]] = field(default_factory=dict)
    assigned: dict[str, dict[Value, None]] | None = None
    in_save: bool = False
    nested_used: set[int] = field(default_factory=set)
    handed_on: set[int] = field(default_factory=set)
    lambdas: dict[int, tuple[Expression, Define]] = field(default_factory=dict)
    called: dict[str, set[str]] = field(default_factory=dict)
    writing: frozenset[str] = frozenset()
    assumed: FunctionSymbol | None = None
    literals: dict[Symbol, tuple[Expression, ...]] = field(default_factory=dict)
    variables: dict[int, frozenset[Symbol]] = field(default_factory=dict)
    rows: dict[Symbol, RowFields] = field(default_factory=dict)
    made: dict[Expression, frozenset[int]] = field(default_factory=dict)
    collected: dict[int, frozenset[tuple[str, Expression]]] = field(default_factory=dict)
    projections: dict[Expression, Expression] = field(default_factory=dict)
    annotated: dict[Expression, Arguments] = field(default_factory=dict)
    without: dict[Expression, Facts] = field(default_factory=dict)
    solved: dict[object, Any] = field(default_factory=dict)
    _nested: dict[int, Nested | None] = field(default_factory=dict)
    validating: Expression | None = None
    filled: frozenset[Expression] = frozenset()
    wrapped: tuple[Expression, list[Facts]] | None = None
    _implied: dict[tuple[str | int, Expression, tuple[Argument, ...]], Call] = field(default_factory=dict)

    @property
    def depth(self) -> int:
        """How deep calls are followed now: the less the more work was done."""
        return min(self.max_depth, next((depth for steps, depth in DEPTHS if self.steps <= steps), 0))

    def point(self, key: object) -> int:
        """A number for a place, the same each time the place is evaluated."""
        return self.points.setdefault(key, len(self.points) + 1)

    def symbol(self, kind: str, frame: Frame, node: object, name: str = "") -> Symbol:
        """The symbol for what a node of a frame binds. node: an object that lives as long as the analysis, or a key."""
        key = node if isinstance(node, (tuple, str)) else id(node)
        return Symbol(kind, self.point((frame.path, key, kind)), name)

    def nested(self, node: object, code: ParsedCode | None) -> Nested | None:
        """The code, graph and parameters of a function defined inside `code`; None when it is too large."""
        if not isinstance(node, FunctionDef) or code is None:
            return None
        key = id(node)
        if key not in self._nested:
            inner = replace(code, body=node.body)
            graph = self.functions.graph(inner)
            self._nested[key] = (inner, graph, node.header.parameters) if graph is not None else None
        return self._nested[key]

    def implied_call(
        self, place: str | int, term: Expression, arguments: tuple[Argument, ...] = (), node: object = None
    ) -> Call:
        """The call of a function that nobody writes out: a property that is read, a hook of a framework.

        place: tells apart calls that read alike. node: the place to report it at, if there is one.
        """
        key = (place, term, arguments)
        if key not in self._implied:
            self._implied[key] = Call(term, arguments, node)
        return self._implied[key]

    @contextmanager
    def recorded_apart(self, in_save: bool = False) -> Iterator[Records]:
        """Records of what is followed in between, as if nothing had been done before. in_save: for a write."""
        kept = self.recording, self.in_save, self.records, self.called, self.steps
        self.recording, self.in_save, self.records, self.called, self.steps = True, in_save, Records(), {}, 0
        try:
            yield self.records
        finally:
            self.recording, self.in_save, self.records, self.called, self.steps = kept

    def step(self) -> None:
        """Count work. Raises BudgetExceeded."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise BudgetExceeded
