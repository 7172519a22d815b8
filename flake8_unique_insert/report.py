"""Judged sites → findings and audit reports, with positions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flake8_unique_insert.evaluate.rows.writes import Unresolved, Write
from flake8_unique_insert.findings import Finding, SiteReport
from flake8_unique_insert.rules import RULES
from flake8_unique_insert.sites.site import InsertSite
from flake8_unique_insert.syntax.expressions import Place

ORDER = ("handled", "checked", "validated", "upsert", "update_only", "generated", "fresh_parent", "caller_guarded")


def findings(sites: Iterable[InsertSite]) -> list[Finding]:
    """One finding per call and rule, in order of position."""
    found: dict[tuple[int, int, str], Finding] = {}
    for site in sites:
        for rule in RULES:
            message = rule.judge(site)
            if message is not None:
                line, column = position(site.write)
                found.setdefault((line, column, rule.code), Finding(line, column, f"{rule.code} {message}"))
    return sorted(_one_per_call(found.values()))


def _one_per_call(found: Iterable[Finding]) -> Iterable[Finding]:
    """Where a call is unguarded on one path and checked on another, only one is said: what looks the row up, and makes
    one where there is none, is checked by that."""
    by_place: dict[tuple[int, int], list[Finding]] = {}
    for finding in found:
        by_place.setdefault((finding.line, finding.column), []).append(finding)
    for group in by_place.values():
        inserts = [finding for finding in group if finding.code not in ("UQI202", "UQI301")]
        yield from sorted(inserts, key=lambda finding: finding.code != "UQI201")[:1]
        yield from (finding for finding in group if finding.code == "UQI202")
        if not inserts:
            yield from (finding for finding in group if finding.code == "UQI301")


def position(write: Write | Unresolved) -> tuple[int, int]:
    """The line (from 1) and column (from 0) of the method's name."""
    code, place = write.code, write.call.node
    return code.position(place) if code is not None and isinstance(place, Place) else (1, 0)


def reports(sites: Iterable[InsertSite]) -> list[SiteReport]:
    """One report per call, the worst of its sites."""
    found: dict[tuple[int, int], SiteReport] = {}
    for site in sites:
        line, column = position(site.write)
        report = _report(line, column, site)
        seen = found.get((line, column))
        if seen is None or _weight(report) > _weight(seen):
            found[line, column] = report
        elif report.code and report.code not in seen.code:
            found[line, column] = replace(seen, code=",".join(filter(None, [seen.code, report.code])))
    return [found[place] for place in sorted(found)]


def _weight(report: SiteReport) -> int:
    """How much a verdict says when a call has several: unguarded on one path, then what guards it, then the rest."""
    return 2 if report.verdict == "unguarded" else 0 if report.verdict == "update_only" else 1


def _report(line: int, column: int, site: InsertSite) -> SiteReport:
    messages = {rule.code: message for rule in RULES if (message := rule.judge(site)) is not None}
    verdict = verdict_of(site)
    keys = tuple(key.members for key, found in site.verdicts.items() if found not in ("generated", "update_only"))
    why = next(iter(messages.values()), "") or _why(site, verdict)
    return SiteReport(line, column, site.write.method, site.write.model.label, keys, verdict, ",".join(messages), why)


def verdict_of(site: InsertSite) -> str:
    """The verdict on the whole site: unguarded when one key is, else the first that applies."""
    if site.unguarded:
        return "unguarded"
    found = site.guarded_by
    if not found:
        return "update_only"
    return next((verdict for verdict in ORDER if verdict in found), "unknown")


def _why(site: InsertSite, verdict: str) -> str:
    if not site.verdicts:
        return "no field of a unique key is written"
    parts = [f"({', '.join(key.members)}) {found}" for key, found in site.verdicts.items()]
    return "; ".join(parts)
