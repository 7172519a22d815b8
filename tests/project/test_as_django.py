"""Every case, defined in real Django: the project layer says of each model what `_meta` says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django
import pytest

from flake8_unique_insert.project import Project
from flake8_unique_insert.project.modules import Modules
from flake8_unique_insert.schema import Model
from tests.project import cases, meta
from tests.project.comparison import keys_found, managers_found
from tests.real_django import Shop, open_shop

Pair = tuple[Project, Any, Model]


@pytest.fixture(scope="module", params=cases.names())
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    if cases.needs(request.param) > django.VERSION:
        pytest.skip("needs a newer Django")
    with open_shop(cases.files(request.param)) as opened:
        yield opened


@pytest.fixture(scope="module")
def project(shop: Shop) -> Project:
    return Project(Modules(shop.root))


@pytest.fixture(scope="module")
def pairs(shop: Shop, project: Project) -> list[tuple[Any, Model]]:
    """Each model of Django with ours."""
    from django.apps import apps

    packages = {name.split("/")[0] for name in shop.files}
    found = []
    for real in apps.get_models():
        if real.__module__.split(".")[0] in packages:
            ours = project.model_labelled(real._meta.label)
            assert ours is not None, real._meta.label
            found.append((real, ours))
    assert found
    return found


def test_keys(pairs: list[tuple[Any, Model]]) -> None:
    for real, ours in pairs:
        assert keys_found(ours) == meta.keys_of(real), real._meta.label


def test_same_models(shop: Shop, project: Project, pairs: list[tuple[Any, Model]]) -> None:
    found = {model.label for model in project.models_in(project.modules.tree.files()) if not model.abstract}
    assert found == {real._meta.label for real, _ in pairs}


def test_traits(pairs: list[tuple[Any, Model]]) -> None:
    for real, ours in pairs:
        options = real._meta
        assert (ours.name, ours.module) == (real.__name__, real.__module__)
        assert (ours.proxy, ours.managed, bool(ours.abstract)) == (options.proxy, options.managed, options.abstract)
        assert ours.table == options.concrete_model._meta.label
        assert ours.primary_key == options.pk.name
        assert ours.bases_known


def test_fields(pairs: list[tuple[Any, Model]]) -> None:
    for real, ours in pairs:
        listed = [*real._meta.fields, *real._meta.many_to_many]
        theirs = {field.name: field for field in listed if field.column is not None or field.many_to_many}
        assert set(ours.fields) == set(theirs), real._meta.label
        for name, field in ours.fields.items():
            other = theirs[name]
            assert (field.null, field.primary_key) == (other.null, other.primary_key), (real._meta.label, name)
            assert field.unique or field.primary_key or not other.unique, (real._meta.label, name)
            assert (field.default is not None) == (other.has_default() or _has_database_default(other)), name
            assert field.column_name == (name if field.relation == "m2m" else other.attname)
            assert field.relation == meta.relation(other), (real._meta.label, name)
            if field.relation:
                assert field.target == other.related_model._meta.label, (real._meta.label, name)


def _has_database_default(field: Any) -> bool:
    return getattr(field, "has_db_default", bool)() or False


def test_managers(pairs: list[tuple[Any, Model]]) -> None:
    for real, ours in pairs:
        assert managers_found(ours) == meta.managers_of(real), real._meta.label
        assert ours.default_manager == real._meta.default_manager.name


def test_accessors(project: Project, pairs: list[tuple[Any, Model]]) -> None:
    for real, ours in pairs:
        for name, model, field, kind in meta.accessors_of(real):
            found = project.accessor(ours, name)
            assert found is not None, (real._meta.label, name)
            assert (found.model, found.field, found.kind) == (model, field, kind), (real._meta.label, name)
        assert project.accessor(ours, "no_such_name") is None


def test_swapped_user(shop: Shop, project: Project) -> None:
    from django.conf import settings

    user = project.user_model()
    assert user is not None
    assert user.label == settings.AUTH_USER_MODEL
    contrib = project.model_labelled("auth.User")
    assert contrib is not None
    assert contrib.swapped == (settings.AUTH_USER_MODEL != "auth.User")
