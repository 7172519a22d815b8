"""UQI104: a field of a unique key is changed on rows that exist, and nothing guards it."""

from __future__ import annotations

from flake8_unique_insert.rules.rule import Rule
from flake8_unique_insert.rules.wording import among_text, call_text, keys_text
from flake8_unique_insert.sites.site import InsertSite


def judge(site: InsertSite) -> str | None:
    """Report `obj.key = x; obj.save()`, `update(key=x)` and `bulk_update(..., ["key"])`."""
    if site.kind not in ("update", "bulk_update") or not site.unguarded or site.is_checked:
        return None
    return (
        f"{call_text(site)} changes {keys_text(site.unguarded)}: "
        f"check that no other row has the new value{among_text(site)}, or catch IntegrityError"
    )


RULE = Rule("UQI104", "unguarded-key-change", judge)
