"""UQI202: IntegrityError is caught inside the transaction that it has broken."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_unique_insert.evaluate.rows.inserts import is_true
from flake8_unique_insert.evaluate.rows.verbs import QUIET
from flake8_unique_insert.evaluate.rows.writes import Protection, Write
from flake8_unique_insert.flow.graph import WithRegion
from flake8_unique_insert.rules.rule import Rule
from flake8_unique_insert.rules.wording import call_text
from flake8_unique_insert.sites.site import InsertSite
from flake8_unique_insert.syntax.expressions import FALSE, TRUE, Attribute, Call, Comprehension, Expression, called_name
from flake8_unique_insert.syntax.statements import Assign, Expr, Raise, Return, Statement, Suite, Try, With, inside

OWN_SAVEPOINT = frozenset({"upsert"})
QUERY_VERBS = frozenset(
    [
        "get",
        "filter",
        "exists",
        "first",
        "last",
        "count",
        "create",
        "save",
        "update",
        "delete",
        "all",
        "get_or_create",
        "update_or_create",
        "bulk_create",
        "acreate",
        "asave",
        "aget",
        "refresh_from_db",
        "add",
        "remove",
        "set",
    ]
)

READ_VERBS = frozenset(
    [
        "get",
        "filter",
        "exclude",
        "exists",
        "first",
        "last",
        "count",
        "all",
        "get_object_or_404",
        "full_clean",
        "clean",
        "is_valid",
    ]
)
"""Methods that ask the database at most."""


def judge(site: InsertSite) -> str | None:
    """Report a handler of IntegrityError with an `atomic()` around it and no savepoint between `try` and write.

    Oracle D40 to D57, D77. Upserts make a savepoint of their own (D59, D60).
    """
    write = site.write
    if write.kind in OWN_SAVEPOINT or write.kind == "unchanged" or is_true(write.options.get("ignore_conflicts")):
        return None
    if "handled" not in site.guarded_by:
        return None  # no key of the row is written: the handler is there for something else
    place = _handler(write)
    if place is None:
        return None
    handler = write.protections[place]
    inside, outside = write.protections[place + 1 :], write.protections[:place]
    if any(item.kind == "atomic" and item.savepoint for item in inside):
        return None
    around = [item for item in outside if item.kind == "atomic"]
    if not around or _gives_up(handler) or _stands_alone(around[-1], handler, write):
        return None
    return (
        f"{call_text(site)} fails inside a transaction that is then broken: IntegrityError is caught inside atomic() "
        "without a savepoint, so every later query raises and earlier writes are lost: wrap the write in its own "
        "'with transaction.atomic()' inside the try"
    )


def _handler(write: Write) -> int | None:
    """The innermost handler that catches IntegrityError."""
    for place in reversed(range(len(write.protections))):
        item = write.protections[place]
        if item.kind == "handler" and item.catches and not item.raises_again:
            return place
    return None


def _gives_up(protection: Protection) -> bool:
    """True when the handler always raises, marks the transaction for rollback, or rolls back to its own savepoint."""
    return bool(protection.handlers) and all(
        handler.always_reraises or _rolls_back(tuple(_calls(handler.body))) for handler in protection.handlers
    )


def _calls(suite: Suite) -> Iterator[tuple[str, Expression | None]]:
    """The names of the methods that are called, in order, each with its first argument."""
    for call in inside(suite, Call):
        if isinstance(call.function, Attribute):
            yield call.function.name, call.arguments[0].value if call.arguments else None


def _rolls_back(calls: tuple[tuple[str, Expression | None], ...]) -> bool:
    """`set_rollback(True)`, or `set_rollback(False)` and then, not before, `savepoint_rollback(...)` (D55, D76)."""
    if ("set_rollback", TRUE) in calls:
        return True
    if ("set_rollback", FALSE) not in calls:
        return False
    later = calls[calls.index(("set_rollback", FALSE)) :]
    return any(name == "savepoint_rollback" for name, _ in later)


def _stands_alone(atomic: Protection, handler: Protection, write: Write) -> bool:
    """True when nothing is lost with the atomic block (oracle D47).

    Nothing may have been written in it before, and no query is made once the handler has run.
    """
    region, own = atomic.region, handler.region
    body = region.body if isinstance(region, WithRegion) else ()
    suppressed = own.body if isinstance(own, WithRegion) else None
    if body == suppressed:  # `with atomic(), suppress(IntegrityError):`
        return any(_makes(item, write) for item in body) and _only_reads(body, write)
    for place, statement in enumerate(body):
        if not isinstance(statement, (Try, With)) or (isinstance(statement, With) and statement.body != suppressed):
            continue
        if any(_makes(item, write) for item in statement.body):
            leaves = bool(handler.handlers) and all(_leaves(item.body) for item in handler.handlers)
            final = statement.finalbody if isinstance(statement, Try) else ()
            after = (*final, *(() if leaves else body[place + 1 :]))
            return (
                _only_reads((*body[:place], *statement.body), write)
                and not any(_queries(item.body) for item in handler.handlers)
                and all(_is_quiet(call) for call in inside(after, Call))
            )
    return False


def _only_reads(body: Suite, write: Write) -> bool:
    """True for statements that write nothing else."""
    others = (call for call in inside(body, Call) if call.node is not write.call.node)
    return all(_is_quiet(call) or called_name(call) in READ_VERBS for call in others)


def _makes(statement: Statement, write: Write) -> bool:
    """True for a statement that makes the write, and makes it once."""
    value = statement.value if isinstance(statement, (Expr, Assign, Return)) else None
    parts = list(value.walk()) if value is not None else []
    is_there = any(isinstance(part, Call) and part.node is write.call.node for part in parts)
    return is_there and not any(isinstance(part, Comprehension) for part in parts)


def _leaves(suite: Suite) -> bool:
    """True when a suite ends with `return` or `raise`."""
    return bool(suite) and isinstance(suite[-1], (Return, Raise))


def _is_quiet(call: Call) -> bool:
    """True for a call that certainly asks nothing of the database; a class is called to make an object."""
    name = called_name(call)
    return name in QUIET or name[:1].isupper()


def _queries(suite: Suite) -> bool:
    return any(name in QUERY_VERBS for name, _ in _calls(suite))


RULE = Rule("UQI202", "integrity-error-inside-atomic", judge)
