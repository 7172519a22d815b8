"""Following calls into functions whose source is known."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from flake8_unique_insert.evaluate.calls.protections import of_decorators
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.frame import Frame, Unreachable
from flake8_unique_insert.evaluate.globals import evaluate_elsewhere
from flake8_unique_insert.evaluate.objects.annotations import annotated, of_parameter
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.flow.graph import Graph
from flake8_unique_insert.schema import FunctionSymbol
from flake8_unique_insert.syntax.expressions import NONE, Argument, Call, Expression, Sequence, Subscript, constant
from flake8_unique_insert.syntax.summary import Parameter
from flake8_unique_insert.values import Entries, Function, Items, Known, NestedFunction, Result, result, unknown

WORTH_FOLLOWING = re.compile(
    r"objects|\.(?:a?exists|filter|a?get|a?first|a?create|a?(?:get|update)_or_create|a?bulk_create|a?save)\b|"
    r"\.(?:exclude|all|count|full_clean|validate_unique|delete|update|values_list|in_bulk|select_related|annotate)\b|"
    r"DoesNotExist|IntegrityError|rand(?:om|int|range|below)|uuid|secrets|hashlib|[tT]oken|get_model|"
    r"load_model|get_user_model|\.models?\b|super\(|"
    r"__class__|deepcopy|return (?:not )?hasattr\(|\.cleaned_data\b|create_(?:super)?user\b|get_object_or_404|"
    r"return \w+ (?:and|or) \w+\s*$|\bdef validate\(|\bwhile [^\n]*\bin\b|\w\.\w+\.(?:remove|clear)\(|"
    r"(\w+(?:\.\w+|\[[\"']\w+[\"']\])) = \1\.(?:strip|lower|upper|title|casefold|capitalize)\(|"
    r"\blen\([^\n]*\) *(?:[!=]=|[<>]) *len\(|"
    r"return (?:(?:\w+\.)?[A-Z]|[{\"']|f[\"']|dict\b|(?:self|cls)\.|"
    r"\w+\.(?:iterator|order_by|distinct|prefetch_related|using)\()"
)
ASKING = re.compile(r"\b(?:if|while|return)\s+(?:not\s+)?(\w+)\(")
SEQUENCE = re.compile(r"\bSELECT\s+nextval\s*\(", re.IGNORECASE)
"""A function that asks the database for the next number of a sequence gives a fresh value."""
MAX_LENGTH = 12_000
NOTHING = result(Known(NONE))
"""What a function returns that comes to its end."""


@lru_cache(maxsize=4096)
def _asks_for_number(source: str) -> bool:
    return SEQUENCE.search(source) is not None


@lru_cache(maxsize=4096)
def _is_worth_following(source: str) -> bool:
    return len(source) <= MAX_LENGTH and WORTH_FOLLOWING.search(source) is not None and "yield" not in source


def _is_worth(ev: Evaluator, symbol: FunctionSymbol, source: str, levels: int = 3) -> bool:
    """True for a function with something in its text that is worth it, or that asks such a function of its module."""
    if _is_worth_following(source):
        return True
    if not levels or len(source) > MAX_LENGTH or "yield" in source:
        return False
    found = (ev.analysis.lookup.resolve(symbol.module, name) for name in dict.fromkeys(ASKING.findall(source)))
    asked = [other for other in found if isinstance(other, FunctionSymbol) and other != symbol]
    return any(_is_worth(ev, other, ev.analysis.lookup.function_source(other), levels - 1) for other in asked)


def follow(
    ev: Evaluator,
    function: Function,
    node: Call,
    arguments: tuple[Argument, ...],
    values: list[Result],
    anyway: bool = False,
) -> Result | None:
    """What a call of a known function returns, its effects applied; None when it is not followed.

    anyway: also one whose text tells nothing. Raises Unreachable when the function never returns.
    """
    symbol = function.symbol
    if ev.frame.depth > ev.analysis.depth or symbol.dotted in ev.frame.following:
        return None
    source = ev.analysis.lookup.function_source(symbol)
    if _asks_for_number(source):
        return ev.generated(node)
    if not (anyway or _is_worth(ev, symbol, source) or any(f"{name}(" in source for name in ev.analysis.writing)):
        return None
    code = ev.analysis.functions.code(symbol)
    graph = ev.analysis.functions.graph(code) if code is not None else None
    if code is None or graph is None:
        return None
    frame = Frame(
        symbol.module, function.owner, code, (*ev.frame.path, id(node)), (*ev.frame.stack, node),
        (*ev.frame.following, symbol.dotted), ev.all_protections(), ev.frame.code, ev.within(),
    )  # fmt: skip
    if symbol.summary.decorators:
        inside = ev.at(frame, State())
        frame = replace(frame, outer=(*frame.outer, *of_decorators(inside, symbol.summary, code.body)))
    names = bind_parameters(ev, symbol.summary.parameters, function, arguments, values, frame)
    return _run(ev, frame, graph, names, node)


def follow_nested(
    ev: Evaluator, function: NestedFunction, node: Call, arguments: tuple[Argument, ...], values: list[Result]
) -> Result | None:
    """Follow a call of a function defined inside the current one: it sees the names around it."""
    key = f"nested:{id(function.node)}"
    if ev.frame.depth > ev.analysis.depth or key in ev.frame.following:
        return None
    around = function.frame
    assert isinstance(around, Frame)
    nested = ev.analysis.nested(function.node, around.code)
    if nested is None:
        return None
    code, graph, parameters = nested
    frame = Frame(
        around.module, around.owner, code, (*ev.frame.path, id(node)), (*ev.frame.stack, node),
        (*ev.frame.following, key), ev.all_protections(), ev.frame.code, ev.within(),
    )  # fmt: skip
    names = _names_around(ev, around)
    names.update(bind_parameters(ev, parameters, None, arguments, values, frame))
    return _run(ev, frame, graph, names, node)


def hand_on(ev: Evaluator, value: Result) -> None:
    """Note that unknown code gets a value, and may call it if it is a nested function."""
    if ev.analysis.recording:
        nested = (option.value for option in value.options if isinstance(option.value, NestedFunction))
        ev.analysis.handed_on.update(id(function.node) for function in nested)


def _names_around(ev: Evaluator, around: Frame) -> dict[str, Result]:
    """The names that a nested function sees: those of the frame that defines it, which may be a caller's."""
    prefix = f"^{around.depth}:"
    of_caller = {name[len(prefix) :]: value for name, value in ev.state.names.items() if name.startswith(prefix)}
    names = of_caller or dict(ev.state.names)
    names.pop("$return", None)
    return names


