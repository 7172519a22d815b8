"""Comparisons as tests: with literals, of lookups with 0, of a row's field with a value, and `in`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeGuard

from flake8_unique_insert.evaluate.branching.truth import (
    States,
    by_truth,
    drop_contradicted,
    gained,
    is_filled,
    is_read,
    narrowed,
    truth,
)
from flake8_unique_insert.evaluate.collections.dedupe import tell_apart
from flake8_unique_insert.evaluate.collections.exhausted import of_row
from flake8_unique_insert.evaluate.collections.membership import absent_from_each
from flake8_unique_insert.evaluate.collections.projections import split_by_length
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.objects.setting import is_of_data
from flake8_unique_insert.evaluate.rows.absent_rows import one_at_most
from flake8_unique_insert.evaluate.rows.queries import note_check
from flake8_unique_insert.evaluate.states.facts import added, common
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.evaluate.states.terms import same
from flake8_unique_insert.facts import Absent, Condition, Facts, Null, not_given, surely_given
from flake8_unique_insert.syntax.expressions import (
    NONE,
    Attribute,
    Call,
    Comparison,
    Constant,
    Expression,
    Name,
    Subscript,
    Walrus,
)
from flake8_unique_insert.values import (
    Answer,
    Column,
    CreatedFlag,
    Elements,
    Entries,
    Instance,
    Items,
    Known,
    ObjectState,
    Option,
    Result,
    Rows,
    Unknown,
    Value,
)

EQUALITY = ("==", "!=", "is", "is not")
"""Operators that tell literals apart; members of an enumeration are those of which they are made."""


def split_comparison(ev: Evaluator, test: Comparison) -> States:
    """The states when a comparison holds and when it does not."""
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
    elif (by_length := split_by_length(ev, test)) is not None:
        return by_length
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
            one = right.value == 1 and operator in ("==", "!=")
            if all(_counts(option.value, inner is not None, one) for option in value.options):
                yes, no = by_truth(ev, value, None)
                return (no, yes) if empty else (yes, no)
    return None


def _means_zero(operator: str, number: int) -> bool | None:
    """True when `count operator number` says that the count is 0, False when it says that it is not.

    `!= 1` and `== 1` say so of a count that is 0 or 1.
    """
    if (operator, number) in (("==", 0), ("<", 1), ("<=", 0), ("!=", 1)):
        return True
    if (operator, number) in (("!=", 0), (">", 0), (">=", 1), ("==", 1)):
        return False
    return None


def _len_of(left: Expression) -> Expression | None:
    if isinstance(left, Call) and isinstance(left.function, Name) and left.function.id == "len" and left.arguments:
        return left.arguments[0].value
    return None


def _counts(value: Value, by_len: bool, one: bool) -> bool:
    """True for rows that are counted, or what is collected; one: where there is one of them at most."""
    if by_len and isinstance(value, (Items, Elements, Entries)):
        return not one
    rows = value if isinstance(value, Rows) else value.rows if isinstance(value, (Column, Answer)) else None
    is_counted = by_len or (isinstance(value, Answer) and value.shape == "count")
    return rows is not None and is_counted and (not one or one_at_most(rows))


def _split_identity(ev: Evaluator, left: Expression, right: Constant) -> States:
    """`left is None`, `left is True`, `left is False` and the same with `==`."""
    if isinstance(left, Walrus):
        name: str | None = left.name
    else:
        name = left.id if isinstance(left, Name) else None
    value = ev.evaluate(left)
    for option in value.options:
        if isinstance(option.value, Answer):
            note_check(ev, option.value.rows, option.value.term)
    if right.value is None:
        none, some = (
            _narrowed_to_none(ev, value, name),
            narrowed(ev, value, name, lambda option: not _is_none(option.value), True if _rows_only(value) else None),
        )
        if type(value.value) is Unknown and is_read(value.term):
            _tell(none, surely_given(Comparison("is", value.term, NONE)))
            _tell(some, not_given(Comparison("is", value.term, NONE)))
        return none, some
    yes, no = by_truth(ev, value, name)
    return (yes, no) if right.value else (no, yes)


def _tell(state: State | None, fact: Absent) -> None:
    """Learn what a test has told, and which values names do not have then."""
    if state is not None:
        state.learn([fact])
        drop_contradicted(state, frozenset([fact]))


def _is_known(option: Option) -> bool:
    return isinstance(option.value, Known)


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
        if is_filled(ev, option):
            return False
        return _is_none(inner) or (
            truth(inner) is None and not isinstance(inner, (Rows, Column, Elements, CreatedFlag))
        )

    left = [option for option in value.options if may_be_none(option)]
    if not left:
        return None
    outcome = False if all(isinstance(option.value, Answer) or _is_none(option.value) for option in left) else None
    if outcome is None:
        return _narrowed_each(ev, value, name, left)
    state = narrowed(ev, value, name, may_be_none, False)
    if state is not None and all(_is_none(option.value) for option in left) and not isinstance(value.term, Constant):
        state.learn([Null(value.term)])
    return state


def _narrowed_each(ev: Evaluator, value: Result, name: str | None, left: list[Option]) -> State:
    state = ev.state.copy()
    known = [added(gained(option, False), [Null(option.value.term)]) for option in left]
    state.learn(common(known))
    if name is not None and name in state.names:
        state.names[name] = Result(value.term, tuple(left))
    return state


def _split_by_terms(ev: Evaluator, test: Comparison) -> States:
    if test.operator in ("==", "!=") and _is_key(test.left) and _is_key(test.right):
        of_relation = replace(test, left=test.left.base, right=test.right.base)
        if isinstance(of_relation.left, Attribute) or isinstance(of_relation.right, Attribute):
            return _split_by_terms(ev, of_relation)
    left, right = ev.evaluate(test.left), ev.evaluate(test.right)
    one, other = left.value, right.value
    if isinstance(one, Known) and isinstance(other, Known) and test.operator in EQUALITY:
        equal = one.constant == other.constant
        truth_ = equal is (test.operator in ("==", "is"))
        return (ev.state.copy(), None) if truth_ else (None, ev.state.copy())
    if test.operator in ("==", "!="):
        if _is_blank(ev, test.left, right) or _is_blank(ev, test.right, left):
            return (None, ev.state.copy()) if test.operator == "==" else (ev.state.copy(), None)
        sides = (_stored(ev, test.left, right), _stored(ev, test.right, left))
        stored = [side for side in sides if side is not None]
        others = [*_of_others(ev, left.term, right.term), *_of_others(ev, right.term, left.term)]
        if stored or others:
            alike, different = ev.state.copy(), ev.state.copy()
            alike.learn(others)
            for row, item in stored:
                alike.learn([*_own_value(ev, row, item), *_of_rows_without(ev, row.term, item)])
                _note_own(alike, row, item, left if item.term == left.term else right)
                different.learn([of_row(row.term, row.model.table, [item])])
            return (alike, different) if test.operator == "==" else (different, alike)
    if test.operator in EQUALITY and isinstance(other, Known):
        yes, no = _split_by_constants(ev, left, test.left, [other.constant])
        return (yes, no) if test.operator in ("==", "is") else (no, yes)
    return ev.state.copy(), ev.state.copy()


def _is_key(side: Expression) -> TypeGuard[Attribute]:
    """True for `tag.pk`."""
    return isinstance(side, Attribute) and side.name in ("pk", "id")


def _of_others(ev: Evaluator, row: Expression, name: Expression) -> Iterator[Absent]:
    """What is known of all rows but one, by another name that turned out to be the same row's."""
    for fact, item in _but_for(ev, row):
        yield replace(fact, conditions=fact.conditions - {item} | {replace(item, term=name)})


