"""UQI106: a form or serializer saves a row with a unique key that its validation does not check."""

from __future__ import annotations

from flake8_unique_insert.rules.rule import Rule
from flake8_unique_insert.rules.wording import among_text, call_text, keys_text
from flake8_unique_insert.schema import FormKind
from flake8_unique_insert.sites.site import InsertSite


def judge(site: InsertSite) -> str | None:
    """Report `form.save()`, `serializer.save()`, and `obj.save()` after `form.save(commit=False)`."""
    form = site.write.form
    if form is None or not site.unguarded:
        return None
    name, keys = form.form.symbol.qualname, site.unguarded
    if site.hidden and all(key in form.form.checked for key in keys):
        method = "validate" if form.form.kind is FormKind.SERIALIZER else "clean"
        return (
            f"{call_text(site)} can violate {keys_text(keys)}: {name} does not see the rows that the default manager "
            f"hides: look for such a row among all of them in {method}(), or catch IntegrityError"
        )
    return (
        f"{call_text(site)} can violate {keys_text(keys)}, which {name} does not validate: "
        f"{_advice(form.form.kind)}{among_text(site)}, or catch IntegrityError"
    )


def _advice(kind: FormKind) -> str:
    if kind is FormKind.SERIALIZER:
        return "make all its fields writable, look for such a row in validate()"
    return "put all its fields into the form, look for such a row in clean()"


RULE = Rule("UQI106", "unvalidated-key", judge)
