"""The documents say what is there: the example's output, the codes, the options."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_unique_insert.options import DEFAULT_SKIP, SETTINGS
from tests.end_to_end.running import run

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONFIGURATION = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "docs/changelog.md").read_text(encoding="utf-8")
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in (ROOT / "docs/rules").glob("UQI*.md")}


def rules() -> dict[str, str]:
    """Code and name of every rule in the source."""
    from flake8_unique_insert.rules import RULES

    return {rule.code: rule.name for rule in RULES}


def test_readme_shows_what_its_command_prints() -> None:
    assert "UQI101" in README.partition("<!-- output of the example -->")[2].partition("<!-- end of output -->")[0]
    assert run(ROOT, "docs/refresh.py", "--check").code == 0


def test_readme_has_the_rules() -> None:
    assert dict(re.findall(r"^\| \[(UQI\d{3})\]\(docs/rules/\1\.md\) \| (\S+) \|", README, re.MULTILINE)) == rules()


def test_every_rule_has_its_page_with_code_and_name() -> None:
    headings = {code: text.partition("\n")[0] for code, text in PAGES.items()}
    missing = {code: name for code, name in rules().items() if headings.get(code) != f"# {code} {name}"}
    assert missing == {}


def test_changelog_names_every_rule() -> None:
    named = dict(re.findall(r"(UQI\d{3})\s+\(([a-z-]+)\)", CHANGELOG))
    assert named == rules()


@pytest.mark.parametrize("document", [README, CONFIGURATION], ids=["README", "configuration"])
def test_every_option_is_documented(document: str) -> None:
    documented = re.findall(r"^\| `(uqi-[a-z-]+)`", document, re.MULTILINE)
    assert documented == [setting.flag.removeprefix("--") for setting in SETTINGS]


def test_default_skip_list_is_documented() -> None:
    listed = CONFIGURATION.partition("## Files that are left out")[2].partition("`uqi-skip`")[0]
    assert set(re.findall(r"`([^`]+)`", listed)) == set(DEFAULT_SKIP)


def test_example_runs_on_django() -> None:
    shop = ROOT / "docs/example/shop"
    done = subprocess.run([sys.executable, "-B", "manage.py", "check"], cwd=shop, capture_output=True, text=True)
    assert "no issues" in done.stdout, done.stderr
