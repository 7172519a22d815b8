"""What one file is asked by others, by its text."""

from __future__ import annotations

from textwrap import dedent

import pytest

from flake8_unique_insert.project.questions import mentions
from flake8_unique_insert.syntax.source import SourceFile

TEXT = """
    import shop

    class Basket:
        total = price()

        def price(self):
            return 1

        @price(2)
        def decorated(self): pass

        def own(self):
            self.price()
            cls.price (3)

        def other(self):
            self.price()
            myself.price()

        def of_class(self):
            return Basket.price(), (Line.price(4))

        # as price() does
        def of_comment(self):  # not price()
            return "#", '"', "#"  # price()

        def of_text(self):
            return "#", '"#', price()

        def of_attribute(self):
            return shop.Basket.price(), Line().price()

    def outer():
        def inner():
            return shop.a.price(
            )
        return xprice() + prices() + price
    {last}
"""


@pytest.mark.parametrize("last", ["", "price()", "@price()\n    def late(): pass"])
def test_mentions_by_function(last: str) -> None:
    source = SourceFile(dedent(TEXT.replace("{last}", last)))
    names = [item.name for _, item in source.summary.functions]
    inside, outside = mentions(source, "price")
    assert outside  # in the class body
    assert {names[place]: on for place, on in inside} == {
        "decorated": [""],
        "own": ["cls", "self"],
        "other": ["", "self"],
        "of_class": ["Basket", "Line"],
        "of_text": [""],
        "of_attribute": [""],
        "outer": [""],
        **({"late": [""]} if "late" in last else {}),
    }


@pytest.mark.parametrize(("text", "outside"), [("price()", True), ("x.price(1)", True), ("def price(): pass", False)])
def test_mentions_outside_of_functions(text: str, outside: bool) -> None:
    assert mentions(SourceFile(f"{text}\n"), "price") == ([], outside)
