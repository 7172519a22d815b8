"""Calls: what is called, with what, and what comes back."""

from __future__ import annotations

from dataclasses import replace

from flake8_unique_insert.evaluate import picks
from flake8_unique_insert.evaluate.calls import builtin_calls, called, functions, known_calls, on_commit, tasks
from flake8_unique_insert.evaluate.calls.spreading import each_spread, fitting
from flake8_unique_insert.evaluate.collections import collection_methods
from flake8_unique_insert.evaluate.collections.elements import is_generated
from flake8_unique_insert.evaluate.collections.exhausted import of_row
from flake8_unique_insert.evaluate.evaluator import Evaluator
from flake8_unique_insert.evaluate.forms import forms, handed_on, plain_forms, views
from flake8_unique_insert.evaluate.frame import Unreachable
from flake8_unique_insert.evaluate.rows import absent_rows, inserts, managers, model_validation, queries, trees
from flake8_unique_insert.evaluate.rows.verbs import QUIET, SAVES, reads_like_insert
from flake8_unique_insert.evaluate.rows.writes import Unresolved
from flake8_unique_insert.evaluate.states.facts import added, common, key_of
from flake8_unique_insert.evaluate.states.state import State
from flake8_unique_insert.facts import NO_FACTS, NewRow
from flake8_unique_insert.schema import ClassSymbol, ExternalSymbol
from flake8_unique_insert.syntax.expressions import (
    Argument,
    Attribute,
    Call,
    Expression,
    Symbol,
    called_name,
    dotted,
    is_super,
    keyword,
)
from flake8_unique_insert.values import (
    Arguments,
    Bound,
    Column,
    ErrorClass,
    Form,
    FormClass,
    Fresh,
    Function,
    Instance,
    Known,
    ModelClass,
    NestedFunction,
    Object,
    Option,
    Result,
    Rows,
    Super,
    SymbolValue,
    Unknown,
    result,
    unknown,
)

IMPURE = frozenset(
    {"pop", "popitem", "popleft", "next", "read", "readline", "random", "randint", "choice", "input", "get_nowait"}
)
CREATING = frozenset({"create", "acreate", "create_user", "acreate_user", "create_superuser", "acreate_superuser"})
RUN_COROUTINES = frozenset({"run", "run_until_complete"})


def call(ev: Evaluator, node: Call) -> Result:
    """Evaluate a call with all its effects."""
    runs = isinstance(node.function, Attribute) and node.function.name in RUN_COROUTINES
    ev.awaiting += runs
    try:
        return _call(ev, node)
    finally:
        ev.awaiting -= runs


def _call(ev: Evaluator, node: Call) -> Result:
    special = builtin_calls.special_form(ev, node) or on_commit.register(ev, node)
    if special is not None:
        return special
    function = ev.evaluate(node.function)
    arguments = (node.arguments, [ev.evaluate(argument.value) for argument in node.arguments])
    term = _term(function, arguments)
    if ev.analysis.recording:
        called.note(ev, node, function)
    if is_generated(function):
        return picks.picked(ev, node) or ev.generated(node)
    if (row := trees.insert(ev, node, function, arguments)) is not None:
        return row
    each = each_spread(arguments)
    if len(each) == len(function.options) == 1:
        return _call_value(ev, function.options[0], node, each[0], term)
    results = _call_options(ev, function.options, node, each, term)
    options = [
        Option(inner.value, added(option.facts, inner.facts)) for option, value in results for inner in value.options
    ]
    terms = {value.term for _, value in results}
    return Result(terms.pop() if len(terms) == 1 else term, tuple(dict.fromkeys(options))[:6])


def _call_options(
    ev: Evaluator, options: tuple[Option, ...], node: Call, each: list[Arguments], term: Call
) -> list[tuple[Option, Result]]:
    """What each of several functions returns, one of which is called: what any of them ends is known of no longer.

    What one of them finds out of a row of its own stays. Where they have one name, each finds the objects as they were
    before: `row.save()` is one of these where it is not known of which model the row is.
    """
    before, after = ev.state.objects, dict(ev.state.objects)
    facts, held = ev.state.facts, []
    is_one = len({option.value.term for option in options}) == 1
    results: list[tuple[Option, Result]] = []
    for option in options:
        if is_one:
            ev.state.objects = dict(before)
        ev.state.facts = facts
        results += [(option, value) for value in _call_each(ev, option, node, fitting(option.value, each), term)]
        after.update(ev.state.objects)
        held.append(ev.state.facts)
    if is_one:
        ev.state.objects = after
    known = {key_of(fact) for fact in facts}
    ev.state.facts = added(common(held), (fact for found in held for fact in found if key_of(fact) not in known))
    return results


