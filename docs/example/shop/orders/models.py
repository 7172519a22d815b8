"""Orders and coupons."""

import uuid

from django.db import models

from catalog.models import Product
from core.models import TimeStamped
from customers.models import Customer


class Order(TimeStamped):
    """What one customer buys at a time."""

    number = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")


class OrderLine(models.Model):
    """One product of an order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField(default=1)

    class Meta:
        unique_together = [("order", "product")]


class Coupon(models.Model):
    """A code that makes an order cheaper."""

    code = models.CharField(max_length=20, unique=True)
    percent = models.PositiveSmallIntegerField()


class Redemption(TimeStamped):
    """That a customer has used a coupon; only one may be in force."""

    coupon = models.ForeignKey(Coupon, on_delete=models.CASCADE)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    cancelled = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["coupon", "customer"], condition=models.Q(cancelled=False), name="one_redemption_in_force"
            )
        ]
