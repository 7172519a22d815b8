"""Real Django on an SQLite database in memory, on which examples and enumerated programs are executed.

Words: a *shop* is an application made of the files of one example, importable and with its tables as long as the
`with` statement lasts. A *run* is one execution in it: everything the database was asked, which errors the database
answered with, and what left the code.
"""

from __future__ import annotations

import ast
import gc
import inspect
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import FrameType
from typing import Any

import django
from django.conf import settings

INSTALLED = ("contenttypes", "auth", "sessions", "sites")
WRITE = re.compile(r'\s*(INSERT|UPDATE|DELETE)\b[^"]*"(\w+)"')


def start() -> None:
    """Configures Django, once in a process, and makes the tables of `INSTALLED`."""
    if settings.configured:
        return
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": "file:shop?mode=memory&cache=shared"}
    settings.configure(
        DATABASES={"default": database, "archive": {**database, "NAME": "file:archive?mode=memory&cache=shared"}},
        INSTALLED_APPS=[f"django.contrib.{name}" for name in INSTALLED],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        SECRET_KEY="not a secret",
        SITE_ID=1,
        USE_TZ=True,
    )
    django.setup()
    from django.apps import apps
    from django.db import connections

    for alias in ("default", "archive"):
        connections[alias].cursor().execute("PRAGMA foreign_keys = OFF")
        with connections[alias].schema_editor() as editor:
            for model in apps.get_models():
                editor.create_model(model)


@dataclass
class Run:
    """What happened while a piece of code ran.

    writes: tables written to, in order, by statements that succeeded. inserts: the statements among them that insert,
    with their parameters. refused: for each unique violation the database reported, the lines of the shop's files then
    on the stack. broken: a query was refused because of a failed transaction. lost: a transaction with successful
    writes was rolled back although nothing was raised. raised: the exception that left the code.
    """

    writes: list[str] = field(default_factory=list)
    inserts: list[tuple[str, str, Any]] = field(default_factory=list)
    refused: list[set[tuple[str, int]]] = field(default_factory=list)
    broken: bool = False
    lost: bool = False
    raised: BaseException | None = None

    @property
    def violation(self) -> bool:
        """Whether a unique violation left the code."""
        return self.raised is not None and is_violation(self.raised)

    @property
    def breaks_transaction(self) -> bool:
        return self.broken or self.lost


def is_violation(error: BaseException) -> bool:
    from django.db import IntegrityError

    if inner := _grouped(error):
        return any(is_violation(one) for one in inner)
    return isinstance(error, IntegrityError) and "UNIQUE constraint failed" in str(error)


def _grouped(error: BaseException) -> tuple[BaseException, ...]:
    """The exceptions in a group; a group has nothing else that is called so."""
    return tuple(getattr(error, "exceptions", ())) if type(error).__name__.endswith("ExceptionGroup") else ()


class Shop:
    """The files of one example as an importable application. Use `open_shop`."""

    def __init__(self, root: Path, files: dict[str, str]) -> None:
        self.root = root
        self.files = files
        self.names: dict[str, Any] = {}

    def run(
        self,
        code: str,
        names: dict[str, Any],
        rivals: list[tuple[str, str, Any]] | None = None,
        atomic: bool = False,
    ) -> Run:
        """Executes `code` with the shop's public names and `names`, to which its assignments are added.

        rivals: insert statements that another connection is to slip in just before the code's first insert into one
        of their tables. They survive a rollback of that code, as what is committed elsewhere does. atomic: inside one
        transaction, as a request is with ATOMIC_REQUESTS.
        """
        from django.db import transaction

        run = Run()
        with ExitStack() as stack:
            stack.enter_context(_recorded(run, self.root))
            if rivals:
                stack.enter_context(_slipped_in(rivals))
            try:
                with transaction.atomic() if atomic else nullcontext():
                    _execute(code, names)
            except Exception as error:
                run.raised = error
                run.broken |= isinstance(error, transaction.TransactionManagementError)
        return run

    def lines_of(self, error: BaseException) -> set[tuple[str, int]]:
        """The lines of the shop's files that a traceback goes through."""
        found: set[tuple[str, int]] = set()
        for inner in _grouped(error):
            found |= self.lines_of(inner)
        entry = error.__traceback__
        while entry is not None:  # a frame that raises an error again has two entries
            found |= _frame_lines(entry.tb_frame, self.root, entry.tb_lasti)
            entry = entry.tb_next
        return found

    def empty(self) -> None:
        """No rows, no open transaction, no cached rows."""
        from django.contrib.contenttypes.models import ContentType
        from django.db import connections

        for alias in ("default", "archive"):
            connection = connections[alias]
            connection.rollback()
            connection.in_atomic_block = False
            connection.needs_rollback = False
            connection.savepoint_ids = []
            connection.run_on_commit = []
            connection.set_autocommit(True)
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA foreign_keys = OFF")
                for table in connection.introspection.table_names(cursor):
                    cursor.execute(f'DELETE FROM "{table}"')
                cursor.execute("DELETE FROM sqlite_sequence")
        ContentType.objects.clear_cache()


