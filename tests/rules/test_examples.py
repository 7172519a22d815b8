"""Every example of the rule pages: its marks against Django, and against the engine."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.benchmarks.identical import by_whole_functions
from tests.rules.analysis import differences
from tests.rules.documents import Case, every_case
from tests.rules.execution import execute, runnable

CASES = every_case()
BY_NAME = {case.name: case for case in CASES}
every_example = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@every_example
def test_marks_agree_with_django(case: Case, rule_counts: Counter[str]) -> None:
    if not runnable(case):
        pytest.skip("the example is written for a newer Python")
    verdict = execute(case)
    rule_counts["executed"] += 1
    rule_counts["executions"] += verdict.executions
    assert not verdict.complaints, _report(case, verdict.complaints)


@every_example
def test_engine_agrees_with_marks(case: Case, rule_counts: Counter[str], rule_todo: list[str]) -> None:
    wrong, fixed = differences(case)
    rule_counts["analysed"] += 1
    rule_counts["silent"] += not case.marks()
    rule_todo += [f"{case.name}: {mark.kind} {mark.code}" for mark in case.marks() if mark.kind != "error"]
    assert wrong + fixed == [], _report(case, wrong + fixed)


@every_example
def test_slices_change_nothing(case: Case) -> None:
    """The engine says the same where it looks at whole functions, though the page's marks were met by slices."""
    with by_whole_functions():
        wrong, fixed = differences(case)
    assert wrong + fixed == [], _report(case, wrong + fixed)


def test_titles_are_unique() -> None:
    assert len(BY_NAME) == len(CASES)


def test_pages_have_silent_examples() -> None:
    """A page whose examples are all reported would not show where the rule stays silent."""
    for page in {case.page for case in CASES}:
        assert any(not case.marks() for case in CASES if case.page == page), page


def _report(case: Case, complaints: list[str]) -> str:
    files = "\n".join(
        f"--- {name}\n" + "\n".join(f"{number:3} {line}" for number, line in enumerate(text.splitlines(), 1))
        for name, text in case.files.items()
        if name not in case.shared
    )
    return f"{case.place} {case.title}\n" + "\n".join(complaints) + f"\n{files}"
