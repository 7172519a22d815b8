"""Figures as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.benchmarks.parts import Point
from tests.benchmarks.phases import Survey
from tests.benchmarks.rounds import Comparison
from tests.benchmarks.share import Share

COMPARISON = (
    "measured on",
    "plugin",
    "bare, s",
    "with it, s",
    "added, s",
    "ratio",
    "lowest to highest",
    "peak, MiB",
    "added, MiB",
)
SURVEY = ("project", "files", "lines", "analysed files", "analysed lines", "start", "filter", "parse", "index", "flow")
SHARES = ("project", "whole run, cold", "plugin", "ratio", "whole run, warm", "plugin", "ratio")
GROWTH = ("project", "part", "files", "lines", "bare, s", "added, s", "added, µs per line", "ratio")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are aligned to the right."""
    rule = ["---", *("---:" for _ in header[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, rule, *rows))


def comparison_row(name: str, plugin: str, found: Comparison) -> list[str]:
    """A row below `COMPARISON`."""
    return [
        name,
        plugin,
        f"{found.bare:.2f}",
        f"{found.cpu:.2f}",
        f"{found.extra:.2f}",
        f"{found.ratio:.3f}",
        f"{found.lowest:.3f} to {found.highest:.3f}",
        f"{found.peak:.0f}",
        f"{found.peak - found.bare_peak:.0f}",
    ]


def share_row(name: str, *found: Share) -> list[str]:
    """A row below `SHARES`."""
    cells = ((f"{item.whole:.2f}", f"{item.plugin:.2f}", f"{item.ratio:.3f}") for item in found)
    return [name, *(cell for row in cells for cell in row)]


def survey_row(name: str, found: Survey) -> list[str]:
    """A row below `SURVEY`; the phases in seconds."""
    counts = (found.files, found.lines, found.analysed_files, found.analysed_lines)
    return [name, *(f"{count:,}" for count in counts), *(f"{seconds:.2f}" for seconds in found.seconds.values())]


def growth_row(name: str, point: Point) -> list[str]:
    """A row below `GROWTH`."""
    return [
        name,
        f"{point.fraction:g}",
        f"{point.files:,}",
        f"{point.lines:,}",
        f"{point.bare:.2f}",
        f"{point.extra:.2f}",
        f"{point.extra * 1e6 / max(1, point.lines):.1f}",
        f"{point.ratio:.3f}",
    ]
