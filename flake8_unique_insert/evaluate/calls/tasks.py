"""Celery: what starting a task returns."""

from __future__ import annotations

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.schema import ExternalSymbol, ValueSymbol
from flake8_unique_insert.syntax.expressions import Call, Expression, dotted
from flake8_unique_insert.values import Bound, Function, Result

STARTING = frozenset({"delay", "apply_async"})
SHARED = frozenset({"celery.shared_task", "celery.app.shared_task"})


def started(ev: Evaluator, method: Bound, node: Call) -> Result | None:
    """`send.delay(...)` of a task of the project: its id is another one each time; None for any other call."""
    task = method.receiver
    if method.name not in STARTING or not isinstance(task, Function):
        return None
    decorators = task.symbol.summary.decorators
    return ev.generated(node) if any(_makes_task(ev, task.symbol.module, item) for item in decorators) else None


def _makes_task(ev: Evaluator, module: str, decorator: Expression) -> bool:
    """True for `shared_task` and `app.task`, where the app is a `Celery(...)`, with and without arguments."""
    path = dotted(decorator.function if isinstance(decorator, Call) else decorator) or ""
    if _external(ev, module, path) in SHARED:
        return True
    base, _, name = path.rpartition(".")
    app = ev.analysis.lookup.resolve(module, base) if name == "task" else None
    made = app.assignments[-1].value if isinstance(app, ValueSymbol) and app.assignments else None
    if not isinstance(app, ValueSymbol) or not isinstance(made, Call):
        return False
    return _external(ev, app.module, dotted(made.function) or "").rpartition(".")[2] == "Celery"


def _external(ev: Evaluator, module: str, path: str) -> str:
    """The dotted name of what is imported from a package, "" for all else."""
    symbol = ev.analysis.lookup.resolve(module, path) if path else None
    return symbol.dotted if isinstance(symbol, ExternalSymbol) else ""
