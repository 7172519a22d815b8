"""Iteration: what the elements of a value are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flake8_unique_insert.evaluate.collections import filled
from flake8_unique_insert.evaluate.collections.apart import fields_of
from flake8_unique_insert.evaluate.collections.literal_items import element_of_items
from flake8_unique_insert.evaluate.collections.projections import read_of_one, told_apart
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms.binding import bind
from flake8_unique_insert.evaluate.picks import are_picked
from flake8_unique_insert.evaluate.rows.lookups import gone_through, rows_in
from flake8_unique_insert.evaluate.rows.unrelated import unrelated
from flake8_unique_insert.evaluate.rows.verbs import SAME_ROWS
from flake8_unique_insert.evaluate.states.facts import APART, INDEX
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.evaluate.states.terms import normal, symbols
from flake8_unique_insert.facts import Absent, Condition
from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Await,
    Binary,
    Boolean,
    Call,
    Constant,
    Expression,
    Name,
    Sequence,
    Subscript,
    Symbol,
    string,
)
from flake8_unique_insert.values import (
    Column,
    Elements,
    Form,
    Fresh,
    Instance,
    Items,
    ObjectState,
    Result,
    Rows,
    Unknown,
    Zipped,
    result,
    unknown,
)

NARROWER = SAME_ROWS | {"filter", "exclude"}
KEYS_LISTED = (("values_list", "pk"), ("values_list", "id"))
SAME_ELEMENTS = frozenset({"list", "set", "tuple", "frozenset", "sorted", "reversed"})
DISTINCT_CALLS = frozenset(
    {"range", "set", "frozenset", "dict", "count", "Counter", "OrderedDict", "unique", "fromkeys"}
)


PARTS_CALLS = frozenset({"split", "splitlines", "readlines", "reader", "DictReader", "getlist", "values"})
"""What reads a text, whose parts may be equal."""

REQUEST_DATA = frozenset({"data", "POST", "GET", "cleaned_data", "validated_data", "query_params"})


def is_generated(value: Result) -> bool:
    """True when every value that this may be was just generated."""
    for option in value.options:
        held = option.value
        is_made = isinstance(held, Elements) and (is_generated(held.element) or are_picked(held))
        if not isinstance(held, Fresh) and not is_made:
            return False
    return True


def element_of(ev: Evaluator, iterable: Result, node: object) -> Result:
    """The next element of an iterable, with what is known of all its elements. `node` identifies the loop."""
    element = _element(ev, gone_through(iterable), node)
    if isinstance(element.value, Items) and (holder := _called_on(_same_elements(iterable.term), "items")):
        _learn_of_one(ev, list(_listed(holder)), element.value.items[0].term)
        return element
    listed = list(_listed(iterable.term))
    if type(element.value) is Unknown and (symbol := told_apart(ev, listed, node)) is not None:
        element = unknown(symbol)
    _learn_of_one(ev, listed, element.term)
    return element


def _learn_of_one(ev: Evaluator, listed: list[Expression], element: Expression) -> None:
    """What is known of rows that have any of these values holds for those that have this one."""
    for fact in ev.state.facts:
        if isinstance(fact, Absent):
            asked = [(item, _asked_of(ev, item, listed, element)) for item in fact.conditions]
            ev.state.learn([_about_one(fact, item, term) for item, term in asked if term is not None])


def _about_one(fact: Absent, condition: Condition, term: Expression) -> Absent:
    """No row has any of these values, so none has this one."""
    each = replace(condition, lookup="exact", term=term)
    return replace(fact, conditions=fact.conditions - {condition} | {each})


def _listed(term: Expression) -> Iterator[Expression]:
    """The collections that all elements are in: of `rows.order_by("name")` also `rows`, by their primary keys, too."""
    term = _same_elements(term)
    yield term
    while isinstance(term, Call) and isinstance(term.function, Attribute):
        fields = [string(argument.value) for argument in term.arguments if argument.keyword is None]
        if term.function.name not in NARROWER and (term.function.name, *fields) not in KEYS_LISTED:
            return
        term = term.function.base
        yield term


def _called_on(term: Expression, method: str) -> Expression | None:
    """The x of `x.items()`."""
    called = term.function if isinstance(term, Call) and not term.arguments else None
    return called.base if isinstance(called, Attribute) and called.name == method else None


def _same_elements(term: Expression) -> Expression:
    """The x of `list(x)`, `set(x)`, `sorted(x, key=...)`, `x.keys()` and the like."""
    while isinstance(term, Call) and isinstance(term.function, Name) and _called(term) in SAME_ELEMENTS:
        if not term.arguments or any(argument.keyword is None for argument in term.arguments[1:]):
            break
        term = term.arguments[0].value
    return _called_on(term, "keys") or term


def _asked_of(ev: Evaluator, condition: Condition, listed: list[Expression], element: Expression) -> Expression | None:
    """The x that `field__in=xs` asks about where xs are these elements, or what was read from each of them."""
    if condition.lookup != "in" or condition.excluded:
        return None
    if _same_elements(condition.term) in listed:
        return element
    term = condition.term  # see `absent_rows.unlisted`
    if isinstance(term, Attribute) and term.base in listed:
        return Attribute(element, term.name)
    return read_of_one(ev, _same_elements(term), listed, element)


def _element(ev: Evaluator, iterable: Result, node: object) -> Result:
    inner, term = rows_in(iterable) or iterable.value, iterable.term
    if isinstance(inner, Items):
        return element_of_items(ev, inner, node)
    if isinstance(inner, Elements):
        return filled.element_of(ev, inner, node)
    if isinstance(inner, Form) and inner.form.each is not None:
        each = inner.form.each
        return result(bind(ev, Form(ev.symbol("form", node), each.symbol, each), None, False))
    if isinstance(inner, Zipped):
        return _tuple_of(ev, inner, node)
    if isinstance(inner, Column) and inner.dicts:  # what is read by name is read as from the row
        inner = replace(inner.rows, term=inner.term)
    if isinstance(inner, Rows):
        symbol = ev.symbol("distinct", node, "row")
        ev.analysis.rows[symbol] = fields_of(inner)
        ev.state.objects[symbol] = ObjectState(False)
        ev.state.learn(unrelated(ev, inner, symbol))
        return result(Instance(symbol, inner.model))
    if isinstance(inner, Column):
        return _of_column(ev, inner, node)
    if any(_is_given(value) for value in (term, *(option.value.term for option in iterable.options))):
        return unknown(ev.symbol("element", node))
    return _from_call(ev, term, node) if isinstance(term, Call) else unknown(ev.symbol("item", node))


def _tuple_of(ev: Evaluator, zipped: Zipped, node: object) -> Result:
    """An element of each of several iterables."""
    loop = node if isinstance(node, tuple) else (id(node),)
    paired = None not in zipped.values
    parts = tuple(
        _part_of(ev, value, (*loop, place), paired) if value is not None else _number(ev, zipped.start, (*loop, place))
        for place, value in enumerate(zipped.values)
    )
    return result(Items(Sequence("tuple", tuple(part.term for part in parts)), "tuple", parts))


def _part_of(ev: Evaluator, value: Result, node: tuple[object, ...], paired: bool) -> Result:
    """An element of one of them. paired: what another list tells something about, one by one, has each thing once."""
    return unknown(ev.symbol("item", node)) if paired and type(value.value) is Unknown else element_of(ev, value, node)


def _number(ev: Evaluator, start: Expression | None, node: object) -> Result:
    """The number of a round, counted from this one on."""
    index = ev.symbol("distinct", node, INDEX)
    return unknown(index if start is None else Binary("+", start, index))


def _of_range(ev: Evaluator, limits: list[Expression], node: object) -> Result:
    """A number of `range(...)`."""
    is_counted = len(limits) < 3
    index = ev.symbol("distinct", node, INDEX if is_counted else "")
    return unknown(Binary("+", limits[0], index) if len(limits) == 2 else index)


def _of_column(ev: Evaluator, column: Column, node: object) -> Result:
    """The value of one row in a column; of several columns a tuple of what is read from the row."""
    known = fields_of(replace(column.rows, term=column.term))
    if len(column.fields) > 1 or column.tuples:
        row = ev.symbol("distinct", node, "row")
        ev.analysis.rows[row] = known
        ev.state.learn(unrelated(ev, column.rows, row))
        places = tuple(unknown(Attribute(row, name)) for name in column.fields)
        return result(Items(Sequence("tuple", tuple(place.term for place in places)), "tuple", places))
    is_row = column.fields == (column.rows.model.primary_key,)
    differ = is_row or column.distinct or frozenset(column.fields) in known.keys
    symbol = ev.symbol("distinct" if differ else "element", node)
    if is_row:
        ev.state.learn(unrelated(ev, column.rows, symbol))
    return unknown(symbol)


def loop_symbols(state: State, element: Result) -> frozenset[Symbol]:
    """What a loop binds: the symbols of the element, whichever it is, also those in the values of a new instance."""
    terms = [element.term, *(option.value.term for option in element.options)]
    known = (state.objects.get(term) for term in dict.fromkeys(terms))
    values = (value for item in known if item is not None and item.new for _, value in item.values)
    inside = (symbol for value in values for symbol in value.symbols if symbol.kind in (*APART, "element"))
    return frozenset().union(*map(symbols, terms), inside)


def is_made(ev: Evaluator, node: Expression, element: Result) -> bool:
    """True for an element that is a new instance each time: `Team(...)`, `Team.objects.create(...)`."""
    made = node.value if isinstance(node, Await) else node
    return isinstance(element.value, Instance) and element.term == ev.analysis.symbol("new", ev.frame, made)


def is_distinct(term: Expression) -> bool:
    """True for the element of a collection no two of whose elements are equal, and for a number above it."""
    if isinstance(term, Binary) and term.operator == "+" and isinstance(term.left, Constant):
        term = term.right
    return isinstance(term, Symbol) and term.kind == "distinct"


def _is_given(term: Expression) -> bool:
    """True for a collection that a caller or a request hands in: nothing says that its elements differ.

    Elements of any other collection ("item") are taken to differ where only a batch of new rows is concerned.
    """
    if isinstance(term, Boolean):
        return _is_given(term.left) or _is_given(term.right)
    if isinstance(found := normal(term), Subscript):
        term = found.base
    return (isinstance(term, Symbol) and term.kind == "param") or (
        isinstance(term, Attribute) and term.name in REQUEST_DATA
    )


def _from_call(ev: Evaluator, term: Call, node: object) -> Result:
    name = _called(term)
    arguments = [argument.value for argument in term.arguments if not argument.keyword and not argument.star]
    if name == "items":
        key, value = unknown(ev.symbol("distinct", node, "key")), unknown(ev.symbol("element", node, "value"))
        return result(Items(Sequence("tuple", (key.term, value.term)), "tuple", (key, value)))
    holder = term.function.base if isinstance(term.function, Attribute) else None
    if name == "values" and isinstance(holder, Symbol) and holder in ev.analysis.rows:
        each = ev.symbol("distinct", node)
        ev.analysis.rows[each] = ev.analysis.rows[holder]
        return unknown(each)
    if name == "range" and len(arguments) == len(term.arguments):
        return _of_range(ev, arguments, node)
    if name in DISTINCT_CALLS or name == "keys":
        return unknown(ev.symbol("distinct", node))
    if name in ("sorted", "reversed", "list", "tuple", "iter") and arguments and isinstance(arguments[0], Call):
        return _from_call(ev, arguments[0], node)
    if name in ("sorted", "reversed", "list", "tuple", "iter", *PARTS_CALLS):
        return unknown(ev.symbol("element", node))
    return unknown(ev.symbol("item", node))


def _called(term: Call) -> str:
    if isinstance(term.function, Attribute):
        return term.function.name
    return term.function.id.rsplit(".", 1)[-1] if isinstance(term.function, Name) else ""
