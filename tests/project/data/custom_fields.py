# file: shop/fields.py
import uuid

from django.db import models


class Forced(models.CharField):
    def __init__(self, *args, **kwargs):
        kwargs["unique"] = True
        kwargs["max_length"] = 20
        super().__init__(*args, **kwargs)


class Default(models.CharField):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault("unique", True)
        kwargs.setdefault("max_length", 20)
        super().__init__(*args, **kwargs)


class Asked(models.CharField):
    def __init__(self, *args, **kwargs):
        if "unique" not in kwargs:
            kwargs["unique"] = True
        super().__init__(*args, max_length=9, **kwargs)


class Passed(models.CharField):
    def __init__(self, *args, unique=True, max_length=30, **kwargs):
        super().__init__(*args, unique=unique, max_length=max_length, **kwargs)


class Direct(models.CharField):
    def __init__(self, **options):
        super(Direct, self).__init__(unique=True, max_length=3, **options)


class Updated(models.CharField):
    def __init__(self, *args, **kwargs):
        kwargs.update(unique=True, null=True)
        kwargs.update({"max_length": 3})
        super().__init__(*args, **kwargs)


class Key(models.UUIDField):
    def __init__(self, *args, **kwargs):
        kwargs["primary_key"] = True
        kwargs["default"] = uuid.uuid4
        super().__init__(*args, **kwargs)


class Below(Forced):
    pass


class BelowAgain(Default):
    def __init__(self, *args, **kwargs):
        kwargs["unique"] = False
        super().__init__(*args, **kwargs)


class OwnerField(models.OneToOneField):
    def __init__(self, to="shop.Owner", on_delete=models.CASCADE, **kwargs):
        super().__init__(to=to, on_delete=on_delete, **kwargs)


def email(**kwargs):
    return models.EmailField(unique=True, **kwargs)


def text(unique):
    field = models.CharField
    return models.CharField(max_length=3, unique=unique)


# file: shop/models.py
from django.db import models

from . import fields
from .fields import *


class Owner(models.Model):
    pass


class Thing(models.Model):
    id = Key()
    forced = Forced()
    default = fields.Default()
    overridden = Default(unique=False)
    asked = Asked()
    passed = Passed()
    not_passed = Passed(unique=False)
    direct = Direct()
    updated = Updated()
    below = Below()
    again = BelowAgain()
    owner = OwnerField()
    mail = email()
    yes = text(True)
    no = text(unique=False)
