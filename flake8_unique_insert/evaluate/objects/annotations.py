"""Type hints → results: `user: User`, `Optional["User"]`, `QuerySet[User]`, `type[User]`, `list[User]`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms.binding import an_object
from flake8_unique_insert.evaluate.globals import global_result
from flake8_unique_insert.schema import ClassSymbol
from flake8_unique_insert.syntax.expressions import (
    NONE,
    Attribute,
    Binary,
    Expression,
    Name,
    Sequence,
    Subscript,
    constant,
    dotted,
    string,
)
from flake8_unique_insert.syntax.source import parse_expression
from flake8_unique_insert.syntax.summary import Parameter
from flake8_unique_insert.values import (
    Elements,
    Instance,
    Items,
    ModelClass,
    Result,
    Rows,
    SymbolValue,
    optional,
    result,
    unknown,
)

ROWS = frozenset(
    {"QuerySet", "Manager", "BaseManager", "RelatedManager", "ManyRelatedManager", "QuerySetAny", "ValuesQuerySet"}
)
CLASSES = frozenset({"type", "Type"})
WRAPPERS = frozenset({"Annotated", "Final", "ClassVar", "Awaitable"})
COLLECTIONS = frozenset(
    {"list", "List", "Sequence", "Iterable", "Iterator", "Collection", "set", "Set", "tuple", "Tuple"}
)


def annotated(ev: Evaluator, annotation: Expression | None, term: Expression, module: str) -> Result | None:
    """A value of the annotated type under the given term; None when the annotation says nothing of models."""
    if annotation is None:
        return None
    text = string(annotation)
    if text is not None:
        parsed = parse_expression(text)
        return annotated(ev, parsed, term, module) if parsed is not None else None
    if isinstance(annotation, Binary) and annotation.operator == "|":
        return _first(ev, (annotation.left, annotation.right), term, module)
    if isinstance(annotation, Subscript):
        return _generic(ev, annotation, term, module)
    if annotation == NONE:
        return None
    return _plain(ev, annotation, term, module)


def _first(ev: Evaluator, parts: Iterable[Expression], term: Expression, module: str) -> Result | None:
    """The first of several types that says something of models, with None where that is one of them."""
    parts = tuple(parts)
    found = next(filter(None, (annotated(ev, part, term, module) for part in parts)), None)
    return optional(found) if found is not None and NONE in parts else found


def _plain(ev: Evaluator, annotation: Expression, term: Expression, module: str) -> Result | None:
    name = dotted(annotation)
    value = _class(ev, name, module) if name else None
    if isinstance(value, ModelClass):
        return result(Instance(term, value.model))
    if isinstance(value, SymbolValue) and isinstance(value.symbol, ClassSymbol):
        return result(an_object(ev, term, value.symbol))
    return None


def _class(ev: Evaluator, name: str, module: str) -> object:
    found = global_result(ev, module, name)
    return found.value if found is not None else None


def _generic(ev: Evaluator, annotation: Subscript, term: Expression, module: str) -> Result | None:
    base = annotation.base
    name = base.name if isinstance(base, Attribute) else base.id if isinstance(base, Name) else ""
    arguments = annotation.index.items if isinstance(annotation.index, Sequence) else (annotation.index,)
    if name == "Optional" and arguments:
        return _first(ev, (*arguments, NONE), term, module)
    if name in WRAPPERS and arguments:
        return annotated(ev, arguments[0], term, module)
    if name == "Union":
        return _first(ev, arguments, term, module)
    if name in ("tuple", "Tuple") and len(arguments) > 1 and constant(...) not in arguments:
        parts = [Subscript(term, constant(index)) for index in range(len(arguments))]
        items = [annotated_or_unknown(ev, argument, part, module) for argument, part in zip(arguments, parts)]
        return result(Items(term, "tuple", tuple(items)))
    inner = annotated(ev, arguments[0], term, module) if arguments else None
    if inner is None or not isinstance(inner.value, Instance):
        return None
    model = inner.value.model
    if name in ROWS:
        return result(Rows(term, model))
    if name in CLASSES:
        return result(ModelClass(term, model))
    if name in COLLECTIONS:
        return result(Elements(term, inner))
    return None


def annotated_or_unknown(ev: Evaluator, annotation: Expression | None, term: Expression, module: str) -> Result:
    """A value of the annotated type, or one of which only the term is known."""
    return annotated(ev, annotation, term, module) or unknown(term)


def of_parameter(ev: Evaluator, parameter: Parameter, term: Expression, module: str) -> Result:
    """What a parameter is when nothing is known of the call: the class that it is by default, or of its type."""
    name = dotted(parameter.default) if parameter.default is not None else None
    given = _class(ev, name, module) if name is not None else None
    if isinstance(given, SymbolValue) and isinstance(given.symbol, ClassSymbol):
        return result(replace(given, term=term))
    found = annotated_or_unknown(ev, parameter.annotation, term, module)
    return optional(found) if parameter.default == NONE else found