def _of_rows_without(ev: Evaluator, row: Expression, held: Condition) -> Iterator[Absent]:
    """What is known of all rows but one holds of those without something that this one has."""
    for fact, item in _but_for(ev, row):
        yield replace(fact, conditions=fact.conditions - {item} | {replace(held, excluded=True)})


def _but_for(ev: Evaluator, row: Expression) -> Iterator[tuple[Absent, Condition]]:
    """The facts about all rows but one, and the condition that leaves it out."""
    for fact in (fact for fact in ev.state.facts if isinstance(fact, Absent)):
        for item in fact.conditions:
            if item.excluded and item.lookup == "exact" and same(item.term, row):
                yield fact, item


def _is_blank(ev: Evaluator, side: Expression, other: Result) -> bool:
    """True for `tag.name` of a new row that was given no name yet, beside a value that is neither None nor empty."""
    owner = ev.evaluate(side.base).value if isinstance(side, Attribute) else None
    if not isinstance(owner, Instance) or not isinstance(side, Attribute) or other.term not in ev.analysis.filled:
        return False
    field, known = owner.model.field(side.name), ev.state.objects.get(owner.term)
    is_new = known is not None and known.new is True and field is not None and known.get(field.name) is None
    return is_new and field is not None and field.default is None


def _stored(ev: Evaluator, side: Expression, other: Result) -> tuple[Instance, Condition] | None:
    """The row and the condition of `tag.name == name`; None where that is no field, or one that was changed."""
    owner = ev.evaluate(side.base).value if isinstance(side, Attribute) else None
    if not isinstance(owner, Instance) or not isinstance(side, Attribute):
        return None
    field, known = owner.model.field(side.name), ev.state.objects.get(owner.term)
    if field is None or (known is not None and (known.new is not False or field.name in known.changed)):
        return None
    return owner, Condition(field.name, "exact", other.term)


