"""Members of `TextChoices` and its like: they equal their values."""

from __future__ import annotations

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.schema import ClassSymbol
from flake8_unique_insert.values import Items, Known, Result

CHOICES = frozenset(["Choices", "TextChoices", "IntegerChoices"])


def value_of_member(ev: Evaluator, owner: ClassSymbol, stated: Result) -> Result:
    """What a class attribute is: of `NEW = "new", _("New")` among choices the value; of other classes what is stated.

    Django takes a label off that stands last in a tuple (Django documentation, "Enumeration types").
    """
    pair = stated.value
    if not isinstance(pair, Items) or pair.kind != "tuple" or len(pair.items) != 2:
        return stated
    value = pair.items[0]
    bases = (base.rsplit(".", 1)[-1] for base in ev.analysis.lookup.bases(owner))
    return value if isinstance(value.value, Known) and not CHOICES.isdisjoint(bases) else stated
