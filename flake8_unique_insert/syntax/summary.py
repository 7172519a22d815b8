"""What one file says, by itself: imports, classes, functions and assignments, in order.

A summary knows nothing of other files, is immutable and can be pickled. Names are as written; linking them is the
`project` layer's work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from flake8_unique_insert.record import record
from flake8_unique_insert.syntax.expressions import Argument, Expression


@record
class Import:
    """`from <dots><module> import <member>`, or `import <module>` when member is None.

    `import a.b` binds `a` to module `a`; `import a.b as c` binds `c` to module `a.b`. Both are spelt out in `module`.
    """

    module: str
    member: str | None
    level: int
    line: int


@record
class Assignment:
    """`name = value` or `name: annotation = value` in a module or class body. value is None without `=`.

    `index` is set when the name got one item of an unpacked value (`a, b = pair`).
    """

    value: Expression | None
    annotation: Expression | None
    line: int
    index: int | None = None
    augmented: bool = False

    @property
    def is_whole(self) -> bool:
        """True where the value is all that the name stands for."""
        return self.index is None and not self.augmented


@record
class Parameter:
    """One parameter. `kind` is "positional" (by position or name), "keyword", "*" or "**"."""

    name: str
    kind: str
    default: Expression | None
    annotation: Expression | None


@record
class FunctionSummary:
    """A function's header and where its source stands: `first_line` is the first decorator's, both lines inclusive."""

    name: str
    parameters: tuple[Parameter, ...]
    decorators: tuple[Expression, ...]
    returns: Expression | None
    is_async: bool
    line: int
    first_line: int
    last_line: int


@record
class ClassSummary:
    """A class: its bases and keywords as written, and the definitions of its body."""

    name: str
    qualname: str
    arguments: tuple[Argument, ...]
    decorators: tuple[Expression, ...]
    line: int
    members: dict[str, tuple[Definition, ...]] = field(default_factory=dict)

    @property
    def bases(self) -> tuple[Expression, ...]:
        """The base classes as written; `*bases` is left out."""
        return tuple(base.value for base in self.arguments if base.keyword is None and not base.star)

    @property
    def has_unknown_bases(self) -> bool:
        """True for `class A(*bases)` and the like."""
        return any(base.star for base in self.arguments)


Definition = Import | Assignment | FunctionSummary | ClassSummary


@dataclass(frozen=True)
class ModuleSummary:
    """A file: what each name may be bound to, in source order (several when conditional or rebound).

    `definitions` holds the module's names; `stars` the modules of `from m import *`, as (module, level).
    """

    definitions: dict[str, tuple[Definition, ...]]
    stars: tuple[tuple[str, int], ...]

    @cached_property
    def classes(self) -> list[ClassSummary]:
        """Every class of the module body, classes within `if` and `try` too, nested ones after their owner."""
        return list(_classes(self.definitions))

    @cached_property
    def functions(self) -> list[tuple[ClassSummary | None, FunctionSummary]]:
        """Every function of the module body and of classes, with the class that holds it."""
        return [
            (owner, definition)
            for owner, members in [(None, self.definitions), *((item, item.members) for item in self.classes)]
            for definitions in members.values()
            for definition in definitions
            if isinstance(definition, FunctionSummary)
        ]


def _classes(members: dict[str, tuple[Definition, ...]]) -> Iterator[ClassSummary]:
    for definitions in members.values():
        for definition in definitions:
            if isinstance(definition, ClassSummary):
                yield definition
                yield from _classes(definition.members)
