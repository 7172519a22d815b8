"""Rules: each judges an insert site and says what to report, if anything."""

from __future__ import annotations

from flake8_unique_insert.rules import (
    check_misses_key,
    check_then_insert_race,
    integrity_error_inside_atomic,
    unguarded_bulk_create,
    unguarded_create,
    unguarded_key_change,
    unguarded_save,
    unvalidated_key,
    upsert_misses_key,
)

RULES = (
    unguarded_create.RULE,
    unguarded_save.RULE,
    unguarded_bulk_create.RULE,
    unguarded_key_change.RULE,
    upsert_misses_key.RULE,
    unvalidated_key.RULE,
    check_misses_key.RULE,
    integrity_error_inside_atomic.RULE,
    check_then_insert_race.RULE,
)
"""All rules, by code. UQI301 is the only one that is off by default; flake8 is told so by the plugin."""

__all__ = ["RULES"]
