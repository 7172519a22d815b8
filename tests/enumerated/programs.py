"""Small programs, enumerated: every control-flow shape with every form of a check.

A *program* is a function over the models of `MODELS` that may insert a customer, a line or a member. A *shape* is its
control flow, with holes: `{taken}` for an expression that is to say that the row exists, `{insert}` for the statement
that inserts it. A *check* fills the first hole, right or wrong way round.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

MODELS = """
from django.db import models


class Customer(models.Model):
    email = models.CharField(max_length=50, unique=True)
    name = models.CharField(max_length=50)
    active = models.BooleanField(default=True)


class Line(models.Model):
    a = models.IntegerField()
    b = models.IntegerField()
    c = models.IntegerField(default=0)

    class Meta:
        unique_together = [("a", "b")]


class Member(models.Model):
    email = models.CharField(max_length=50, unique=True)
    number = models.IntegerField(unique=True)


class Entry(models.Model):
    text = models.CharField(max_length=50)
"""

HEADER = """
from contextlib import suppress

from django.db import DatabaseError, IntegrityError
from django.db.models import Q

from shop.models import Customer, Entry, Line, Member


class Refused(Exception):
    pass


def is_taken(email):
    return Customer.objects.filter(email=email).exists()


def is_free(email):
    if Customer.objects.filter(email=email).exists():
        return False
    return True


def find(email):
    try:
        return Customer.objects.get(email=email)
    except Customer.DoesNotExist:
        return None


def refuse_taken(email):
    if Customer.objects.filter(email=email).exists():
        raise Refused(email)
"""


@dataclass(frozen=True)
class Program:
    """group: what disagreements are listed under. name: what is special in it. body: the function's statements."""

    group: str
    name: str
    body: str

    def source(self, function: str) -> str:
        return f"def {function}(e, other, flag, strict, xs):\n{textwrap.indent(self.body, '    ')}\n"


CREATE = "Customer.objects.create(email=e, name='new')"
EXACT = "Customer.objects.filter(email=e)"

