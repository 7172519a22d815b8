"""UQI202: IntegrityError is caught inside the transaction that it has broken."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from flake8_unique_insert.evaluate.inserts import is_true
from flake8_unique_insert.evaluate.writes import Protection, Write
from flake8_unique_insert.flow.graph import WithRegion
from flake8_unique_insert.rules.rule import Rule
from flake8_unique_insert.rules.wording import call_text
from flake8_unique_insert.sites.site import InsertSite

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
    if not around or _gives_up(handler) or _stands_alone(around[-1], handler):
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
        if item.kind == "handler" and item.catches and not item.only_reraises:
            return place
    return None


def _gives_up(protection: Protection) -> bool:
    """True when the handler always raises, marks the transaction for rollback, or rolls back to its own savepoint."""
    return bool(protection.handlers) and all(
        handler.always_reraises or _rolls_back(tuple(_calls(handler.body))) for handler in protection.handlers
    )


def _calls(node: cst.CSTNode) -> Iterator[tuple[str, str]]:
    """The names of the methods that are called, in order, each with its first argument where that is a name."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        first = node.args[0].value if node.args else None
        yield node.func.attr.value, first.value if isinstance(first, cst.Name) else ""
    for child in node.children:
        yield from _calls(child)


def _rolls_back(calls: tuple[tuple[str, str], ...]) -> bool:
    """`set_rollback(True)`, or `set_rollback(False)` and then, not before, `savepoint_rollback(...)` (D55, D76)."""
    if ("set_rollback", "True") in calls:
        return True
    if ("set_rollback", "False") not in calls:
        return False
    later = calls[calls.index(("set_rollback", "False")) :]
    return any(name == "savepoint_rollback" for name, _ in later)


def _stands_alone(atomic: Protection, handler: Protection) -> bool:
    """True when nothing but the `try` happens in the atomic block, and its handler makes no query (oracle D47)."""
    region = atomic.region
    if not isinstance(region, WithRegion) or len(region.node.body.body) != 1:
        return False
    statement = region.node.body.body[0]
    if not isinstance(statement, (cst.Try, cst.TryStar)) or statement.orelse or statement.finalbody:
        return False
    if len(statement.body.body) != 1:
        return False
    return not any(_queries(item.body) for item in handler.handlers)


def _queries(node: cst.CSTNode) -> bool:
    return any(name in QUERY_VERBS for name, _ in _calls(node))


RULE = Rule("UQI202", "integrity-error-inside-atomic", judge)
