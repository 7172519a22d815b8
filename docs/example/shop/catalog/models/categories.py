"""What products are sorted by."""

from django.db import models

from core.models import Named


class Category(Named):
    """A page of the catalog. Its unique `slug` comes from the abstract base."""

    class Meta:
        verbose_name_plural = "categories"


class Tag(models.Model):
    """A word that products are found by."""

    word = models.CharField(max_length=40, primary_key=True)