SHAPES = {
    "if absent": "if {absent}:\n    {insert}",
    "if taken pass else insert": "if {taken}:\n    pass\nelse:\n    {insert}",
    "early return": "if {taken}:\n    return\n{insert}",
    "early return of a value": "if {taken}:\n    return None\nprint(end='')\n{insert}",
    "early raise": "if {taken}:\n    raise Refused\n{insert}",
    "falls through": "if {taken}:\n    print(end='')\n{insert}",
    "result ignored": "{taken}\n{insert}",
    "assert": "assert {absent}\n{insert}",
    "elif": "if flag:\n    pass\nelif {absent}:\n    {insert}",
    "elif after return": "if flag:\n    return\nelif {taken}:\n    return\n{insert}",
    "elif, first branch falls": "if flag:\n    pass\nelif {taken}:\n    return\n{insert}",
    "nested if": "if flag:\n    if {absent}:\n        {insert}",
    "checked in one branch": "if flag:\n    if {taken}:\n        return\n{insert}",
    "checked in both branches": "if flag:\n    if {taken}:\n        return\nelse:\n    if {taken}:\n"
    "        return\n{insert}",
    "check, then opaque branch": "if {taken}:\n    return\nif flag:\n    print(end='')\n{insert}",
    "insert in both branches": "if {taken}:\n    return\nif flag:\n    {insert}\nelse:\n    {insert}",
    "flag variable": "known = {taken}\nif not known:\n    {insert}",
    "flag variable, early return": "known = {taken}\nif flag:\n    print(end='')\nif known:\n    return\n{insert}",
    "absent variable": "free = {absent}\nif free:\n    {insert}",
    "flag set in branches": "known = False\nif {taken}:\n    known = True\nif not known:\n    {insert}",
    "flag overwritten": "known = {taken}\nif flag:\n    known = False\nif not known:\n    {insert}",
    "ternary": "None if {taken} else {insert}",
    "ternary, inverted": "{insert} if {taken} else None",
    "or": "{taken} or {insert}",
    "and": "{absent} and {insert}",
    "while taken: return": "while {taken}:\n    return\n{insert}",
    "while taken: break": "while {taken}:\n    break\n{insert}",
    "while else": "while {taken}:\n    break\nelse:\n    {insert}",
    "while absent": "while {absent}:\n    {insert}",
    "while true": "while True:\n    if {taken}:\n        break\n    {insert}",
    "while true, break after": "while True:\n    if {taken}:\n        return\n    break\n{insert}",
    "loop, continue": "for _ in xs:\n    if {taken}:\n        continue\n    {insert}",
    "loop, break": "for _ in xs:\n    if {taken}:\n        break\n    {insert}",
    "loop, if absent": "for _ in xs:\n    if {absent}:\n        {insert}",
    "loop, check before": "if {taken}:\n    return\nfor _ in xs:\n    {insert}",
    "loop, check inside, insert after": "for _ in xs:\n    if {taken}:\n        return\n{insert}",
    "loop, break, insert after": "for _ in xs:\n    if {taken}:\n        break\n{insert}",
    "loop else": "for _ in xs:\n    if {taken}:\n        break\nelse:\n    {insert}",
    "loop, one insert then break": "if {taken}:\n    return\nfor _ in xs:\n    {insert}\n    break",
    "loop, one insert then return": "if {taken}:\n    return\nfor _ in xs:\n    {insert}\n    return",
    "loop, sometimes continue": "for _ in xs:\n    if flag:\n        continue\n    if {taken}:\n"
    "        continue\n    {insert}",
    "nested loops": "for _ in xs:\n    for _ in xs:\n        if {taken}:\n            continue\n        {insert}",
    "nested loops, check outside": "for _ in xs:\n    if {taken}:\n        continue\n    for _ in xs:\n"
    "        {insert}",
    "two inserts": "if {taken}:\n    return\n{insert}\n{insert}",
    "two checks, two inserts": "if {taken}:\n    return\n{insert}\nif {taken}:\n    return\n{insert}",
    "raise, swallowed": "try:\n    if {taken}:\n        raise Refused\nexcept Refused:\n    pass\n{insert}",
    "raise, returned": "try:\n    if {taken}:\n        raise Refused\nexcept Refused:\n    return\n{insert}",
    "raise, insert in else": "try:\n    if {taken}:\n        raise Refused\nexcept Refused:\n    pass\n"
    "else:\n    {insert}",
    "raise, insert in finally": "try:\n    if {taken}:\n        raise Refused\nexcept Refused:\n"
    "    pass\nfinally:\n    {insert}",
    "raise, insert in handler": "try:\n    if {taken}:\n        raise Refused\nexcept Refused:\n    {insert}",
    "absent raises, insert in handler": "try:\n    if {absent}:\n        raise Refused\nexcept Refused:\n    {insert}",
    "raise, suppressed": "with suppress(Refused):\n    if {taken}:\n        raise Refused\n{insert}",
    "raise, insert inside suppress": "with suppress(Refused):\n    if {taken}:\n        raise Refused\n    {insert}",
    "return inside try finally": "try:\n    if {taken}:\n        return\n    {insert}\nfinally:\n    print(end='')",
    "return, insert in finally": "try:\n    if {taken}:\n        return\nfinally:\n    {insert}",
    "check in finally": "try:\n    print(end='')\nfinally:\n    if {taken}:\n        return\n{insert}",
    "return before the check": "if flag:\n    return\nif {taken}:\n    return\n{insert}",
    "match bool": "match bool({taken}):\n    case False:\n        {insert}",
    "match bool, other case": "match bool({taken}):\n    case True:\n        return\n    case _:\n        {insert}",
    "match, inverted": "match bool({taken}):\n    case True:\n        {insert}",
    "match with guard": "match flag:\n    case _ if {taken}:\n        return\n    case _:\n        {insert}",
    "handler": "try:\n    {insert}\nexcept IntegrityError:\n    pass",
    "handler after a check": "if {taken}:\n    return\ntry:\n    {insert}\nexcept DatabaseError:\n    return",
    "handler in the branch": "if {taken}:\n    try:\n        {insert}\n    except IntegrityError:\n        pass",
    "wrong handler": "try:\n    if {absent}:\n        {insert}\nexcept ValueError:\n    pass",
    "handler that raises": "try:\n    if {absent}:\n        {insert}\nexcept IntegrityError:\n    raise",
    "nested function": "def insert():\n    {insert}\nif {absent}:\n    insert()",
    "return in both": "if {taken}:\n    return\nelse:\n    return {insert}",
}

