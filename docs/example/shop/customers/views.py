"""The customers' pages."""

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404

from customers import services
from customers.models import Customer


def sign_up(request):
    customer = services.register(request.POST["email"], request.POST.get("name", ""))
    return HttpResponse(customer.referral_code, status=201)


def change_email(request, pk):
    services.change_email(pk, request.POST["email"])
    return HttpResponse(status=204)


def add_address(request, pk):
    customer = get_object_or_404(Customer, pk=pk)
    if services.add_address(customer, request.POST["label"], request.POST["city"]) is None:
        return HttpResponseBadRequest("There is an address with this label.")
    return HttpResponse(status=201)
