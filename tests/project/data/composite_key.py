# django: 5.2
# file: shop/models.py
from django.db import models


class Composite(models.Model):
    pk = models.CompositePrimaryKey("a", "b")
    a = models.IntegerField()
    b = models.CharField(max_length=3, unique=True)


class Base(models.Model):
    pk = models.CompositePrimaryKey("a", "b")
    a = models.IntegerField()
    b = models.IntegerField()

    class Meta:
        abstract = True


class Child(Base):
    pass
