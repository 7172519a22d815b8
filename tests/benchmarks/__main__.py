"""The benchmark: bare flake8 against flake8 with the plugin.

Run from the top of the repository, in an environment where the plugin is installed, with nothing else to do for the
machine. CPU time is measured, not elapsed time. The tables are Markdown.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks import tables
from tests.benchmarks.checkouts import Checkout
from tests.benchmarks.parts import Bench, exponent, surveyed
from tests.benchmarks.rounds import Samples, added, compare
from tests.benchmarks.synthetic import make
from tests.benchmarks.variants import OURS, variants

Checkouts = Sequence[Checkout]


def whole(bench: Bench, checkouts: Checkouts, jobs: int | None) -> str:
    """Whole checkouts, one by one and in all."""
    measured = [(checkout.name, bench.whole(checkout, jobs)) for checkout in checkouts]
    if len(measured) > 1:
        measured.append(("in all", added([samples for _, samples in measured])))
    return _compared(bench, measured)


def edited(bench: Bench, checkouts: Checkouts) -> str:
    """Whole checkouts; with a cache, one file has changed since the run before."""
    return _compared(bench, [(checkout.name, bench.edited(checkout)) for checkout in checkouts])


def one_file(bench: Bench, checkouts: Checkouts) -> str:
    """One changed file with insert calls and one without."""
    measured = []
    for checkout in checkouts:
        found = surveyed(checkout)
        if found.inserting:
            name = f"{checkout.name}: `{found.inserting}`, inserts, {found.modules} modules read"
            measured.append((name, bench.one_file(checkout, found.inserting)))
        if found.plain:
            measured.append((f"{checkout.name}: `{found.plain}`, no inserts", bench.one_file(checkout, found.plain)))
    return _compared(bench, measured)


def _compared(bench: Bench, measured: Sequence[tuple[str, Samples]]) -> str:
    rows = [
        tables.comparison_row(name, variant.name, compare(samples, variant))
        for name, samples in measured
        for variant in bench.compared[1:]
    ]
    return tables.table(tables.COMPARISON, rows)


def growth(bench: Bench, checkouts: Checkouts) -> str:
    """Parts of each checkout."""
    rows, notes = [], []
    for checkout in checkouts:
        points = list(bench.growth(checkout))
        rows += [tables.growth_row(checkout.name, point) for point in points]
        notes.append(f"{checkout.name}: the added time grows with lines to the power {exponent(points):.2f}")
    return "\n\n".join([tables.table(tables.GROWTH, rows), *notes])


def shares(bench: Bench, checkouts: Checkouts) -> str:
    """What of one run the plugin takes."""
    rows = [tables.share_row(checkout.name, *bench.shares(checkout)) for checkout in checkouts]
    return tables.table(tables.SHARES, rows)


def command(bench: Bench, checkouts: Checkouts) -> str:
    """The command line by itself."""
    rows = [
        [checkout.name, *(f"{cost:.1f}" for cost in (*bench.audit(checkout), bench.models(checkout)))]
        for checkout in checkouts
    ]
    return tables.table(("project", "audit, cold", "audit, warm", "models"), rows)


def phases(bench: Bench, checkouts: Checkouts) -> str:
    """Where the plugin's time goes."""
    return tables.table(tables.SURVEY, [tables.survey_row(item.name, surveyed(item)) for item in checkouts])


PARTS: dict[str, tuple[str, Callable[[Bench, Checkouts], str]]] = {
    "whole": ("Whole projects in one process", lambda bench, checkouts: whole(bench, checkouts, 1)),
    "jobs": ("Whole projects in one process per processor", lambda bench, checkouts: whole(bench, checkouts, None)),
    "share": ("Share of one run, CPU seconds", shares),
    "edit": ("Whole projects in one process, warm after an edit", edited),
    "file": ("One changed file", one_file),
    "growth": ("Growth", growth),
    "command": ("Command line alone, CPU ms for 1,000 lines", command),
    "phases": ("Phases, CPU seconds", phases),
}


def machine() -> Iterator[str]:
    """What the figures depend on."""
    yield f"Python {platform.python_version()}, {platform.platform()}"
    yield ", ".join(f"{name} {version(name)}" for name in ("flake8", "libcst", OURS))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code is 2 for wrong arguments."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, metavar="CHECKOUT", help="(Default: a synthetic project)")
    parser.add_argument("--apps", type=int, default=60, help="apps of the synthetic project (Default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="(Default: %(default)s)")
    parser.add_argument("--part", action="append", choices=PARTS, help="may be repeated (Default: all)")
    parser.add_argument(
        "--with", action="append", default=[], dest="others", metavar="PLUGIN", help="e.g. flake8-bugbear"
    )
    chosen = parser.parse_args(arguments)
    for path in chosen.paths:
        if not path.is_dir():
            parser.error(f"there is no folder {str(path)!r}")
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        try:
            bench = Bench(variants(chosen.others, str(Path(folder, "cache"))), chosen.rounds)
        except LookupError as error:
            parser.error(str(error))
        checkouts = [Checkout(path.resolve().name, path.resolve()) for path in chosen.paths]
        checkouts = checkouts or [make(Path(folder, "synthetic"), chosen.apps)]
        _warm_up(bench, checkouts[0])
        print("\n".join(machine()), flush=True)
        for name in chosen.part or PARTS:
            title, measured = PARTS[name]
            print(f"\n## {title}\n\n{measured(bench, checkouts)}", flush=True)
    return 0


def _warm_up(bench: Bench, checkout: Checkout) -> None:
    """Have all bytecode written before anything is measured."""
    found = surveyed(checkout)
    for variant in bench.compared:
        variant.run(checkout.folder, [found.inserting or found.plain or "."])


if __name__ == "__main__":
    sys.exit(main())
