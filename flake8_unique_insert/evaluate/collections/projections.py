"""What is read from every element of a collection, `[row["email"] for row in rows]`, and whether it differs.

A *projection* is the term for that: what is read from one element, with `each_of(rows)` for the element.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flake8_unique_insert.evaluate.collections.apart import RowFields, names_read
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.states.facts import EACH
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.evaluate.states.terms import is_folded, unfolded
from flake8_unique_insert.facts import Different
from flake8_unique_insert.syntax.expressions import Attribute, Call, Comparison, Comprehension, Expression, Name, Symbol
from flake8_unique_insert.syntax.replacement import replaced
from flake8_unique_insert.values import Elements, Result

SETS = (Name("set"), Name("frozenset"))


def each_of(collection: Expression) -> Attribute:
    """The term for any element of a collection."""
    return Attribute(collection, EACH)


def note(ev: Evaluator, made: Expression, node: Comprehension, source: Result, each: Result, read: Result) -> None:
    """Note what a comprehension reads from all elements of its source. made: its term. each: an element."""
    if len(node.clauses) == 1 and not node.clauses[0].conditions and each.term in read.term.walk():
        ev.analysis.projections[made] = replaced(read.term, {each.term: each_of(source.term)})


def read_of_one(
    ev: Evaluator, asked: Expression, listed: Sequence[Expression], element: Expression
) -> Expression | None:
    """What is read from one element of these collections, where that of all of them was asked for; else None."""
    projection = ev.analysis.projections.get(asked)
    source = _source(projection) if projection is not None else None
    if projection is None or source is None or source not in listed:
        return None
    return replaced(projection, {each_of(source): element})


def told_apart(ev: Evaluator, listed: Sequence[Expression], node: object) -> Symbol | None:
    """The symbol for an element of these collections, where something in all elements is known to differ."""
    told = [fact.term for fact in ev.state.facts if isinstance(fact, Different) and _source(fact.term) in listed]
    if not told:
        return None
    symbol = ev.symbol("distinct", node, "different")
    names = {frozenset(_names(term, symbol)) for term in told} - {frozenset()}
    ev.analysis.rows[symbol] = RowFields(None, frozenset(names))
    return symbol if names else None


def _names(projection: Expression, symbol: Symbol) -> Iterator[str]:
    """What a projection reads from an element, which goes by this symbol, see `names_read`."""
    source = _source(projection)
    read = replaced(projection, {each_of(source): symbol}) if source is not None else projection
    return names_read(unfolded(read) if is_folded(read) else read, symbol)


def split_by_length(ev: Evaluator, test: Comparison) -> tuple[State, State] | None:
    """The states of `len(names) == len(set(names))`, `!=`, `<` or `>`: where the lengths are equal no two names are.

    None for any other test.
    """
    left, right = (_counted(ev, side) for side in (test.left, test.right))
    if left is None or right is None or _source(left[0]) != _source(right[0]) or left[1] is right[1]:
        return None
    fewer = "<" if left[1] else ">"
    alike, others = ev.state.copy(), ev.state.copy()
    alike.learn([Different(left[0] if left[1] else right[0])])
    if test.operator == "==":
        return alike, others
    return (others, alike) if test.operator in ("!=", fewer) else None


def _counted(ev: Evaluator, side: Expression) -> tuple[Expression, bool] | None:
    """Of `len(x)` the projection that the elements of x are, and whether x is a set; None for anything else."""
    if not isinstance(side, Call) or side.function != Name("len") or len(side.arguments) != 1:
        return None
    found = ev.evaluate(side.arguments[0].value)
    term, is_set = found.term, isinstance(found.value, Elements) and found.value.distinct
    if isinstance(term, Call) and term.function in SETS:
        term, is_set = term.arguments[0].value, True
    return ev.analysis.projections.get(term, each_of(term)), is_set


def _source(projection: Expression) -> Expression | None:
    """The collection that a projection reads."""
    found = (part.base for part in projection.walk() if isinstance(part, Attribute) and part.name == EACH)
    return next(found, None)
