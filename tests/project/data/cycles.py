# file: shop/a.py
from django.db import models

from .c import *


class A(models.Model):
    code = models.CharField(max_length=3, unique=True)

    class Meta:
        abstract = True


from .b import *

# file: shop/b.py
from . import a
from .a import A


class B(A):
    class Meta(A.Meta):
        abstract = True


# file: shop/c.py
SOMETHING = 1
from . import a

# file: shop/models.py
from .a import A, B
from .b import *


class First(A):
    pass


class Second(B):
    pass
