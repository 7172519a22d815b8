"""UQI103: `bulk_create()` on a model with a unique key that nothing guards."""

from __future__ import annotations

from flake8_unique_insert.rules.rule import Rule
from flake8_unique_insert.rules.wording import call_text, keys_text
from flake8_unique_insert.sites.site import InsertSite


def judge(site: InsertSite) -> str | None:
    """Report batches, where one duplicate loses all rows."""
    if site.kind != "bulk_create" or not site.unguarded or site.is_checked:
        return None
    return (
        f"{call_text(site)} can violate {keys_text(site.unguarded)}: "
        "pass ignore_conflicts=True or update_conflicts=True with unique_fields, or catch IntegrityError"
    )


RULE = Rule("UQI103", "unguarded-bulk-create", judge)
