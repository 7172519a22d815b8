"""Enumerated programs: the engine reports one exactly when Django can be made to raise in it."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.enumerated.judged import Result, judge, report, summary
from tests.enumerated.known import KNOWN
from tests.enumerated.programs import Program


@pytest.fixture(scope="module")
def result(enumerated_report: list[str]) -> Result:
    judged = judge()
    enumerated_report.append(summary(judged))
    enumerated_report.extend(f"  known: {kind}, {number} x {group}" for (kind, group), number in KNOWN.items())
    return judged


def test_engine_agrees_with_django(result: Result) -> None:
    groups = Counter(("missed" if one.raises else "false", one.program.group) for one in result.disagreements())
    unknown = Result([one for one in result.judged if _is_new(one.raises, one.program.group)], 0)
    assert dict(groups) == KNOWN, "\n".join(list(report(unknown))[:200])


def test_both_answers_occur(result: Result) -> None:
    """A thousand programs each way: neither "always" nor "never" would pass."""
    raising = sum(one.raises for one in result.judged)
    assert raising > 1000
    assert len(result.judged) - raising > 1000


def test_truth_is_what_django_does() -> None:
    """The execution itself, on programs whose outcome is plain to see."""
    body = "if {}Customer.objects.filter(email=e).exists():\n    Customer.objects.create(email=e)"
    safe, wrong = judge([Program("", "", body.format("not ")), Program("", "", body.format(""))]).judged
    assert (safe.raises, wrong.raises) == (False, True)


def _is_new(raises: bool, group: str) -> bool:
    return ("missed" if raises else "false", group) not in KNOWN