def _call_each(ev: Evaluator, option: Option, node: Call, each: list[Arguments], term: Call) -> list[Result]:
    """What a function returns for each of the dicts that a `**` argument may be: it is called with one of them.

    What is known where it is this one is known of the call.
    """
    if len(each) == 1:
        return [_call_value(ev, option, node, each[0], term)]
    results: list[Result] = []
    before = ev.state
    after: list[State | None] = []
    for given in each:
        ev.state = before.copy()
        ev.state.learn(fact for value in given[1] if len(value.options) == 1 for fact in value.options[0].facts)
        try:
            results.append(_call_value(ev, option, node, given, term))
            after.append(ev.state)
        except Unreachable:
            after.append(None)
    ev.state = before
    ev.fork(after, node)
    return results


def _term(function: Result, arguments: Arguments) -> Call:
    given = (Argument(value.term, argument.keyword, argument.star) for argument, value in zip(*arguments))
    return Call(function.term, tuple(given))


def _call_value(ev: Evaluator, option: Option, node: Call, arguments: Arguments, term: Call) -> Result:
    value = option.value
    if isinstance(value, ModelClass):
        return inserts.instantiate(ev, value, node, arguments)
    if isinstance(value, Bound):
        return _call_bound(ev, option, value, node, arguments, term)
    if isinstance(value, Function):
        return _call_function(ev, option, value, node, arguments, term)
    if isinstance(value, NestedFunction):
        found = functions.follow_nested(ev, value, node, *arguments)
        return found if found is not None else unfollowed(ev, node, arguments, term)
    if isinstance(value, SymbolValue):
        return _call_symbol(ev, value, node, arguments, term)
    if isinstance(value, FormClass):
        return result(forms.instantiate(ev, value.form, node, ev.symbol("form", node), arguments))
    if isinstance(value, Fresh):
        return ev.generated(node)
    if isinstance(value, ErrorClass):
        return unknown(term)
    if isinstance(value, Object) and (method := called.of_object(ev, value)) is not None:
        return _call_function(ev, option, method, node, arguments, term)
    if isinstance(node.function, Attribute) and isinstance(value, Unknown):
        known = known_calls.call_method(ev, node.function.name, value, node, arguments)
        if known is not None:
            return known
        method = called.assumed(ev, node, node.function.name, value)
        if method is not None:
            return _call_function(ev, option, method, node, arguments, term)
    return unfollowed(ev, node, arguments, term)


def _call_function(
    ev: Evaluator, option: Option, value: Function, node: Call, arguments: Arguments, term: Call
) -> Result:
    known = known_calls.call(ev, value.symbol.dotted, node, arguments)
    if known is not None:
        return known
    value = value if is_super(node) else called.overriding(ev, value)
    receiver = value.receiver
    if isinstance(receiver, Instance) and is_super(node):
        if value.symbol.summary.name in SAVES:
            inherited = ev.analysis.in_save and functions.follow(ev, value, node, *arguments)
            if not inherited:
                inserts.save_plainly(ev, receiver, option.facts, node, arguments)
            return unknown(ev.symbol("saved", node))
    elif isinstance(receiver, Instance) and value.symbol.summary.name in ("save", "asave"):
        inserts.save(ev, receiver, option.facts, node, arguments)
        return unknown(ev.symbol("saved", node))
    with inserts.seen_from_caller(ev, receiver, node):
        found = functions.follow(ev, value, node, *arguments)
    if isinstance(receiver, Rows) and (found is None or queries.is_unknown_filter(value.symbol.summary.name, found)):
        return queries.call_rows(ev, receiver, value.symbol.summary.name, node, arguments)
    if found is not None:
        return unknown(term) if _is_digest_of_read(found) else found
    return functions.by_annotation(ev, value, term) or unfollowed(ev, node, arguments, term)


def _is_digest_of_read(value: Result) -> bool:
    """True for `md5(file.read()).hexdigest()`, which is the same for the same file however often that is read."""
    is_digest = isinstance(value.term, Call) and called_name(value.term).endswith("digest")
    return is_digest and any(symbol.kind == "impure" for symbol in value.term.symbols)


