# file: shop/models.py
from django.db import models


class Place(models.Model):
    name = models.CharField(max_length=9, unique=True)
    street = models.CharField(max_length=9)

    class Meta:
        unique_together = [("name", "street")]
        ordering = ["name"]


class Restaurant(Place):
    phone = models.CharField(max_length=9, unique=True)


class Pizzeria(Restaurant):
    class Meta:
        constraints = [models.UniqueConstraint(fields=["oven"], name="oven")]

    oven = models.IntegerField()


class Linked(Place):
    place = models.OneToOneField(Place, models.CASCADE, parent_link=True, related_name="linked_one")


class LinkedKey(Place):
    base = models.OneToOneField(Place, models.CASCADE, parent_link=True, primary_key=True, related_name="+")


class OwnKey(Place):
    code = models.CharField(max_length=3, primary_key=True)


class AbstractPlace(Place):
    code = models.CharField(max_length=3, unique=True)

    class Meta:
        abstract = True


class FromAbstract(AbstractPlace):
    pass


class Proxy(Place):
    class Meta:
        proxy = True


class ProxyOfProxy(Proxy):
    class Meta:
        proxy = True


class BelowProxy(Proxy):
    extra = models.CharField(max_length=3, unique=True)


class RestaurantProxy(Restaurant):
    class Meta:
        proxy = True


class Cafe(models.Model):
    cafe_id = models.AutoField(primary_key=True)
    terrace = models.CharField(max_length=3, unique=True)


class Bistro(Restaurant, Cafe):
    pass
