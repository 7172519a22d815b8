"""Prints, row by row of the table of executed cases, whether the linter agrees with what Django did.

`python -m tests.rules.oracle_table [ORACLE]`. A row's answer comes from the examples that name it. ORACLE, the table as
Markdown, adds the rows that no example names. Rows that cannot be decided from source are in `undecided.txt`, with the
reason.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.rules.analysis import differences
from tests.rules.documents import every_case

ROW = re.compile(r"^\| ([ABCD](?:_[fv])?\d\d\d?)\*? \| (.*?) \| (?:dup|ctl|race)")
UNDECIDED = Path(__file__).with_name("undecided.txt")
FORMS = re.compile(r"B9[3-5]|B1\d\d|C_f\d\d")


def undecided() -> dict[str, str]:
    """Reasons, by row."""
    lines = UNDECIDED.read_text(encoding="utf-8").splitlines()
    reasons: dict[str, str] = {}
    for line in lines:
        rows, _, reason = line.partition(": ")
        reasons |= dict.fromkeys(rows.split(", "), reason)
    return reasons


def rows() -> dict[str, list[str]]:
    """For each row that an example names: what is wrong in those examples, empty where all agree."""
    table: dict[str, list[str]] = {}
    for case in every_case():
        wrong, _ = differences(case)
        known = [f"{mark.kind}: {mark.code}" for mark in case.marks() if mark.kind != "error"]
        for row in case.oracle:
            table.setdefault(row, []).extend(f"{case.name}: {text}" for text in wrong + known)
    return table


def all_rows(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := ROW.match(line):
            yield found[1], found[2]


def main() -> None:
    table, reasons = rows(), undecided()
    names = dict(all_rows(Path(sys.argv[1]))) if sys.argv[1:] else {}
    counts: Counter[str] = Counter()
    for row in sorted({*table, *reasons, *names}):
        if row in table:
            verdict = "disagree" if table[row] else "agree"
        elif row in reasons:
            verdict = "undecidable"
        else:
            verdict = "forms" if FORMS.fullmatch(row) else "no example"
        counts[verdict] += 1
        why = "; ".join(table.get(row, [])) or reasons.get(row, "") if verdict != "agree" else ""
        print(f"| {row} | {names.get(row, '')} | {verdict} | {why} |")
    print(", ".join(f"{number} {verdict}" for verdict, number in counts.most_common()))


if __name__ == "__main__":
    main()
