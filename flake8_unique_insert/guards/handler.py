"""Guard: the write stands where IntegrityError is caught."""

from __future__ import annotations

from flake8_unique_insert.evaluate.rows.writes import Protection, Write

VERDICT = "handled"


def covers(write: Write, handlers: frozenset[str]) -> bool:
    """True when something around the write catches IntegrityError and does more than raise it again (oracle D16)."""
    return any(catches(protection, handlers) for protection in write.protections)


def catches(protection: Protection, handlers: frozenset[str]) -> bool:
    """True for a protection that handles IntegrityError."""
    if protection.kind == "handler" or protection.catches:
        return protection.catches and not protection.raises_again
    return protection.name in handlers or protection.name.rsplit(".", 1)[-1] in handlers
