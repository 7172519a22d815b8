"""The orders' pages."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from catalog.models import Product
from customers.services import find_or_register
from orders import services
from orders.models import Order


def place(request):
    customer = find_or_register(request.POST["email"])
    product = get_object_or_404(Product, sku=request.POST["sku"])
    order = services.place(customer, product, int(request.POST.get("quantity", 1)))
    return HttpResponse(order.number, status=201)


def redeem(request, pk):
    services.redeem(get_object_or_404(Order, pk=pk), request.POST["code"])
    return HttpResponse(status=204)
