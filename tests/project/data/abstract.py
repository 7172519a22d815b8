# file: shop/base.py
from django.db import models


class Stamped(models.Model):
    uid = models.CharField(max_length=9, unique=True)
    owner = models.ForeignKey("shop.Owner", models.CASCADE, null=True, related_name="%(class)s_owned")
    twin = models.OneToOneField("self", models.CASCADE, null=True, related_name="+")

    class Meta:
        abstract = True
        unique_together = [("uid", "owner")]


class Titled(models.Model):
    title = models.CharField(max_length=9, unique=True)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["title"], name="%(class)s_title")]


class CommonMeta:
    unique_together = [("uid", "title")]


class AbstractMeta:
    abstract = True


# file: shop/models.py
from django.db import models

from . import base
from .base import AbstractMeta, CommonMeta, Stamped, Titled


class Owner(models.Model):
    pass


class One(Stamped):
    pass


class OwnMeta(Stamped):
    class Meta:
        verbose_name = "own"


class Redefined(Stamped):
    uid = models.CharField(max_length=9)


class Two(Stamped, Titled):
    pass


class TwoOther(Titled, base.Stamped):
    pass


class TwoMeta(Stamped, Titled):
    class Meta(Titled.Meta, Stamped.Meta):
        pass


class Shared(Stamped, Titled):
    class Meta(CommonMeta):
        pass


class ByName(Stamped, Titled):
    Meta = CommonMeta


class Middle(Stamped):
    extra = models.CharField(max_length=3, unique=True)

    class Meta(AbstractMeta):
        pass


class Last(Middle):
    pass


class MiddleAgain(Stamped):
    class Meta(Stamped.Meta):
        abstract = True


class LastAgain(MiddleAgain):
    class Meta(MiddleAgain.Meta):
        pass
