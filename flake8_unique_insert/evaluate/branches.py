"""Tests: the states in which a condition is true and false, with the facts that each edge brings.

Narrowing forms that are understood: `not`, `and`, `or`, ternaries, walrus, truth of any lookup's answer, `is None` and
`== None`, comparisons of a count or `len()` with 0 and 1, `== True/False`, `x in column`, `any(...)`, `hasattr` of a
reverse one-to-one, the flag of an upsert. Not understood (no fact, both edges open): `isinstance`, arithmetic on
counts, comparisons of two lookups, `all(...)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_unique_insert.evaluate.absent_rows import absent, only_one
from flake8_unique_insert.evaluate.facts import added, common
from flake8_unique_insert.evaluate.frame import Unreachable
from flake8_unique_insert.evaluate.membership import absent_from, absent_from_each
from flake8_unique_insert.evaluate.queries import note_check
from flake8_unique_insert.evaluate.state import State, meet
from flake8_unique_insert.schema import ExternalSymbol, ValueSymbol
from flake8_unique_insert.syntax.expressions import (
    FALSE,
    NONE,
    TRUE,
    Attribute,
    Await,
    Boolean,
    Call,
    Comparison,
    Conditional,
    Constant,
    Expression,
    Name,
    Unary,
    Walrus,
)
from flake8_unique_insert.values import (
    NO_FACTS,
    Absent,
    Answer,
    Column,
    Condition,
    CreatedFlag,
    Elements,
    Entries,
    Facts,
    Fresh,
    Function,
    Instance,
    Items,
    Known,
    ModelClass,
    NewRow,
    Object,
    Option,
    Result,
    Rows,
    SymbolValue,
    Unknown,
    Validity,
    Value,
)

if TYPE_CHECKING:
    from flake8_unique_insert.evaluate.evaluator import Evaluator

States = tuple[State | None, State | None]
CERTAINLY_TRUE = (Instance, ModelClass, Object, Function, Fresh)


def split(ev: Evaluator, test: Expression) -> States:
    """The states when `test` is true and when it is false; None where that cannot be."""
    if isinstance(test, Unary) and test.operator == "not":
        yes, no = split(ev, test.value)
        return no, yes
    if isinstance(test, Boolean):
        return _split_boolean(ev, test)
    if isinstance(test, Await):
        ev.awaiting += 1
        try:
            return split(ev, test.value)
        finally:
            ev.awaiting -= 1
    if isinstance(test, Walrus):
        value = ev.evaluate(test)
        return _by_truth(ev, value, test.name)
    if isinstance(test, Conditional):
        return _split_conditional(ev, test)
    if isinstance(test, Call):
        inner = _transparent(test)
        if inner is not None:
            return split(ev, inner)
    if isinstance(test, Comparison):
        return _split_comparison(ev, test)
    value = ev.evaluate(test)
    return _by_truth(ev, value, test.id if isinstance(test, Name) else None)


def _transparent(test: Call) -> Expression | None:
    """The x of `bool(x)`."""
    if isinstance(test.function, Name) and test.function.id == "bool" and len(test.arguments) == 1:
        return test.arguments[0].value
    return None


def _split_boolean(ev: Evaluator, test: Boolean) -> States:
    yes, no = split(ev, test.left)
    rest = yes if test.operator == "and" else no
    if rest is None:
        return (None, no) if test.operator == "and" else (yes, None)
    try:
        after_yes, after_no = _split_on(ev, rest, test.right)
    except Unreachable:
        after_yes, after_no = None, None
    point = ev.analysis.point((ev.frame.path, id(test), "boolean"))
    if test.operator == "and":
        return after_yes, _either(point, no, after_no)
    return _either(point, yes, after_yes), after_no


def _split_on(ev: Evaluator, state: State, test: Expression) -> States:
    saved, ev.state = ev.state, state.copy()
    try:
        return split(ev, test)
    finally:
        ev.state = saved


def _either(point: int, left: State | None, right: State | None) -> State | None:
    alive = [state for state in (left, right) if state is not None]
    return meet(point, alive) if alive else None


def _split_conditional(ev: Evaluator, test: Conditional) -> States:
    yes, no = split(ev, test.test)
    left: States = _split_on(ev, yes, test.body) if yes is not None else (None, None)
    right: States = _split_on(ev, no, test.orelse) if no is not None else (None, None)
    point = ev.analysis.point((ev.frame.path, id(test), "conditional"))
    return _either(point, left[0], right[0]), _either(point, left[1], right[1])


# --- truth of a value


def truth(value: Value) -> bool | None:
    """Whether a value is true; None when it may be either."""
    if isinstance(value, Known):
        return bool(value.constant)
    if isinstance(value, CERTAINLY_TRUE):
        return True
    if isinstance(value, SymbolValue):  # what is imported from outside may be any object
        return None if isinstance(value.symbol, (ExternalSymbol, ValueSymbol)) else True
    if isinstance(value, Items):
        return bool(value.items)
    if isinstance(value, Entries) and value.entries:
        return True
    if isinstance(value, Answer) and not value.rows.alternatives:
        return value.negated
    return None


def facts_when(value: Value, outcome: bool) -> Facts:
    """What is known when a value turns out true (or false)."""
    if isinstance(value, Answer) and outcome is value.negated:
        return absent(value.rows)
    if isinstance(value, Answer) and value.shape == "row":
        return only_one(value.rows, value.term)
    if isinstance(value, Rows) and not value.is_manager and not outcome:
        return absent(value)
    if isinstance(value, Column) and not outcome:
        return absent_from(value, value.rows)
    if isinstance(value, Validity) and outcome:
        return frozenset([value.form.valid])
    row = _unsaved(value.term, outcome)
    return frozenset([NewRow(row)]) if row is not None else NO_FACTS


def _unsaved(term: Expression, outcome: bool) -> Expression | None:
    """The row that has not been inserted yet when `row.pk` is false, or `row._state.adding` true."""
    if not isinstance(term, Attribute):
        return None
    if not outcome and term.name in ("pk", "id"):
        return term.base
    if outcome and term.name == "adding" and isinstance(term.base, Attribute) and term.base.name == "_state":
        return term.base.base
    return None


def _by_truth(ev: Evaluator, value: Result, name: str | None) -> States:
    for option in value.options:
        if isinstance(option.value, (Answer, Column)):
            note_check(ev, option.value.rows)
        elif isinstance(option.value, Rows):
            note_check(ev, option.value)
    return (
        _narrowed(ev, value, name, lambda option: truth(option.value) is not False, True),
        _narrowed(ev, value, name, lambda option: truth(option.value) is not True, False),
    )


def _narrowed(ev: Evaluator, value: Result, name: str | None, keeps: object, outcome: bool | None) -> State | None:
    """The state where only the options that `keeps` accepts are left; outcome: the truth that they have there."""
    assert callable(keeps)
    left = tuple(option for option in value.options if keeps(option))
    if not left:
        return None
    state = ev.state.copy()
    gained = [_gained(option, outcome) for option in left]
    state.learn(common(gained))
    if outcome is True and all(isinstance(option.value, CreatedFlag) for option in left):
        for option in left:
            assert isinstance(option.value, CreatedFlag)
            state.learn([NewRow(option.value.instance)])
    if name is not None and name in state.names:
        state.names[name] = Result(value.term, tuple(_settled(option, outcome) for option in left))
    return state


def _gained(option: Option, outcome: bool | None) -> Facts:
    return added(option.facts, facts_when(option.value, outcome)) if outcome is not None else option.facts


def deciding(options: tuple[Option, ...], outcome: bool) -> list[Option]:
    """The options of a left operand that have this truth, as they are known then."""
    found = []
    for option in options:
        known = truth(option.value)
        if known is None:
            facts = _gained(option, outcome)
            settled = _settled(option, outcome)
            unsettled = isinstance(settled.value, (Unknown, Answer, CreatedFlag))
            found.append(
                Option(Known(TRUE if outcome else FALSE), facts) if unsettled else Option(settled.value, facts)
            )
        elif known is outcome:
            found.append(option)
    return found


def _settled(option: Option, outcome: bool | None) -> Option:
    """An option once its truth is known: a row that was found is an instance, one that was not is None."""
    value = option.value
    if isinstance(value, Rows) and not value.is_manager and outcome is not None:  # its rows are kept from here on
        return Option(Answer(value.term, value, "list"), _gained(option, outcome))
    if not isinstance(value, Answer) or outcome is None:
        return option
    facts = _gained(option, outcome)
    if value.shape == "row" and outcome is value.negated:
        return Option(Known(NONE), facts)
    if value.shape == "row":
        return Option(Instance(value.term, value.rows.model), facts)
    return Option(value, facts)


# --- comparisons


def _split_comparison(ev: Evaluator, test: Comparison) -> States:
    operator, left, right = test.operator, test.left, test.right
    if operator in ("in", "not in"):
        yes, no = _split_membership(ev, left, right, test)
        return (no, yes) if operator == "not in" else (yes, no)
    if isinstance(left, Constant) and not isinstance(right, Constant):
        left, right, operator = right, left, _mirrored(operator)
    if isinstance(right, Constant):
        found = _split_constant(ev, left, operator, right)
        if found is not None:
            return found
    return _split_by_terms(ev, test)


def _mirrored(operator: str) -> str:
    return {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(operator, operator)


def _split_constant(ev: Evaluator, left: Expression, operator: str, right: Constant) -> States | None:
    if right.value is None or isinstance(right.value, bool):
        if operator in ("is", "=="):
            return _split_identity(ev, left, right)
        if operator in ("is not", "!="):
            yes, no = _split_identity(ev, left, right)
            return no, yes
    if isinstance(right.value, int) and not isinstance(right.value, bool):
        empty = _means_zero(operator, right.value)
        if empty is not None:
            inner = _len_of(left)
            value = ev.evaluate(inner if inner is not None else left)
            if all(_counts(option.value, inner is not None) for option in value.options):
                yes, no = _by_truth(ev, value, None)
                return (no, yes) if empty else (yes, no)
    return None


def _means_zero(operator: str, number: int) -> bool | None:
    """True when `count operator number` says that the count is 0, False when it says that it is not."""
    if (operator, number) in (("==", 0), ("<", 1), ("<=", 0)):
        return True
    if (operator, number) in (("!=", 0), (">", 0), (">=", 1)):
        return False
    return None


def _len_of(left: Expression) -> Expression | None:
    if isinstance(left, Call) and isinstance(left.function, Name) and left.function.id == "len" and left.arguments:
        return left.arguments[0].value
    return None


def _counts(value: Value, by_len: bool) -> bool:
    if by_len:
        return isinstance(value, (Rows, Column, Answer))
    return isinstance(value, Answer) and value.shape == "count"


def _split_identity(ev: Evaluator, left: Expression, right: Constant) -> States:
    """`left is None`, `left is True`, `left is False` and the same with `==`."""
    if isinstance(left, Walrus):
        name: str | None = left.name
    else:
        name = left.id if isinstance(left, Name) else None
    value = ev.evaluate(left)
    for option in value.options:
        if isinstance(option.value, Answer):
            note_check(ev, option.value.rows)
    if right.value is None:
        return (
            _narrowed_to_none(ev, value, name),
            _narrowed(ev, value, name, lambda option: not _is_none(option.value), True if _rows_only(value) else None),
        )
    yes, no = _by_truth(ev, value, name)
    return (yes, no) if right.value else (no, yes)


def _is_none(value: Value) -> bool:
    return isinstance(value, Known) and value.constant is None


def _rows_only(value: Result) -> bool:
    return all(
        (isinstance(option.value, Answer) and option.value.shape == "row") or _is_none(option.value)
        for option in value.options
    )


def _narrowed_to_none(ev: Evaluator, value: Result, name: str | None) -> State | None:
    def may_be_none(option: Option) -> bool:
        inner = option.value
        if isinstance(inner, Answer):
            return inner.shape == "row"
        return _is_none(inner) or (
            truth(inner) is None and not isinstance(inner, (Rows, Column, Elements, CreatedFlag))
        )

    left = [option for option in value.options if may_be_none(option)]
    if not left:
        return None
    outcome = False if all(isinstance(option.value, Answer) or _is_none(option.value) for option in left) else None
    if outcome is None:
        return _narrowed_each(ev, value, name, left)
    return _narrowed(ev, value, name, may_be_none, False)


def _narrowed_each(ev: Evaluator, value: Result, name: str | None, left: list[Option]) -> State:
    state = ev.state.copy()
    gained = [_gained(option, False) for option in left]
    state.learn(common(gained))
    if name is not None and name in state.names:
        state.names[name] = Result(value.term, tuple(left))
    return state


def _split_by_terms(ev: Evaluator, test: Comparison) -> States:
    left, right = ev.evaluate(test.left), ev.evaluate(test.right)
    if test.operator in ("==", "!="):
        own = _own_value(ev, test.left, right) | _own_value(ev, test.right, left)
        if own:
            alike, different = ev.state.copy(), ev.state.copy()
            alike.learn(own)
            return (alike, different) if test.operator == "==" else (different, alike)
    one, other = left.value, right.value
    if isinstance(one, Known) and isinstance(other, Known) and test.operator in ("==", "!=", "is", "is not"):
        equal = one.constant == other.constant
        truth_ = equal is (test.operator in ("==", "is"))
        return (ev.state.copy(), None) if truth_ else (None, ev.state.copy())
    if test.operator in ("==", "!=") and isinstance(test.left, Name) and isinstance(other, Known):
        yes, no = _split_by_constant(ev, left, test.left.id, other)
        return (yes, no) if test.operator == "==" else (no, yes)
    return ev.state.copy(), ev.state.copy()


def _own_value(ev: Evaluator, side: Expression, other: Result) -> Facts:
    """What is known when `tag.name == name`: no row but this one has that name, if names are unique."""
    owner = ev.evaluate(side.base) if isinstance(side, Attribute) else None
    if owner is None or not isinstance(owner.value, Instance):
        return NO_FACTS
    assert isinstance(side, Attribute)
    model, field = owner.value.model, owner.value.model.field(side.name)
    known = ev.state.objects.get(owner.value.term)
    if field is None or (known is not None and (known.new is not False or field.name in known.changed)):
        return NO_FACTS
    itself = Condition(model.primary_key, "exact", owner.value.term, excluded=True)
    facts = []
    for key in model.keys:
        if field.name in key.members:
            terms = {name: other.term if name == field.name else Attribute(owner.term, name) for name in key.members}
            conditions = {Condition(name, "exact", term) for name, term in terms.items()}
            facts.append(Absent(model.table, frozenset(conditions | {itself})))
    return frozenset(facts)


def _split_by_constant(ev: Evaluator, value: Result, name: str, other: Known) -> States:
    def may_equal(option: Option) -> bool:
        return not isinstance(option.value, Known) or option.value.constant == other.constant

    def may_differ(option: Option) -> bool:
        return not isinstance(option.value, Known) or option.value.constant != other.constant

    return _narrowed(ev, value, name, may_equal, None), _narrowed(ev, value, name, may_differ, None)


# --- membership


def _split_membership(ev: Evaluator, left: Expression, right: Expression, node: Expression) -> States:
    """The states when `left in right`, and when not."""
    item, holder = ev.evaluate(left), ev.evaluate(right)
    facts = absent_from_each(ev, item, holder)
    yes, no = ev.state.copy(), ev.state.copy()
    no.learn(facts)
    return yes, no


def is_lookup_test(test: Comparison) -> bool:
    """True for a comparison of which `split` may make something: with a literal, or for membership."""
    return test.operator in ("in", "not in") or isinstance(test.left, Constant) or isinstance(test.right, Constant)
