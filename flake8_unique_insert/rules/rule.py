"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable

from flake8_unique_insert.record import record
from flake8_unique_insert.sites.site import InsertSite


@record
class Rule:
    """A rule: its flake8 code, its name, and the judge: a site → the message without the code, None for silence."""

    code: str
    name: str
    judge: Callable[[InsertSite], str | None]
