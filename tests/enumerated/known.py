"""Disagreements that are known: counted, listed, and an error as soon as one of them is fixed or joined by another."""

from __future__ import annotations

KNOWN: dict[tuple[str, str], int] = {}
"""How many programs of a group disagree, by ("missed" or "false", group)."""
