"""What is sold, and what customers say of it."""

from django.db import models

from catalog.models.categories import Category, Tag
from core.models import TimeStamped
from customers.models import Customer


class Product(TimeStamped):
    """Something to sell."""

    sku = models.SlugField(unique=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    position = models.PositiveIntegerField()
    price = models.DecimalField(max_digits=9, decimal_places=2)
    tags = models.ManyToManyField(Tag, blank=True)

    class Meta:
        unique_together = [("category", "position")]

    def __str__(self):
        return self.sku


class Review(TimeStamped):
    """What a customer says of a product, once."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "customer"], name="one_review_each")]
