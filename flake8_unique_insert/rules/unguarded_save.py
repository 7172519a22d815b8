"""UQI102: `save()` of an instance that is new on some path, with a unique key that nothing guards."""

from __future__ import annotations

from flake8_unique_insert.rules.rule import Rule
from flake8_unique_insert.rules.wording import call_text, keys_text
from flake8_unique_insert.sites.site import InsertSite


def judge(site: InsertSite) -> str | None:
    """Report saves of new instances and of copies."""
    if site.kind != "save" or not site.unguarded or site.is_checked:
        return None
    return (
        f"{call_text(site)} of a new instance can violate {keys_text(site.unguarded)}: "
        "check with filter(...).exists(), call full_clean() or catch IntegrityError"
    )


RULE = Rule("UQI102", "unguarded-save", judge)
