"""An insert site: one write, with the verdict on each key of its model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from flake8_unique_insert.evaluate.frame import Analysis
from flake8_unique_insert.evaluate.rows.writes import Write
from flake8_unique_insert.evaluate.states.facts import added
from flake8_unique_insert.evaluate.states.state import Check
from flake8_unique_insert.evaluate.states.terms import is_normalised, same
from flake8_unique_insert.schema import UniqueKey
from flake8_unique_insert.sites.conditions import hides_rows, values_held
from flake8_unique_insert.sites.risk import safe_reason
from flake8_unique_insert.sites.written_keys import written_keys
from flake8_unique_insert.syntax.expressions import TRUE, Boolean, Expression
from flake8_unique_insert.values import Known, ObjectState, Option, Result, Unset, unknown

Guard = Callable[[Analysis, Write, UniqueKey], str | None]


@dataclass(frozen=True, eq=False)
class InsertSite:
    """One write of a model that has keys.

    verdicts: for each key that the write sets, why it cannot collide ("generated", "fresh_parent", ...), what guards
    it ("handled", "checked", "upsert", "validated"), "unknown" where too little is known, or "unguarded".
    hidden: the default manager hides rows that may have an unguarded key.
    """

    write: Write
    verdicts: dict[UniqueKey, str] = field(default_factory=dict)
    hidden: bool = False

    @property
    def kind(self) -> str:
        """What rules tell writes apart by: that of the write, "form" for what a form or serializer saves."""
        return "form" if self.write.form is not None else self.write.kind

    @property
    def unguarded(self) -> tuple[UniqueKey, ...]:
        """The keys that nothing protects."""
        return tuple(key for key, verdict in self.verdicts.items() if verdict == "unguarded")

    @property
    def is_checked(self) -> bool:
        """True when a lookup on the same model was made before, on some path: another than that of the row itself."""
        tables = {self.write.model.table, *self.write.model.parents}
        return any(check.table in tables and not _has_found(check, self.write) for check in self.write.state.checks)

    @property
    def guarded_by(self) -> frozenset[str]:
        """Every verdict but "unguarded"."""
        return frozenset(self.verdicts.values()) - {"unguarded"}

    def guarded_by_callers(self) -> InsertSite:
        """This site, where every caller of its function guards what it does not."""
        changed = {
            key: "caller_guarded" if verdict == "unguarded" else verdict for key, verdict in self.verdicts.items()
        }
        return InsertSite(self.write, changed)


def _has_found(check: Check, write: Write) -> bool:
    """True for the lookup by which the existing row was found that is changed."""
    if write.kind != "update" or write.instance is None or write.object is None:
        return False
    known = {(name, value.term) for name, value in write.object.values if name not in write.object.changed}
    known.update(write.object.former)
    by_values = ({(item.field, item.term) for item in group} for group in check.conditions if group)
    return check.row == write.instance.term or any(asked <= known for asked in by_values)


def site_of(analysis: Analysis, write: Write, guard: Guard) -> InsertSite:
    """Judge every key of a write. guard: says what protects a key that is at risk."""
    verdicts: dict[UniqueKey, str] = {}
    for key in written_keys(analysis, write):
        verdicts[key] = _verdict(analysis, write, key, guard)
        if verdicts[key] == "unguarded":
            verdicts[key] = _whichever_value(analysis, write, key, guard)
        if verdicts[key] == "unguarded" and write.mechanisms:
            verdicts[key] = _in_own_save(analysis, write, key, guard)
        elif _is_replaced(write, key, verdicts[key]):
            inner = _in_own_save(analysis, write, key, guard)
            verdicts[key] = inner if inner == "unguarded" else verdicts[key]
    unguarded = [key for key, verdict in verdicts.items() if verdict == "unguarded"]
    return InsertSite(write, verdicts, any(hides_rows(analysis, write.model, key) for key in unguarded))


def _verdict(analysis: Analysis, write: Write, key: UniqueKey, guard: Guard) -> str:
    return safe_reason(analysis, write, key) or guard(analysis, write, key) or _at_risk(write, key)


def _whichever_value(analysis: Analysis, write: Write, key: UniqueKey, guard: Guard) -> str:
    """The verdict where a member, or a field of the condition, has one of several values: all must be safe.

    Each with what is known where it has that.
    """
    for name in (*key.members, *key.read.difference(key.members)):
        given = write.values.get(name)
        if given is None or len(given.options) < 2:
            continue
        ways = (_with_option(write, name, given, item) for item in given.options)
        found = [
            _verdict(analysis, way, key, guard) if key in written_keys(analysis, way) else "update_only" for way in ways
        ]
        if "unguarded" not in found:
            return next((verdict for verdict in found if verdict != "generated"), "generated")
    return "unguarded"


def _with_option(write: Write, name: str, given: Result, option: Option) -> Write:
    """A write whose row gets this one of the values in a field; an existing row may keep its own."""
    if write.object is not None and _is_own(write, write.object, name, option):
        values = tuple(pair for pair in write.values.values if pair[0] != name)
        kept = replace(write.object, changed=write.object.changed - {name})
        return replace(write, values=replace(write.values, values=values), object=kept)
    single = Result(given.term, (Option(option.value),))
    if isinstance(given.term, Boolean) and given.term.operator == "or" and option.value == Known(TRUE):
        single = unknown(given.term.left)  # where `name or x` is the name
    values = tuple((field, single if field == name else value) for field, value in write.values.values)
    facts = added(write.facts, option.facts)
    return replace(write, values=replace(write.values, values=values), facts=facts)


def _is_own(write: Write, known: ObjectState, name: str, option: Option) -> bool:
    """True for the value that an existing row has anyway: where it is not assigned, or is what it was before."""
    if write.kind != "update":
        return False
    return isinstance(option.value, Unset) or option.value.term == dict(known.former).get(name)


def _at_risk(write: Write, key: UniqueKey) -> str:
    """The verdict on a key that nothing protects; of what nothing is known is not guilty.

    That are rows of unknown origin, and fields that a base of the model declares which cannot be read.
    """
    if write.kind == "bulk_create" and write.instance is None:
        return "unknown"
    model, values = write.model, write.values
    left_out = not model.bases_known and values.spread is None and not values.open
    unread = left_out and any(model.field(name) is None and values.get(name) is None for name in key.members)
    return "unknown" if unread else "unguarded"


def _is_replaced(write: Write, key: UniqueKey, verdict: str) -> bool:
    """True when the model's own `save` may give a member another value than the one of which the verdict speaks."""
    if verdict == "validated":
        return write.form is None and any(_is_set_later(write, own, key) for own in write.mechanisms)
    return verdict in ("checked", "upsert") and _is_another(write, key)


