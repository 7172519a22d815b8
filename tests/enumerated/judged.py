"""What Django does with the enumerated programs, what the engine says of them, and where the two differ.

`python -m tests.enumerated.judged` prints the disagreements, by group; with `--thorough`, of every combination.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import Path
from typing import Any

from flake8_unique_insert.engine import Engine
from flake8_unique_insert.options import Options
from flake8_unique_insert.syntax.source import SourceFile
from tests.enumerated.programs import HEADER, MODELS, Program, programs
from tests.real_django import is_violation, open_shop, start, write_files

FUNCTIONS_PER_FILE = 25
RACE = "UQI301"

CUSTOMER = "INSERT INTO shop_customer (email, name, active) VALUES (?, ?, ?)"
LINE = "INSERT INTO shop_line (a, b, c) VALUES (?, ?, ?)"
MEMBER = "INSERT INTO shop_member (email, number) VALUES (?, ?)"
FIRST = (CUSTOMER, ("first", "first", 1))
STATES: dict[str, list[list[tuple[str, tuple[Any, ...]]]]] = {
    "Customer": [
        [],
        [(CUSTOMER, ("ann", "x", 1))],
        [(CUSTOMER, ("ann", "x", 0))],
        [(CUSTOMER, ("ann", "ann", 0))],
        [(CUSTOMER, ("ann", "x", 0)), (CUSTOMER, ("bob", "bob", 1))],
        [(CUSTOMER, ("bob", "ann", 1))],
        [(CUSTOMER, ("bob", "x", 1))],
        [(CUSTOMER, ("ann", "bob", 1)), (CUSTOMER, ("cid", "ann", 1))],
        [(CUSTOMER, ("ann", "x", 0)), (CUSTOMER, ("Ann", "x", 0)), (CUSTOMER, ("cid", "cid", 1))],
        [("INSERT INTO shop_entry (text) VALUES (?)", ("ann",)), (CUSTOMER, ("ann", "x", 1))],
    ],
    "row": [
        [FIRST],
        [FIRST, (CUSTOMER, ("ann", "x", 1))],
        [FIRST, (CUSTOMER, ("ann", "x", 0))],
        [FIRST, (CUSTOMER, ("ann", "ann", 1))],
        [FIRST, (CUSTOMER, ("ann", "x", 1)), (CUSTOMER, ("bob", "x", 1))],
    ],
    "Line": [[], [(LINE, (1, 2, 0))], [(LINE, (1, 2, 5))], [(LINE, (1, 3, 0))], [(LINE, (1, 2, 5)), (LINE, (1, 3, 1))]],
    "Member": [[], [(MEMBER, ("ann", 7))], [(MEMBER, ("ann", 1))], [(MEMBER, ("bob", 7))],
               [(MEMBER, ("ann", 1)), (MEMBER, ("bob", 7))]],
}  # fmt: skip
TABLES = ("shop_customer", "shop_line", "shop_member", "shop_entry")


@dataclass
class Judged:
    """raises: by Django, some execution ended with a unique violation. found: the engine's codes.

    meaningless: Django refuses the query itself, as a lookup of a field that the model does not have.
    """

    program: Program
    raises: bool = False
    meaningless: bool = False
    found: set[str] = field(default_factory=set)

    @property
    def agrees(self) -> bool:
        return self.raises == bool(self.found)


@dataclass
class Result:
    judged: list[Judged]
    executions: int

    def disagreements(self) -> list[Judged]:
        return [one for one in self.judged if not one.agrees]


def judge(every: list[Program] | None = None) -> Result:
    """Executes and analyses the programs."""
    from django.db import connection

    start()
    chosen = every if every is not None else list(programs())
    judged = [Judged(program) for program in chosen]
    files, places = _files(judged)
    executions = 0
    with open_shop(files) as shop, connection.execute_wrapper(_count):
        for number, one in enumerate(judged):
            executions += _execute(one, shop.names[f"program_{number}"])
    _analyse(files, places)
    return Result([one for one in judged if not one.meaningless], executions)


class Endless(BaseException):
    """The program has made more statements than any that ends."""


_statements: list[None] = []


def _count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    _statements.append(None)
    if len(_statements) > 60:
        raise Endless
    return execute(sql, params, many, context)


def _files(judged: list[Judged]) -> tuple[dict[str, str], dict[str, list[tuple[int, int, Judged]]]]:
    """The files' texts, and for each the first and last line of every program in it."""
    files = {"shop/models.py": MODELS}
    places: dict[str, list[tuple[int, int, Judged]]] = {}
    numbered = iter(enumerate(judged))
    while batch := list(islice(numbered, FUNCTIONS_PER_FILE)):
        name = f"shop/programs_{len(files)}.py"
        text = HEADER
        places[name] = []
        for number, one in batch:
            text += "\n\n"
            first = text.count("\n") + 1
            text += one.program.source(f"program_{number}")
            places[name].append((first, text.count("\n"), one))
        files[name] = text
    return files, places


