# file: shop/models.py
from django.db import models

PAIR = ("a", "b")
PAIRS = [PAIR]
A = "a"


class Base(models.Model):
    a = models.IntegerField()
    b = models.IntegerField()
    c = models.IntegerField()

    class Meta:
        abstract = True
        unique_together = (("a", "b"),)


class Tuples(Base):
    class Meta:
        unique_together = (("a", "b"), ("b", "c"))


class Flat(Base):
    class Meta:
        unique_together = ("a", "b")


class Lists(Base):
    class Meta:
        unique_together = [["a", "b"]]


class FlatList(Base):
    class Meta:
        unique_together = ["a", "b"]


class Sets(Base):
    class Meta:
        unique_together = {("a", "b")}


class Named(Base):
    class Meta:
        unique_together = PAIRS


class NamedFlat(Base):
    class Meta:
        unique_together = PAIR


class Mixed(Base):
    class Meta:
        unique_together = [PAIR, (A, "c")]


class Added(Base):
    class Meta(Base.Meta):
        unique_together = Base.Meta.unique_together + (("b", "c"),)


class Spread(Base):
    class Meta:
        unique_together = [*Base.Meta.unique_together, ("a", "c")]


class Inherited(Base):
    pass


class Kept(Base):
    class Meta(Base.Meta):
        ordering = ["a"]


class Lost(Base):
    class Meta:
        ordering = ["a"]


class Emptied(Base):
    class Meta(Base.Meta):
        unique_together = ()


class Steps(Base):
    class Meta:
        unique_together = [("a", "b")]
        unique_together += [("b", "c")]
