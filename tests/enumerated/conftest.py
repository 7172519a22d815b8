"""Counts of the enumerated programs, printed at the end of a test run."""

from __future__ import annotations

import pytest

lines: list[str] = []


@pytest.fixture(scope="session")
def enumerated_report() -> list[str]:
    return lines


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not lines:
        return
    terminalreporter.section("enumerated programs")
    for line in lines:
        terminalreporter.line(line)
