"""Python's own functions."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.calls.spreading import with_arguments
from flake8_unique_insert.evaluate.collections import collection_methods, membership
from flake8_unique_insert.evaluate.collections.elements import SAME_ELEMENTS
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.objects import attributes, setting
from flake8_unique_insert.evaluate.rows.absent_rows import absent, only_one
from flake8_unique_insert.evaluate.rows.relations import one_to_one
from flake8_unique_insert.evaluate.states.facts import common
from flake8_unique_insert.facts import Condition, NewRow
from flake8_unique_insert.syntax.expressions import (
    FALSE,
    NONE,
    Argument,
    Attribute,
    Call,
    Comprehension,
    Expression,
    Name,
    string,
)
from flake8_unique_insert.values import (
    Answer,
    Column,
    Elements,
    Entries,
    Instance,
    Items,
    Known,
    Object,
    Option,
    Result,
    Rows,
    Super,
    SymbolValue,
    Unknown,
    Zipped,
    result,
    unknown,
)


def special_form(ev: Evaluator, node: Call) -> Result | None:
    """Calls of built-in names that are more than a function of their arguments; None for all others."""
    function = node.function
    if isinstance(function, Attribute):
        if function.name == "__setattr__":
            return setting.setattr_call(ev, node)
        return collection_methods.of_name(ev, node, function)
    if not isinstance(function, Name) or function.id in ev.state.names:
        return None
    rule = _FORMS.get(function.id)
    return rule(ev, node) if rule is not None else None


def _super(ev: Evaluator, node: Call) -> Result | None:
    owner = ev.frame.owner
    receiver = ev.state.names.get("$self")
    if owner is None or receiver is None:
        return None
    return result(Super(node, owner, receiver.value))


def _bool(ev: Evaluator, node: Call) -> Result | None:
    return ev.flag(node.arguments[0].value) if len(node.arguments) == 1 else None


def _len(ev: Evaluator, node: Call) -> Result | None:
    if len(node.arguments) != 1:
        return None
    value = ev.evaluate(node.arguments[0].value)
    inner, term = value.value, Call(Name("len"), (Argument(value.term),))
    if isinstance(inner, (Rows, Column)):
        return result(Answer(term, inner if isinstance(inner, Rows) else inner.rows, "count"))
    if isinstance(inner, Answer) and inner.shape == "list":
        return result(replace(inner, term=term, shape="count"))
    return unknown(term)


def _int(ev: Evaluator, node: Call) -> Result | None:
    """`int(rows.count())`: the count. Of a text that is no number there is no row."""
    if len(node.arguments) != 1 or node.arguments[0].star:
        return None
    value = ev.evaluate(node.arguments[0].value)
    if all(isinstance(option.value, Answer) and option.value.shape == "count" for option in value.options):
        return value
    term = Call(Name("int"), (Argument(value.term),))
    if ev.in_lookup:
        ev.raises("builtins.ValueError", "", frozenset([NewRow(term)]))
    return ev.compound(node, term, [value])


def _any(ev: Evaluator, node: Call) -> Result | None:
    if len(node.arguments) == 1 and isinstance(node.arguments[0].value, Comprehension):
        return membership.any_of_rows(ev, node.arguments[0].value, node.function == Name("all"))
    return None


def _hasattr(ev: Evaluator, node: Call) -> Result | None:
    name = string(ev.term(node.arguments[1].value)) if len(node.arguments) == 2 else None
    if name is None:
        return None
    owner = ev.evaluate(node.arguments[0].value)
    row = owner.value
    field = row.model.fields.get(name) if isinstance(row, Instance) else None
    if field is not None and field.relation in ("fk", "o2o") and not field.null:
        return attributes.read(ev, owner, f"{name}_id", node)  # Django raises where there is none
    rows = _rows_behind(ev, owner, name, node)
    return result(Answer(node, rows, "bool")) if rows is not None else None


def _getattr(ev: Evaluator, node: Call) -> Result | None:
    name = string(ev.term(node.arguments[1].value)) if len(node.arguments) >= 2 else None
    if name is None:
        return None
    owner = ev.evaluate(node.arguments[0].value)
    default = node.arguments[2].value if len(node.arguments) == 3 else None
    if default is not None and owner.value.term == NONE:
        return ev.evaluate(default)
    rows = _rows_behind(ev, owner, name, Attribute(owner.term, name)) if default in (NONE, FALSE) else None
    if rows is not None and default == NONE:
        return result(Answer(rows.term, rows, "row"))
    if rows is not None:
        row = Option(Instance(rows.term, rows.model), only_one(rows, rows.term))
        return Result(rows.term, (row, Option(Known(FALSE), absent(rows))))
    return attributes.read(ev, owner, name, node)


def _rows_behind(ev: Evaluator, owner: Result, name: str, term: Expression) -> Rows | None:
    """The row that a reverse one-to-one relation reaches, if there is one; None for what is no such relation."""
    accessor = one_to_one(ev, owner.value, name)
    target = ev.analysis.lookup.model_labelled(accessor.model) if accessor is not None else None
    if accessor is None or target is None:
        return None
    return Rows(term, target, frozenset([frozenset([Condition(accessor.field, "exact", owner.value.term)])]))


def _next(ev: Evaluator, node: Call) -> Result | None:
    """`next(iter(rows), None)`."""
    if len(node.arguments) != 2 or node.arguments[1].value != NONE:
        return None
    first = node.arguments[0].value
    if isinstance(first, Call) and first.function == Name("iter") and len(first.arguments) == 1:
        first = first.arguments[0].value
    value = ev.evaluate(first)
    if isinstance(value.value, Rows):
        return result(Answer(value.term, value.value, "row"))
    return None


def _extreme(ev: Evaluator, node: Call) -> Result | None:
    """`min(free)`: one of the values of a collection, with what is known of each."""
    if len(node.arguments) != 1 or node.arguments[0].star:
        return None
    value = ev.evaluate(node.arguments[0].value)
    if not isinstance(value.value, Elements) or not value.value.distinct:
        return None
    element = value.value.element
    ev.state.learn(common([option.facts for option in element.options]))
    return unknown(element.term)


def _type(ev: Evaluator, node: Call) -> Result | None:
    if len(node.arguments) != 1:
        return None
    value = ev.evaluate(node.arguments[0].value)
    if isinstance(value.value, Object):
        return result(SymbolValue(node, value.value.symbol))
    return attributes.read(ev, value, "__class__", node) if isinstance(value.value, (Instance, Unknown)) else None


def _collection(ev: Evaluator, node: Call) -> Result | None:
    """`list(x)`, `set(x)`, ...: the same elements."""
    assert isinstance(node.function, Name)
    kind = node.function.id
    if not node.arguments:
        return result(Items(node, kind, (), len(ev.loops)))
    value = ev.evaluate(node.arguments[0].value)
    inner = value.value
    same = (Elements, Column, Items, Rows)
    if len(value.options) > 1 and all(isinstance(option.value, same) for option in value.options):
        return value
    if isinstance(inner, (Column, Elements)) and kind in ("set", "frozenset"):
        return result(replace(inner, distinct=True))
    if isinstance(inner, (Elements, Zipped, Column, Items)):
        return value
    if isinstance(inner, Rows):
        return result(replace(inner, is_manager=False))
    return unknown(Call(Name(kind), (Argument(value.term),)))


def _enumerate(ev: Evaluator, node: Call) -> Result | None:
    if not node.arguments or node.arguments[0].star:
        return None
    values = [ev.evaluate(argument.value) for argument in node.arguments]
    term = Call(Name("enumerate"), (Argument(values[0].term),))
    return result(Zipped(term, (None, values[0]), values[1].term if len(values) == 2 else None))


def _zip(ev: Evaluator, node: Call) -> Result | None:
    iterables = [argument for argument in node.arguments if argument.keyword is None]
    if not iterables or any(argument.star for argument in iterables):
        return None
    values = tuple(ev.evaluate(argument.value) for argument in iterables)
    return result(Zipped(Call(Name("zip"), tuple(Argument(value.term) for value in values)), values))


def _dict(ev: Evaluator, node: Call) -> Result | None:
    if len(node.arguments) == 1 and not node.arguments[0].keyword:
        pairs = ev.evaluate(node.arguments[0].value).value
        if isinstance(pairs, Column) and len(pairs.fields) == 2:
            is_key = pairs.fields[1] in ("pk", "id", pairs.rows.model.primary_key)
            return result(replace(pairs, fields=pairs.fields[:1], maps=is_key))
    if any(argument.keyword is None and argument.star != "**" for argument in node.arguments):
        return None
    values = [ev.evaluate(argument.value) for argument in node.arguments]
    empty = Entries(ev.analysis.symbol("dict", ev.frame, node), ())
    return result(with_arguments(empty, (node.arguments, values)))


_FORMS = {
    "super": _super,
    "bool": _bool,
    "len": _len,
    "int": _int,
    "any": _any,
    "all": _any,
    "hasattr": _hasattr,
    "getattr": _getattr,
    "setattr": setting.setattr_call,
    "next": _next,
    "anext": _next,
    "max": _extreme,
    "min": _extreme,
    "type": _type,
    "dict": _dict,
    "enumerate": _enumerate,
    "zip": _zip,
    **dict.fromkeys(SAME_ELEMENTS, _collection),
}
