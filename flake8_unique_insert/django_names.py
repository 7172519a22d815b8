"""Django's names, as data."""

from __future__ import annotations

INTEGRITY_ERROR = "django.db.utils.IntegrityError"

CAUGHT_WITH_INTEGRITY_ERROR = frozenset(
    f"{module}.{name}"
    for module in ("django.db", "django.db.utils")
    for name in ("IntegrityError", "DatabaseError", "Error")
) | {"Exception", "BaseException", "builtins.Exception", "builtins.BaseException", "django.db.models.IntegrityError"}
"""Exception classes whose handler catches IntegrityError, under each path Django exports them by."""
