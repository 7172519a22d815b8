# file: shop/models.py
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models


class Legacy(models.Model):
    code = models.CharField(max_length=9, unique=True)

    class Meta:
        managed = False


class Tagged(models.Model):
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveIntegerField()
    target = GenericForeignKey()
    tag = models.SlugField()

    class Meta:
        unique_together = [("content_type", "object_id", "tag")]


class Holder(models.Model):
    tags = GenericRelation(Tagged)
    slug = models.SlugField(unique=True)
