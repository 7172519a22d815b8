"""Customers, and what belongs to one."""

import secrets

from django.db import models

from core.models import TimeStamped


def new_referral_code():
    return secrets.token_urlsafe(12)


class Customer(TimeStamped):
    """Someone who buys."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    referral_code = models.CharField(max_length=32, unique=True, default=new_referral_code)

    def __str__(self):
        return self.email


class Address(models.Model):
    """Where to deliver; a customer knows each by its label."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    label = models.CharField(max_length=30)
    city = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "label"], name="one_address_per_label")]


class Subscription(models.Model):
    """That a customer gets the newsletter."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE)
    weekly = models.BooleanField(default=True)
