"""`self.line` in one method of a class, assigned in another: what model it is of.

Nothing tells in which order a framework calls the methods of an object, so any of the values may be there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice

from flake8_unique_insert.evaluate.collections.collected import MAX_OPTIONS
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import Frame, Unreachable
from flake8_unique_insert.evaluate.globals import evaluate_elsewhere
from flake8_unique_insert.evaluate.rows.lookups import EVERYTHING, unknown_condition
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol
from flake8_unique_insert.syntax.expressions import Expression
from flake8_unique_insert.syntax.summary import Assignment, FunctionSummary
from flake8_unique_insert.values import (
    Answer,
    Column,
    Instance,
    ModelClass,
    Object,
    Option,
    Result,
    Rows,
    Value,
    result,
)

MAX_HEIRS = 40


def assigned_in_methods(ev: Evaluator, value: Object, name: str, term: Expression) -> Result | None:
    """`self.name` as the methods of its class assign it; None when none of them tells a model."""
    methods = ev.analysis.lookup.methods_assigning(value.symbol, name)
    assigned = [item for method in methods for item in _assigned_by(ev, method).get(name, ())]
    if assigned and all(map(_is_of_all_rows, assigned)) and len(set(assigned)) == 1:
        return result(replace(assigned[0], term=term)) if _is_kept_up(ev, value.symbol, name) else None
    options: dict[Option, None] = {}
    for item in assigned:
        found = _under(item, term)
        if found is not None:
            options[Option(found)] = None
    return Result(term, tuple(options)[:MAX_OPTIONS]) if options else None


def _is_of_all_rows(value: Value) -> bool:
    """True for the values that all rows of a model had in a field."""
    return isinstance(value, Column) and value.rows.alternatives == EVERYTHING and not value.but


def _is_kept_up(ev: Evaluator, symbol: ClassSymbol, name: str) -> bool:
    """True where a method of a class adds to a collection in one of its attributes."""
    adds = re.compile(rf"\.{re.escape(name)}(?:\[[^\]]+\] *=[^=]|\.(?:add|append|update|setdefault)\()")
    summary = ev.analysis.lookup.class_summary(symbol)
    members = (item for items in summary.members.values() for item in items) if summary is not None else ()
    methods = (item for item in members if isinstance(item, FunctionSummary))
    named = (FunctionSymbol(symbol.module, f"{symbol.qualname}.{item.name}", item) for item in methods)
    return any(adds.search(ev.analysis.lookup.function_source(method)) for method in named)


def stated_by_heirs(ev: Evaluator, value: Object, name: str, term: Expression) -> Result | None:
    """`self.model` that the class leaves to those that inherit from it: what they say; None when they tell no model."""
    options: dict[Option, None] = {}
    for heir in islice(ev.analysis.lookup.heirs(value.symbol), MAX_HEIRS):
        summary = ev.analysis.lookup.class_summary(heir)
        stated = summary.members.get(name, ())[-1:] if summary is not None else ()
        for definition in stated:
            if isinstance(definition, Assignment) and definition.value is not None and definition.is_whole:
                found = evaluate_elsewhere(ev, heir.module, definition.value, heir)
                under = _under(found.value, term) if found is not None else None
                if under is not None:
                    options[Option(under)] = None
    return Result(term, tuple(options)[:MAX_OPTIONS]) if options else None


def note_assignment(ev: Evaluator, name: str, value: Result) -> None:
    """Remember what a method assigns to an attribute of `self`."""
    noted = ev.analysis.assigned
    if noted is None or ev.frame.stack:
        return
    for option in value.options:
        found = option.value
        if isinstance(found, Instance):
            origin = ev.state.objects.get(found.term)
            found = replace(found, traced=found.traced and (origin is None or origin.new is False))
        noted.setdefault(name, {})[found] = None


def _assigned_by(ev: Evaluator, method: FunctionSymbol) -> Mapping[str, Iterable[Value]]:
    """By name the values that a method, of which nothing is known but itself, assigns to attributes of `self`."""
    cache = ev.analysis.attributes
    if method.dotted not in cache and ev.frame.depth <= ev.analysis.depth:
        cache[method.dotted] = {}  # a method that reads what it assigns ends here
        cache[method.dotted] = _run(ev, method)
    return cache.get(method.dotted, {})


def _run(ev: Evaluator, method: FunctionSymbol) -> Mapping[str, Iterable[Value]]:
    analysis = ev.analysis
    code = analysis.functions.code(method)
    graph = analysis.functions.graph(code) if code is not None else None
    if code is None or graph is None:
        return {}
    owner = ClassSymbol(method.module, method.qualname.rpartition(".")[0])
    path = (analysis.point(("attributes", method.dotted)),)
    frame = Frame(method.module, owner, code, path, (), (*ev.frame.following, method.dotted))
    noted: dict[str, dict[Value, None]] = {}
    saved = analysis.recording, analysis.assigned
    analysis.recording, analysis.assigned = False, noted
    try:
        ev.run(frame, graph, ev.entry_state(frame, method.summary))
    except Unreachable:
        pass
    finally:
        analysis.recording, analysis.assigned = saved
    return noted


def _under(value: Value, term: Expression) -> Value | None:
    """What of a value holds in any other method: its model, under the attribute's name; None without one."""
    if isinstance(value, Answer) and value.shape == "row":
        return Instance(term, value.rows.model, optional=True)
    if isinstance(value, (Instance, ModelClass, Object)):
        return replace(value, term=term, optional=True)
    if isinstance(value, Rows):
        unknown_rows = frozenset([frozenset([unknown_condition(term)])])
        return replace(value, term=term, alternatives=unknown_rows, given=())
    return None
