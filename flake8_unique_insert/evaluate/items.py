"""Assignment to items: `data[key] = value`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate import membership
from flake8_unique_insert.syntax.expressions import Attribute, Name, Subscript, string
from flake8_unique_insert.values import Column, Elements, Entries, Items, Known, Option, Result, result, unknown

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator


def assign(ev: Evaluator, target: Subscript, value: Result) -> None:
    """`names[key] = value`: what a name, or an attribute of an object, holds from then on."""
    index = ev.evaluate(target.index)
    key = string(index.value.term) if isinstance(index.value, Known) else string(target.index)
    holder = ev.evaluate(target.base)
    inner = holder.value
    name = target.base.id if isinstance(target.base, Name) and target.base.id in ev.state.names else None
    if name is not None and isinstance(inner, Column):
        ev.state.names[name] = Result(holder.term, (Option(membership.with_value(inner, index)),))
    if key is not None and isinstance(inner, Entries):
        others = tuple(item for item in inner.entries if item[0] != key)
        changed = result(replace(inner, entries=(*others, (key, value))))
        if name is not None:
            ev.state.names[name] = replace(changed, term=holder.term)
        _assign_to_attribute(ev, holder, changed)
    elif name is not None and isinstance(inner, (Entries, Items, Elements)):
        ev.state.names[name] = unknown(ev.symbol("changed", target, name))
    elif key is not None:
        ev.state.assign_item(holder.term, key)


def _assign_to_attribute(ev: Evaluator, holder: Result, changed: Result) -> None:
    """The attribute that keeps a dict keeps it as it is now, also where it is called by another name."""
    term = holder.term
    owner = ev.state.objects.get(term.base) if isinstance(term, Attribute) else None
    if owner is None or not isinstance(term, Attribute) or owner.get(term.name) is None:
        return
    others = tuple(item for item in owner.values if item[0] != term.name)
    ev.state.objects[term.base] = replace(owner, values=(*others, (term.name, changed)))