def _is_another(write: Write, key: UniqueKey) -> bool:
    """True when it always gives one that is not made of the one given, or may normalise that."""
    found = [
        [(given, made) for given, made in _members(write, own, key) if given is not None and made is not None]
        for own in write.mechanisms
    ]
    is_kept = any(all(_is_made_of(given, made) for given, made in members) for members in found)
    return bool(found) and (not is_kept or any(_is_normalised(*pair) for members in found for pair in members))


def _is_set_later(write: Write, own: Write, key: UniqueKey) -> bool:
    """True when it normalises what was validated, or computes what was left out."""
    found = [(given, made) for given, made in _members(write, own, key) if made is not None]
    return any(
        _is_normalised(given, made) if given is not None else not isinstance(made.value, Known) for given, made in found
    )


def _members(write: Write, own: Write, key: UniqueKey) -> Iterator[tuple[Result | None, Result | None]]:
    """What a write gives to each member, and what the model's own `save` does."""
    return ((write.values.get(name), own.values.get(name)) for name in key.members)


def _is_made_of(given: Result, made: Result) -> bool:
    return any(same(old, new) or old in new.walk() for new in _terms(made) for old in _terms(given))


def _is_normalised(given: Result, made: Result) -> bool:
    """True when a value may be a given text that was normalised in a way that it was not before."""
    return any(is_normalised(old, new) for new in _terms(made) for old in _terms(given))


def _terms(value: Result) -> set[Expression]:
    return {value.term, *(option.value.term for option in value.options)}


def _in_own_save(analysis: Analysis, write: Write, key: UniqueKey, guard: Guard) -> str:
    """The verdict where an own `save` or `create` prepares the row: every way through it must be safe.

    Of a partial key those ways that a row with the key may take: `if self.kind == "main" and taken: raise ...`.
    """
    verdict = _by_mechanisms(analysis, write, key, guard, write.mechanisms)
    if verdict != "unguarded" or write.own_save is None or not (held := values_held(analysis, write.model, key)):
        return verdict
    ways = write.own_save.where(held)
    return _by_mechanisms(analysis, write, key, guard, ways) if ways else verdict


def _by_mechanisms(
    analysis: Analysis, write: Write, key: UniqueKey, guard: Guard, mechanisms: tuple[Write, ...]
) -> str:
    found = []
    for mechanism in mechanisms:
        inner = mechanism
        if inner.kind == "update" and key not in written_keys(analysis, inner):
            continue  # a second `super().save()`, which leaves the key as it was
        if write.kind == "upsert" and inner.kind != "update":
            inner = replace(
                mechanism,
                kind=write.kind,
                method=write.method,
                rows=write.rows,
                lookup=write.lookup,
                defaults=write.defaults,
            )
        reason = safe_reason(analysis, inner, key) or guard(analysis, inner, key)
        found.append(reason or _whichever_value(analysis, inner, key, guard))
        if found[-1] == "unguarded" and inner.mechanisms:
            found[-1] = _in_own_save(analysis, inner, key, guard)
    if "unguarded" in found or not found:
        return "unguarded"
    return "generated" if found[0] in ("generated", "checked") else found[0]
