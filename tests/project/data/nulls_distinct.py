# django: 5.0
# file: shop/models.py
from django.db import models


class Nulls(models.Model):
    a = models.IntegerField(null=True)
    b = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["a"], name="same", nulls_distinct=False),
            models.UniqueConstraint(fields=["b"], name="distinct", nulls_distinct=True),
        ]


class Generated(models.Model):
    email = models.CharField(max_length=9)
    lowered = models.GeneratedField(
        expression=models.functions.Lower("email"), output_field=models.CharField(max_length=9), db_persist=True, unique=True
    )
    code = models.CharField(max_length=3, unique=True, db_default="x")
