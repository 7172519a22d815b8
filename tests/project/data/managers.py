# file: shop/querysets.py
from django.db import models


class BookQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published=True)


class BookManager(models.Manager):
    def get_queryset(self):
        return BookQuerySet(self.model, using=self._db)


class PlainManager(models.Manager):
    pass


Chained = PlainManager.from_queryset(BookQuerySet)


class Derived(models.Manager.from_queryset(BookQuerySet)):
    pass


class DerivedAgain(Chained):
    pass


# file: shop/models.py
from django.db import models

from .querysets import BookManager, BookQuerySet, Chained, Derived, DerivedAgain, PlainManager


class Default(models.Model):
    published = models.BooleanField(default=True)


class Declared(models.Model):
    objects = models.Manager()
    active = BookManager()
    plain = PlainManager()


class Renamed(models.Model):
    people = models.Manager()


class AsManager(models.Model):
    objects = BookQuerySet.as_manager()


class FromQuerySet(models.Model):
    objects = models.Manager.from_queryset(BookQuerySet)()
    chained = Chained()
    derived = Derived()
    again = DerivedAgain()


class Base(models.Model):
    objects = PlainManager()
    active = BookManager()

    class Meta:
        abstract = True


class Inheriting(Base):
    pass


class Overriding(Base):
    objects = models.Manager()


class Adding(Base):
    own = Derived()


class Stated(Base):
    class Meta:
        default_manager_name = "active"


class Child(Declared):
    extra = models.IntegerField()


class Removed(Base):
    active = None
