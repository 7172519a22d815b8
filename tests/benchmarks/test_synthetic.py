"""The synthetic project is what the benchmark takes it for, and the means to be fast change no finding."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.checkouts import Checkout, part
from tests.benchmarks.identical import differences, findings
from tests.benchmarks.synthetic import expected, make

SHOP = Path(__file__).resolve().parents[2] / "docs/example/shop"


def test_its_findings_are_those_marked(tmp_path: Path) -> None:
    checkout = make(tmp_path, 3)
    found = {(path, line, text.split()[0]) for path, line, _, text in findings(checkout)}
    assert {place for place in found if place[2] != "UQI301"} == expected(checkout)
    assert len(expected(checkout)) == 3 * 4


def test_a_part_is_contained_in_a_larger_one(tmp_path: Path) -> None:
    checkout = make(tmp_path / "whole", 4)
    parts = [part(checkout, fraction, tmp_path / str(fraction)) for fraction in (0.25, 0.5, 1.0)]
    small, half, whole = ({file.relative_to(item.folder) for file in item.files()} for item in parts)
    assert small < half < whole
    assert len(whole) == len(checkout.files())


def test_means_change_no_finding_of_the_example() -> None:
    count, different = differences(Checkout("shop", SHOP))
    assert count
    assert not different


def test_means_change_no_finding_of_the_synthetic_project(tmp_path: Path) -> None:
    count, different = differences(make(tmp_path, 2))
    assert count
    assert not different
