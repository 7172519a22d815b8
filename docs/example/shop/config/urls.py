"""Routes of the example shop."""

from django.urls import path

from catalog import views as catalog
from customers import views as customers
from orders import views as orders

urlpatterns = [
    path("customers/", customers.sign_up),
    path("customers/<int:pk>/email/", customers.change_email),
    path("customers/<int:pk>/addresses/", customers.add_address),
    path("categories/", catalog.add_category),
    path("products/<slug:sku>/reviews/", catalog.add_review),
    path("orders/", orders.place),
    path("orders/<int:pk>/coupon/", orders.redeem),
]
