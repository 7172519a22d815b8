"""Which functions the signals of models call: connected by a decorator or by `connect()`, in any file of a project."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from flake8_unique_insert.project.literals import Placed
from flake8_unique_insert.project.modules import Modules
from flake8_unique_insert.project.names import Names
from flake8_unique_insert.project.summaries import Summaries
from flake8_unique_insert.project.tree import is_test_path, parts_below
from flake8_unique_insert.schema import FunctionSymbol, Model, Symbol
from flake8_unique_insert.syntax.expressions import (
    Attribute,
    Call,
    Expression,
    Name,
    Sequence,
    called_name,
    dotted,
    keyword,
    positional,
)
from flake8_unique_insert.syntax.source import SourceFile, UnreadableSource, parse, read_statements
from flake8_unique_insert.syntax.statements import FunctionDef, ImportNames, Suite, inside
from flake8_unique_insert.syntax.summary import Import

SIGNALS = ("pre_save", "post_save")
CONNECTS = re.compile(r"@receiver\b|\.receiver\(|\.connect\(")
USER = re.compile(r"AUTH_USER_MODEL|get_user_model")
"""How a model is named that a setting names."""


class Receivers:
    """Finds the receivers of the signals that saving a row sends; those of tests are none."""

    def __init__(
        self,
        modules: Modules,
        summaries: Summaries,
        names: Names,
        model: Callable[[Symbol | None], Model | None],
        referred: Callable[[Placed], Model | None],
    ) -> None:
        """model, referred: the model that a symbol, or an expression, names."""
        self._modules = modules
        self._summaries = summaries
        self._names = names
        self._model = model
        self._referred = referred

    def clear(self) -> None:
        """Forget everything, after a file has changed."""
        self.__dict__.pop("_texts", None)
        self.__dict__.pop("_connected", None)

    def of(self, model: Model, signal: str) -> tuple[FunctionSymbol, ...]:
        """The functions that a signal of this very model calls, each once."""
        if not any(model.name in text or USER.search(text) for text in self._texts.values()):
            return ()
        return tuple(self._connected.get((signal, model.label), ()))

    @cached_property
    def _texts(self) -> dict[Path, str]:
        """The texts of the files that may connect a function."""
        root, files = self._modules.root, self._modules.tree.files()
        places = ((path, parts_below(root, path)) for path in files)
        paths = [path for path, parts in places if "migrations" not in parts and not is_test_path(parts)]
        having = dict.fromkeys(path for signal in SIGNALS for path in self._summaries.having(paths, signal))
        texts = {path: self._summaries.text(path) for path in having}
        return {path: text for path, text in texts.items() if CONNECTS.search(text)}

    @cached_property
    def _connected(self) -> dict[tuple[str, str], dict[FunctionSymbol, None]]:
        found: dict[tuple[str, str], dict[FunctionSymbol, None]] = {}
        for path, text in self._texts.items():
            for signal, model, function in self._in(self._modules.name_of(path), text):
                found.setdefault((signal, model.label), {})[function] = None
        return found

    def _in(self, module: str, text: str) -> Iterator[tuple[str, Model, FunctionSymbol]]:
        """What a file connects, wherever in it: the signal, the model that sends it, the function."""
        try:
            body = read_statements(text, parse(SourceFile(text).text), True)
        except UnreadableSource:
            return
        imports = dict(pair for item in inside(body, ImportNames) for pair in item.names)
        for call, receiver in _connections(body):
            function = self._symbol(module, receiver, imports)
            sender = keyword(call, "sender") or next(iter(positional(call)[1:]), None)
            if sender is None or not isinstance(function, FunctionSymbol):
                continue
            model = self._model(self._symbol(module, sender, imports)) or self._referred(Placed(sender, module))
            if model is not None:
                yield from ((signal, model, function) for signal in _signals(call))

    def _symbol(self, module: str, expression: Expression, imports: dict[str, Import]) -> Symbol | None:
        """What a name means that a function of the module may have imported itself."""
        first, *rest = (dotted(expression) or "").split(".")
        found = self._names.lookup(module, first)
        if found is None and first in imports:
            found = self._names.imported(module, imports[first])
        for part in rest:
            found = self._names.attribute(found, part)
        return found


def _connections(body: Suite) -> Iterator[tuple[Call, Expression]]:
    """The calls that connect a function, and what names it: `@receiver(post_save)`, `post_save.connect(function)`."""
    for function in inside(body, FunctionDef):
        for decorator in function.header.decorators:
            if isinstance(decorator, Call) and called_name(decorator) == "receiver":
                yield decorator, Name(function.header.name)
    for call in inside(body, Call):
        receiver = keyword(call, "receiver") or next(iter(positional(call)), None)
        if called_name(call) == "connect" and receiver is not None:
            yield call, receiver


def _signals(call: Call) -> Iterator[str]:
    """The signals of saving a row that a call connects a function to."""
    if called_name(call) == "receiver":
        stated = positional(call)[:1]
    else:
        stated = [call.function.base] if isinstance(call.function, Attribute) else []
    for item in stated:
        for signal in item.items if isinstance(item, Sequence) else (item,):
            name = (dotted(signal) or "").rpartition(".")[2]
            if name in SIGNALS:
                yield name