def _call_symbol(ev: Evaluator, value: SymbolValue, node: Call, arguments: Arguments, term: Call) -> Result:
    symbol = value.symbol
    if isinstance(symbol, (ExternalSymbol, ClassSymbol)):
        known = known_calls.call(ev, symbol.dotted, node, arguments) or managers.made(ev, symbol, term, arguments)
        if known is not None:
            return known
    if isinstance(symbol, ClassSymbol):
        form = ev.analysis.lookup.form(symbol)
        if form is not None:
            return result(forms.instantiate(ev, form, node, ev.symbol("form", node), arguments))
        _escape(ev, symbol.qualname, arguments)
        if ev.analysis.lookup.declared_fields(symbol) is None:
            return result(Object(term, symbol))
        return result(forms.initialised(ev, Object(ev.symbol("form", node), symbol), node, arguments))
    return unfollowed(ev, node, arguments, term)


def unfollowed(ev: Evaluator, node: Call, arguments: Arguments, term: Call) -> Result:
    """A call of which nothing is known: its result is named by what is called with what."""
    if ev.analysis.wrapped is not None and term.function == ev.analysis.wrapped[0]:
        ev.analysis.wrapped[1].append(ev.state.facts)
        raise Unreachable
    receiver = term.function.base if isinstance(term.function, Attribute) else term.function
    if ev.analysis.recording and not ev.frame.stack and reads_like_insert(node):
        ev.analysis.records.unresolved.append(Unresolved(node, receiver, ev.frame.code))
    ev.calls_unknown = ev.calls_unknown or not (dotted(term.function) or "").startswith(("django.", "builtins."))
    name = called_name(node)
    if (all(is_generated(value) for value in arguments[1]) and arguments[1]) or picks.are_many(term):
        return ev.generated(node)
    if any(is_generated(value) for value in arguments[1]) and name not in ("len", "bool", "isinstance", "print"):
        return ev.generated(node)
    _escape(ev, name, arguments)
    if isinstance(term.function, Attribute):
        _forget_literals(ev, term.function.base)
    if isinstance(node.function, Attribute) and (name == "save" or (name == "create" and is_super(node))):
        return _saved_elsewhere(ev, node, receiver)
    if name in CREATING and isinstance(node.function, Attribute) and _is_manager(node.function.base):
        created = ev.symbol("new", node)
        ev.state.learn([NewRow(created)])
        return unknown(created)
    if name in IMPURE:
        return unknown(ev.symbol("impure", node))
    return unknown(term)


def _saved_elsewhere(ev: Evaluator, node: Call, receiver: Expression) -> Result:
    """What a form, a serializer or an element of an unknown collection saves: nothing says that others refer to it.

    Neither does anything of an instance of an unknown class, `Comment(text=text)`, and of what the `super().create()`
    of one returns.
    """
    saved = ev.symbol("saved", node)
    if keyword(node, "commit") is None:
        is_element = isinstance(receiver, Symbol) and receiver.kind == "item"
        is_new = is_element or (isinstance(receiver, Call) and _is_instance(ev, receiver))
        ev.state.learn([NewRow(saved), *([NewRow(receiver)] if is_new else [])])
    return unknown(saved)


def _is_instance(ev: Evaluator, made: Call) -> bool:
    """True for what calling something named like a class gives, without the primary key of a row that may be there.

    In a loop it must be made of what that binds: another round may save the same one.
    """
    name, around = called_name(made).rpartition(".")[2], ev.within()
    if name == name.upper() or not name[:1].isupper() or any(item.keyword in ("pk", "id") for item in made.arguments):
        return False
    return not around or any(symbol.point in around for symbol in made.symbols)


def _is_manager(base: Expression) -> bool:
    """True for a manager by its name, of whatever model: `User.objects`, `model._default_manager.using(alias)`."""
    while isinstance(base, Call) and isinstance(base.function, Attribute):
        base = base.function.base
    return isinstance(base, Attribute) and base.name in ("objects", "_default_manager", "_base_manager")


def _forget_literals(ev: Evaluator, receiver: Expression) -> None:
    """A method that is not followed may set the flags of its own object: `self.done = False`, say."""
    known = ev.state.objects.get(receiver)
    if known is None or known.new is True:
        return
    values = (
        (name, unknown(Attribute(receiver, name)) if name not in known.changed and _is_flag(value) else value)
        for name, value in known.values
    )
    ev.state.objects[receiver] = replace(known, values=tuple(values))


