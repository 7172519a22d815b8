"""Texts that are put together from values: which of the values can be read back from one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from string import Formatter

from flake8_unique_insert.evaluate.states.terms import is_cut, same
from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Binary,
    Call,
    Expression,
    Formatted,
    Name,
    Sequence,
    constant,
    dotted,
    positional,
    string,
)
from flake8_unique_insert.values import Text, Value

HASHES = frozenset({
    "uuid.uuid3", "uuid.uuid5", "hashlib.md5", "hashlib.sha1", "hashlib.sha224", "hashlib.sha256", "hashlib.sha384",
    "hashlib.sha512", "hashlib.blake2b", "hashlib.blake2s",
})  # fmt: skip
"""Functions that give another value for each text, which is their last argument."""

OF_HASH = frozenset({"digest", "encode", "hexdigest"})
"""Methods that give another value for each hash, or text."""

PLACEHOLDER = re.compile(r"%([sd])")


def parts_told(value: Value) -> frozenset[Expression]:
    """What a value tells, itself included: of one of several texts what each of them does."""
    return value.told if isinstance(value, Text) else parts_of(value.term)


def parts_of(term: Expression) -> frozenset[Expression]:
    """The values that a text tells: they stand in it unchanged, with something between each two of them.

    A hash tells what the hashed text does.
    """
    if (hashed := hashed_text(term)) is not None:
        return parts_of(hashed)
    pieces = _pieces(term)
    if pieces is None:
        return frozenset([term])
    found: set[Expression] = set()
    for piece, following in zip(pieces, [*pieces[1:], constant("")]):
        if string(piece) is None and string(following) is None:
            return frozenset()  # "1" and "11" give the same as "11" and "1"
        found |= frozenset() if string(piece) is not None else parts_of(piece)
    return frozenset(found)


def hashed_text(term: Expression) -> Expression | None:
    """The text of which a value is the hash, or what a method of that gives; None for all others."""
    if not isinstance(term, Call):
        return None
    if isinstance(term.function, Attribute) and term.function.name in OF_HASH:
        return term.function.base
    given = positional(term) if dotted(term.function) in HASHES else []
    return given[-1] if given else None


def begins_with(term: Expression, start: Expression) -> bool:
    """True for a text that certainly begins with another one: it is put together from that and more."""
    if is_cut(start) and same(term, start.base):
        return True
    pieces, first = _pieces(term) or [], _pieces(start) or [start]
    return 0 < len(first) <= len(pieces) and all(map(same, pieces, first))


def _pieces(term: Expression) -> list[Expression] | None:
    """What a text is put together from, literals included; None for what is no such text."""
    if isinstance(term, Formatted):
        return list(term.parts) if not any(isinstance(part, Formatted) for part in term.parts) else []
    if isinstance(term, Binary) and term.operator == "%" and (template := string(term.left)) is not None:
        values = term.right.items if isinstance(term.right, Sequence) else (term.right,)
        return _filled(PLACEHOLDER.split(template)[::2], values)
    if isinstance(term, Binary) and term.operator == "+":
        sides = [_pieces(side) or [side] for side in (term.left, term.right)]
        return [*sides[0], *sides[1]]
    return _of_call(term) if isinstance(term, Call) else None


def _of_call(term: Call) -> list[Expression] | None:
    values = [argument.value for argument in term.arguments]
    if term.function == Name("builtins.str") and len(values) == 1:
        return values
    if not isinstance(term.function, Attribute) or (text := string(term.function.base)) is None:
        return None
    if term.function.name == "join" and len(values) == 1 and isinstance(values[0], Sequence):
        items = values[0].items
        return _filled(["", *[text] * (len(items) - 1), ""], items)
    if term.function.name == "format" and not any(argument.keyword or argument.star for argument in term.arguments):
        try:
            return _filled(list(_literals(text)), values)
        except ValueError:  # no template
            return None
    return None


def _literals(template: str) -> Iterator[str]:
    """The texts around the `{}` of a template; more of them where one is not plain."""
    fields = 0
    for literal, name, spec, conversion in Formatter().parse(template):
        yield literal
        fields += name is not None
        if name or spec or conversion:
            yield ""
    if template.endswith("}") or not template:
        yield ""


def _filled(literals: list[str], values: Iterable[Expression]) -> list[Expression]:
    """Literals with the values between them; nothing where their numbers do not fit."""
    given = list(values)
    if len(literals) != len(given) + 1:
        return []
    mixed = [part for literal, value in zip(literals, given) for part in (constant(literal), value)]
    return [part for part in [*mixed, constant(literals[-1])] if part != constant("")]
