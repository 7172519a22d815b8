"""UQI301: a key is guarded only by a lookup or validation, so that a concurrent request can insert in between."""

from __future__ import annotations

from flake8_unique_insert.rules.rule import Rule
from flake8_unique_insert.rules.wording import call_text, keys_text
from flake8_unique_insert.schema import UniqueKey
from flake8_unique_insert.sites.site import InsertSite
from flake8_unique_insert.syntax.expressions import Attribute

RACY = frozenset({"checked", "validated"})


def judge(site: InsertSite) -> str | None:
    """Report what UQI101 to UQI104 pass because of a check or a validation alone."""
    keys = tuple(key for key, verdict in site.verdicts.items() if verdict in RACY and not _is_locked(site, key))
    if site.unguarded or not keys:
        return None
    return (
        f"{call_text(site)} relies on a check of {keys_text(keys)}; a concurrent request can insert in between: "
        "catch IntegrityError, use get_or_create() or lock a parent row with select_for_update()"
    )


def _is_locked(site: InsertSite, key: UniqueKey) -> bool:
    """True when a member of the key is a row that was read with `select_for_update()` (oracle C56)."""
    given = (site.write.values.get(name) for name in key.members)
    parts = (part for value in given if value is not None for part in value.term.walk())
    return any(isinstance(part, Attribute) and part.name == "select_for_update" for part in parts)


RULE = Rule("UQI301", "check-then-insert-race", judge)
