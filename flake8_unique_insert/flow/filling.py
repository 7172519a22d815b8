"""Loops that fill collections, or take names out of a dict, and do nothing that may add rows or end a round.

What they fill is what a comprehension would be.
"""

from __future__ import annotations

from collections.abc import Iterator

from flake8_unique_insert.syntax import statements
from flake8_unique_insert.syntax.expressions import (
    Argument,
    Attribute,
    Call,
    Clause,
    Comprehension,
    Expression,
    Mapping,
    Name,
    Sequence,
    Subscript,
)
from flake8_unique_insert.syntax.replacement import replaced
from flake8_unique_insert.syntax.statements import Statement, Suite, inside

ADDING = {"add": "set", "append": "list"}
EMPTY = frozenset(["set", "dict", "list", "OrderedDict", "defaultdict", "deque"])


def filled(before: Suite, loop: statements.For, iterable: Name) -> Iterator[tuple[Name, Comprehension]]:
    """The collections that a loop fills, each with the comprehension that makes the same.

    before: the statements before the loop, of which one makes the collection, empty. iterable: what holds the values
    that the loop goes through.
    """
    if loop.orelse:
        return
    named: dict[Expression, Expression] = {}
    found: dict[Name, Comprehension] = {}
    changed: set[str] = set()
    for statement in loop.body:
        conditions: tuple[Expression, ...] = ()
        if isinstance(statement, statements.If) and not statement.orelse and len(statement.body) == 1:
            conditions, statement = (replaced(statement.test, named),), statement.body[0]
        elif isinstance(statement, statements.Assign) and isinstance(statement.targets[-1], Name):
            named[statement.targets[0]] = replaced(statement.value, named)
            continue
        elif (names := _set(statement)) is not None:
            changed |= names
            continue
        fill = _fill(statement)
        if fill is None or fill[0] in found:
            return
        name, kind, element = fill
        if any(isinstance(part, Call) for made in (*named.values(), *conditions, element) for part in made.walk()):
            return  # which may insert rows
        clause = Clause(loop.target, iterable, conditions)
        found[name] = Comprehension(kind, replaced(element, named), (clause,))
    for name, comprehension in found.items():
        read = {_name(part) for part in comprehension.walk()}
        if not changed & {*read, name.id} and name.id not in read and _is_empty(before, name):
            yield name, comprehension


def discarded(loop: statements.For, iterable: Name) -> tuple[Name, Comprehension] | None:
    """The set that a loop takes values out of, and these: `for row in rows: names.discard(row.name)`."""
    (statement, *others) = loop.body
    call = statement.value if isinstance(statement, statements.Expr) else None
    if others or loop.orelse or not isinstance(call, Call) or not isinstance(call.function, Attribute):
        return None
    given, holder = [argument.value for argument in call.arguments], call.function.base
    if call.function.name != "discard" or len(given) != 1 or not isinstance(holder, Name):
        return None
    return holder, Comprehension("set", given[0], (Clause(loop.target, iterable, ()),))


def taken_out(loop: statements.For) -> Call | None:
    """The `data.pop(name)` that is all that a loop does with each name: `for name in names: del data[name]`."""
    if loop.orelse or len(loop.body) != 1 or not isinstance(loop.target, Name):
        return None
    (statement,) = loop.body
    if isinstance(statement, statements.Delete) and isinstance(target := statement.target, Subscript):
        return _pop(Call(Attribute(target.base, "pop"), (Argument(target.index),)), loop.target)
    if isinstance(statement, statements.Expr) and isinstance(statement.value, Call):
        return _pop(statement.value, loop.target)
    return None


def _pop(call: Call, name: Name) -> Call | None:
    """The call, where it takes what has this name out of something that has another one."""
    function, given = call.function, [argument.value for argument in call.arguments if not argument.star]
    if not isinstance(function, Attribute) or function.name != "pop" or function.base == name:
        return None
    return call if isinstance(function.base, Name) and given[:1] == [name] else None


def _fill(statement: Statement) -> tuple[Name, str, Expression] | None:
    """What a statement puts into which collection: `names.add(x)`, `names.append(x)`, `rows[key] = x`."""
    if isinstance(statement, statements.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, Subscript) and isinstance(target.base, Name):
            return target.base, "dict", Sequence("tuple", (target.index, statement.value))
    if isinstance(statement, statements.Expr) and isinstance(statement.value, Call):
        function, arguments = statement.value.function, statement.value.arguments
        is_one = len(arguments) == 1 and not arguments[0].star and arguments[0].keyword is None
        if is_one and isinstance(function, Attribute) and isinstance(function.base, Name) and function.name in ADDING:
            return function.base, ADDING[function.name], arguments[0].value
    return None


def _set(statement: Statement) -> set[str] | None:
    """The fields, or the name, that a statement changes without any call; None for all other statements."""
    if isinstance(statement, statements.Assign):
        targets = statement.targets if all(isinstance(target, Attribute) for target in statement.targets) else ()
    else:
        targets = (statement.target,) if isinstance(statement, statements.AugAssign) else ()
    if not targets or any(isinstance(part, Call) for part in statement.walk()):
        return None
    names = {_name(target) for target in targets}
    return names if "" not in names else None


def _name(part: Expression) -> str:
    """A local name, or that of a field, which `row.owner_id` reads, too; "" for anything else."""
    if isinstance(part, Attribute):
        return f".{part.name.removesuffix('_id')}"
    return part.id if isinstance(part, Name) else ""


def _is_empty(before: Suite, name: Name) -> bool:
    """True where the last statement that mentions a collection makes it, empty."""
    for statement in reversed(before):
        if name not in inside((statement,), Name):
            continue
        if isinstance(statement, statements.Assign):
            return statement.targets == (name,) and _makes_empty(statement.value)
        return (
            isinstance(statement, statements.AnnAssign) and name == statement.target and _makes_empty(statement.value)
        )
    return False


def _makes_empty(value: Expression | None) -> bool:
    if isinstance(value, (Sequence, Mapping)):
        return not value.items
    if not isinstance(value, Call):
        return False
    name = value.function.name if isinstance(value.function, Attribute) else getattr(value.function, "id", "")
    return name in EMPTY and (not value.arguments or name == "defaultdict")