def _execute(one: Judged, function: Callable[..., Any]) -> int:
    from django.core.exceptions import FieldDoesNotExist, FieldError, ObjectDoesNotExist, ValidationError
    from django.db import IntegrityError, connection

    execute = connection.connection.execute
    body = one.program.body
    model = next((model for model in ("Line", "Member") if f"{model}." in body), "Customer")
    states = STATES["row" if one.program.group.startswith("change") else model]
    flags = (False, True) if "flag" in body else (False,)
    values = ("ann", "Ann") if "lower" in body or "iexact" in body else ("ann",)
    lists: tuple[list[Any], ...]
    lists = ([], ["ann", "ann"], ["cid", "cid"]) if "for e in xs" in body else ([], [1, 2]) if "xs" in body else ([],)
    executions = 0
    stricts = (False, True) if "strict" in body else (False,)
    for rows, flag, strict, value, xs in product(states, flags, stricts, values, lists):
        for table in TABLES:
            execute(f"DELETE FROM {table}")
        for sql, params in rows:
            execute(sql, params)
        executions += 1
        _statements.clear()
        try:
            with suppress(ObjectDoesNotExist, ValidationError, AssertionError, Endless):
                function(value, "bob", flag, strict, list(xs))
        except IntegrityError as error:
            if not is_violation(error):
                raise RuntimeError(body) from error
            one.raises = True
            return executions
        except (FieldError, FieldDoesNotExist):
            one.meaningless = True
            return executions
        except Exception as error:
            if type(error).__name__ not in ("Refused", "MultipleObjectsReturned"):
                raise RuntimeError(body) from error
    return executions


def _analyse(files: dict[str, str], places: dict[str, list[tuple[int, int, Judged]]]) -> None:
    with tempfile.TemporaryDirectory(prefix="shop-") as directory:
        root = Path(directory)
        write_files(root, files)
        engine = Engine(Options())
        for name, where in places.items():
            by_line = {line: one for first, last, one in where for line in range(first, last + 1)}
            for finding in engine.check(str(root / name), SourceFile(files[name])):
                if finding.code != RACE and finding.line in by_line:
                    by_line[finding.line].found.add(finding.code)


def report(result: Result, examples: int = 2) -> Iterator[str]:
    """Lines that list the disagreements, by group, the largest group first, each with a few programs."""
    groups: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for one in result.disagreements():
        groups["missed alarm" if one.raises else "false alarm", one.program.group].append(one)
    for (kind, group), members in sorted(groups.items(), key=lambda item: -len(item[1])):
        yield f"{kind}, {len(members)} x {group}: {'; '.join(one.program.name for one in members[:6])}"
        for one in members[:examples]:
            yield f"    # {one.program.name}"
            yield from (f"    {line}" for line in one.program.body.splitlines())
            yield ""


def summary(result: Result) -> str:
    raising = sum(one.raises for one in result.judged)
    wrong = result.disagreements()
    missed = sum(one.raises for one in wrong)
    return (
        f"{len(result.judged)} programs, {result.executions} executions on SQLite; {raising} can raise; "
        f"{missed} missed alarms, {len(wrong) - missed} false alarms"
    )


def main() -> None:
    result = judge(list(programs(thorough="--thorough" in sys.argv)))
    for line in report(result):
        print(line)
    print(summary(result))


if __name__ == "__main__":
    main()
