# file: shop/models.py
import uuid
from functools import partial

import django.db.models
from django.db import models
from django.db import models as m
from django.db.models import CharField, OneToOneField
from django.db.models.fields import SlugField as Slug

UNIQUE = True
NOT_UNIQUE = False
COMMON = {"max_length": 20, "unique": True}
PLAIN = dict(max_length=20)
code_field = models.CharField(max_length=9, unique=True)


class Author(models.Model):
    email = models.EmailField(unique=True)
    slug = Slug(unique=UNIQUE)
    name = CharField(max_length=50, unique=NOT_UNIQUE)
    nick = m.CharField("nick", None, False, 30, True)
    site = django.db.models.URLField(unique=True)
    both = models.CharField(**COMMON)
    neither = models.CharField(**PLAIN)
    either = models.CharField(**{**PLAIN, "unique": True})
    shared = code_field
    indexed = models.CharField(max_length=3, db_index=True)
    dated = models.CharField(max_length=3, unique_for_date="born")
    born = models.DateField(null=True)
    flag = models.BooleanField(unique=not NOT_UNIQUE)


class Passport(models.Model):
    author = OneToOneField(Author, on_delete=models.CASCADE)
    other = models.ForeignKey(Author, models.CASCADE, unique=True, related_name="+")
    loose = models.OneToOneField("Author", models.CASCADE, db_constraint=False, null=True, related_name="loose")


class Coded(models.Model):
    code = models.CharField(max_length=9, primary_key=True)


class Identified(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    other = models.UUIDField(unique=True, default=uuid.uuid4)


class Numbered(models.Model):
    id = models.BigAutoField(primary_key=True)


class Extended(models.Model):
    author = models.OneToOneField(Author, models.CASCADE, primary_key=True)


class Constant(models.Model):
    class Kind(models.TextChoices):
        BIG = "big"

    UNIQUE_HERE = True
    kind = models.CharField(max_length=3, choices=Kind.choices, unique=UNIQUE_HERE)
    make = partial(models.CharField, max_length=3)
