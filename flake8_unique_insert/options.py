"""The options of one run, checked and frozen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """What a user can set. Every field has the default that an empty configuration gives."""
