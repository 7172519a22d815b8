"""Models whose own methods only hide a row, and give it another key."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_unique_insert.evaluate.frame import Analysis, BudgetExceeded, Frame, Unreachable
from flake8_unique_insert.evaluate.interpreter import Interpreter
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.facts import Condition
from flake8_unique_insert.schema import ClassSymbol, FunctionSymbol, Model, UniqueKey
from flake8_unique_insert.sites.derived import telling_fields
from flake8_unique_insert.syntax.expressions import (
    FALSE,
    TRUE,
    Attribute,
    Call,
    Constant,
    Expression,
    Name,
    Symbol,
    called_name,
    dotted,
)
from flake8_unique_insert.syntax.statements import Assign, AugAssign, For, If, Suite, inside
from flake8_unique_insert.values import Fresh, Instance, result

SELF = Name("self")
OPPOSITE: dict[Expression, Expression] = {TRUE: FALSE, FALSE: TRUE}


def leaves_key(analysis: Analysis, model: Model, key: UniqueKey, hidden_by: frozenset[str]) -> bool:
    """True when rows that `delete()` hides do not keep their key: `self.slug = f"{self.slug}-{self.pk}"`.

    hidden_by: the fields by which the default manager hides rows, which `delete()` must set.
    """
    assigned = list(_assigned(analysis, model))
    own = {Attribute(SELF, name) for name in _telling(model, key)}
    return hidden_by <= {name for name, _ in assigned} and any(
        name in key.members and not own.isdisjoint(value.walk()) for name, value in assigned
    )


def retires(analysis: Analysis, model: Model, key: UniqueKey, flag: Condition) -> bool:
    """True when the model's methods that take a flag from a row, as `self.active = False`, give it a new key, too.

    flag: of the rows that have it.
    """
    is_flag = flag.lookup == "exact" and not flag.excluded and flag.term in OPPOSITE
    if not is_flag or not isinstance(model.symbol, ClassSymbol):
        return False
    taking = []
    for method in analysis.lookup.methods_assigning(model.symbol, flag.field):
        code = analysis.functions.code(method)
        pairs = list(_set_in(code.body, model)) if code is not None else []
        if (flag.field, OPPOSITE[flag.term]) in pairs:
            taking.append(
                any(name in key.members and _is_new(analysis, model, key, method, value) for name, value in pairs)
            )
    return bool(taking) and all(taking)


def _telling(model: Model, key: UniqueKey) -> set[str]:
    """The fields of which a row's new key must have one: its primary key, or others that are unique."""
    return {"pk", model.primary_key, *telling_fields(model)}.difference(key.members)


def _is_new(analysis: Analysis, model: Model, key: UniqueKey, method: FunctionSymbol, value: Expression) -> bool:
    """True when a method gives a row what no other has: made of what tells it from all others, or generated."""
    row = Instance(Symbol("own", analysis.point(("retires", model.label))), model)
    owner = ClassSymbol(method.module, method.qualname.rpartition(".")[0])
    frame = Frame(method.module, owner, path=(analysis.point(("retires", method.dotted)),))
    ev = Interpreter(analysis, frame, State({"self": result(row), "$self": result(row)}))
    recording, steps = analysis.recording, analysis.steps
    analysis.recording, analysis.steps = False, 0
    try:
        found = ev.evaluate(value)
    except (BudgetExceeded, Unreachable):
        return False
    finally:
        analysis.recording, analysis.steps = recording, steps
    own = {Attribute(row.term, name) for name in _telling(model, key)}
    return all(isinstance(item.value, Fresh) for item in found.options) or not own.isdisjoint(found.term.walk())


def _assigned(analysis: Analysis, model: Model) -> Iterator[tuple[str, Expression]]:
    """What the model's own `delete()`, and those that it overrides, set of a row's fields."""
    symbol = model.symbol
    member = analysis.lookup.class_member(symbol, "delete") if isinstance(symbol, ClassSymbol) else None
    while isinstance(symbol, ClassSymbol) and member is not None and member.method is not None:
        code = analysis.functions.code(member.method)
        yield from _set_in(code.body, model) if code is not None else ()
        member = analysis.lookup.class_member(symbol, "delete", after=member.owner)


def _set_in(body: Suite, model: Model) -> Iterator[tuple[str, Expression]]:
    pairs = [(target, item.value) for item in inside(body, Assign) for target in item.targets]
    pairs += [(item.target, item.value) for item in inside(body, AugAssign)]
    for target, value in pairs:
        if isinstance(target, Attribute) and target.base == SELF:
            yield target.name, value
    for loop in inside(body, For):
        if dotted(loop.iterable) == "self._meta.fields":
            yield from _set_by_kind(loop, model)


def _set_by_kind(loop: For, model: Model) -> Iterator[tuple[str, Expression]]:
    """`if field.get_internal_type() == "SlugField": setattr(self, field.name, value)`."""
    tests = [part for item in inside(loop.body, If) for part in item.test.walk()]
    kinds = {str(part.value) for part in tests if isinstance(part, Constant)}
    kinds |= {(dotted(part) or "").rpartition(".")[2] for part in tests}
    named = [
        name for name, field in model.fields.items()
        if any(base.rpartition(".")[2] in kinds for base in (field.kind, *field.bases))
    ]  # fmt: skip
    for call in inside(loop.body, Call):
        if called_name(call) == "setattr" and len(call.arguments) == 3:
            yield from ((name, call.arguments[2].value) for name in named)