CONNECTIVES = {
    "plain": "{x}",
    "strict and": "strict and {x}",
    "and strict": "{x} and strict",
    "strict or": "strict or {x}",
    "or strict": "{x} or strict",
    "not not": "not not {x}",
    "not (not or)": "not (not {x} or strict)",
    "not (not and)": "not (not {x} and strict)",
    "ternary": "({x} if strict else False)",
    "ternary with itself": "({x} if strict else {x})",
}

COVERAGE = {
    "exact": EXACT,
    "wider (iexact)": "Customer.objects.filter(email__iexact=e)",
    "narrower": "Customer.objects.filter(email=e, active=True)",
    "narrower, chained": "Customer.objects.filter(email=e).exclude(active=False)",
    "other field": "Customer.objects.filter(name=e)",
    "other value": "Customer.objects.filter(email=other)",
    "Q or": "Customer.objects.filter(Q(email=e) | Q(name=e))",
    "Q and": "Customer.objects.filter(Q(email=e) & Q(name=e))",
    "none": "Customer.objects.none().filter(email=e)",
    "other model": "Entry.objects.filter(text=e)",
    "all": "Customer.objects.all()",
    "ordered": "Customer.objects.filter(email=e).order_by('name')",
}

FORMS = {
    "exists": ("{q}.exists()", None),
    "exists is True": ("{q}.exists() is True", "{q}.exists() is False"),
    "exists == True": ("{q}.exists() == True", "{q}.exists() == False"),
    "first": ("{q}.first()", None),
    "first is": ("{q}.first() is not None", "{q}.first() is None"),
    "last": ("{q}.last()", None),
    "count": ("{q}.count()", None),
    "count > 0": ("{q}.count() > 0", "{q}.count() == 0"),
    "count != 0": ("{q}.count() != 0", "{q}.count() < 1"),
    "count >= 1": ("{q}.count() >= 1", "{q}.count() <= 0"),
    "0 < count": ("0 < {q}.count()", "0 == {q}.count()"),
    "len": ("len({q})", None),
    "len > 0": ("len({q}) > 0", "len({q}) == 0"),
    "truth": ("{q}", None),
    "bool": ("bool({q})", None),
    "list": ("list({q})", None),
    "walrus": ("(row := {q}.first())", None),
    "walrus is": ("(row := {q}.first()) is not None", "(row := {q}.first()) is None"),
    "next": ("next(iter({q}), None) is not None", "next(iter({q}), None) is None"),
    "values_list": ("e in {q}.values_list('email', flat=True)", "e not in {q}.values_list('email', flat=True)"),
    "set of values_list": (
        "e in set(Customer.objects.values_list('email', flat=True))",
        "e not in set(Customer.objects.values_list('email', flat=True))",
    ),
    "in_bulk": (
        "e in Customer.objects.in_bulk([e], field_name='email')",
        "e not in Customer.objects.in_bulk([e], field_name='email')",
    ),
    "any": ("any(row.email == e for row in Customer.objects.all())", None),
    "comprehension": ("e in {{row.email for row in Customer.objects.all()}}", None),
    "helper": ("is_taken(e)", None),
    "helper says free": ("not is_free(e)", "is_free(e)"),
    "helper finds": ("find(e)", "find(e) is None"),
    "update": ("{q}.update(name='old')", "{q}.update(name='old') == 0"),
    "sliced": ("{q}[:1]", None),
    "exists of values": ("{q}.values('pk').exists()", None),
    "wrong threshold": ("{q}.count() > 1", "{q}.count() < 2"),
    "wrong polarity by is": ("{q}.first() is None", "{q}.first() is not None"),
}

