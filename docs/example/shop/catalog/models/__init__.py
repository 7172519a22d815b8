"""The catalog's models."""

from catalog.models.categories import Category, Tag
from catalog.models.products import Product, Review

__all__ = ["Category", "Product", "Review", "Tag"]
