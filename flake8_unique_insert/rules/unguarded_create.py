"""UQI101: `create()` on a model with a unique key that nothing guards."""

from __future__ import annotations

from flake8_unique_insert.rules.rule import Rule
from flake8_unique_insert.rules.wording import among_text, call_text, keys_text
from flake8_unique_insert.sites.site import InsertSite


def judge(site: InsertSite) -> str | None:
    """Report creates, also on related managers, custom managers and querysets."""
    if site.kind != "insert" or not site.unguarded or site.is_checked:
        return None
    check = f"check with filter(...).exists(){among_text(site) or ', use get_or_create()'}"
    return f"{call_text(site)} can violate {keys_text(site.unguarded)}: {check} or catch IntegrityError"


RULE = Rule("UQI101", "unguarded-create", judge)
