"""Counts of the executed documentation, printed at the end of a test run."""

from __future__ import annotations

from collections import Counter

import pytest

counts: Counter[str] = Counter()
todo: list[str] = []


@pytest.fixture(scope="session")
def rule_counts() -> Counter[str]:
    return counts


@pytest.fixture(scope="session")
def rule_todo() -> list[str]:
    return todo


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not counts:
        return
    terminalreporter.section("executed documentation")
    terminalreporter.line(
        f"{counts['executed']} examples executed on Django ({counts['executions']} runs: with, without and between), "
        f"{counts['analysed']} analysed, {counts['silent']} of them silent"
    )
    terminalreporter.line(f"{len(todo)} known missed or false alarms (todo)")
    for line in todo:
        terminalreporter.line(f"  {line}")
