"""Records behave as the frozen dataclasses that the type checker takes them for."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass, field, replace

import pytest

from flake8_unique_insert.record import record


@record
class Point:
    x: int
    tags: tuple[str, ...] = ()
    note: str = field(default="", compare=False)


@dataclass(frozen=True)
class Same:
    x: int
    tags: tuple[str, ...] = ()
    note: str = field(default="", compare=False)


@record
class Single:
    x: int


@record
class Other:
    x: int


@record
class Nothing:
    pass


@record
class Wider(Point):
    z: int = 0


GIVEN = [(1,), (2,), (1, ("a",)), (1, (), "said"), (float("nan"),)]


@pytest.mark.parametrize("one", GIVEN)
@pytest.mark.parametrize("two", GIVEN)
def test_equal_and_hashed_as_a_dataclass(one: tuple[int], two: tuple[int]) -> None:
    assert (Point(*one) == Point(*two)) is (Same(*one) == Same(*two))
    assert (hash(Point(*one)) == hash(Point(*two))) is (hash(Same(*one)) == hash(Same(*two)))


def test_never_equal_across_classes() -> None:
    assert Single(1) != Other(1)
    assert Point(1) != Wider(1)
    assert Single(1) != (1,)
    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing(), Single(1), Single(1)}) == 2


def test_shown_replaced_and_copied_as_a_dataclass() -> None:
    assert repr(Point(1, ("a",))) == repr(Same(1, ("a",))).replace("Same", "Point")
    assert replace(Point(1), x=2, note="n") == Point(2)
    assert Wider(1, z=3) == Wider(1, (), "other", 3)
    assert copy.copy(Point(1)) == pickle.loads(pickle.dumps(Point(1))) == Point(1)


def test_takes_part_in_matching_and_has_no_other_attributes() -> None:
    match Point(1, ("a",)):
        case Point(x, tags):
            assert (x, tags) == (1, ("a",))
    with pytest.raises(AttributeError):
        object.__setattr__(Point(1), "y", 2)
