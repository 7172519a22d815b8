"""Where control goes from inside a construct: out of a loop, into a handler."""

from __future__ import annotations

from dataclasses import dataclass, field

from flake8_unique_insert.flow.graph import Block, Iterate
from flake8_unique_insert.syntax.expressions import Expression


@dataclass(eq=False)
class Catcher:
    """Where an exception raised in the current region goes: the handlers' first blocks with their types."""

    targets: list[tuple[Block, Expression | None]] = field(default_factory=list)
    stops_all: bool = False


@dataclass(eq=False)
class Loop:
    """Where `break` and `continue` go, and how many `finally` clauses stood around the loop; step: of a `for`."""

    after: Block
    head: Block
    depth: int
    step: Iterate | None = None
