# file: config/settings.py
OTHER = 1

# file: shop/models.py
from django.apps import apps
from django.db import models


class Shelf(models.Model):
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    neighbours = models.ManyToManyField("self", symmetrical=False, related_name="neighbour_of")


class Book(models.Model):
    shelf = models.ForeignKey(Shelf, models.CASCADE)
    hidden = models.ForeignKey(Shelf, models.CASCADE, related_name="+")
    first = models.ForeignKey("shop.Shelf", models.CASCADE, related_name="firsts")
    cover = models.OneToOneField("Cover", models.CASCADE)
    tags = models.ManyToManyField("Tag")
    marks = models.ManyToManyField("Tag", related_name="marked")
    owner = models.ForeignKey("auth.User", models.CASCADE)


class Cover(models.Model):
    pass


class Tag(models.Model):
    class Meta:
        default_related_name = "tagging"

    shelf = models.ForeignKey(Shelf, models.CASCADE)


class Owned(models.Model):
    shelf = models.ForeignKey(Shelf, models.CASCADE, related_name="%(app_label)s_%(class)s_owned")
    cover = models.OneToOneField(Cover, models.CASCADE)

    class Meta:
        abstract = True


class Dvd(Owned):
    pass


class Vinyl(Owned):
    pass


class Special(Book):
    extra = models.ForeignKey(Tag, models.CASCADE, related_name="specials")


class Lent(Shelf):
    class Meta:
        proxy = True


class Loan(models.Model):
    lent = models.ForeignKey(Lent, models.CASCADE)
    shelf = models.ForeignKey(apps.get_model("shop", "Shelf"), models.CASCADE, related_name="loans")


# file: library/apps.py
from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "library"
    label = "lib"


# file: library/models/__init__.py
from .reader import Reader
from .card import *

# file: library/models/reader.py
from django.db import models


class Reader(models.Model):
    name = models.CharField(max_length=9, unique=True)
    books = models.ManyToManyField("shop.Book", related_name="readers")


# file: library/models/card.py
from django.db import models

__all__ = ["Card"]


class Card(models.Model):
    reader = models.OneToOneField("lib.Reader", models.CASCADE, related_name="card")
    previous = models.OneToOneField("self", models.CASCADE, null=True)
