"""Terms: expressions whose names are replaced by symbols."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeGuard

from flake8_unique_insert.syntax.expressions import (
    NONE,
    Attribute,
    Binary,
    Call,
    Constant,
    Expression,
    Formatted,
    Name,
    Subscript,
    Symbol,
    Unsupported,
    called_name,
    constant,
    dotted,
    string,
)

ANY = Symbol("any", 0)
"""A value that may equal any other."""

OTHER = Symbol("other", 0)
"""The value of another round of a loop over elements of which nothing says that they are equal or differ."""

CLOCKS = frozenset({"now", "today", "time", "utcnow", "localtime", "localdate", "time_ns", "date"})
"""What tells the time."""

UPLOADS = frozenset({"FILES", "cleaned_data", "validated_data"})
"""Where the files are that a request brings."""

STR = (Name("str"), Name("builtins.str"))

DUMPS = frozenset({"dict", "model_dump"})
"""Methods that give a schema's fields as a dict, by their names."""

MAX_PARTS = 60

FOLDED_CALLS = frozenset({"lower", "casefold", "upper", "Lower", "Upper"})

CASES = frozenset({"lower", "casefold", "upper", "title", "capitalize", "swapcase"})
"""Methods of texts that change nothing but the case."""

NORMALISING = CASES | {"strip", "lstrip", "rstrip"}
"""Methods of texts that change nothing when they are called once more."""

READING = frozenset({"get", "getattr", "getlist", "input", "next", "pop", "str"})
"""Functions that give a text as it came in."""

FOLDING = frozenset({"iexact", "icontains", "istartswith", "iendswith"})
"""Lookups to which upper and lower case are one."""


def symbols(term: Expression) -> frozenset[Symbol]:
    """All symbols in a term."""
    return term.symbols


def mentions(term: Expression, symbol: Symbol) -> bool:
    """True when a term's value depends on a symbol."""
    return symbol in term.symbols


@lru_cache(maxsize=20_000)
def too_large(term: Expression) -> bool:
    """True for terms that are not worth keeping."""
    return sum(1 for _ in term.walk()) > MAX_PARTS


def normal(term: Expression) -> Expression:
    """One form for all ways of writing the same key value: `x.pk`, `get(pk=x)` → `x`; `d.get("k")` → `d["k"]`.

    What an unknown object has as `x.owner_id` is the row that it has as `x.owner`.
    """
    try:
        return term._normal
    except AttributeError:
        found = term._normal = _normal(term)
        return found


def _normal(term: Expression) -> Expression:
    if isinstance(term, Attribute) and term.name in ("pk", "id"):
        return normal(term.base)
    if isinstance(term, Call) and (key := _looked_up(term)) is not None:
        return normal(key)
    if isinstance(term, Call) and isinstance(term.function, Attribute):
        arguments = term.arguments
        if term.function.name in ("get", "pop") and arguments and string(arguments[0].value) is not None:
            return Subscript(normal(term.function.base), arguments[0].value)
    if isinstance(term, Attribute):
        return Attribute(normal(term.base), term.name.removesuffix("_id") or term.name)
    if isinstance(term, Subscript):
        read = _read_from_dump(term)
        return Subscript(normal(term.base), term.index) if read is None else normal(read)
    return term


def _read_from_dump(term: Subscript) -> Attribute | None:
    """The `payload.name` of `payload.model_dump()["name"]`."""
    name, owner = string(term.index), _dumped(term.base)
    return Attribute(owner, name) if name is not None and owner is not None else None


def _dumped(dump: Expression) -> Expression | None:
    """The x of `x.model_dump()`, `x.__dict__`, `vars(x)`, and of a dict made of these."""
    if isinstance(dump, Attribute):
        return dump.base if dump.name == "__dict__" else None
    if not isinstance(dump, Call):
        return None
    if isinstance(dump.function, Attribute):
        return dump.function.base if dump.function.name in DUMPS else None
    name, plain = called_name(dump), [argument.value for argument in dump.arguments if not argument.star]
    if name not in ("vars", "dict") or len(plain) != 1 or len(dump.arguments) != 1:
        return None
    return plain[0] if name == "vars" else _dumped(plain[0])


def _looked_up(term: Call) -> Expression | None:
    """The x of `rows.get(pk=x)` and `get_object_or_404(rows, pk=x)`: it stands for the row."""
    name = called_name(term)
    named = [argument for argument in term.arguments if argument.keyword is not None or argument.star]
    if name not in ("get", "aget", "get_object_or_404") or len(named) != 1 or named[0].keyword not in ("pk", "id"):
        return None
    key = named[0].value
    return key.arguments[0].value if _is_number(key) and isinstance(key, Call) else key


def _is_number(key: Expression) -> bool:
    """True for `int(x)`, which names the same row as x."""
    return isinstance(key, Call) and key.function == Name("int") and len(key.arguments) == 1


def same(left: Expression, right: Expression) -> bool:
    """True when two terms denote one key value."""
    return left == right or (normal(left) == normal(right) and not _differ_where_missing(left, right))


