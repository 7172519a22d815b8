"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flake8_unique_insert.sites.site import InsertSite


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its flake8 code, its name, and the judge: a site → the message without the code, None for silence."""

    code: str
    name: str
    judge: Callable[[InsertSite], str | None]