STATEMENTS = {
    "get, handler inserts": "try:\n    {get}\nexcept Customer.DoesNotExist:\n    {insert}",
    "get, handler inserts, row kept": "try:\n    row = {get}\nexcept Customer.DoesNotExist:\n"
    "    row = {insert}\nreturn row",
    "get, else returns": "try:\n    {get}\nexcept Customer.DoesNotExist:\n    pass\nelse:\n    return\n{insert}",
    "get, result ignored": "try:\n    {get}\nexcept Customer.DoesNotExist:\n    pass\n{insert}",
    "get, return in body": "try:\n    return {get}\nexcept Customer.DoesNotExist:\n    pass\n{insert}",
    "get, suppressed return": "with suppress(Customer.DoesNotExist):\n    return {get}\n{insert}",
    "get, suppressed": "with suppress(Customer.DoesNotExist):\n    {get}\n{insert}",
    "get, handler returns": "try:\n    {get}\nexcept Customer.DoesNotExist:\n    return\n{insert}",
    "get, insert in else": "try:\n    {get}\nexcept Customer.DoesNotExist:\n    pass\nelse:\n    {insert}",
    "get, insert in finally": "try:\n    {get}\nexcept Customer.DoesNotExist:\n    pass\nfinally:\n    {insert}",
    "get, none in handler": "try:\n    row = {get}\nexcept Customer.DoesNotExist:\n    row = None\n"
    "if row is None:\n    {insert}",
    "get, none before": "row = None\ntry:\n    row = {get}\nexcept Customer.DoesNotExist:\n    pass\n"
    "if not row:\n    {insert}",
    "get, flag in handler": "found = True\ntry:\n    {get}\nexcept Customer.DoesNotExist:\n    found = False\n"
    "if not found:\n    {insert}",
    "get, wide handler": "try:\n    {get}\nexcept Exception:\n    {insert}",
    "get, tuple": "try:\n    {get}\nexcept (Customer.DoesNotExist, ValueError):\n    {insert}",
    "get, another call in the body": "try:\n    Entry.objects.get(text=other)\n    {get}\n"
    "except Exception:\n    {insert}",
    "get in a loop": "for _ in xs:\n    try:\n        {get}\n    except Customer.DoesNotExist:\n        {insert}",
    "get before a loop": "try:\n    {get}\nexcept Customer.DoesNotExist:\n    for _ in xs:\n        {insert}",
    "index": "try:\n    {query}[0]\nexcept IndexError:\n    {insert}",
    "deleted first": "{query}.delete()\n{insert}",
    "deleted in one branch": "if flag:\n    {query}.delete()\n{insert}",
    "deleted, then loop": "{query}.delete()\nfor _ in xs:\n    {insert}",
    "deleted in the loop": "for _ in xs:\n    {query}.delete()\n    {insert}",
    "rowcount": "rows = {query}.update(name='old')\nif not rows:\n    {insert}",
    "rowcount zero": "rows = {query}.update(name='old')\nif rows == 0:\n    {insert}",
    "rowcount, inverted": "rows = {query}.update(name='old')\nif rows:\n    {insert}",
    "queryset named": "rows = {query}\nif not rows.exists():\n    {insert}",
    "queryset named, cached": "rows = {query}\nif rows:\n    return\n{insert}",
    "queryset named, rebound": "rows = {query}\nrows = Customer.objects.filter(email=other)\n"
    "if not rows:\n    {insert}",
    "count named": "number = {query}.count()\nif number:\n    return\n{insert}",
    "helper that raises": "refuse_taken(e)\n{insert}",
    "helper that raises, swallowed": "try:\n    refuse_taken(e)\nexcept Refused:\n    pass\n{insert}",
    "helper that raises, returned": "try:\n    refuse_taken(e)\nexcept Refused:\n    return\n{insert}",
    "helper of another value": "refuse_taken(other)\n{insert}",
    "value rebound": "if {query}.exists():\n    return\ne = other\n{insert}",
    "value lowered": "if {query}.exists():\n    return\ne = e.lower()\n{insert}",
    "value lowered before": "e = e.lower()\nif {query}.exists():\n    return\n{insert}",
    "value rebound in one branch": "if {query}.exists():\n    return\nif flag:\n    e = other\n{insert}",
    "value named alike": "email = e\nif Customer.objects.filter(email=email).exists():\n    return\n{insert}",
    "value from the loop": "for e in xs:\n    if not {query}.exists():\n        {insert}",
    "value from the loop, checked before": "if {query}.exists():\n    return\nfor e in xs:\n    {insert}",
    "all values seen": "known = set(Customer.objects.values_list('email', flat=True))\nfor e in xs:\n"
    "    if e in known:\n        continue\n    {insert}",
    "all values seen, kept": "known = set(Customer.objects.values_list('email', flat=True))\nfor e in xs:\n"
    "    if e in known:\n        continue\n    {insert}\n    known.add(e)",
    "free value": "number = 0\nbase = e\nwhile {query}.exists():\n    number += 1\n"
    "    e = base + str(number)\n{insert}",
    "two gets": "try:\n    {get}\nexcept Customer.DoesNotExist:\n    try:\n        Customer.objects.get(email=other)\n"
    "    except Customer.DoesNotExist:\n        {insert}",
    "created of an upsert": "row, created = Customer.objects.get_or_create(email=e)\nif created:\n    {insert}",
    "created of an upsert of another model": "row, created = Entry.objects.get_or_create(text=e)\n"
    "if created:\n    {insert}",
    "upsert": "Customer.objects.get_or_create(email=e, defaults={{'name': 'new'}})",
    "upsert with an extra field": "Customer.objects.get_or_create(email=e, name='new')",
    "upsert by another field": "Customer.objects.get_or_create(name=e, defaults={{'email': other}})",
    "upsert, narrowed": "Customer.objects.filter(active=True).get_or_create(email=e)",
    "upsert, defaults override": "Customer.objects.get_or_create(email=e, defaults={{'email': other}})",
    "update_or_create": "Customer.objects.update_or_create(email=e, defaults={{'name': 'new'}})",
    "update_or_create by another field": "Customer.objects.update_or_create(name=e, defaults={{'email': other}})",
}

