"""The control-flow graph of one function or module body.

A *block* is a run of actions without a jump. Its out-edges are NEXT, or TRUE and FALSE when it ends in a test, and
RAISES to every handler that an exception inside it may reach. A *region* is a piece of source in which exceptions or
transactions are treated specially: the body of a `try` with handlers, or of a `with`. A block knows its regions,
outermost first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from flake8_unique_insert.record import record
from flake8_unique_insert.syntax.expressions import Call, Comprehension, Expression, Name
from flake8_unique_insert.syntax.statements import FunctionDef, Suite
from flake8_unique_insert.syntax.summary import Import


class EdgeKind(Enum):
    """How control gets from one block to another."""

    NEXT = "next"
    TRUE = "true"
    FALSE = "false"
    RAISES = "raises"


@record
class Evaluate:
    """An expression statement, or an expression evaluated for its effect."""

    value: Expression


@record
class Assign:
    """`target = value`; operator is set for `target op= value`."""

    target: Expression
    value: Expression
    operator: str = ""
    annotation: Expression | None = None


@record
class Iterate:
    """One step of a `for`: the target gets the next element of the iterable, a name that was bound before the loop.

    stored: the iterable had a name before, so that its elements may have been read some time ago.
    """

    target: Expression
    iterable: Expression
    stored: bool = False


@record
class Gather:
    """A loop has filled the collection `target` as the comprehension `value` would."""

    target: Name
    value: Comprehension


@record
class TakeOut:
    """Every name of the iterable is taken out of a dict: the call does that for one, under the target's name."""

    target: Name
    iterable: Name
    call: Call


@record
class Enter:
    """`with value as target`."""

    value: Expression
    target: Expression | None


@record
class Forget:
    """A name or target gets a value that is not followed (`del`, `except ... as e`, match captures, classes)."""

    target: Expression


@record
class ImportNames:
    """An import statement inside the body."""

    names: tuple[tuple[str, Import], ...]


@record
class Define:
    """A nested function."""

    node: FunctionDef


@record
class Return:
    """`return value`."""

    value: Expression | None


@record
class Raise:
    """`raise value`; None is a bare `raise`."""

    value: Expression | None


Action = Evaluate | Assign | Iterate | Gather | TakeOut | Enter | Forget | ImportNames | Define | Return | Raise


def expressions_of(action: Action, with_target: bool = True) -> Iterator[Expression]:
    """The expressions that an action evaluates, and the target that it assigns to. Nested functions evaluate none."""
    for slot in () if isinstance(action, (Define, ImportNames)) else action.__match_args__:
        value = getattr(action, slot)
        if isinstance(value, Expression) and (with_target or slot != "target"):
            yield value


@dataclass(frozen=True, eq=False)
class Handler:
    """An except clause. types: the expression after `except` (None: catches everything). name: of the error.

    always_reraises: no path leaves it but by a `raise`.
    """

    types: Expression | None
    name: str | None
    always_reraises: bool
    body: Suite


@dataclass(frozen=True, eq=False)
class TryRegion:
    """The body of a `try`. swallows: its `finally` returns or jumps, which drops any exception."""

    handlers: tuple[Handler, ...]
    swallows: bool = False


@dataclass(frozen=True, eq=False)
class WithRegion:
    """The body of a `with`, for one of its items."""

    manager: Expression
    body: Suite


Region = TryRegion | WithRegion


@dataclass(eq=False)
class Block:
    """A basic block; `test` decides between its TRUE and FALSE edges.

    loops: the `for` loops around it. heads: the loop that goes on or ends here.
    """

    number: int
    regions: tuple[Region, ...]
    loops: tuple[Iterate, ...] = ()
    actions: list[Action] = field(default_factory=list)
    test: Expression | None = None
    heads: Iterate | None = None
    edges: list[Edge] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Edge:
    """An edge. types: for RAISES, what the handler at its end catches (None: everything)."""

    source: Block
    target: Block
    kind: EdgeKind
    types: Expression | None = None


@dataclass(eq=False)
class Graph:
    """Blocks in the order they were made; `exit` is reached by returning or by the end of the body.

    live_at_heads: by the first block of each loop the names that are read after it begins, see `liveness`.
    """

    entry: Block
    exit: Block
    blocks: list[Block]
    live_at_heads: dict[Block, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def places(self) -> dict[Block, int]:
        """Each reachable block's place in reverse postorder: loops aside, a block comes after all that lead to it."""
        seen: set[Block] = {self.entry}
        order: list[Block] = []
        stack = [(self.entry, iter(self.entry.edges))]
        while stack:
            block, edges = stack[-1]
            for edge in edges:
                if edge.target not in seen:
                    seen.add(edge.target)
                    stack.append((edge.target, iter(edge.target.edges)))
                    break
            else:
                stack.pop()
                order.append(block)
        return {block: place for place, block in enumerate(reversed(order))}

    @cached_property
    def has_cycle(self) -> bool:
        """Whether control can come to a block again."""
        return any(self.places[edge.target] <= place for block, place in self.places.items() for edge in block.edges)

    @cached_property
    def nests(self) -> dict[Block, int]:
        """By reachable block the number of the nest of loops that it is in, one of its own for a block in no loop.

        They are the strongly connected components (Kosaraju's algorithm), numbered so that control only goes up.
        """
        if not self.has_cycle:
            return self.places
        into: dict[Block, list[Block]] = {}
        for block in self.places:
            for edge in block.edges:
                into.setdefault(edge.target, []).append(block)
        nests: dict[Block, int] = {}
        for number, first in enumerate(sorted(self.places, key=self.places.__getitem__)):
            stack = [first]
            while stack:
                block = stack.pop()
                if block not in nests:
                    nests[block] = number
                    stack.extend(into.get(block, ()))
        return nests

    def dump(self) -> str:
        """The graph as text, for debugging."""
        rows = []
        for block in self.blocks:
            ends = ", ".join(f"{edge.kind.value}→{edge.target.number}" for edge in block.edges)
            rows.append(f"{block.number}: {len(block.actions)} actions, test {block.test is not None}; {ends}")
        return "\n".join(rows)
