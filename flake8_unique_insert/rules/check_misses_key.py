"""UQI201: a lookup on the same model stands before the insert, but does not protect this key."""

from __future__ import annotations

from flake8_unique_insert.rules.rule import Rule
from flake8_unique_insert.rules.wording import among_text, call_text, keys_text
from flake8_unique_insert.sites.site import InsertSite


def judge(site: InsertSite) -> str | None:
    """Report instead of 101 to 104: other or extra fields, another value, an ignored result, a stale check."""
    kinds = ("insert", "save", "bulk_create", "update", "bulk_update")
    if site.kind not in kinds or not site.unguarded or not site.is_checked:
        return None
    return (
        f"{call_text(site)} is not protected by the lookup before it, which does not rule out a row with the same "
        f"{keys_text(site.unguarded)} on every path: "
        f"look up exactly the key's fields and the value that is written{among_text(site)}"
    )


RULE = Rule("UQI201", "check-misses-key", judge)
