"""Variants in turn, and what their costs say together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.measure import Cost
from tests.benchmarks.variants import Variant

Samples = dict[str, list[Cost]]
"""The costs of each variant by name, one for each round; bare flake8 is the first."""


def in_turn(compared: Sequence[Variant], rounds: int, run: Callable[[Variant], Cost]) -> Samples:
    """Run each variant once in each round, every second round in the opposite order."""
    samples: Samples = {variant.name: [] for variant in compared}
    for number in range(rounds):
        for variant in compared if number % 2 == 0 else reversed(compared):
            samples[variant.name].append(run(variant))
    return samples


def added(several: Sequence[Samples]) -> Samples:
    """Round by round the costs of several projects together: CPU time added up, the largest peak."""
    return {
        name: [
            Cost(sum(cost.cpu for cost in costs), max(cost.peak for cost in costs))
            for costs in zip(*(samples[name] for samples in several), strict=True)
        ]
        for name in several[0]
    }


@dataclass(frozen=True, slots=True)
class Comparison:
    """One variant beside bare flake8. Times in seconds, medians of all rounds; memory in MiB, the largest."""

    bare: float
    cpu: float
    extra: float
    ratio: float
    lowest: float
    highest: float
    bare_peak: float
    peak: float


def compare(samples: Samples, variant: Variant) -> Comparison:
    """A variant's costs by bare flake8's, pair by pair."""
    bare, ours = samples[Variant().name], samples[variant.name]
    pairs = list(zip(bare, ours, strict=True))
    ratios = [theirs.cpu / base.cpu for base, theirs in pairs]
    return Comparison(
        bare=median(cost.cpu for cost in bare),
        cpu=median(cost.cpu for cost in ours),
        extra=median(theirs.cpu - base.cpu for base, theirs in pairs),
        ratio=median(ratios),
        lowest=min(ratios),
        highest=max(ratios),
        bare_peak=max(cost.peak for cost in bare),
        peak=max(cost.peak for cost in ours),
    )
