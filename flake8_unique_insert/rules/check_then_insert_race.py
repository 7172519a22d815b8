"""UQI301: a key is guarded only by a lookup or validation, so that a concurrent request can insert in between."""

from __future__ import annotations

from flake8_unique_insert.rules.rule import Rule
from flake8_unique_insert.rules.wording import call_text, keys_text
from flake8_unique_insert.sites.site import InsertSite

RACY = frozenset({"checked", "validated"})


def judge(site: InsertSite) -> str | None:
    """Report what UQI101 to UQI104 pass because of a check or a validation alone."""
    keys = tuple(key for key, verdict in site.verdicts.items() if verdict in RACY)
    if site.unguarded or not keys:
        return None
    return (
        f"{call_text(site)} relies on a check of {keys_text(keys)}; a concurrent request can insert in between: "
        "catch IntegrityError, use get_or_create() or lock a parent row with select_for_update()"
    )




RULE = Rule("UQI301", "check-then-insert-race", judge)
