"""Imports from the warehouse."""

from catalog.models import Product, Tag


def add_tags(product, words):
    """Words that are there already are left alone."""
    Tag.objects.bulk_create([Tag(word=word) for word in words], ignore_conflicts=True)
    product.tags.add(*words)


def import_products(category, rows):
    """One SKU that is there already, and none of the rows gets in."""
    Product.objects.bulk_create(
        Product(category=category, position=position, sku=sku, price=price)
        for position, (sku, price) in enumerate(rows)
    )


def reprice(sku, category, position, price):
    """Looks up by SKU, but the row also takes a position that another product may have."""
    Product.objects.update_or_create(sku=sku, defaults={"category": category, "position": position, "price": price})


def copy_product(product: Product, sku):
    """A copy keeps its category and position, and so collides with its original."""
    if Product.objects.filter(sku=sku).exists():
        return None
    product.pk = None
    product.sku = sku
    product.save()
    return product
