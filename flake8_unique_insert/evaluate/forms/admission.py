"""What lets a request in to a class-based view: its `test_func()`, and DRF's permissions; both may look for rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from flake8_unique_insert.evaluate.branching.truth import by_truth
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms.own_methods import follow, own_method
from flake8_unique_insert.evaluate.globals import evaluate_elsewhere
from flake8_unique_insert.evaluate.objects import attributes
from flake8_unique_insert.schema import ClassSymbol
from flake8_unique_insert.syntax.expressions import Argument, Attribute
from flake8_unique_insert.syntax.summary import Assignment
from flake8_unique_insert.values import Function, Items, Object, Result, SymbolValue, Value, result

LOOKS_UP = re.compile(r"\.(exists|first|last|count|filter|get)\(")


def admit(ev: Evaluator, view: Object) -> None:
    """Learn what holds once the tests of a view's own project have let the request in."""
    for test, values in _tests(ev, view):
        if LOOKS_UP.search(ev.analysis.lookup.function_source(test.symbol)) is None:
            continue
        call = ev.analysis.implied_call(test.symbol.dotted, test.term)
        answer = follow(ev, test, call, (tuple(Argument(value.term) for value in values), values))
        passed, _ = by_truth(ev, answer, None) if answer is not None else (None, None)
        ev.state = passed or ev.state


def _tests(ev: Evaluator, view: Object) -> Iterator[tuple[Function, list[Result]]]:
    """The methods that are asked, and what they are given besides `self`."""
    bases = ev.analysis.lookup.bases(view.symbol)
    test = own_method(ev, view.symbol, "test_func")
    if test is not None and any(base.endswith(".UserPassesTestMixin") for base in bases):
        yield replace(test, receiver=view), []
    request = attributes.read(ev, result(view), "request", Attribute(view.term, "request"))
    for value in _permissions(ev, view):
        symbol = value.symbol if isinstance(value, SymbolValue) else None
        asked = own_method(ev, symbol, "has_permission") if isinstance(symbol, ClassSymbol) else None
        if asked is not None and isinstance(symbol, ClassSymbol):
            yield replace(asked, receiver=Object(value.term, symbol)), [request, result(view)]


def _permissions(ev: Evaluator, view: Object) -> list[Value]:
    """The classes of `permission_classes`, where the project states them and does not choose among them."""
    lookup = ev.analysis.lookup
    stated, chosen = (lookup.class_member(view.symbol, name) for name in ("permission_classes", "get_permissions"))
    listed = stated.definition if stated is not None else None
    is_own = ev.analysis.functions.is_own
    if stated is None or not isinstance(listed, Assignment) or listed.value is None or not is_own(stated.owner.module):
        return []
    if chosen is not None and is_own(chosen.owner.module):
        return []
    found = evaluate_elsewhere(ev, stated.owner.module, listed.value, stated.owner)
    items = found.value.items if found is not None and isinstance(found.value, Items) else ()
    return [item.value for item in items]