def _execute(code: str, names: dict[str, Any]) -> None:
    """Runs the statements; a coroutine that the last expression leaves behind is awaited."""
    from asgiref.sync import async_to_sync

    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<run>", "exec"), names)
    if last is None:
        return
    assert isinstance(last, ast.Expr)
    value = eval(compile(ast.Expression(last.value), "<run>", "eval"), names)
    if inspect.iscoroutine(value):

        async def wait() -> None:
            await value

        async_to_sync(wait)()


def _frame_lines(frame: FrameType, root: Path, instruction: int | None) -> set[tuple[str, int]]:
    """All lines of the call that the frame is in: a chained call may span several."""
    name = frame.f_code.co_filename
    if not name.startswith(str(root)):
        return set()
    where = Path(name).relative_to(root).as_posix()
    at = frame.f_lasti if instruction is None else instruction
    found = {(where, frame.f_lineno)} if instruction is None else set()
    if sys.version_info >= (3, 11) and at >= 0:
        first, last, _, _ = list(frame.f_code.co_positions())[at // 2]
        if first and last:
            found |= {(where, line) for line in range(first, last + 1)}
    elif instruction is not None:
        found |= {(where, line) for start, end, line in frame.f_code.co_lines() if start <= at < end and line}
    return found


@contextmanager
def _recorded(run: Run, root: Path) -> Iterator[None]:
    from django.db import connections

    with ExitStack() as stack:
        for alias in ("default", "archive"):
            connection = connections[alias]
            stack.enter_context(connection.execute_wrapper(_recorder(run, root)))
            stack.enter_context(_watched_transactions(run, connection))
        yield


def _recorder(run: Run, root: Path) -> Callable[..., Any]:
    def record(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        try:
            result = execute(sql, params, many, context)
        except Exception as error:
            if is_violation(error):
                frame: FrameType | None = sys._getframe()
                lines: set[tuple[str, int]] = set()
                while frame is not None:
                    lines |= _frame_lines(frame, root, None)
                    frame = frame.f_back
                run.refused.append(lines)
            raise
        if found := WRITE.match(sql):
            run.writes.append(found[2])
            if found[1] == "INSERT":
                run.inserts.append((found[2], sql, params))
        return result

    return record


@contextmanager
def _watched_transactions(run: Run, connection: Any) -> Iterator[None]:
    """Notices refused queries, and writes that a rollback takes away although nothing was raised."""
    from django.db import transaction

    validate, enter, leave, ask = (
        connection.validate_no_broken_transaction,
        transaction.Atomic.__enter__,
        transaction.Atomic.__exit__,
        transaction.set_rollback,
    )
    starts: list[int] = []
    asked: list[bool] = []

    def watched_validate() -> None:
        if connection.needs_rollback:
            run.broken = True
        validate()

    def watched_enter(self: Any) -> None:
        enter(self)
        if transaction.get_connection(self.using) is connection:
            starts.append(len(run.writes))

    def watched_exit(self: Any, kind: Any, value: Any, trace: Any) -> None:
        if transaction.get_connection(self.using) is connection and starts:
            written = len(run.writes) - starts.pop()
            undone = not connection.savepoint_ids or connection.savepoint_ids[-1] is not None
            if kind is None and connection.needs_rollback and undone:
                run.lost |= written > 0 and not asked
                asked.clear()
        leave(self, kind, value, trace)

    def watched_ask(rollback: bool, using: Any = None) -> None:
        if rollback and transaction.get_connection(using) is connection:
            asked.append(True)
        ask(rollback, using)

    connection.validate_no_broken_transaction = watched_validate
    transaction.Atomic.__enter__ = watched_enter
    transaction.Atomic.__exit__ = watched_exit
    transaction.set_rollback = watched_ask
    try:
        yield
    finally:
        del connection.validate_no_broken_transaction
        transaction.Atomic.__enter__, transaction.Atomic.__exit__ = enter, leave
        transaction.set_rollback = ask


@contextmanager
def _slipped_in(rivals: list[tuple[str, str, Any]]) -> Iterator[None]:
    from sqlite3 import IntegrityError

    from django.db import connection
    from django.db.backends.sqlite3.base import SQLiteCursorWrapper

    tables = {table for table, _, _ in rivals}
    committed = False

    def insert() -> None:
        """Below Django's wrappers, so that what a rival does is not recorded as the shop's own."""
        for _, sql, params in rivals:
            cursor = connection.connection.cursor(factory=SQLiteCursorWrapper)
            with suppress(IntegrityError):  # still there: the rollback went back to a point after the insertion
                cursor.execute(sql, params)
            cursor.close()

    def slip(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        nonlocal committed
        found = WRITE.match(sql)
        if not committed and found and found[2] in tables and found[1] == "INSERT":
            committed = True
            insert()
        result = execute(sql, params, many, context)
        if committed and sql.startswith("ROLLBACK TO"):
            insert()
        return result

    rollback = connection.rollback

    def rolled_back() -> None:
        rollback()
        if committed:
            insert()

    connection.rollback = rolled_back
    try:
        with connection.execute_wrapper(slip):
            yield
    finally:
        del connection.rollback


@contextmanager
def open_shop(files: dict[str, str]) -> Iterator[Shop]:
    """Writes the files to a directory and makes an application of every top-level package that has models.

    files: text by path, "shop/models.py". A file `config/settings.py` may set AUTH_USER_MODEL.
    """
    start()
    from django.test.utils import override_settings

    with tempfile.TemporaryDirectory(prefix="shop-") as directory, ExitStack() as stack:
        root = Path(directory)
        write_files(root, files)
        shop = Shop(root, files)
        if "config/settings.py" in files:
            values: dict[str, Any] = {}
            exec(files["config/settings.py"], values)
            stack.enter_context(override_settings(**{name: values[name] for name in values if name.isupper()}))
        stack.enter_context(_importable(root, files))
        stack.enter_context(_installed(shop))
        yield shop


def write_files(root: Path, files: dict[str, str]) -> None:
    """Writes the files, and an empty `__init__.py` for every package that has none."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        for parent in Path(name).parents:
            init = root / parent / "__init__.py"
            if parent.parts and not init.exists() and f"{parent.as_posix()}/__init__.py" not in files:
                init.write_text("")
    (root / "manage.py").write_text("")


@contextmanager
def _importable(root: Path, files: dict[str, str]) -> Iterator[None]:
    packages = {Path(name).parts[0].removesuffix(".py") for name in files}
    sys.path.insert(0, str(root))
    invalidate_caches()
    writes_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes_bytecode
        sys.path.remove(str(root))
        for name in [name for name in sys.modules if name.split(".")[0] in packages]:
            del sys.modules[name]
        sys.path_importer_cache.pop(str(root), None)


@contextmanager
def _installed(shop: Shop) -> Iterator[None]:
    from django.apps import AppConfig, apps
    from django.db import connections, models
    from django.db.models import signals

    labels = sorted(
        {Path(name).parts[0] for name in shop.files if Path(name).parts[1:2] in (("models.py",), ("models",))}
    )
    receivers = {name: list(signal.receivers) for name, signal in vars(signals).items() if hasattr(signal, "receivers")}
    made: list[type[models.Model]] = []
    try:
        configs = []
        for label in labels:
            config = AppConfig.create(label)
            config.apps = apps
            config.models = apps.all_models[config.label]
            apps.app_configs[config.label] = config
            configs.append(config)
        apps.clear_cache()
        for config in configs:
            config.import_models()
        for config in configs:
            config.ready()
        for name in shop.files:
            if name.endswith(".py") and not name.startswith("config/"):
                module = import_module(name.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
                shop.names |= {key: value for key, value in vars(module).items() if not key.startswith("_")}
        apps.clear_cache()
        for config in configs:
            for model in config.get_models(include_auto_created=True):
                if not model._meta.swapped:
                    made.append(model)
        for alias in ("default", "archive"):
            with connections[alias].schema_editor() as editor:
                for model in made:
                    if model._meta.auto_created:
                        continue  # made along with the model that has the many-to-many field
                    if model._meta.can_migrate(connections[alias]):
                        editor.create_model(model)
                    elif not model._meta.proxy:
                        editor.execute(_without_keys(model, connections[alias]))
        yield
    finally:
        shop.empty()
        for alias in ("default", "archive"):
            with connections[alias].schema_editor() as editor:
                for model in reversed(made):
                    if not model._meta.proxy:
                        editor.execute(f'DROP TABLE IF EXISTS "{model._meta.db_table}"')
        for name, before in receivers.items():
            signal = getattr(signals, name)
            signal.receivers = before
            signal.sender_receivers_cache.clear()
        for label in labels:
            apps.app_configs.pop(label, None)
            apps.all_models.pop(label, None)
        apps.clear_cache()
        shop.names.clear()
        if len(_opened) % 50 == 49:
            gc.collect()
        _opened.append(1)


_opened: list[int] = []


def _without_keys(model: Any, connection: Any) -> str:
    """The table of an unmanaged model, as somebody else made it: no unique index."""
    columns = ", ".join(
        f'"{one.column}" {"integer PRIMARY KEY" if one.primary_key else "text"}' for one in model._meta.local_fields
    )
    return f'CREATE TABLE "{model._meta.db_table}" ({columns})'
