"""How messages name models, keys and calls."""

from __future__ import annotations

from flake8_unique_insert.schema import UniqueKey
from flake8_unique_insert.sites.site import InsertSite
from flake8_unique_insert.syntax.expressions import Attribute


def key_text(key: UniqueKey) -> str:
    """`(email)`, `(owner, slug)`, `(Lower(email))`, with "where ..." for partial keys, and where it is declared."""
    parts = [
        *key.fields,
        *(
            f"{item.function}({', '.join(item.fields)})" if item.function else ", ".join(item.fields)
            for item in key.expressions
        ),
    ]
    partial = " under a condition" if key.condition is not None else ""
    return f"({', '.join(dict.fromkeys(parts))}){partial} [{key.declared}]"


def keys_text(keys: tuple[UniqueKey, ...]) -> str:
    """`unique key (email) [models.py:3]` or `unique keys ... and ...`."""
    texts = [key_text(key) for key in keys]
    if len(texts) == 1:
        return f"unique key {texts[0]}"
    shown = texts if len(texts) <= 3 else [*texts[:2], f"{len(texts) - 2} more"]
    return f"unique keys {', '.join(shown[:-1])} and {shown[-1]}"


def call_text(site: InsertSite) -> str:
    """`Customer.create()`: the model and the method as written."""
    function = site.write.call.function
    name = function.name if isinstance(function, Attribute) else site.write.method
    return f"{site.write.model.name} {name}()"


def among_text(site: InsertSite) -> str:
    """Where to look for a row with a key, if the default manager hides some; nothing otherwise."""
    return " among all rows, also those that the default manager hides" if site.hidden else ""
