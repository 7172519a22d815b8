"""What is picked at random: one element may well be in the database by now, a text of many of them is not."""

from __future__ import annotations

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.syntax.expressions import Binary, Call, Expression, Formatted, Symbol, called_name
from flake8_unique_insert.values import Elements, Result, Value, result, unknown

MANY = 4
"""How many elements make a random text."""
KIND = "picked"
"""The kind of the symbol for an element that was picked: `choice(letters)`, `letters[randrange(26)]`."""


def picked(ev: Evaluator, node: Call) -> Result | None:
    """`choice(letters)`, `choices(letters, k=8)` and `sample(letters, 8)` of a random source; None for other calls."""
    name = called_name(node)
    element = unknown(ev.symbol(KIND, node))
    if name == "choice":
        return element
    return result(Elements(ev.symbol("picks", node), element)) if name in ("choices", "sample") else None


def are_picked(value: Value) -> bool:
    """True for a collection of what was picked, or of what was made from it."""
    return isinstance(value, Elements) and all(_count(option.value.term) for option in value.element.options)


def are_many(term: Expression) -> bool:
    """True for a text that is put together of so many elements that it is a random one."""
    is_text = (
        called_name(term) in ("format", "join") if isinstance(term, Call) else isinstance(term, (Binary, Formatted))
    )
    return is_text and _count(term) >= MANY


def grows(term: Expression, is_made: bool) -> bool:
    """True for `code + choice(letters)` where `code` is what an earlier round made. is_made: one of both is new."""
    if not isinstance(term, Binary) or term.operator != "+" or not isinstance(term.left, Symbol):
        return False
    return term.left.kind in ("join", "stale") and (is_made or _count(term.right) > 0)


def _count(term: Expression) -> int:
    return sum(symbol.kind == KIND for symbol in term.symbols)
