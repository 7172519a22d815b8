"""Rows that were inserted before: those that may have the key of a write, and new ones that no other refers to."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_unique_insert.evaluate.collections.apart import tells_apart
from flake8_unique_insert.evaluate.collections.nests import spanned
from flake8_unique_insert.evaluate.frame import Analysis, Frame
from flake8_unique_insert.evaluate.interpreter import Interpreter
from flake8_unique_insert.evaluate.rows.absent_rows import found_by
from flake8_unique_insert.evaluate.rows.inserted import inserted_row
from flake8_unique_insert.evaluate.rows.lookups import condition as read_condition
from flake8_unique_insert.evaluate.rows.signals import done_after
from flake8_unique_insert.evaluate.rows.writes import Write
from flake8_unique_insert.evaluate.states.facts import APART
from flake8_unique_insert.evaluate.states.terms import ANY, differs, normal, refers_to, same, symbols
from flake8_unique_insert.facts import Inserted, NewRow
from flake8_unique_insert.schema import UniqueKey
from flake8_unique_insert.sites.derived import is_generated_in
from flake8_unique_insert.sites.values import FieldValue, field_value
from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Expression,
    Sequence,
    Symbol,
)
from flake8_unique_insert.values import Answer, Instance


def has_new_parent(analysis: Analysis, write: Write, key: UniqueKey, values: dict[str, FieldValue]) -> bool:
    """True when a member is a row made in this function, or what that generated, and no row of this key has it yet."""
    if write.kind == "bulk_create" and write.element_count is None and not told_apart(analysis, write, values):
        return False
    for name, value in values.items():
        for term in value.terms:
            for fact in new_rows(write):
                is_new = refers_to(term, fact.term) or _is_below(write, value, fact.term)
                is_new = is_new or is_generated_in(analysis, write, term, fact.term)
                if is_new and not any(may_clash(row, write, values) for row in fact.but):
                    signalled = _inserted_by_signals(analysis, write, name, value, fact.term)
                    return not any(may_clash(row, write, values) for row in signalled)
    return False


def _inserted_by_signals(
    analysis: Analysis, write: Write, name: str, value: FieldValue, parent: Expression
) -> Iterator[Inserted]:
    """The rows that `post_save` of a new row may have inserted, which is the parent that a field refers to.

    A parameter that turned out to be a new row may be what a receiver gets itself.
    """
    field = write.model.field(name)
    if field is None or not field.relation or (isinstance(parent, Symbol) and parent.kind == "param"):
        return
    given = [option.value for option in value.result.options] if value.result is not None else []
    rows = [item for item in given if isinstance(item, Instance) and item.term == parent]
    model = analysis.lookup.model_labelled(field.target, write.model.label.rpartition(".")[0])
    if not rows and model is not None:
        rows = [Instance(parent, model)]
    for row in rows:
        frame = Frame(row.model.symbol.dotted, path=(analysis.point(("post_save", row.model.label)),))
        for done in done_after(Interpreter(analysis, frame, write.state), row):
            if done.kind in ("insert", "save", "upsert", "bulk_create"):
                yield inserted_row(done.model, done.values)


def _is_below(write: Write, value: FieldValue, parent: Expression) -> bool:
    """True for a row that was found among those that refer to a new one: it cannot be older.

    Of one that was made here it is known which rows refer to it since.
    """
    if any(_is_parent(write, term) for term in value.terms):
        return False
    answer = value.result.value if value.result is not None else None
    known = [row.values for term in value.terms if (row := write.state.objects.get(term)) is not None]
    if isinstance(answer, Answer) and answer.shape == "row":
        known.append(found_by(answer.rows))
    return any(same(found.term, parent) for values in known for _, found in values)


def repeats_under_new_row(analysis: Analysis, write: Write, key: UniqueKey) -> bool:
    """True when a member of the key is a row made in this function, but a loop here may insert its key twice."""
    terms = [term for name in key.members for term in field_value(analysis, write, name).terms]
    return any(refers_to(term, fact.term) for term in terms for fact in new_rows(write))


def told_apart(analysis: Analysis, write: Write, values: dict[str, FieldValue]) -> bool:
    """True when no two elements of a batch have the same key: a member is different for each."""
    members = [term for value in values.values() for term in value.terms if not _tells_nothing(write, term)]
    return differ_in_batch(analysis, write, members, (*APART, "new"))


def differ_in_batch(analysis: Analysis, write: Write, members: list[Expression], kinds: tuple[str, ...]) -> bool:
    """True when some of these values, which are those of one element, are others for each. kinds: of elements."""
    each = frozenset().union(*(symbols(normal(term)) for term in members))
    if not spanned(write.nests, each, kinds):
        return False
    whole = Sequence("tuple", tuple(members))
    return any(symbol.kind in kinds and tells_apart(whole, symbol, analysis.rows.get(symbol)) for symbol in each)


def new_rows(write: Write) -> list[NewRow]:
    """The rows that were made in this function before the write."""
    return [fact for fact in write.facts if isinstance(fact, NewRow)]


def _tells_nothing(write: Write, term: Expression) -> bool:
    """True for a new parent of all elements of a batch, where each may have one of its own, and for what a new element
    holds, whatever that is."""
    if isinstance(term, Attribute) and write.instance is not None and term.base == write.instance.term:
        return isinstance(term.base, Symbol) and term.base.kind == "new"
    return _is_parent(write, term) and not (isinstance(term, Symbol) and term.kind in APART)


def _is_parent(write: Write, term: Expression) -> bool:
    """True for a term that is a row made in this function."""
    return any(same(term, fact.term) for fact in new_rows(write))


def may_clash(row: Inserted, write: Write, values: dict[str, FieldValue]) -> bool:
    """True when a row that was inserted before may have the key of the one that is written now."""
    if row.table != write.model.table and row.table not in write.model.parents:
        return False
    known = dict(row.values)
    if row.of is not None and (not known.keys() & values.keys() or _is_written(row.of, write)):
        return False
    if write.kind == "upsert" and _is_found(known, write, values):
        return False
    for name, value in values.items():
        before = known.get(name)
        if before is None or before == ANY or not value.terms:
            continue
        if write.kind == "upsert" and not all(differs(before, term) for term in value.terms):
            continue  # who looks a row up expects that it may be there
        if not any(same(before, term) for term in value.terms) or all(differs(before, term) for term in value.terms):
            return False
    return not any(_has_another_parent(known, write, name, value) for name, value in values.items())


def _has_another_parent(row: dict[str, Expression], write: Write, name: str, value: FieldValue) -> bool:
    """True where a row that was inserted before refers to one that was found by another value: `tag__name`."""
    for path, before in row.items():
        owner, _, field = path.partition("__")
        for term in value.terms if owner == name and field and before != ANY else ():
            found = write.state.objects.get(term)
            own = found.get(field) if found is not None and field not in found.changed else None
            if own is not None and not same(before, own.term):
                return True
    return False


def _is_written(row: Expression, write: Write) -> bool:
    """True when a write changes this row."""
    return write.instance is not None and same(row, write.instance.term)


def _is_found(row: dict[str, Expression], write: Write, values: dict[str, FieldValue]) -> bool:
    """True when an upsert that has the key of a row inserted before would find it by all that it looks up."""
    if write.lookup is None or write.lookup.spread is not None:
        return False
    if write.rows is None or len(write.rows.alternatives) != 1:
        return False
    (group,) = write.rows.alternatives
    own = {read_condition(write.model, name, value) for name, value in write.lookup.values}
    for condition in own | group:
        terms = values[condition.field].terms if condition.field in values else (row.get(condition.field, ANY),)
        if condition.lookup != "exact" or condition.excluded or not any(same(term, condition.term) for term in terms):
            return False
    return True
