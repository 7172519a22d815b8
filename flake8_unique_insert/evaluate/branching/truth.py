"""The truth of values: what is known on either side of it."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate.collections.collected import is_there
from flake8_unique_insert.evaluate.collections.membership import absent_from
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.rows.absent_rows import absent, missing, only_one, only_that
from flake8_unique_insert.evaluate.rows.lookups import rows_in
from flake8_unique_insert.evaluate.rows.queries import note_check
from flake8_unique_insert.evaluate.states.facts import added, common, contradict
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.evaluate.states.terms import NORMALISING, is_message
from flake8_unique_insert.facts import NO_FACTS, Absent, Fact, Facts, NewRow, given, not_given, surely_given
from flake8_unique_insert.schema import ExternalSymbol, ValueSymbol
from flake8_unique_insert.syntax.expressions import (
    FALSE,
    NONE,
    TRUE,
    Attribute,
    Call,
    Comparison,
    Constant,
    Expression,
    Subscript,
    Symbol,
)
from flake8_unique_insert.values import (
    LISTS,
    Answer,
    Column,
    CreatedFlag,
    Elements,
    Entries,
    Fresh,
    Function,
    Instance,
    Items,
    Known,
    ModelClass,
    Object,
    Option,
    Result,
    Rows,
    SymbolValue,
    Unknown,
    Validity,
    Value,
)

States = tuple[State | None, State | None]
CASES = frozenset({"lower", "upper", "casefold"})
READ_BY = NORMALISING | {"get"}
"""Methods that give the same when they are called again."""
CERTAINLY_TRUE = (Instance, ModelClass, Object, Function, Fresh)


def truth(value: Value) -> bool | None:
    """Whether a value is true; None when it may be either."""
    if isinstance(value, Known):
        return bool(value.constant)
    if value.optional:
        return None
    if is_message(value.term):
        return True
    if isinstance(value, CERTAINLY_TRUE):
        return True
    if isinstance(value, SymbolValue):  # what is imported from outside may be any object
        return None if isinstance(value.symbol, (ExternalSymbol, ValueSymbol)) else True
    if isinstance(value, Items):  # an empty one may have been filled by what it was given to
        return True if value.items else None
    if isinstance(value, Entries) and any(is_there(entry) for _, entry in value.entries):
        return True
    if isinstance(value, Answer) and not value.rows.alternatives:
        return value.negated
    return None


def facts_when(value: Value, outcome: bool) -> Facts:
    """What is known when a value turns out true (or false)."""
    if isinstance(value, Answer) and outcome is value.negated and value.shape != "former":
        return missing(value.rows)
    if isinstance(value, Answer) and value.shape == "row":
        return only_one(value.rows, value.term)
    if isinstance(value, Answer) and value.shape in ("bool", "count"):
        return only_that(value.rows)
    if isinstance(value, Rows) and not value.is_manager and not outcome:
        return absent(value)
    if isinstance(value, Column) and not outcome:
        return absent_from(value, value.rows)
    if isinstance(value, (Elements, Entries)) and not outcome:
        return value.if_empty or NO_FACTS
    if isinstance(value, Validity) and outcome:
        return value.valid
    row = _unsaved(value.term, outcome)
    if row is not None:
        return frozenset([NewRow(row)])
    if not isinstance(value, Unknown) or not is_read(value.term):
        return NO_FACTS
    return frozenset([surely_given(value.term) if outcome else not_given(value.term)])


def is_read(term: Expression) -> bool:
    """True for what is the same when it is read again: a parameter, `row.name`, `data["name"]`, `data.get("name")`.

    So is a comparison of such values.
    """
    if isinstance(term, Comparison):
        return all(isinstance(part, Constant) or is_read(part) for part in (term.left, term.right))
    if isinstance(term, Call) and isinstance(term.function, Attribute):
        return term.function.name in READ_BY
    return isinstance(term, (Attribute, Symbol, Subscript))


def _unsaved(term: Expression, outcome: bool) -> Expression | None:
    """The row that has not been inserted yet when `row.pk` is false, or `row._state.adding` true.

    Neither has the user who is not logged in: no row can refer to it.
    """
    if not isinstance(term, Attribute):
        return None
    if not outcome and term.name in ("pk", "id", "is_authenticated"):
        return term.base
    if outcome and term.name == "is_anonymous":
        return term.base
    if outcome and term.name == "adding" and isinstance(term.base, Attribute) and term.base.name == "_state":
        return term.base.base
    return None


def by_truth(ev: Evaluator, value: Result, name: str | None) -> States:
    """The states when a value is true and when it is false; name: the local name that holds it."""
    rows = rows_in(value)
    for option in value.options:
        if isinstance(option.value, (Answer, Column)) and rows is None:
            note_check(ev, option.value.rows, option.value.term)
    yes = narrowed(ev, value, name, lambda option: truth(option.value) is not False, True)
    if rows is not None:  # where there are some, they were looked up to be worked on
        note_check(ev, rows)
    no = narrowed(ev, value, name, lambda option: truth(option.value) is not True and not is_filled(ev, option), False)
    return yes, no


def is_filled(ev: Evaluator, option: Option) -> bool:
    """True for a value that is known to be neither None nor empty, also in another case."""
    term = option.value.term
    if isinstance(term, Call) and isinstance(term.function, Attribute) and term.function.name in CASES:
        term = term.function.base
    return term in ev.analysis.filled


def narrowed(ev: Evaluator, value: Result, name: str | None, keeps: object, outcome: bool | None) -> State | None:
    """The state where only the options that `keeps` accepts are left; outcome: the truth that they have there."""
    assert callable(keeps)
    left = tuple(option for option in value.options if keeps(option))
    if not left:
        return None
    state = ev.state.copy()
    known = [gained(option, outcome) for option in left]
    found = common(known)
    state.learn(found)
    drop_contradicted(state, found)
    if outcome is True:
        state.learn(_now_given(state, value.term))
    elif outcome is False and isinstance(value.term, Symbol) and value.term.kind == "flag":
        state.learn([not_given(value.term)])
    if outcome is True and all(isinstance(option.value, CreatedFlag) for option in left):
        for option in left:
            assert isinstance(option.value, CreatedFlag)
            state.learn([NewRow(option.value.instance)])
    if name is not None and name in state.names:
        state.names[name] = Result(value.term, tuple(settled(option, outcome) for option in left))
    return state


def drop_contradicted(state: State, found: Facts) -> None:
    """Of what a name may hold, leave out what it holds only where something is true that was found to be false."""
    told = frozenset(fact for fact in found if isinstance(fact, Absent) and not fact.table)
    for name, bound in state.names.items() if told else ():
        if len(bound.options) > 1 and any(option.facts for option in bound.options):
            left = tuple(option for option in bound.options if not contradict(told, option.facts))
            if 0 < len(left) < len(bound.options):
                state.names[name] = Result(bound.term, left)
                state.learn(common([option.facts for option in left]))


def _now_given(state: State, term: Expression) -> list[Fact]:
    """What holds where a term is true, once it is."""
    condition = given(term)
    known = (fact for fact in state.facts if isinstance(fact, Absent) and fact.table and condition in fact.conditions)
    return [replace(fact, conditions=fact.conditions - {condition}) for fact in known]


def gained(option: Option, outcome: bool | None) -> Facts:
    """What is known of an option that turned out true (or false); outcome None: neither."""
    return added(option.facts, facts_when(option.value, outcome)) if outcome is not None else option.facts


def deciding(options: tuple[Option, ...], outcome: bool) -> list[Option]:
    """The options of a left operand that have this truth, as they are known then."""
    found = []
    for option in options:
        known = truth(option.value)
        if known is None:
            facts = gained(option, outcome)
            value = settled(option, outcome).value
            is_list = outcome and isinstance(value, Answer) and value.shape in LISTS
            is_open = isinstance(value, (Unknown, Answer, CreatedFlag)) and not is_list
            found.append(Option(Known(TRUE if outcome else FALSE) if is_open else value, facts))
        elif known is outcome:
            found.append(option)
    return found


def settled(option: Option, outcome: bool | None) -> Option:
    """An option once its truth is known: a row that was found is an instance, one that was not is None."""
    value = option.value
    if isinstance(value, Rows) and not value.is_manager and outcome is not None:  # its rows are kept from here on
        return Option(Answer(value.term, value, "list"), gained(option, outcome))
    if not isinstance(value, Answer) or outcome is None:
        return option
    facts = gained(option, outcome)
    if value.shape == "row" and outcome is value.negated:
        return Option(Known(NONE), facts)
    if value.shape == "largest":
        return Option(Unknown(value.term), facts)
    if value.shape == "row":
        return Option(Instance(value.term, value.rows.model), facts)
    return Option(value, facts)
