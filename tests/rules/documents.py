"""Reads the examples: those of the rule pages, and the cases by theme in `cases/<page>/`.

`docs/rules/index.md` says how they are written. Cases use the models that their page has for all its examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from os.path import relpath
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "rules"
CASES = Path(__file__).parent / "cases"
FENCE = re.compile(r'^```python title="([^"]+)"$')
HEADING = re.compile(r"^(#{2,5}) (.+)$")
MARK = re.compile(r"#\s*(error|todo-error|todo-ok): (UQI\d{3}(?:, ?UQI\d{3})*)")
ORACLE = re.compile(r"\b[ABCD](?:_[fv])?\d\d\d?\b")
SECTION = re.compile(r"^# (before|duplicate|call|expect)\b:?\s*(.*)$")


@dataclass(frozen=True)
class Mark:
    """One expected finding. kind: "error", "todo-error" (not found yet), "todo-ok" (found though it should not be)."""

    file: str
    line: int
    code: str
    kind: str


@dataclass
class Script:
    """The block titled "run". expect: remarks on the outcome, see `docs/rules/index.md`."""

    before: str = ""
    duplicate: str = ""
    calls: list[str] = field(default_factory=list)
    expect: list[str] = field(default_factory=list)

    def expects(self, word: str) -> bool:
        return any(word in remark for remark in self.expect)


@dataclass
class Case:
    """One executable example. files: text by path; `shared`: those that come from the page, not from the example.

    page: the rule, or the subject, that it belongs to. place: its file and line.
    """

    page: str
    title: str
    place: str
    oracle: tuple[str, ...]
    files: dict[str, str]
    shared: frozenset[str]
    script: Script

    @property
    def name(self) -> str:
        return f"{self.page}: {self.title}"

    def marks(self) -> list[Mark]:
        """All marks in the example's files, in order."""
        return [
            Mark(file, number, code.strip(), found[1])
            for file, text in self.files.items()
            for number, line in enumerate(text.splitlines(), 1)
            for found in MARK.finditer(line)
            for code in found[2].split(",")
        ]


def every_case() -> list[Case]:
    """The examples of all pages, and the cases of their folders."""
    found: list[Case] = []
    for page in sorted(PAGES.glob("*.md")):
        shared: dict[str, str] = {}
        found += cases(page, page.stem, shared)
        for file in sorted((CASES / page.stem).glob("*.md")):
            found += cases(file, page.stem, dict(shared))
    return found


def cases(file: Path, page: str, shared: dict[str, str]) -> Iterator[Case]:
    """The examples of a file. Files outside any example, that is below a heading without a "run" block, are shared."""
    for title, line, prose, blocks in _sections(file.read_text(encoding="utf-8")):
        if "run" not in blocks:
            shared.update(blocks)
            continue
        own = {name: text for name, text in blocks.items() if name != "run"}
        yield Case(
            page=page,
            title=re.sub(r"\s*\(oracle [^)]*\)", "", title).replace("`", ""),
            place=f"{relpath(file, ROOT)}:{line}",
            oracle=_oracle(f"{title} {prose}"),
            files={**shared, **own},
            shared=frozenset(shared) - frozenset(own),
            script=_script(blocks["run"]),
        )


def _oracle(text: str) -> tuple[str, ...]:
    named = " ".join(re.findall(r"\(oracle ([^)]*)\)", text))
    return tuple(dict.fromkeys(ORACLE.findall(named)))


def _sections(text: str) -> Iterator[tuple[str, int, str, dict[str, str]]]:
    title, start, prose = "", 1, [""]
    blocks: dict[str, str] = {}
    name: str | None = None
    body: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if name is not None:
            if line == "```":
                if name in blocks:
                    raise ValueError(f"line {number}: two blocks are titled {name!r}")
                blocks[name], name, body = "\n".join(body) + "\n", None, []
            else:
                body.append(line)
        elif found := FENCE.match(line):
            name = found[1]
        elif found := HEADING.match(line):
            yield title, start, " ".join(prose), blocks
            title, start, prose, blocks = found[2], number, [], {}
        else:
            prose.append(line)
    yield title, start, " ".join(prose), blocks


def _script(text: str) -> Script:
    script = Script()
    section, lines = "before", list[str]()

    def close() -> None:
        code = "\n".join(lines) + "\n"
        if section == "call":
            script.calls.append(code)
        elif section == "duplicate":
            script.duplicate += code
        elif code.strip():
            script.before += code

    for line in text.splitlines():
        if not (found := SECTION.match(line)):
            lines.append(line)
        elif found[1] == "expect":
            script.expect.append(found[2])
        else:
            close()
            section, lines = found[1], []
    close()
    return script
