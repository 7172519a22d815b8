"""Packages that keep trees in tables (django-treebeard, django-mptt): what reads rows, and what inserts them."""

from __future__ import annotations

from flake8_unique_insert import django_names
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.rows import inserts
from flake8_unique_insert.evaluate.rows.lookups import unknown_condition
from flake8_unique_insert.evaluate.rows.verbs import adds_to_tree
from flake8_unique_insert.evaluate.states.facts import added
from flake8_unique_insert.schema import ClassSymbol, Model
from flake8_unique_insert.syntax.expressions import Call, Expression
from flake8_unique_insert.values import Arguments, Function, Instance, Result, Rows, Value, result


def insert(ev: Evaluator, node: Call, function: Result, arguments: Arguments) -> Result | None:
    """`parent.add_child(instance=row)` inserts a row that is not there yet; None for other calls."""
    if not adds_to_tree(node) or any(_is_own(ev, option.value) for option in function.options):
        return None
    row = next(value for argument, value in zip(*arguments) if argument.keyword == "instance")
    options = [(option.value, option.facts) for option in row.options if isinstance(option.value, Instance)]
    if len(options) < len(row.options):
        return None
    for instance, facts in options:
        inserts.save(ev, instance, added(ev.state.facts, facts), node, ((), []))
    return row


def _is_own(ev: Evaluator, value: Value) -> bool:
    return isinstance(value, Function) and ev.analysis.functions.is_own(value.symbol.module)


def rows(ev: Evaluator, model: Model, name: str, term: Expression) -> Result | None:
    """`node.get_children()` and the like of the packages that keep trees in tables."""
    if name not in django_names.TREE_ROWS or not isinstance(model.symbol, ClassSymbol):
        return None
    if not any(base.startswith(django_names.TREE_PACKAGES) for base in ev.analysis.lookup.bases(model.symbol)):
        return None
    return result(Rows(term, model, frozenset([frozenset([unknown_condition(term)])])))