def _differ_where_missing(left: Expression, right: Expression) -> bool:
    """True for `d.get("k")` and `d.get("k", "x")`: where there is none the one is None, the other "x"."""
    return isinstance(left, Call) and isinstance(right, Call) and _default(left) != _default(right)


def _default(call: Call) -> Expression:
    """The second argument of `d.get("k", "x")`."""
    return call.arguments[1].value if len(call.arguments) == 2 else NONE


def refers_to(term: Expression, row: Expression) -> bool:
    """True when a value is a row, or a text made with its primary key, and so different for each row."""
    return same(term, row) or (is_text(term) and any(_is_key(part) and same(part, row) for part in term.walk()))


def is_message(term: Expression) -> bool:
    """True for an f-string that is certainly not empty."""
    return isinstance(term, Formatted) and any(isinstance(part, Constant) and part.value for part in term.parts)


def is_text(term: Expression) -> bool:
    """True for a string that is put together from others: an f-string, `+`, `%`, `.format()` or `str()`."""
    if isinstance(term, Call) and isinstance(term.function, Attribute):
        return term.function.name == "format"
    return isinstance(term, (Formatted, Binary)) or (isinstance(term, Call) and term.function in STR)


def left_of_cut(term: Expression) -> Expression:
    """Of an f-string that is cut off, `text[:20]`, what is left of it for sure: all up to the first value in it."""
    if not is_cut(term) or not isinstance(term.base, Formatted):
        return term
    parts = term.base.parts
    end = next((place for place, part in enumerate(parts, 1) if not isinstance(part, Constant)), len(parts))
    return Formatted(parts[:end])


def is_cut(term: Expression) -> TypeGuard[Subscript]:
    """True for what is cut off, `text[:20]`."""
    index = term.index if isinstance(term, Subscript) else None
    return isinstance(index, Unsupported) and index.text.startswith("Slice :") and index.text.count(":") == 1


def _is_key(term: Expression) -> bool:
    return isinstance(term, Attribute) and term.name in ("pk", "id")


def differs(left: Expression, right: Expression) -> bool:
    """True when two terms certainly denote different values: two literals."""
    return isinstance(left, Constant) and isinstance(right, Constant) and left.value != right.value


def is_something(term: Expression) -> bool:
    """True for what is certainly not None: a literal, the time and what is computed from other values."""
    if isinstance(term, Call):
        return (dotted(term.function) or "").rsplit(".", 1)[-1] in CLOCKS
    return isinstance(term, Binary) or (isinstance(term, Constant) and term.value is not None)


def is_attribute_of(term: Expression, base: Expression, name: str) -> bool:
    """True when a term reads `base.name`, or something below it."""
    return base.symbols <= term.symbols and any(
        isinstance(part, Attribute) and part.name == name and part.base == base for part in term.walk()
    )


def root(term: Expression) -> Expression:
    """What a chain of attributes, calls and items starts from."""
    while isinstance(term, (Attribute, Call, Subscript)):
        term = term.function if isinstance(term, Call) else term.base
    return term


def is_of_parameter(term: Expression) -> bool:
    """True for a parameter, what is reached from one, and what the `save()` of one, a form perhaps, returned."""
    first = root(term)
    return isinstance(first, Symbol) and first.kind in ("param", "saved")


def is_upload(term: Expression) -> bool:
    """True for a file of a request, or of a form's or serializer's valid input: `request.FILES["scan"]`."""
    return isinstance(term, Subscript) and isinstance(term.base, Attribute) and term.base.name in UPLOADS


def is_folded(term: Expression) -> bool:
    """True for a text in lower, or in upper case."""
    return isinstance(term, Call) and called_name(term) in FOLDED_CALLS


def folded_same(left: Expression, right: Expression) -> bool:
    """True when two terms are equal but for case."""
    return same(unfolded(left), unfolded(right))


def unfolded(term: Expression) -> Expression:
    """The text of `text.lower()`."""
    if isinstance(term, Call) and isinstance(term.function, Attribute) and not term.arguments:
        return term.function.base if term.function.name in CASES else term
    text = string(term)
    return term if text is None else constant(text.lower())


def is_normalised(text: Expression, made: Expression) -> bool:
    """True for `text.strip().lower()`, unless the text itself was stripped and lowered.

    Literals tell what they are; what a function returns that was not followed may be like that.
    """
    if isinstance(text, Constant):
        return False
    steps: set[str] = set()
    while not same(text, made) and (step := _step(made)) is not None:
        steps.add(step[0])
        made = step[1]
    before: set[str] = set()
    rest = text
    while (step := _step(rest)) is not None:
        before.add(step[0])
        rest = step[1]
    is_read = not isinstance(rest, Call) or called_name(rest) in READING
    return same(text, made) and is_read and not steps <= before


def _step(term: Expression) -> tuple[str, Expression] | None:
    """The last method by which a text was normalised, and the text before; None where it was not."""
    if isinstance(term, Call) and isinstance(term.function, Attribute) and term.function.name in NORMALISING:
        return term.function.name, term.function.base
    return None
