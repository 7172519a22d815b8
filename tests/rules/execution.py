"""Executes one example on Django and says where that contradicts its marks."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from tests.real_django import Run, Shop, open_shop
from tests.rules.documents import Case, Mark

RAISES = {f"UQI{number}" for number in (101, 102, 103, 104, 105, 106, 201)}
BREAKS = {"UQI202"}
RACES = {"UQI301"}
ON_PURPOSE = {"ValidationError", "Http404", "DoesNotExist", "ObjectDoesNotExist", "MultipleObjectsReturned"}


@dataclass
class Verdict:
    """What Django did. violation: a unique violation left some call with the duplicate in place (or without any)."""

    violation: bool = False
    breaks: bool = False
    executions: int = 0
    complaints: list[str] = field(default_factory=list)


def execute(case: Case) -> Verdict:
    """Runs the example without a duplicate, with one, and, where that is the point, with one slipped in between."""
    verdict = Verdict()
    with open_shop(case.files) as shop:
        execution = _Execution(case, shop, verdict)
        for number, call in enumerate(case.script.calls):
            execution.control(call)
            if case.script.duplicate.strip():
                execution.duplicate(call)
            if case.page == "UQI301" and not case.script.expects("no race"):
                execution.race(call, number)
        execution.close()
    return verdict


def post(user: Any = None, **data: str) -> SimpleNamespace:
    """A request with POST data, for examples that are views."""
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest, QueryDict

    request: Any = HttpRequest()
    request.method = "POST"
    request.POST = QueryDict(mutable=True)
    request.POST.update(data)
    request.user = user or AnonymousUser()
    return request  # type: ignore[no-any-return]


class _Execution:
    def __init__(self, case: Case, shop: Shop, verdict: Verdict) -> None:
        self.case = case
        self.shop = shop
        self.verdict = verdict
        marks = [mark for mark in case.marks() if mark.kind in ("error", "todo-error")]
        self.raising = [mark for mark in marks if mark.code in RAISES]
        self.breaking = [mark for mark in marks if mark.code in BREAKS]
        self.racing = [mark for mark in marks if mark.code in RACES]
        self.hit: set[Mark] = set()

    def control(self, call: str) -> None:
        names = self.prepared()
        run = self.run(call, names)
        expected = self.case.script
        if not expected.duplicate.strip():
            self.judge(run, "without a duplicate")
        elif run.violation or run.breaks_transaction:
            self.complain(f"fails even without a duplicate: {run.raised!r}")
        if not run.writes and not expected.expects("writes") and not run.violation:
            self.complain(f"without a duplicate nothing is written, so the example proves nothing ({run.raised!r})")
        self.accept(run, "without a duplicate")

    def duplicate(self, call: str) -> None:
        names = self.prepared()
        self.set_up("duplicate", self.case.script.duplicate, names)
        run = self.run(call, names)
        self.judge(run, "with a duplicate")
        self.accept(run, "with a duplicate")

    def race(self, call: str, number: int) -> None:
        names = self.prepared()
        dry = self.set_up("duplicate", self.case.script.duplicate, dict(names))
        names = self.prepared()
        run = self.shop.run(call, names, rivals=dry.inserts)
        self.verdict.executions += 1
        if run.violation and not self.racing:
            self.complain(f"a row slipped in makes call {number + 1} raise, and nothing is marked: {run.raised!r}")
        self.mark_hits(run, self.racing, self.shop.lines_of(run.raised) if run.raised and run.violation else set())
        self.accept(run, "in a race")

    def judge(self, run: Run, when: str) -> None:
        self.verdict.violation |= run.violation
        self.verdict.breaks |= run.breaks_transaction
        if run.violation:
            assert run.raised is not None
            lines = self.shop.lines_of(run.raised)
            if not self.mark_hits(run, self.raising, lines):
                self.complain(f"{when} a unique violation is raised by {_shown(lines)}, where nothing is marked")
        if run.breaks_transaction:
            lines = set().union(*run.refused) if run.refused else set()
            if not self.mark_hits(run, self.breaking, lines):
                self.complain(f"{when} the transaction breaks after {_shown(lines)}, where nothing is marked")

    def mark_hits(self, run: Run, marks: list[Mark], lines: set[tuple[str, int]]) -> bool:
        hits = [mark for mark in marks if (mark.file, mark.line) in lines]
        if not hits and lines and len(marks) == 1 and self.case.script.expects("raised elsewhere"):
            hits = marks
        self.hit.update(hits)
        return bool(hits)

    def close(self) -> None:
        for mark in self.raising + self.breaking + self.racing:
            if mark not in self.hit:
                self.complain(f"{mark.file}:{mark.line} is marked {mark.code}, but nothing bad happened there")

    def prepared(self) -> dict[str, Any]:
        self.shop.empty()
        names = {**self.shop.names, "post": post}
        self.set_up("before", self.case.script.before, names)
        return names

    def set_up(self, section: str, code: str, names: dict[str, Any]) -> Run:
        run = self.shop.run(code, names)
        if run.raised is not None:
            self.complain(f"the section {section!r} raises {run.raised!r}")
        return run

    def run(self, call: str, names: dict[str, Any]) -> Run:
        self.verdict.executions += 1
        return self.shop.run(call, names, atomic=self.case.script.expects("atomic requests"))

    def accept(self, run: Run, when: str) -> None:
        """Only the exceptions that an application would raise on purpose: a NameError is a mistake in the example."""
        if run.raised is None or run.violation or (self.breaking and run.broken):
            return
        kind = type(run.raised)
        own = kind.__module__.split(".")[0] in {name.split("/")[0] for name in self.case.files}
        expected = any(name.__name__ in ON_PURPOSE for name in kind.__mro__)
        if not own and not expected and not self.case.script.expects(kind.__name__):
            self.complain(f"{when} it raises {run.raised!r}")

    def complain(self, text: str) -> None:
        self.verdict.complaints.append(text)


def _shown(lines: set[tuple[str, int]]) -> str:
    return ", ".join(f"{file}:{line}" for file, line in sorted(lines)) or "no line of the example"


def runnable(case: Case) -> bool:
    """Whether this interpreter is new enough for the example."""
    needed = [remark.split()[-1] for remark in case.script.expect if remark.startswith("python")]
    return all(sys.version_info >= tuple(int(part) for part in version.split(".")) for version in needed)
