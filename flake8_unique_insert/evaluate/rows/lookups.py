"""Lookup arguments → conditions in disjunctive form."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.rows import subqueries
from flake8_unique_insert.facts import Condition, Groups
from flake8_unique_insert.schema import Link, Model
from flake8_unique_insert.syntax.expressions import (
    FALSE,
    NONE,
    TRUE,
    Argument,
    Binary,
    Call,
    Constant,
    Expression,
    Name,
    Unary,
    constant,
)
from flake8_unique_insert.values import LISTS, Answer, Column, Entries, Items, Result, Rows, Unset, Value, unknown

EVERYTHING: Groups = frozenset([frozenset()])
MAX_GROUPS = 12

LOOKUPS = frozenset(
    [
        "exact",
        "iexact",
        "in",
        "contains",
        "icontains",
        "startswith",
        "istartswith",
        "endswith",
        "iendswith",
        "gt",
        "gte",
        "lt",
        "lte",
        "isnull",
        "range",
        "regex",
        "iregex",
        "date",
        "year",
        "month",
        "day",
        "week",
        "hour",
        "minute",
        "second",
    ]
)
IDENTITY_PARTS = ("id", "pk")


def unknown_condition(term: Expression) -> Condition:
    """A restriction of which nothing is known but the expression it comes from."""
    return Condition("", "unknown", term)


def conjunction(left: Groups, right: Groups) -> Groups:
    """Rows that satisfy both."""
    if not left or not right:
        return frozenset()
    if len(left) * len(right) > MAX_GROUPS:
        return frozenset(group | {Condition("", "many", constant(len(right)))} for group in left)
    return frozenset(one | other for one in left for other in right)


def condition(model: Model, keyword: str, value: Result, excluded: bool = False) -> Condition:
    """`keyword=value` of a lookup: the field's name without column suffixes, the lookup, the value's term."""
    parts = keyword.split("__")
    lookup = parts.pop() if len(parts) > 1 and parts[-1] in LOOKUPS else "exact"
    while len(parts) > 1 and parts[-1] in IDENTITY_PARTS and _is_relation(model, parts[0]):
        parts.pop()
    found = model.field(parts[0])
    if found is not None:
        parts[0] = found.name
    name = "__".join(parts)
    term = value.term
    if lookup == "isnull" and isinstance(term, Constant):
        return Condition(name, "isnull", term, excluded)
    return Condition(name, lookup, term, excluded, _among(value.value) if lookup == "in" else frozenset())


def _among(listed: Value) -> frozenset[Condition]:
    """The conditions of `rows` and of `rows.values_list("pk")`, all of whose rows are meant."""
    rows = listed if isinstance(listed, Rows) else None
    if isinstance(listed, Column) and listed.fields == (listed.rows.model.primary_key,) and not listed.but:
        rows = listed.rows
    if rows is None or len(rows.alternatives) != 1 or rows.link is not None:
        return frozenset()
    (group,) = rows.alternatives
    return group if not any(item.field == "" or item.excluded for item in group) else frozenset()


def _is_relation(model: Model, name: str) -> bool:
    field = model.field(name)
    return field is not None and field.relation in ("fk", "o2o")


def groups_of(ev: Evaluator, model: Model, arguments: tuple[Argument, ...], values: list[Result]) -> Groups:
    """The conditions of `filter(...)`'s arguments; values are their results in order."""
    groups = EVERYTHING
    for argument, value in zip(arguments, values):
        if argument.star == "**":
            groups = conjunction(groups, _spread(model, value))
        elif argument.keyword is not None:
            groups = conjunction(groups, frozenset([frozenset([condition(model, argument.keyword, value)])]))
        else:
            groups = conjunction(groups, _expression(ev, model, argument.value, value))
    return frozenset(frozenset(_related(ev, model, _about_null(model, item)) for item in group) for group in groups)


def _about_null(model: Model, item: Condition) -> Condition:
    """`rel=None` as `rel__isnull=True`, and what is excluded by that as `rel__isnull=False`.

    The primary key is NULL in no row: `exclude(pk=None)` is one that excludes no row.
    """
    if item.lookup in ("exact", "iexact") and item.term == NONE and item.field not in ("pk", model.primary_key):
        item = replace(item, lookup="isnull", term=TRUE)
    if item.lookup == "isnull" and item.excluded and item.term in (TRUE, FALSE):
        return replace(item, term=FALSE if item.term == TRUE else TRUE, excluded=False)
    return item


