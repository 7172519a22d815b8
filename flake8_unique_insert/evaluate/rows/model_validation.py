"""A model's own methods that validate a row: `full_clean()` and its parts."""

from __future__ import annotations

from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.rows import absent_rows, inserts, managers
from flake8_unique_insert.facts import Validated
from flake8_unique_insert.schema import KeyKind
from flake8_unique_insert.syntax.expressions import FALSE, NONE
from flake8_unique_insert.values import Arguments, Entries, Instance, Items, Known, Option, Result

VALIDATING = {
    "full_clean": ("exclude", "validate_unique", "validate_constraints"),
    "validate_unique": ("exclude",),
    "validate_constraints": ("exclude",),
}
"""The parameters of a model's methods that validate (Django documentation, "Validating objects")."""


def validate(ev: Evaluator, instance: Instance, name: str, arguments: Arguments) -> None:
    """Learn which keys a call of one of these methods has checked."""
    given = _given_to(VALIDATING[name], arguments)
    none_excluded = given is not None and all(option.value == Known(NONE) for option in _options(given, "exclude"))
    excluded = frozenset() if none_excluded else inserts.names_in(given.get("exclude")) if given is not None else None
    if given is None or excluded is None:
        return

    def wanted(keyword: str) -> bool:
        return all(option.value != Known(FALSE) for option in _options(given, keyword))

    unique = name == "validate_unique" or (name == "full_clean" and wanted("validate_unique"))
    constraints = name == "validate_constraints" or (name == "full_clean" and wanted("validate_constraints"))
    keys = frozenset(
        key for key in instance.model.keys
        if (constraints if key.kind is KeyKind.CONSTRAINT else unique) and not excluded & key.read
    )  # fmt: skip
    ev.state.learn([Validated(instance.term, keys)])
    if not managers.hidden_by_default(ev, instance.model):
        ev.state.learn(absent_rows.others(instance, keys, ev.state))


def _options(given: dict[str, Result], name: str) -> tuple[Option, ...]:
    return given[name].options if name in given else ()


def _given_to(names: tuple[str, ...], arguments: Arguments) -> dict[str, Result] | None:
    """What a call gives to parameters, `*args` and `**kwargs` included; None when that is not known."""
    in_order: list[Result] = []
    given: dict[str, Result] = {}
    for argument, value in zip(*arguments):
        if argument.keyword is not None:
            given[argument.keyword] = value
        elif not argument.star:
            in_order.append(value)
        elif argument.star == "*" and isinstance(value.value, Items):
            in_order += value.value.items
        elif argument.star == "**" and isinstance(value.value, Entries) and not value.value.open:
            given.update(value.value.entries)
        else:
            return None
    return {**dict(zip(names, in_order)), **given}
