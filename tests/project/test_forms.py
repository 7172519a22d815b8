"""Forms and serializers as they are read from source, against what Django and DRF do with a duplicate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flake8_unique_insert.project import Project
from flake8_unique_insert.project.modules import Modules
from flake8_unique_insert.schema import ClassSymbol, ModelForm, ValueSymbol
from tests.real_django import open_shop, write_files

MODELS = """
from django.db import models


class Owner(models.Model):
    name = models.CharField(max_length=9)


class Item(models.Model):
    alone = models.CharField(max_length=9, unique=True)
    left = models.CharField(max_length=9)
    right = models.CharField(max_length=9)
    upper = models.CharField(max_length=9)
    lower = models.CharField(max_length=9)
    partial = models.CharField(max_length=9)
    active = models.BooleanField(default=False)
    folded = models.CharField(max_length=9)
    owner = models.OneToOneField(Owner, on_delete=models.CASCADE)
    number = models.CharField(max_length=9, unique=True, editable=False)

    class Meta:
        unique_together = [("left", "right")]
        constraints = [
            models.UniqueConstraint(fields=["upper", "lower"], name="upper_lower"),
            models.UniqueConstraint(fields=["partial"], condition=models.Q(active=True), name="partial"),
            models.UniqueConstraint(models.functions.Lower("folded"), name="folded"),
        ]
"""
FORMS = """
from django import forms
from shop.models import Item

EVERY = ["alone", "left", "right", "upper", "lower", "partial", "active", "folded", "owner"]


class All(forms.ModelForm):
    class Meta:
        model = Item
        fields = "__all__"


class Listed(forms.ModelForm):
    class Meta:
        model = Item
        fields = EVERY


class Halves(forms.ModelForm):
    class Meta:
        model = Item
        fields = ["left", "upper", "partial", "owner"]


class Excluding(forms.ModelForm):
    class Meta:
        model = Item
        exclude = ("right", "alone")


class Inheriting(Halves):
    pass


class Extending(Halves):
    class Meta(Halves.Meta):
        fields = [*Halves.Meta.fields, "right"] + ["lower"]


class Replacing(Halves):
    class Meta:
        model = Item
        exclude = ["owner"]


class Declaring(forms.ModelForm):
    alone = forms.CharField()
    right = forms.CharField()
    number = forms.CharField(required=False)

    class Meta:
        model = Item
        fields = ["alone", "left"]


class Removing(Declaring):
    alone = None


class Silent(forms.ModelForm):
    class Meta:
        model = Item
        fields = ["alone", "left", "right", "owner"]

    def clean(self):
        return self.cleaned_data


class Calling(Silent):
    def clean(self):
        return super().clean()


class Chaining(Listed):
    def clean(self):
        super().clean()


class Unclean(Listed):
    def _post_clean(self):
        pass


Factory = forms.modelform_factory(Item, fields=("alone", "owner"))
Wider = forms.modelform_factory(Item, form=Chaining, exclude=["folded"])
"""
SERIALIZERS = """
from rest_framework import serializers
from rest_framework.validators import UniqueTogetherValidator, UniqueValidator
from shop.models import Item, Owner


class All(serializers.ModelSerializer):
    class Meta:
        model = Item
        fields = "__all__"


class Halves(serializers.ModelSerializer):
    class Meta:
        model = Item
        fields = ["id", "alone", "left", "upper"]


class Excluding(serializers.ModelSerializer):
    class Meta:
        model = Item
        exclude = ["right", "alone"]


class ReadOnly(serializers.ModelSerializer):
    class Meta(All.Meta):
        read_only_fields = ["left", "owner"]
        extra_kwargs = {"alone": {"read_only": True}, "upper": {"max_length": 5}}


class Declaring(serializers.ModelSerializer):
    alone = serializers.CharField()
    left = serializers.CharField()
    lower = serializers.CharField(read_only=True)

    class Meta(All.Meta):
        pass


class Renaming(serializers.ModelSerializer):
    one = serializers.CharField(source="left")
    other = serializers.CharField(source="right")
    alone = serializers.CharField(validators=[UniqueValidator(Item.objects.all())])

    class Meta:
        model = Item
        fields = ["one", "other", "alone"]


class Unchecked(serializers.ModelSerializer):
    class Meta(All.Meta):
        validators = []
        extra_kwargs = {"owner": {"validators": []}}


class Stated(serializers.ModelSerializer):
    class Meta(All.Meta):
        validators = [UniqueTogetherValidator(Item.objects.all(), fields=["left", "right"])]


class Hidden(serializers.ModelSerializer):
    right = serializers.HiddenField(default="right")

    class Meta(All.Meta):
        pass


class Linked(serializers.HyperlinkedModelSerializer):
    owner = serializers.PrimaryKeyRelatedField(queryset=Owner.objects.all())

    class Meta:
        model = Item
        fields = ["alone", "left", "right", "owner"]


class Removing(Declaring):
    left = None
"""
KEYS = [("alone",), ("left", "right"), ("upper", "lower"), ("partial",), ("folded",), ("owner",), ("number",)]
FILES = {"shop/models.py": MODELS, "shop/forms.py": FORMS, "shop/serializers.py": SERIALIZERS}
RENAMED = {"one": "left", "other": "right"}


def _classes(module: str) -> Iterator[Any]:
    text = FILES[f"shop/{module}.py"]
    for line in text.splitlines():
        if line.startswith("class ") or " = forms.modelform_factory" in line:
            name = line.removeprefix("class ").split("(")[0].split(" ")[0]
            yield pytest.param(module, name, id=f"{module}.{name}")


def _read(root: Path, module: str, name: str) -> ModelForm | None:
    write_files(root, FILES)
    project = Project(Modules(root))
    found = project.resolve(f"shop.{module}", name)
    if isinstance(found, ClassSymbol):
        return project.form(found)
    assert isinstance(found, ValueSymbol)
    made = found.assignments[-1].value
    assert made is not None
    return project.made_form(made, f"shop.{module}")


def _refused(names: dict[str, Any], module: str, name: str, key: tuple[str, ...]) -> bool:
    """Whether a row that has this key in common with another one is found invalid."""
    item, owner = names["Item"], names["Owner"]
    new = {field: field for field in ("alone", "left", "right", "upper", "lower", "partial", "folded", "number")}
    old = {field: value if field in key else f"{value}2" for field, value in new.items()}
    mine, other = owner.objects.create(), owner.objects.create()
    item.objects.create(**old, owner=mine if "owner" in key else other, active="partial" in key)
    if module == "forms":
        data = {**new, "owner": mine.pk, "active": "on"}
        return not names[name](data, instance=item(**new, owner=mine, active=True)).is_valid()
    data = {**new, "owner": mine.pk, "active": True, **{alias: new[field] for alias, field in RENAMED.items()}}
    return not names[name](data=data).is_valid()


@pytest.mark.parametrize(("module", "name"), [*_classes("forms"), *_classes("serializers")])
def test_checked_keys_are_those_that_are_refused(module: str, name: str, tmp_path: Path) -> None:
    form = _read(tmp_path, module, name)
    assert form is not None
    with open_shop(FILES) as shop:
        refused = set()
        for key in KEYS:
            shop.empty()
            namespace: dict[str, Any] = {}
            exec(f"from shop.models import *\nfrom shop.{module} import *", namespace)
            if _refused(namespace, module, name, key):
                refused.add(key)
    assert {key.members for key in form.checked} == refused