def _related(ev: Evaluator, model: Model, item: Condition) -> Condition:
    """`lines__product=x`: a condition on the rows that refer to these, all of which do."""
    name, _, rest = item.field.partition("__")
    if not rest or item.excluded or model.field(name) is not None:
        return item
    lookup = ev.analysis.lookup
    accessor = lookup.accessor(model, name) or lookup.accessor(model, f"{name}_set")
    target = lookup.model_labelled(accessor.model) if accessor is not None and accessor.kind != "m2m" else None
    owner = target.fields.get(accessor.field) if target is not None and accessor is not None else None
    if target is None or owner is None or owner.null:
        return item
    return replace(item, via=Link(target.table, owner.name, condition(target, rest, unknown(item.term)).field))


def _spread(model: Model, value: Result) -> Groups:
    inner = value.value
    if isinstance(inner, Entries):
        given = (pair for pair in inner.entries if not isinstance(pair[1].value, Unset))
        found = {condition(model, name, entry) for name, entry in given}
        if inner.open:
            found.add(Condition("", "**", value.term))
        return frozenset([frozenset(found)])
    return frozenset([frozenset([Condition("", "**", value.term)])])


def _expression(ev: Evaluator, model: Model, node: Expression, value: Result) -> Groups:
    """`Q(...)`, `&`, `|` and `~` of them; `Exists(...)`."""
    asked = subqueries.condition_of(model, value.value)
    return frozenset([frozenset([asked])]) if asked is not None else _q_groups(ev, model, value.term)


def _q_groups(ev: Evaluator, model: Model, term: Expression) -> Groups:
    if isinstance(term, Call) and isinstance(term.function, Name) and term.function.id.rsplit(".", 1)[-1] == "Q":
        groups = EVERYTHING
        for argument in term.arguments:
            if argument.keyword is None:
                inner = _q_groups(ev, model, argument.value)
            else:
                value = ev.evaluate(argument.value)
                inner = frozenset([frozenset([condition(model, argument.keyword, value)])])
            groups = conjunction(groups, inner)
        return groups
    if isinstance(term, Binary) and term.operator in "&|":
        left, right = _q_groups(ev, model, term.left), _q_groups(ev, model, term.right)
        return conjunction(left, right) if term.operator == "&" else left | right
    if isinstance(term, Unary) and term.operator == "~":
        return _negated(model, _q_groups(ev, model, term.value), term)
    return frozenset([frozenset([unknown_condition(term)])])


def _negated(model: Model, groups: Groups, term: Expression) -> Groups:
    if len(groups) == 1 and len(next(iter(groups))) == 1:
        (inner,) = next(iter(groups))
        return frozenset([frozenset([_about_null(model, replace(inner, excluded=not inner.excluded))])])
    return frozenset([frozenset([unknown_condition(term)])])


def excluded_groups(ev: Evaluator, model: Model, arguments: tuple[Argument, ...], values: list[Result]) -> Groups:
    """The conditions that `exclude(...)` adds."""
    return _negated(model, groups_of(ev, model, arguments, values), constant("exclude"))


def rows_in(value: Result) -> Rows | None:
    """The rows of a queryset, all that it may have where it is one of several of a model; None for any other value."""
    found = [rows for option in value.options if (rows := _rows(option.value)) is not None]
    if not found or len(found) < len(value.options) or len({rows.model.label for rows in found}) > 1:
        return None
    if len(found) == 1:
        return found[0]
    groups = frozenset().union(*(rows.alternatives for rows in found))
    return Rows(value.term, found[0].model, groups, link=found[0].link)


def gone_through(value: Result) -> Result:
    """A value in a loop that goes through it: there it is neither None nor an empty list."""
    kept = tuple(option for option in value.options if not _has_no_items(option.value))
    return Result(value.term, kept) if 0 < len(kept) < len(value.options) else value


def _has_no_items(value: Value) -> bool:
    return value.term == NONE or (isinstance(value, Items) and not value.items)


def _rows(value: Value) -> Rows | None:
    """A queryset, also one whose rows were read."""
    if isinstance(value, Answer) and value.shape in LISTS:
        return value.rows
    return value if isinstance(value, Rows) else None
