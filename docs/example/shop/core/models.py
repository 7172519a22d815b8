"""Bases that the apps' models share."""

from django.db import models


class TimeStamped(models.Model):
    """When a row came to be and when it last changed."""

    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Named(TimeStamped):
    """Something with a name and an address of its own on the site."""

    name = models.CharField(max_length=100)
    slug = models.SlugField(unique=True)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name