INSERTS = {
    "create": CREATE,
    "save": "Customer(email=e, name='new').save()",
    "force_insert": "Customer(email=e, name='new').save(force_insert=True)",
    "queryset create": "Customer.objects.filter(active=True).create(email=e, name='new')",
    "bulk_create": "Customer.objects.bulk_create([Customer(email=e, name='new')])",
    "bulk_create ignoring": "Customer.objects.bulk_create([Customer(email=e, name='new')], ignore_conflicts=True)",
    "other value": "Customer.objects.create(email=other, name='new')",
    "lowered": "Customer.objects.create(email=e.lower(), name='new')",
    "another model": "Entry.objects.create(text=e)",
    "upsert": "Customer.objects.get_or_create(email=e)",
}

CHANGES = {
    "assign and save": "row.email = e\nrow.save()",
    "assign, other update_fields": "row.email = e\nrow.save(update_fields=['name'])",
    "assign, its update_fields": "row.email = e\nrow.save(update_fields=['email'])",
    "other field": "row.name = e\nrow.save()",
    "assign, refreshed": "row.email = e\nrow.refresh_from_db()\nrow.save()",
    "update": "Customer.objects.filter(pk=row.pk).update(email=e)",
    "update of another field": "Customer.objects.filter(pk=row.pk).update(name=e)",
    "bulk_update": "row.email = e\nCustomer.objects.bulk_update([row], ['email'])",
    "bulk_update of another field": "row.email = e\nCustomer.objects.bulk_update([row], ['name'])",
}

CHANGE_SHAPES = {
    "unguarded": "{change}",
    "exists": "if {query}.exists():\n    return\n{change}",
    "exists without itself": "if {query}.exclude(pk=row.pk).exists():\n    return\n{change}",
    "exists only itself": "if {query}.filter(pk=row.pk).exists():\n    return\n{change}",
    "handler": "try:\n    {change}\nexcept IntegrityError:\n    pass",
    "handler, narrow": "try:\n    {change}\nexcept ValueError:\n    pass",
    "full_clean": "row.full_clean()\n{change}",
    "if absent": "if not {query}.exists():\n    {change}",
    "inverted": "if {query}.exists():\n    {change}",
    "one branch": "if flag:\n    if {query}.exists():\n        return\n{change}",
}

