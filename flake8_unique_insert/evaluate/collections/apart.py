"""Elements of a loop: whether what is read from two of them differs when the elements do."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_unique_insert import django_names
from flake8_unique_insert.evaluate.states.terms import mentions, normal
from flake8_unique_insert.record import record
from flake8_unique_insert.schema import Model
from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Call,
    Expression,
    Name,
    Subscript,
    Symbol,
    Unsupported,
    called_name,
    dotted,
    string,
)
from flake8_unique_insert.values import Rows

LOSSY_CALLS = frozenset({"slugify", "lower", "upper", "casefold", "truncate", "shorten"})
"""What gives one result for values that differ."""


@record
class RowFields:
    """What the rows of a loop have. plain: names that read a field, None for all. keys: fields in which no two rows are
    equal."""

    plain: frozenset[str] | None
    keys: frozenset[frozenset[str]]

    def differ(self, names: frozenset[str]) -> bool:
        """True when no two rows are equal in all of these; nothing is said of what is no field."""
        is_more = self.plain is not None and not names <= self.plain
        return is_more or any(key <= names for key in self.keys)


def fields_of(rows: Rows) -> RowFields:
    """The fields of these rows; what all of them were looked up by tells none of them from another."""
    model, groups = rows.model, list(rows.alternatives)
    group = groups[0] if len(groups) == 1 else frozenset()
    exact = (item for item in group if item.lookup in ("exact", "either") and not item.excluded)
    fixed = {name for item in exact for name in item.field.split("|")}
    keys = (frozenset(key.members) - fixed for key in model.keys if key.condition is None and not key.expressions)
    spelled = frozenset([*keys, *_distinct(model, rows.term)])
    plain = {name for field in model.fields for name in (field, f"{field}_id")} - {"pk", model.primary_key}
    return RowFields(frozenset(plain), spelled | {_columns(model, key) for key in spelled})


def keyed_by(key: Expression, value: Expression) -> RowFields | None:
    """What the values of `{line["id"]: line for line in lines}` have: each another "id"; None for other keys."""
    read = read_from(key)
    return RowFields(None, frozenset([frozenset([read[1]])])) if read is not None and read[0] == value else None


def _distinct(model: Model, query: Expression) -> Iterator[frozenset[str]]:
    """The fields of `distinct("a", "b")` and of `values("a", "b").distinct()`, and those by which `values("a")` groups
    before `annotate(...)`."""
    told = False
    while isinstance(query, Call) and isinstance(query.function, Attribute):
        method, fields = query.function.name, [string(argument.value) for argument in query.arguments]
        told = told or (method == "distinct" and not fields) or (method == "annotate" and aggregates(query))
        if (told and method in ("values", "values_list")) or (method == "distinct" and fields):
            yield frozenset(field.name if (field := model.field(name or "")) else name or "" for name in fields)
        query = query.function.base


def aggregates(call: Call) -> bool:
    """True for `annotate(total=Sum("price"))`, which makes groups of what was selected before."""
    calls = (argument.value for argument in call.arguments if isinstance(argument.value, Call))
    return any((dotted(made.function) or "").rpartition(".")[2] in django_names.AGGREGATES for made in calls)


def _columns(model: Model, key: frozenset[str]) -> frozenset[str]:
    """The same fields as `owner_id`."""
    return frozenset(f"{name}_id" if (field := model.field(name)) and field.relation else name for name in key)


def tells_apart(term: Expression, symbol: Symbol, rows: RowFields | None) -> bool:
    """True when what a term makes of a loop's element differs where the elements do. rows: if these are rows."""
    names = frozenset(names_read(term, symbol))
    if not names:
        return False
    return "" in names or rows is None or rows.differ(names)


def names_read(term: Expression, symbol: Symbol) -> Iterator[str]:
    """What a term reads from an element and keeps apart: the names of attributes, "" for the element itself."""
    if not mentions(term, symbol) or is_lossy(term) or _is_part_of_answer(term, symbol):
        return
    if term == symbol:
        yield ""
    elif (read := read_from(term)) is not None and normal(read[0]) == symbol:
        yield "" if normal(term) == symbol else read[1]
    else:
        for part in term.children():
            yield from names_read(part, symbol)


def _is_part_of_answer(term: Expression, symbol: Symbol) -> bool:
    """True for `fetch(url)["code"]`: what is answered to two of them may have the same there. Not `codes.get(url)`."""
    read = read_from(normal(term))
    while read is not None and read_from(read[0]) is not None:
        read = read_from(read[0])
    answer = read[0] if read is not None else None
    if not isinstance(answer, Call) or not mentions(answer, symbol) or mentions(answer.function, symbol):
        return False
    called = answer.function
    return not (isinstance(called, Attribute) and called.name == "get" and not isinstance(called.base, Name))


def read_from(term: Expression) -> tuple[Expression, str] | None:
    """The object and the name in `row.name` and `row["name"]`."""
    if isinstance(term, Attribute):
        return term.base, term.name
    name = string(term.index) if isinstance(term, Subscript) else None
    return (term.base, name) if isinstance(term, Subscript) and name is not None else None


def is_lossy(term: Expression) -> bool:
    """True for `slugify(x)`, `x.lower()`, `x[:10]`."""
    if isinstance(term, Subscript):
        return isinstance(term.index, Unsupported)
    if not isinstance(term, Call):
        return False
    name = called_name(term)
    return str(name).rsplit(".", 1)[-1] in LOSSY_CALLS
