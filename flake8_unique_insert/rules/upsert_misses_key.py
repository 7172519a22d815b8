"""UQI105: `get_or_create()` or `update_or_create()` whose lookup does not find the row it can collide with."""

from __future__ import annotations

from flake8_unique_insert.rules.rule import Rule
from flake8_unique_insert.rules.wording import call_text, keys_text
from flake8_unique_insert.sites.site import InsertSite


def judge(site: InsertSite) -> str | None:
    """Report upserts that look up other fields, or more fields, than a key has."""
    if site.kind != "upsert" or not site.unguarded:
        return None
    how = "with a manager that hides none, by the key's fields only" if site.hidden else "by the key's fields only"
    return (
        f"{call_text(site)} does not look rows up by {keys_text(site.unguarded)} alone and can still violate it: "
        f"look them up {how}, and put the others in defaults, or catch IntegrityError"
    )


RULE = Rule("UQI105", "upsert-misses-key", judge)