VALIDATED = {
    "full_clean": "row = Customer(email=e, name='new')\nrow.full_clean()\nrow.save()",
    "validate_unique": "row = Customer(email=e, name='new')\nrow.validate_unique()\nrow.save()",
    "validate_constraints": "row = Customer(email=e, name='new')\nrow.validate_constraints()\nrow.save()",
    "clean": "row = Customer(email=e, name='new')\nrow.clean()\nrow.save()",
    "clean_fields": "row = Customer(email=e, name='new')\nrow.clean_fields()\nrow.save()",
    "excluded": "row = Customer(email=e, name='new')\nrow.full_clean(exclude=['email'])\nrow.save()",
    "other excluded": "row = Customer(email=e)\nrow.full_clean(exclude=['name'])\nrow.save()",
    "set after": "row = Customer(email=other, name='new')\nrow.full_clean()\nrow.email = e\nrow.save()",
    "name set after": "row = Customer(email=e, name='new')\nrow.full_clean()\nrow.name = other\nrow.save()",
    "in one branch": "row = Customer(email=e, name='new')\nif flag:\n    row.full_clean()\nrow.save()",
    "rebound after": "row = Customer(email=other, name='new')\nrow.full_clean()\nrow = Customer(email=e)\nrow.save()",
    "another row": "row = Customer(email=other, name='new')\nrow.full_clean()\nCustomer(email=e).save()",
    "in a loop": "for _ in xs:\n    row = Customer(email=e, name='new')\n    row.full_clean()\n    row.save()",
    "new on one way": "row = Customer.objects.filter(email=e).first()\nif flag:\n    row = Customer(email=e)\n"
    "if row:\n    row.save()",
    "new where missing": "row = Customer.objects.filter(email=e).first()\nif row is None:\n"
    "    row = Customer(email=e)\n"
    "row.name = 'new'\nrow.save()",
    "first or new": "row = Customer.objects.filter(email=e).first() or Customer(email=e)\nrow.save()",
    "new by get": "try:\n    row = Customer.objects.get(email=e)\nexcept Customer.DoesNotExist:\n"
    "    row = Customer(email=e)\nrow.save()",
    "new by narrow get": "try:\n    row = Customer.objects.get(email=e, active=True)\nexcept Customer.DoesNotExist:\n"
    "    row = Customer(email=e)\nrow.save()",
    "copy": "row = Customer.objects.filter(email=e).first()\nif row:\n    row.pk = None\n    row.save()",
    "copy with a value": "row = Customer.objects.filter(email=e).first()\nif row:\n    row.pk = None\n"
    "    row.email = other\n    row.save()",
    "never saved": "row = Customer(email=e)\nstr(row)",
    "saved twice": "try:\n    row = Customer.objects.create(email=e)\nexcept IntegrityError:\n    return\nrow.save()",
}

LINES = {
    "exact": "Line.objects.filter(a=1, b=2)",
    "wider": "Line.objects.filter(a=1)",
    "wider, other member": "Line.objects.filter(b=2)",
    "narrower": "Line.objects.filter(a=1, b=2, c=0)",
    "other field": "Line.objects.filter(c=0)",
    "other value": "Line.objects.filter(a=1, b=3)",
    "chained": "Line.objects.filter(a=1).filter(b=2)",
    "all": "Line.objects.all()",
    "in": "Line.objects.filter(a=1, b__in=[2, 3])",
    "in, without": "Line.objects.filter(a=1, b__in=[3, 4])",
}

MEMBERS = {
    "first key": "Member.objects.filter(email=e).exists()",
    "second key": "Member.objects.filter(number=7).exists()",
    "both, or": "Member.objects.filter(email=e).exists() or Member.objects.filter(number=7).exists()",
    "both, and": "Member.objects.filter(email=e).exists() and Member.objects.filter(number=7).exists()",
    "both, Q or": "Member.objects.filter(Q(email=e) | Q(number=7)).exists()",
    "both, Q and": "Member.objects.filter(Q(email=e) & Q(number=7)).exists()",
    "both, filter": "Member.objects.filter(email=e, number=7).exists()",
    "all": "Member.objects.exists()",
}


def _fill(shape: str, **holes: str) -> str:
    """The shape with its holes filled; a statement of several lines keeps the indentation of its hole."""
    lines = []
    for line in shape.split("\n"):
        filled = line.format(**holes)
        indent = line[: len(line) - len(line.lstrip())]
        lines += [indent * bool(number) + part for number, part in enumerate(filled.split("\n"))]
    return "\n".join(lines)


