"""What the engine tells: findings for flake8, and a report on every insert site for `audit`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flake8_unique_insert.record import record


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One message. `line` counts from 1, `column` from 0 in characters; `text` starts with the code."""

    line: int
    column: int
    text: str

    @property
    def code(self) -> str:
        """The flake8 code, "UQI101"."""
        return self.text.split(" ", 1)[0]

    @property
    def row(self) -> list[Any]:
        """What stands for it in JSON."""
        return [self.line, self.column, self.text]

    @classmethod
    def of_row(cls, row: list[Any]) -> Finding:
        """The finding that a row stands for. Raises ValueError or TypeError for anything else."""
        line, column, text = row
        return cls(int(line), int(column), str(text))


@record
class SiteReport:
    """An insert site into a model with unique keys, reported or not.

    call: the method's name. model: "app_label.Name". keys: the keys at risk, each a tuple of field names. verdict: one
    of `VERDICTS`. code: the codes reported there, "" for none. why: one sentence.
    """

    line: int
    column: int
    call: str
    model: str
    keys: tuple[tuple[str, ...], ...]
    verdict: str
    code: str
    why: str

    @property
    def row(self) -> list[Any]:
        """What stands for it in JSON."""
        return [self.line, self.column, self.call, self.model, self.keys, self.verdict, self.code, self.why]

    @classmethod
    def of_row(cls, row: list[Any]) -> SiteReport:
        """The report that a row stands for. Raises ValueError or TypeError for anything else."""
        line, column, call, model, keys, verdict, code, why = row
        members = tuple(tuple(map(str, key)) for key in keys)
        return cls(int(line), int(column), str(call), str(model), members, str(verdict), str(code), str(why))


VERDICTS = (
    "unguarded",
    "handled",
    "checked",
    "validated",
    "upsert",
    "update_only",
    "generated",
    "fresh_parent",
    "caller_guarded",
    "unknown",
)
