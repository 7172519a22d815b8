# file: shop/abstract_models.py
from django.db import models


class AbstractPartner(models.Model):
    code = models.SlugField(unique=True)

    class Meta:
        abstract = True


# file: shop/compatibility.py
try:
    from no_such_package_at_all import Base
except ImportError:
    from .abstract_models import AbstractPartner as Base

try:
    import no_such_package_either as other
except ImportError:
    other = None


# file: shop/models.py
from typing import TYPE_CHECKING

from django.db import models

from .abstract_models import AbstractPartner
from .compatibility import Base, other

if TYPE_CHECKING:
    from django.contrib.auth.models import User

__all__ = []


def is_registered(app, model):
    return False


def marked(kind):
    return kind


if not is_registered("shop", "Partner"):

    class Partner(AbstractPartner):
        pass

    __all__.append("Partner")


class Compatible(Base):
    class Meta:
        if other is None:
            unique_together = [("code", "id")]


@marked
class Decorated(models.Model):
    if other is None:
        code = models.CharField(max_length=3, unique=True)
    else:
        code = models.CharField(max_length=3, unique=True)


try:

    class Tried(Partner):
        extra = models.IntegerField(unique=True)

except TypeError:
    pass