def _checked(shape: str, taken: str, absent: str | None, insert: str, inverted: bool) -> str:
    says_taken, says_absent = f"({taken})", f"({absent})" if absent else f"(not ({taken}))"
    if inverted:
        says_taken, says_absent = says_absent, says_taken
    return _fill(shape, taken=says_taken, absent=says_absent, insert=insert)


MAIN = (
    "if absent",
    "if taken pass else insert",
    "early return",
    "early raise",
    "falls through",
    "result ignored",
    "assert",
    "checked in one branch",
    "checked in both branches",
    "flag variable",
    "absent variable",
    "flag overwritten",
    "ternary",
    "or",
    "while else",
    "loop, continue",
    "loop, check before",
    "loop else",
    "two inserts",
    "raise, swallowed",
    "raise, returned",
    "raise, insert in else",
    "raise, insert inside suppress",
    "match bool",
    "wrong handler",
    "handler after a check",
)


def programs(thorough: bool = False) -> Iterator[Program]:
    """In a fixed order, no two with the same text. thorough: every shape with everything; else with the main things."""
    seen = set()
    for program in _all(SHAPES if thorough else {name: SHAPES[name] for name in MAIN}, thorough):
        if program.body not in seen:
            seen.add(program.body)
            yield program


def _all(shapes: dict[str, str], thorough: bool) -> Iterator[Program]:
    yield from _connected(thorough)
    yield from _asked(shapes, thorough)
    for (name, shape), (covers, query) in product(STATEMENTS.items(), COVERAGE.items()):
        if "{get}" in shape and covers in ("none", "other model"):
            continue  # always raises, or not what is caught: nothing is ever inserted
        get = query.replace(".filter(", ".get(") if query.count(".filter(") == 1 and ".none" not in query else None
        if get and query.count(")") > 1 and "Q(" not in query:
            get = f"{query}.get()"
        body = _fill(shape, get=get or f"{query}.get()", query=query, insert=CREATE)
        yield Program(f"statement: {name}", covers, body)
    for (name, shape), (way, insert) in product(shapes.items(), INSERTS.items()):
        yield Program(f"insert: {way}", name, _checked(shape, f"{EXACT}.exists()", None, insert, False))
    for (name, shape), (way, change), covers in product(
        CHANGE_SHAPES.items(), CHANGES.items(), ("exact", "narrower", "other field", "other value")
    ):
        found = "row = Customer.objects.filter(name='first').first()\nif row is None:\n    return\n"
        yield Program(
            f"change: {way}", f"{name}, {covers}", found + _fill(shape, query=COVERAGE[covers], change=change)
        )
    for name, body in VALIDATED.items():
        yield Program("instance", name, body)
    for (name, shape), (covers, query) in product(shapes.items(), LINES.items()):
        insert = "Line.objects.create(a=1, b=2)"
        yield Program(f"two fields: {covers}", name, _checked(shape, f"{query}.exists()", None, insert, False))
    for (name, shape), (covers, taken) in product(shapes.items(), MEMBERS.items()):
        insert = "Member.objects.create(email=e, number=7)"
        yield Program(f"two keys: {covers}", name, _checked(shape, taken, None, insert, False))


def _connected(thorough: bool) -> Iterator[Program]:
    for (name, shape), (word, connective), (covers, query), inverted in product(
        SHAPES.items(), CONNECTIVES.items(), COVERAGE.items(), (False, True)
    ):
        if word != "plain" and covers != "exact" and not thorough:
            continue
        taken = connective.format(x=f"{query}.exists()")
        label = f"{word}, {covers}{', inverted' if inverted else ''}"
        yield Program(f"shape: {name}", label, _checked(shape, taken, None, CREATE, inverted))


def _asked(shapes: dict[str, str], thorough: bool) -> Iterator[Program]:
    for (name, shape), (form, (taken, absent)), covers, inverted in product(
        shapes.items(), FORMS.items(), ("exact", "narrower"), (False, True)
    ):
        if covers != "exact" and ("{q}" not in taken or (inverted and not thorough)):
            continue
        if form == "wrong threshold" and inverted:
            continue  # never two rows of a key: nothing is ever inserted
        query = COVERAGE[covers]
        body = _checked(shape, taken.format(q=query), absent and absent.format(q=query), CREATE, inverted)
        yield Program(f"form: {form}", f"{name}, {covers}{', inverted' if inverted else ''}", body)
