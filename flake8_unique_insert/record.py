"""Immutable values that are cheap to define and to make.

The analysis defines more than a hundred of them. A frozen dataclass compiles six methods for each as the module is
imported, and sets each field through `object.__setattr__`: together a quarter of a small project's analysis.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_: Any) -> Any:
        """At run time it only hands on what it decorates."""
        return lambda decorated: decorated


C = TypeVar("C")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(kind: type[C]) -> type[C]:
    """As `dataclass(frozen=True, slots=True)`: one method is compiled, and the type checker alone keeps it frozen.

    Two are equal when they are of the same class and their compared fields are equal.
    """
    made: Any = dataclass(slots=True, eq=False, repr=False)(kind)
    names = [item.name for item in fields(made) if item.compare]
    content = attrgetter(*names) if names else type

    def __eq__(self: object, other: object) -> bool:
        if self is other:
            return True
        return content(self) == content(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: object) -> int:
        return hash(content(self))

    for method in (__eq__, __hash__):
        if method.__name__ not in kind.__dict__:
            setattr(made, method.__name__, method)
    if "__repr__" not in kind.__dict__:
        made.__repr__ = _representation
    result: type[C] = made
    return result


def _representation(self: Any) -> str:
    shown = (f"{item.name}={getattr(self, item.name)!r}" for item in fields(self) if item.repr)
    return f"{type(self).__name__}({', '.join(shown)})"
