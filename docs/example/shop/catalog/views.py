"""The catalog's pages."""

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404

from catalog.forms import CategoryForm, ReviewForm
from catalog.models import Product
from customers.models import Customer


def add_category(request):
    form = CategoryForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors.as_json())
    form.save()
    return HttpResponse(status=201)


def add_review(request, sku):
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors.as_json())
    review = form.save(commit=False)
    review.product = get_object_or_404(Product, sku=sku)
    review.customer = get_object_or_404(Customer, email=request.POST["email"])
    review.save()
    return HttpResponse(status=201)