def _own_value(ev: Evaluator, row: Instance, item: Condition) -> Facts:
    """What is known when `tag.name == name`: no row but this one has that name, if names are unique.

    Nothing of keys of which the row may have got another value since, or may not have had the condition.
    """
    itself = Condition(row.model.primary_key, "exact", row.term, excluded=True)
    facts = []
    known = ev.state.objects.get(row.term)
    changed = known.changed if known is not None else frozenset[str]()
    for key in (key for key in row.model.keys if item.field in key.members):
        if changed & key.read or not key.read <= set(key.members):
            continue
        terms = {name: _held(row, name, known) for name in key.members} | {item.field: item.term}
        conditions = {Condition(name, "iexact" if key.folds(name) else "exact", term) for name, term in terms.items()}
        facts.append(Absent(row.model.table, frozenset(conditions | {itself})))
    return frozenset(facts)


def _note_own(state: State, row: Instance, item: Condition, value: Result) -> None:
    """`tag.name == name` says what the row holds, as a lookup by this value would."""
    known = state.objects.get(row.term) or ObjectState(False)
    if known.get(item.field) is None:
        state.objects[row.term] = replace(known, values=(*known.values, (item.field, value)))


def _held(row: Instance, name: str, known: ObjectState | None) -> Expression:
    """What a row that was not changed holds in a field: what it was found by, where that is known."""
    value = known.get(name) if known is not None else None
    return value.term if value is not None else Attribute(row.term, name)


def _split_by_constants(ev: Evaluator, value: Result, node: Expression, constants: list[object]) -> States:
    """The states when a value is one of some literals, and when it is none of them."""
    name = node.id if isinstance(node, Name) else None

    def may_equal(option: Option) -> bool:
        return not isinstance(option.value, Known) or option.value.constant in constants

    def may_differ(option: Option) -> bool:
        return not isinstance(option.value, Known) or option.value.constant not in constants

    return narrowed(ev, value, name, may_equal, None), narrowed(ev, value, name, may_differ, None)


def _split_membership(ev: Evaluator, left: Expression, right: Expression, node: Expression) -> States:
    """The states when `left in right`, and when not."""
    item, holder = ev.evaluate(left), ev.evaluate(right)
    listed = [value.value for value in holder.value.items] if isinstance(holder.value, Items) else []
    literals = [value for value in listed if isinstance(value, Known)]
    is_told = bool(listed) and len(literals) == len(listed)
    if is_told and all(map(_is_known, item.options)):
        return _split_by_constants(ev, item, left, [value.constant for value in literals])
    facts = absent_from_each(ev, item, holder)
    yes, no = ev.state.copy(), ev.state.copy()
    if is_told and isinstance(left, Name) and is_of_data(ev, item.term):
        yes.names[left.id] = Result(item.term, tuple(map(Option, literals)))
    no.learn(facts)
    if isinstance(holder.value, Entries) and isinstance(item.term, Constant):
        if Comparison("in", item.term, holder.term) in ev.analysis.filled:  # it is there
            return yes, None
        no.learn([Null(Subscript(holder.term, item.term), missing=True)])
    saved, ev.state = ev.state, no
    tell_apart(ev, left, right, node)
    ev.state = saved
    return yes, no


def is_lookup_test(test: Comparison) -> bool:
    """True for a comparison of which `split` may make something: with a literal, or for membership."""
    return test.operator in ("in", "not in") or isinstance(test.left, Constant) or isinstance(test.right, Constant)
