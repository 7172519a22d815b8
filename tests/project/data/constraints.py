# file: shop/models.py
from django.db import models
from django.db.models import F, Q, UniqueConstraint
from django.db.models.functions import Lower, Upper

CHECKS = []
ACTIVE = Q(active=True)
KEYWORDS = {"fields": ["a", "b"], "name": "keywords"}
AB = UniqueConstraint(fields=["a", "b"], name="constant_ab")


class Unique(models.UniqueConstraint):
    pass


def pair(first, second="b"):
    return models.UniqueConstraint(fields=[first, second], name=f"pair_{first}_{second}")


def pairs():
    return [pair("a")]


class Base(models.Model):
    a = models.CharField(max_length=3)
    b = models.CharField(max_length=3)
    active = models.BooleanField(default=True)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["a"], name="%(app_label)s_%(class)s_a")]


class Total(Base):
    class Meta:
        constraints = [models.UniqueConstraint(fields=["a", "b"], name="total"), *CHECKS]


class Conditional(Base):
    class Meta:
        constraints = [UniqueConstraint(fields=("a",), condition=Q(active=True), name="conditional")]


class NamedCondition(Base):
    class Meta:
        constraints = (UniqueConstraint(fields=["a"], condition=ACTIVE, name="named_condition"),)


class Expressions(Base):
    class Meta:
        constraints = [
            UniqueConstraint(Lower("a"), name="lowered"),
            UniqueConstraint(Lower(F("a")), F("b").desc(), name="two"),
            UniqueConstraint(Upper("b").asc(), "a", name="upper"),
        ]


class Inherited(Base):
    pass


class Kept(Base):
    class Meta(Base.Meta):
        verbose_name = "kept"


class Replaced(Base):
    class Meta(Base.Meta):
        constraints = [UniqueConstraint(fields=["b"], name="replaced")]


class Added(Base):
    class Meta(Base.Meta):
        constraints = Base.Meta.constraints + [UniqueConstraint(fields=["b"], name="added")]


class Spread(Base):
    class Meta:
        constraints = [*Base.Meta.constraints, AB]


class Built(Base):
    class Meta:
        constraints = [pair("b", "a"), Unique(fields=["a"], name="own_class"), UniqueConstraint(**KEYWORDS)]


class Deferred(Base):
    class Meta:
        constraints = [
            UniqueConstraint(fields=["a"], name="deferred", deferrable=models.Deferrable.DEFERRED),
            UniqueConstraint(fields=["b"], name="covering", include=["a"]),
        ]


class Both(Base):
    a = models.CharField(max_length=3, unique=True)

    class Meta:
        unique_together = ("a", "b")
        constraints = [UniqueConstraint(fields=["active"], name="both")]
        indexes = [models.Index(fields=["a"])]


class Appended(Base):
    class Meta:
        constraints = [UniqueConstraint(fields=["a"], name="first")]
        constraints.append(UniqueConstraint(fields=["b"], name="second"))
        constraints += [UniqueConstraint(fields=["active"], name="third")]
        constraints.extend([UniqueConstraint(fields=["a", "active"], name="fourth")])
