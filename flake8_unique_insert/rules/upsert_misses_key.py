"""UQI105: `get_or_create()` or `update_or_create()` whose lookup does not find the row it can collide with."""

from __future__ import annotations

from flake8_unique_insert.evaluate.rows.lookups import EVERYTHING
from flake8_unique_insert.rules.rule import Rule
from flake8_unique_insert.rules.wording import call_text, keys_text
from flake8_unique_insert.sites.site import InsertSite


def judge(site: InsertSite) -> str | None:
    """Report upserts that look up other fields, or more fields, than a key has."""
    if site.kind != "upsert" or not site.unguarded:
        return None
    how = "with a manager that hides none, " if _hides_rows(site) else ""
    if all(key.table for key in site.unguarded):
        how = "through the model that the key is inherited from, "
    return (
        f"{call_text(site)} does not look rows up by {keys_text(site.unguarded)} alone and can still violate it: "
        f"look them up {how}by the key's fields only, and put the others in defaults, or catch IntegrityError"
    )


def _hides_rows(site: InsertSite) -> bool:
    """True where the lookup asks for the keys' fields only, and so does not find the rows that its manager hides."""
    write = site.write
    fields = [write.model.field(name.partition("__")[0]) for name, _ in write.lookup.values] if write.lookup else []
    looked_up = {field.name if field is not None else "" for field in fields}
    is_restricted = write.rows is not None and write.rows.is_manager and write.rows.alternatives != EVERYTHING
    return site.hidden or (is_restricted and all(looked_up <= set(key.members) for key in site.unguarded))


RULE = Rule("UQI105", "upsert-misses-key", judge)
