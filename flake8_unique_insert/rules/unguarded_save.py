"""UQI102: `save()` of an instance that is new on some path, with a unique key that nothing guards."""

from __future__ import annotations

from flake8_unique_insert.rules.rule import Rule
from flake8_unique_insert.rules.wording import among_text, call_text, keys_text
from flake8_unique_insert.sites.site import InsertSite


def judge(site: InsertSite) -> str | None:
    """Report saves of new instances and of copies."""
    if site.kind != "save" or not site.unguarded or site.is_checked:
        return None
    check = f"check with filter(...).exists(){among_text(site) or ', call full_clean()'}"
    return (
        f"{call_text(site)} of a new instance can violate {keys_text(site.unguarded)}: {check} or catch IntegrityError"
    )


RULE = Rule("UQI102", "unguarded-save", judge)
