# file: shop/models.py
from typing import Generic, TypeVar

from django.db import models

T = TypeVar("T")


class Plain:
    code = "not a field"


class PlainMeta:
    class Meta:
        unique_together = [("name", "code")]


class Named(models.Model):
    name = models.CharField(max_length=9, unique=True)
    code = models.CharField(max_length=9, unique=True)

    class Meta:
        abstract = True


class Other(models.Model):
    name = models.CharField(max_length=9)
    extra = models.CharField(max_length=9, unique=True)

    class Meta:
        abstract = True


class Nothing(Named):
    code = None


class NothingBelow(Nothing):
    pass


class AbstractNothing(Named):
    code = None

    class Meta:
        abstract = True


class FromAbstractNothing(AbstractNothing):
    pass


class Blocked(Plain, Named):
    pass


class NotBlocked(Named, Plain):
    pass


class FirstWins(Named, Other):
    pass


class OtherWins(Other, Named):
    pass


class WithPlainMeta(PlainMeta, Named):
    pass


class Base(Named, Generic[T]):
    class Meta:
        abstract = True


class Parametrised(Base[int]):
    pass


class Left(Named):
    name = models.CharField(max_length=3)

    class Meta:
        abstract = True


class Right(Named):
    code = models.CharField(max_length=3)

    class Meta:
        abstract = True


class Diamond(Left, Right):
    pass
