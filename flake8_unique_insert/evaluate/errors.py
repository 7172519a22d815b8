"""Exceptions: what a handler catches, and what may raise it."""

from __future__ import annotations

import builtins

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import Unreachable
from flake8_unique_insert.flow.graph import Block, Raise
from flake8_unique_insert.schema import ClassSymbol
from flake8_unique_insert.syntax.expressions import Attribute, Binary, Call, Expression, Sequence, dotted
from flake8_unique_insert.values import ErrorClass, Items, Result, SymbolValue, unknown

RELATED = "RelatedObjectDoesNotExist"
"""What the other end of a one-to-one relation raises where there is none; it is an AttributeError, too."""
CAUGHT_BY = {
    "DoesNotExist": ("DoesNotExist", "ObjectDoesNotExist"),
    RELATED: (RELATED, "DoesNotExist", "ObjectDoesNotExist", "AttributeError"),
    "IndexError": ("IndexError", "LookupError"),
    "KeyError": ("KeyError", "LookupError"),
    "Http404": ("Http404",),
}


def may_raise(ev: Evaluator, block: Block, names: list[tuple[str, str]]) -> bool:
    """False when a block certainly raises none of these: exceptions of the project come from its own code only."""
    raising = [action.value for action in block.actions if isinstance(action, Raise)]
    if raising:
        return all(value is None or _may_be(ev, value, names) for value in raising)
    if ev.calls_unknown:
        return True
    return not all(is_own(ev, name) for name, table in names if not table) or any(table for _, table in names)


def is_own(ev: Evaluator, name: str) -> bool:
    """True for an exception class that the project defines."""
    return "." in name and ev.analysis.functions.is_own(name.rpartition(".")[0])


def _may_be(ev: Evaluator, raised: Expression, names: list[tuple[str, str]]) -> bool:
    """False when a raised exception certainly is none of these."""
    known = error_names(ev, raised.function if isinstance(raised, Call) else raised)
    if not known or len(known) != 1 or not known[0][0]:
        return True
    wanted = {name.rsplit(".", 1)[-1] for name in names_of(names)}
    return bool(wanted & ancestors(ev, known[0][0])) or "" in wanted


def ancestors(ev: Evaluator, name: str) -> set[str]:
    """The last names of an exception class and all its known bases."""
    module, _, qualname = name.rpartition(".")
    plain = getattr(builtins, qualname, None)
    if module in ("", "builtins") and isinstance(plain, type):
        return {base.__name__ for base in plain.__mro__}
    bases = ev.analysis.lookup.bases(ClassSymbol(module, qualname)) if ev.analysis.functions.is_own(module) else (name,)
    found = {base.rsplit(".", 1)[-1] for base in bases}
    for base in list(found):
        above = getattr(builtins, base, None)
        found |= (
            {item.__name__ for item in above.__mro__} if isinstance(above, type) else {"Exception", "BaseException"}
        )
    return found


def error_names(ev: Evaluator, types: Expression | None) -> list[tuple[str, str]] | None:
    """What a handler catches, as (dotted name, table); None for everything."""
    if types is None:
        return None
    found = quietly(ev, types)
    return list(_names(found)) if found is not None else []


def quietly(ev: Evaluator, expression: Expression) -> Result | None:
    """The value of an expression, without its effects; None where it has none."""
    recording, ev.analysis.recording = ev.analysis.recording, False
    saved_state, saved_raised = ev.state, list(ev.raised)
    ev.state = saved_state.copy()
    try:
        return ev.evaluate(expression)
    except Unreachable:
        return None
    finally:
        ev.analysis.recording = recording
        ev.state, ev.raised = saved_state, saved_raised


def _names(value: Result) -> list[tuple[str, str]]:
    inner = value.value
    if isinstance(inner, Items):
        return [name for item in inner.items for name in _names(item)]
    if isinstance(inner, ErrorClass):
        return [(inner.name, inner.table)]
    if isinstance(inner, SymbolValue):
        return [(inner.symbol.dotted, "")]
    term = value.term
    if isinstance(term, Binary) and term.operator == "+":
        return _names(unknown(term.left)) + _names(unknown(term.right))
    if isinstance(term, Sequence):
        return [name for item in term.items for name in _names(unknown(item))]
    if isinstance(term, Attribute):
        return [(dotted(term) or term.name, "")]
    return [(dotted(term) or "", "")]


def names_of_result(value: Result) -> set[str]:
    """The dotted names of the exception classes that a value stands for."""
    return names_of(_names(value))


def names_of(names: list[tuple[str, str]]) -> set[str]:
    """The dotted names alone."""
    return {name for name, _ in names}


def raised_by(ev: Evaluator, value: Expression) -> list[tuple[str, str]]:
    """The class that `raise value` raises an instance of, under the name of a lookup's error where it is one."""
    known = error_names(ev, value.function if isinstance(value, Call) else value) or []
    last = [name.rsplit(".", 1)[-1] for name, _ in known]
    return [(short if short in CAUGHT_BY else name, table) for short, (name, table) in zip(last, known) if name]


def catches(ev: Evaluator, names: list[tuple[str, str]], error: str, table: str) -> bool:
    """True when a handler of these names catches an error."""
    accepted = CAUGHT_BY.get(error) or ancestors(ev, error)
    return any(
        name.rsplit(".", 1)[-1] in accepted and (not caught_table or not table or caught_table == table)
        for name, caught_table in names
    )
