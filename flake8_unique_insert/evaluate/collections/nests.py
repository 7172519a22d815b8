"""Nested loops that fill one collection: an element is told apart from the others by what all of them bind."""

from __future__ import annotations

from collections.abc import Container, Iterable

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.states.terms import symbols
from flake8_unique_insert.syntax.expressions import Expression, Name, Symbol
from flake8_unique_insert.values import Nest

PLAIN = frozenset({"param", "distinct", "item", "element"})
"""Kinds of symbols that do not change from one round of an inner loop to the next."""


def around(ev: Evaluator, depth: int) -> frozenset[Nest]:
    """The nest of loops around, without the outermost ones that stood around the collection, too."""
    found = []
    for loop in ev.loops[depth:]:
        iterable = ev.state.names.get(loop.iterable.id) if isinstance(loop.iterable, Name) else None
        if iterable is not None:
            found.append((iterable.term, ev.analysis.variables.get(id(loop), frozenset())))
    return independent(found)


def independent(loops: list[tuple[Expression, frozenset[Symbol]]]) -> frozenset[Nest]:
    """The nest of (iterable, variables), outermost first; none of fewer than two.

    A loop over what belongs to an outer loop's element is taken to see each thing once.
    """
    nest: list[frozenset[Symbol]] = []
    asked: frozenset[Symbol] = frozenset()
    for iterable, variables in reversed(loops):
        if variables and not variables & asked:
            nest.append(variables)
        asked |= symbols(iterable)
    return frozenset([frozenset(nest)]) if len(nest) > 1 else frozenset()


def spanned(nests: frozenset[Nest], each: Iterable[Symbol], kinds: Container[str] = PLAIN) -> bool:
    """True when values that depend on these symbols have something of each loop of a nest. kinds: what counts."""
    given = frozenset(each)
    if any(symbol.kind not in PLAIN for symbol in given):
        return True
    counted = frozenset(symbol for symbol in given if symbol.kind in kinds)
    return all(all(counted & loop for loop in nest) for nest in nests if any(given & loop for loop in nest))