def _is_flag(value: Result) -> bool:
    return isinstance(value.value, Known) and (value.value.constant is None or isinstance(value.value.constant, bool))


def _escape(ev: Evaluator, name: str | None, arguments: Arguments) -> None:
    """New instances given to unknown code may get any value there, and functions may be called there."""
    for value in arguments[1]:
        if name not in QUIET:
            functions.hand_on(ev, value)
        for option in value.options:
            known = ev.state.objects.get(option.value.term) if isinstance(option.value, Instance) else None
            if known is not None and known.new is not False:
                ev.state.objects[option.value.term] = replace(known, open=True)


# --- methods that Django defines


def _call_bound(ev: Evaluator, option: Option, value: Bound, node: Call, arguments: Arguments, term: Call) -> Result:
    receiver = value.receiver
    if isinstance(receiver, Super):
        return _call_super(ev, receiver, value.name, node, arguments, term)
    if isinstance(receiver, Rows):
        return queries.call_rows(ev, receiver, value.name, node, arguments)
    if isinstance(receiver, Column):
        column = queries.call_column(ev, receiver, value.name, node, arguments, term)
        if column is not None:
            return column
    if isinstance(receiver, Instance):
        return _call_instance(ev, option, receiver, value.name, node, arguments, term)
    if isinstance(receiver, Object):
        return _call_object(ev, option, receiver, value.name, node, arguments, term)
    if isinstance(receiver, ModelClass) and value.name == "from_db":
        return result(Instance(term, receiver.model))
    if isinstance(receiver, ModelClass) and (rows := trees.rows(ev, receiver.model, value.name, term)):
        return rows
    mutated = collection_methods.call_method(ev, receiver, value.name, node, arguments)
    if mutated is not None:
        return mutated
    returned = unfollowed(ev, node, arguments, term)
    return tasks.started(ev, value, node) or returned


def _call_super(ev: Evaluator, value: Super, name: str, node: Call, arguments: Arguments, term: Call) -> Result:
    """A method that no class of the project defines: Django's own, on the same receiver."""
    receiver = value.receiver
    if isinstance(receiver, Rows):
        return queries.call_rows(ev, receiver, name, node, arguments, is_mechanism=ev.frame.function == name)
    if isinstance(receiver, Instance) and name in SAVES:
        inserts.save_plainly(ev, receiver, NO_FACTS, node, arguments)
        return unknown(ev.symbol("saved", node))
    if isinstance(receiver, Instance):
        return _call_instance(ev, Option(receiver), receiver, name, node, arguments, term)
    if isinstance(receiver, Object):
        return _call_object(ev, Option(receiver), receiver, name, node, arguments, term)
    return unfollowed(ev, node, arguments, term)


def _call_object(
    ev: Evaluator, option: Option, receiver: Object, name: str, node: Call, arguments: Arguments, term: Call
) -> Result:
    """A method that Django or DRF gives a project's class: a form's, or a view's."""
    if isinstance(receiver, Form):
        found = forms.call_method(ev, receiver, option.facts, name, node, arguments)
    else:
        found = plain_forms.call_method(ev, receiver, name, arguments)
        found = found or views.call_method(ev, receiver, name, node, arguments)
        found = found or handed_on.call_method(ev, receiver, name, node, arguments)
    return (
        found or known_calls.call_method(ev, name, receiver, node, arguments) or unfollowed(ev, node, arguments, term)
    )


def _call_instance(
    ev: Evaluator, option: Option, instance: Instance, name: str, node: Call, arguments: Arguments, term: Call
) -> Result:
    if name in ("save", "asave"):
        inserts.save(ev, instance, option.facts, node, arguments)
        return unknown(ev.symbol("saved", node))
    if name in model_validation.VALIDATING:
        model_validation.validate(ev, instance, name, arguments)
        return unknown(term)
    if name in ("refresh_from_db", "arefresh_from_db"):
        known = ev.state.objects.get(instance.term)
        if known is not None:
            ev.state.objects[instance.term] = replace(known, values=(), changed=frozenset(), new=False)
        return unknown(term)
    if name in ("delete", "adelete"):
        ev.state.learn([*absent_rows.gone(instance, ev.state), of_row(instance.term, instance.model.table)])
        return unknown(term)
    return trees.rows(ev, instance.model, name, term) or unfollowed(ev, node, arguments, term)
