"""Makes a Django project of any number of apps, to measure on when there is no checkout at hand.

Each app imports models of the one before it. Of its lines about a quarter are in files with insert calls. Lines that
the plugin reports by default end in `# expect: CODE`.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.benchmarks.checkouts import Checkout

MARK = re.compile(r"# expect: (UQI\d+)$")

BASE = '''\
"""Bases that the apps' models share."""

from django.db import models


class TimeStamped(models.Model):
    """When a row came to be and when it last changed."""

    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
'''

MODELS = '''\
"""What {app} stores."""

from django.db import models

from core.models import TimeStamped
{import_previous}

class CustomerQuerySet(models.QuerySet):
    """Which customers of {app} there are."""

    def active(self):
        return self.filter(active=True)


class Customer(TimeStamped):
    """Someone who buys at {app}."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    active = models.BooleanField(default=True)
    referrer = models.ForeignKey({referrer}, on_delete=models.SET_NULL, null=True, related_name="referred_{app}")

    objects = CustomerQuerySet.as_manager()

    def __str__(self):
        return self.email


class Address(TimeStamped):
    """Where to deliver."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    label = models.CharField(max_length=30)
    city = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "label"], name="{app}_label")]


class Order(TimeStamped):
    """What a customer asked for."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    number = models.CharField(max_length=20)
    note = models.TextField(blank=True)

    class Meta:
        unique_together = [("customer", "number")]


class LogEntry(models.Model):
    """What happened."""

    text = models.CharField(max_length=200)
'''

SERVICES = '''\
"""What can be done with the customers of {app}."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from {app}.models import Address, Customer, LogEntry, Order


def register(email, name=""):
    customer = Customer.objects.create(email=email, name=name)  # expect: UQI101
    LogEntry.objects.create(text=f"registered {{email}}")
    return customer


def register_or_refuse(email, name=""):
    try:
        with transaction.atomic():
            return Customer.objects.create(email=email, name=name)
    except IntegrityError:
        raise ValidationError("There is a customer with this e-mail.") from None


def register_if_absent(email, name=""):
    if Customer.objects.filter(email=email).exists():
        return None
    return Customer.objects.create(email=email, name=name)


def find_or_register(email):
    customer, _ = Customer.objects.get_or_create(email=email)
    return customer


def add_address(customer, label, city):
    if Address.objects.filter(customer=customer, label=label, city=city).exists():
        return None
    return Address.objects.create(customer=customer, label=label, city=city)  # expect: UQI201


def place(customer, number, notes):
    order = Order(customer=customer, number=number)
    for note in notes:
        if note:
            order.note += note
    order.save()  # expect: UQI102
    return order


def change_email(pk, email):
    customer = Customer.objects.get(pk=pk)
    if not email:
        raise ValidationError("no e-mail")
    customer.email = email
    customer.save()  # expect: UQI104


def archive(customer):
    count = 0
    for order in customer.orders.all():
        if order.note:
            count += 1
            order.note = ""
            order.save(update_fields=["note"])
    return count
'''

REPORT_HEAD = '''\
"""Figures about {app}."""

from {app}.models import Customer, Order
'''

REPORT = '''

def orders_{number}(since, until=None):
    """How many orders each customer has, the largest first."""
    rows = Order.objects.filter(created__gte=since)
    if until is not None:
        rows = rows.filter(created__lt=until)
    counts = {{}}
    for row in rows.select_related("customer"):
        key = row.customer.email
        if not row.note and row.number.startswith("{number}"):
            continue
        counts[key] = counts.get(key, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(email, count) for email, count in ordered if count > {number}]


def silent_{number}(since):
    """Customers without an order since then."""
    seen = {{row.customer_id for row in Order.objects.filter(created__gte=since)}}
    return [row for row in Customer.objects.active() if row.pk not in seen]
'''

VIEWS = '''\
"""Pages of {app}."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from {app} import reports, services
from {app}.models import Customer


def index(request):
    return render(request, "{app}/index.html", {{"customers": Customer.objects.active()}})


def detail(request, pk):
    customer = get_object_or_404(Customer, pk=pk)
    return render(request, "{app}/detail.html", {{"customer": customer, "orders": customer.orders.all()}})


def register(request):
    customer = services.register_or_refuse(request.POST["email"], request.POST.get("name", ""))
    return HttpResponse(customer.pk)


def figures(request):
    return render(request, "{app}/figures.html", {{"rows": reports.orders_0(request.GET["since"])}})
'''

TESTS = '''\
"""Tests of {app}."""

from django.test import TestCase

from {app}.models import Customer
from {app}.services import register
'''

TEST = """

class Register{number}Test(TestCase):
    def test_that_it_registers(self):
        Customer.objects.create(email="ann@shop.example", name="Ann")
        register("bob{number}@shop.example")
        self.assertEqual(Customer.objects.count(), 2)
"""

SETTINGS = '''\
"""Settings of the project."""

INSTALLED_APPS = [
    "core",
{apps}]
'''


def make(folder: Path, apps: int) -> Checkout:
    """Write a project of this many apps into an empty folder."""
    names = [f"shop{number:03}" for number in range(apps)]
    files = {
        "pyproject.toml": '[project]\nname = "synthetic"\n',
        "config/__init__.py": "",
        "config/settings.py": SETTINGS.format(apps="".join(f'    "{name}",\n' for name in names)),
        "core/__init__.py": "",
        "core/models.py": BASE,
    }
    for name, previous in zip(names, ["", *names]):
        files.update(_app(name, previous))
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return Checkout(f"synthetic, {apps} apps", folder)


def _app(name: str, previous: str) -> dict[str, str]:
    import_previous = f"from {previous}.models import Customer as Referrer\n" if previous else ""
    models = MODELS.format(app=name, import_previous=import_previous, referrer="Referrer" if previous else '"self"')
    return {
        f"{name}/__init__.py": "",
        f"{name}/models.py": models,
        f"{name}/services.py": SERVICES.format(app=name),
        f"{name}/reports.py": REPORT_HEAD.format(app=name) + _numbered(REPORT, 4),
        f"{name}/views.py": VIEWS.format(app=name),
        f"{name}/tests/__init__.py": "",
        f"{name}/tests/test_services.py": TESTS.format(app=name) + _numbered(TEST, 6),
    }


def _numbered(text: str, count: int) -> str:
    return "".join(text.format(number=number) for number in range(count))


def expected(checkout: Checkout) -> set[tuple[str, int, str]]:
    """Path below the folder, line and code of what the plugin reports by default."""
    return {
        (path.relative_to(checkout.folder).as_posix(), number, mark[1])
        for path in checkout.files()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (mark := MARK.search(line))
    }
