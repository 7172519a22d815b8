"""A small project on disk."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

MODELS = """\
from django.db import models


class Customer(models.Model):
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=50)
"""
SERVICES = """\
from shop.models import Customer


def register(email):
    return Customer.objects.create(email=email)
"""
CHECKED = """\
from shop.models import Customer


def register(email):
    if Customer.objects.filter(email=email).exists():
        return None
    return Customer.objects.create(email=email)
"""


class Project:
    """A project's root folder, and what to put into it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file below the root, making its folders."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return path


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's cache folder, empty for each test."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with one model, and one insert that nothing guards at shop/services.py:5."""
    made = Project(tmp_path / "project")
    made.write("manage.py", "# the root\n")
    made.write("shop/__init__.py", "")
    made.write("shop/models.py", MODELS)
    made.write("shop/services.py", SERVICES)
    return made
