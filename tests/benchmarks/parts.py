"""The measurements, each on one checkout."""

from __future__ import annotations

import itertools
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flake8_unique_insert.options import Options
from flake8_unique_insert.scope import is_analysed
from tests.benchmarks.checkouts import Checkout, edit, part
from tests.benchmarks.measure import Cost, measure
from tests.benchmarks.phases import Survey
from tests.benchmarks.rounds import Samples, compare, in_turn
from tests.benchmarks.share import Share
from tests.benchmarks.variants import OURS, Variant

REPOSITORY = Path(__file__).resolve().parents[2]
FRACTIONS = (0.125, 0.25, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Bench:
    """What is compared, and how often."""

    compared: Sequence[Variant]
    rounds: int

    def whole(self, checkout: Checkout, jobs: int | None) -> Samples:
        """The whole checkout. jobs: see `Variant.run`."""
        return self._in_turn(lambda variant: variant.run(checkout.folder, ["."], jobs))

    def edited(self, checkout: Checkout) -> Samples:
        """A copy of the whole checkout, with an edit of another file that inserts rows before each run with a cache."""
        with tempfile.TemporaryDirectory(prefix="edited-") as folder:
            copy = part(checkout, 1.0, Path(folder))
            inserting = [file for file in copy.files() if is_analysed(str(file), file.read_text("utf-8"), Options())]
            edits = itertools.cycle(inserting[:: max(1, len(inserting) // self.rounds)])

            def run(variant: Variant) -> Cost:
                if variant.cache:
                    edit(next(edits))
                return variant.run(copy.folder, ["."])

            return self._in_turn(run)

    def one_file(self, checkout: Checkout, file: str) -> Samples:
        """One file of a checkout, as an editor or a pre-commit hook has it checked."""
        return self._in_turn(lambda variant: variant.run(checkout.folder, [file]))

    def _in_turn(self, run: Callable[[Variant], Cost]) -> Samples:
        """The rounds, after a run that fills the cache of each variant that has one."""
        for variant in self.compared:
            if variant.cache:
                run(variant)
        return in_turn(self.compared, self.rounds, run)

    def audit(self, checkout: Checkout) -> tuple[float, float]:
        """`audit` on the whole checkout without a cache and with one, in CPU milliseconds for 1,000 lines."""
        with tempfile.TemporaryDirectory(prefix="kept-") as folder:
            kept = ("audit", "--uqi-cache-dir", folder)
            self._command(checkout, *kept)  # fills it
            return self._command(checkout, "audit", "--uqi-no-cache"), self._command(checkout, *kept)

    def shares(self, checkout: Checkout) -> tuple[Share, Share]:
        """What of a run the plugin takes without a cache and with one, each the middle one of several by ratio."""
        with tempfile.TemporaryDirectory(prefix="kept-") as folder:
            shared(checkout, folder)  # fills it
            runs = ([shared(checkout, cache) for _ in range(self.rounds)] for cache in ("", folder))
            cold, warm = (sorted(found, key=lambda share: share.ratio)[len(found) // 2] for found in runs)
            return cold, warm

    def models(self, checkout: Checkout) -> float:
        """`models` on the whole checkout, in CPU milliseconds for 1,000 lines."""
        return self._command(checkout, "models")

    def _command(self, checkout: Checkout, *arguments: str) -> float:
        command = [sys.executable, "-m", "flake8_unique_insert", *arguments, "."]
        costs = sorted(measure(command, checkout.folder).cpu for _ in range(self.rounds))
        return costs[len(costs) // 2] * 1e6 / max(1, checkout.lines())

    def growth(self, checkout: Checkout) -> Iterator[Point]:
        """The checkout at parts of its files."""
        for fraction in FRACTIONS:
            with tempfile.TemporaryDirectory(prefix="part-") as folder:
                piece = part(checkout, fraction, Path(folder))
                found = compare(self.whole(piece, 1), Variant(OURS))
                yield Point(fraction, len(piece.files()), piece.lines(), found.bare, found.extra, found.ratio)


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the growth curve: CPU seconds of bare flake8, and what the plugin adds."""

    fraction: float
    files: int
    lines: int
    bare: float
    extra: float
    ratio: float


def exponent(points: Sequence[Point]) -> float:
    """How the added time grows from the first to the last point, as a power of the lines: 1 is linear."""
    first, last = points[0], points[-1]
    if min(first.extra, last.extra) <= 0 or first.lines >= last.lines:
        return math.nan
    return math.log(last.extra / first.extra) / math.log(last.lines / first.lines)


def shared(checkout: Checkout, cache: str) -> Share:
    """The plugin's share of one run, measured in a process of its own. cache: its folder, "" for none."""
    command = [sys.executable, "-m", "tests.benchmarks.share", str(checkout.folder), *filter(None, [cache])]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True, text=True)
    return Share(**json.loads(done.stdout))


def surveyed(checkout: Checkout) -> Survey:
    """The plugin's own phases on a checkout, measured in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.phases", str(checkout.folder)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True, text=True)
    return Survey(**json.loads(done.stdout))
