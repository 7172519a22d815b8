"""What can be done with customers. Each function writes one row in one way, guarded or not."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from customers.models import Address, Customer, Subscription


def register(email, name=""):
    """Nothing guards the e-mail: a second visitor with the same one gets a server error."""
    return Customer.objects.create(email=email, name=name)


def register_or_refuse(email, name=""):
    """The handler turns the database's refusal into a message."""
    try:
        with transaction.atomic():
            return Customer.objects.create(email=email, name=name)
    except IntegrityError:
        raise ValidationError("There is a customer with this e-mail.") from None


def register_if_absent(email, name=""):
    """The check protects the key, except from a request at the same time (UQI301, off by default)."""
    if Customer.objects.filter(email=email).exists():
        return None
    return Customer.objects.create(email=email, name=name)


def find_or_register(email):
    """The lookup is the whole key, so Django copes with a row that is there already."""
    customer, _ = Customer.objects.get_or_create(email=email)
    return customer


def add_address(customer, label, city):
    """The check asks for a city too, so it misses an address with this label in another city."""
    if Address.objects.filter(customer=customer, label=label, city=city).exists():
        return None
    return Address.objects.create(customer=customer, label=label, city=city)


def subscribe(customer: Customer):
    """The row hangs on the customer alone, and `hasattr` asks for exactly that."""
    if not hasattr(customer, "subscription"):
        Subscription.objects.create(customer=customer)


def subscribe_everyone():
    """Whoever has a subscription already makes the whole insert fail."""
    Subscription.objects.bulk_create([Subscription(customer=customer) for customer in Customer.objects.all()])


def change_email(pk, email):
    """An update of a key can collide just as an insert can."""
    customer = Customer.objects.get(pk=pk)
    customer.email = email
    customer.save()
