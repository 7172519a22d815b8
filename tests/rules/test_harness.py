"""The harness itself: wrong marks, dead examples and mistakes in an example are complained about."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.documents import Case, cases
from tests.rules.execution import execute

PAGE = """
# Page

## Models

```python title="shop/models.py"
from django.db import models


class Customer(models.Model):
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=20)
```

## Example (oracle C01, B30)

```python title="shop/services.py"
from django.db import IntegrityError, transaction

from shop.models import Customer


def register(email):
{body}
```

```python title="run"
# duplicate
Customer.objects.create(email="ann@shop.example")
# call
register("ann@shop.example")
```
"""
CREATE = "    Customer.objects.create(email=email)"
CHECKED = "    if not Customer.objects.filter(email=email).exists():\n    " + CREATE
BROKEN = (
    "    with transaction.atomic():\n        try:\n            Customer.objects.create(email=email){mark}\n"
    "        except IntegrityError:\n            pass\n        return Customer.objects.count()"
)


def case(tmp_path: Path, body: str, page: str = "UQI101") -> Case:
    path = tmp_path / f"{page}.md"
    path.write_text(PAGE.replace("{body}", body), encoding="utf-8")
    (found,) = cases(path, page, {})
    return found


def test_reads_what_a_page_says(tmp_path: Path) -> None:
    found = case(tmp_path, f"{CREATE}  # error: UQI101, UQI202")
    assert found.title == "Example"
    assert found.oracle == ("C01", "B30")
    assert found.shared == {"shop/models.py"}
    assert [(mark.file, mark.line, mark.code) for mark in found.marks()] == [
        ("shop/services.py", 7, "UQI101"),
        ("shop/services.py", 7, "UQI202"),
    ]
    assert found.script.calls == ['register("ann@shop.example")\n']


@pytest.mark.parametrize(
    "body",
    [
        f"{CREATE}  # error: UQI101",
        CHECKED,
        BROKEN.format(mark="  # error: UQI202"),
        f"{CREATE}  # todo-error: UQI101",
        f"{CHECKED}  # todo-ok: UQI101",
    ],
)
def test_accepts_what_django_does(tmp_path: Path, body: str) -> None:
    assert execute(case(tmp_path, body)).complaints == []


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (CREATE, "where nothing is marked"),
        (f"{CHECKED}  # error: UQI101", "nothing bad happened"),
        (f"    print(email)  # error: UQI101\n{CREATE}", "where nothing is marked"),
        (BROKEN.format(mark=""), "the transaction breaks"),
        (f"    try:\n    {CREATE}  # error: UQI202\n    except IntegrityError:\n        pass", "nothing bad happened"),
        ("    print(email)", "proves nothing"),
        ("    Customer.objects.create(mail=email)", "TypeError"),
        (f"{CREATE}\n{CREATE}  # error: UQI101", "even without a duplicate"),
    ],
)
def test_complains(tmp_path: Path, body: str, complaint: str) -> None:
    assert complaint in "\n".join(execute(case(tmp_path, body)).complaints)


def test_a_row_slipped_in_must_be_marked(tmp_path: Path) -> None:
    assert execute(case(tmp_path, f"{CHECKED}  # error: UQI301", "UQI301")).complaints == []
    (complaint,) = execute(case(tmp_path, CHECKED, "UQI301")).complaints
    assert "slipped in" in complaint


def test_a_row_slipped_in_survives_the_rollback(tmp_path: Path) -> None:
    body = (
        "    try:\n        with transaction.atomic():\n            Customer.objects.create(email=email)\n"
        "    except IntegrityError:\n        Customer.objects.get(email=email)"
    )
    assert execute(case(tmp_path, body, "UQI301")).complaints == []
