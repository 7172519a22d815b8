"""`transaction.on_commit(hook)`: the hook runs where the outermost transaction ends (oracle D65 to D69)."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

from flake8_unique_insert.evaluate.calls.protections import dotted_name
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import Unreachable
from flake8_unique_insert.evaluate.rows.writes import Protection
from flake8_unique_insert.syntax.expressions import (
    NONE,
    TRUE,
    Call,
    Expression,
    Lambda,
    called_name,
    keyword,
)
from flake8_unique_insert.values import Known, Result, result

ON_COMMIT = "django.db.transaction.on_commit"
PARTIAL = "functools.partial"


def register(ev: Evaluator, node: Call) -> Result | None:
    """Evaluate the hook of an `on_commit` for the writes in it; None for any other call."""
    name = called_name(node)
    if name.rpartition(".")[2] != "on_commit" or dotted_name(ev, node) != ON_COMMIT or not node.arguments:
        return None
    before = ev.state, ev.frame, ev.regions, list(ev.raised)
    ev.frame = replace(ev.frame, outer=_where_it_runs(ev, node))
    ev.state, ev.regions = ev.state.copy(), ()
    try:
        ev.evaluate(_run(ev, node))
    except Unreachable:
        pass
    finally:
        ev.state, ev.frame, ev.regions, ev.raised = before
    return result(Known(NONE))


def _where_it_runs(ev: Evaluator, node: Call) -> tuple[Protection, ...]:
    """What protects the hook: all that stands around the outermost transaction; Django logs errors of a robust one."""
    around = tuple(takewhile(lambda protection: protection.kind != "atomic", ev.all_protections()))
    if keyword(node, "robust") == TRUE:
        return (*around, Protection("handler", "on_commit", True, True))
    return around


def _run(ev: Evaluator, node: Call) -> Expression:
    """What happens when the hook is called."""
    hook = node.arguments[0].value
    if isinstance(hook, Lambda):
        return hook.body
    if isinstance(hook, Call) and hook.arguments and dotted_name(ev, hook) == PARTIAL:
        function, *given = hook.arguments
        return ev.analysis.implied_call(id(node.node), function.value, tuple(given), node.node)
    return ev.analysis.implied_call(id(node.node), hook, (), node.node)
