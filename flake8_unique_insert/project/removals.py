"""The fields that a form's own method takes away, or makes required: `del self.fields["slug"]`.

Which of them it takes away, and when, is not followed: what may be absent is not validated.
"""

from __future__ import annotations

from collections.abc import Iterator

from flake8_unique_insert.syntax.expressions import (
    TRUE,
    Attribute,
    Call,
    Expression,
    Name,
    Subscript,
    positional,
    string,
)
from flake8_unique_insert.syntax.source import UnreadableSource, parse_function
from flake8_unique_insert.syntax.statements import Assign, AugAssign, Delete, For, Suite, inside

FIELDS = Attribute(Name("self"), "fields")


def removed_fields(text: str) -> frozenset[str]:
    """The names of the fields that a method may take away, without those that it puts back. text: its source."""
    try:
        body = parse_function(text, 1).body
    except UnreadableSource:
        return frozenset()
    put_back = {index for assigned in inside(body, Assign) for target in assigned.targets for index in _index(target)}
    taken = {name for index in _removed(body) for name in (index, *_gone_through(body, index))}
    return frozenset(name for item in taken - put_back if (name := string(item)) is not None)


def required_fields(text: str) -> frozenset[str]:
    """The names of the fields that a method makes required in any case: `self.fields["slug"].required = True`."""
    try:
        body = parse_function(text, 1).body
    except UnreadableSource:
        return frozenset()
    targets = (target for item in body if isinstance(item, Assign) and item.value == TRUE for target in item.targets)
    owners = (target.base for target in targets if isinstance(target, Attribute) and target.name == "required")
    indices = (string(owner.index) for owner in owners if isinstance(owner, Subscript) and owner.base == FIELDS)
    return frozenset(name for name in indices if name is not None)


def _index(target: Expression) -> Iterator[Expression]:
    """The names of the form's fields that an assignment or deletion is about."""
    return (part.index for part in target.walk() if isinstance(part, Subscript) and part.base == FIELDS)


def _removed(body: Suite) -> Iterator[Expression]:
    """The expressions for what is taken away."""
    for statement in inside(body, Delete):
        yield from _index(statement.target)
    for call in inside(body, Call):
        if call.function == Attribute(FIELDS, "pop"):
            yield from positional(call)[:1]


def _gone_through(body: Suite, name: Expression) -> Iterator[Expression]:
    """What is in the texts that a loop goes through with this target, those of lists that the method makes included."""
    for loop in inside(body, For):
        if loop.target == name:
            lists = set(loop.iterable.walk())
            made = [item.value for item in inside(body, Assign) if not lists.isdisjoint(item.targets)]
            added = [item.value for item in inside(body, AugAssign) if item.target in lists]
            yield from (part for listed in (loop.iterable, *made, *added) for part in listed.walk())