def _run(ev: Evaluator, frame: Frame, graph: Graph, names: dict[str, Result], node: Call) -> Result:
    ev.calls_unknown = True
    prefix = f"^{ev.frame.depth}:"
    start = ev.state.copy()
    start.names = {**{prefix + name: value for name, value in ev.state.names.items()}, **names, "$return": NOTHING}
    end, raised = ev.run(frame, graph, start)
    ev.raised.extend(raised)
    if end is None:
        raise Unreachable
    ev.state = end.copy()
    ev.state.names = {name[len(prefix) :]: value for name, value in end.names.items() if name.startswith(prefix)}
    return end.names.get("$return") or result(Known(NONE))


def bind_parameters(
    ev: Evaluator,
    parameters: tuple[Parameter, ...],
    function: Function | None,
    arguments: tuple[Argument, ...],
    values: list[Result],
    frame: Frame,
) -> dict[str, Result]:
    """The names of a followed function's parameters."""
    pairs = list(zip(arguments, values))
    given = [value for argument, value in pairs if argument.keyword is None and not argument.star]
    named = {argument.keyword: value for argument, value in pairs if argument.keyword is not None}
    spread = [value.term for argument, value in pairs if argument.star]
    holder = spread[0] if len(spread) == 1 and any(argument.star == "**" for argument in arguments) else None
    for argument, value in pairs:
        if argument.star == "**" and isinstance(value.value, Entries):
            named.update(dict(value.value.entries))
    names: dict[str, Result] = {}
    if function is not None and function.receiver is not None:
        given.insert(0, result(function.receiver))
        names["$self"] = result(function.receiver)
    rest = dict(named)
    for parameter in parameters:
        names[parameter.name] = _argument(ev, parameter, given, named, rest, bool(spread), holder, frame)
    return names


def _argument(
    ev: Evaluator,
    parameter: Parameter,
    given: list[Result],
    named: dict[str, Result],
    rest: dict[str, Result],
    spread: bool,
    holder: Expression | None,
    frame: Frame,
) -> Result:
    """What a parameter gets. holder: the dict of `**kwargs` by which alone all is given that is not written out."""
    name = parameter.name
    symbol: Expression = ev.analysis.symbol("param", frame, name, name)
    if parameter.kind == "**":
        return result(Entries(holder or symbol, tuple(rest.items()), spread))
    if parameter.kind == "*":
        items, given[:] = tuple(given), []
        term = Sequence("tuple", tuple(item.term for item in items))
        return unknown(symbol) if spread else result(Items(term, "tuple", items))
    rest.pop(name, None)
    if parameter.kind == "positional" and given:
        return given.pop(0)
    if name in named:
        return named[name]
    if parameter.default is not None and not spread:
        value = evaluate_default(ev, parameter.default, frame)
        if value is not None:
            return value
    if holder is not None and parameter.default is None:
        symbol = Subscript(holder, constant(name))
    return of_parameter(ev, parameter, symbol, frame.module)


def evaluate_default(ev: Evaluator, default: Expression, frame: Frame) -> Result | None:
    """A parameter's default."""
    return evaluate_elsewhere(ev, frame.module, default)


def by_annotation(ev: Evaluator, function: Function, term: Call) -> Result | None:
    """What a function's return annotation says of its result."""
    return annotated(ev, function.symbol.summary.returns, term, function.symbol.module)


def read_property(ev: Evaluator, function: Function, term: Expression) -> Result:
    """`instance.name` where name is a property."""
    node = ev.analysis.implied_call(function.symbol.dotted, term)
    found = follow(ev, function, node, (), [])
    if found is not None and not (isinstance(found.value, Known) and found.value.term == NONE):
        return found
    return annotated(ev, function.symbol.summary.returns, term, function.symbol.module) or unknown(term)
