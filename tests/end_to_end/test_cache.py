"""Findings that are kept: the same as without, whatever changes between two runs of flake8."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

import flake8_unique_insert
from flake8_unique_insert.reads import digest
from tests.end_to_end.conftest import CHECKED, MODELS, SERVICES, Project
from tests.end_to_end.running import Run, run, uqi

FOUND = [("shop/services.py", 5, "UQI101")]


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """The folder of the cache."""
    return tmp_path / "kept"


Check = Callable[..., list[tuple[str, int, str]]]


@pytest.fixture
def check(project: Project, cache: Path) -> Check:
    """Runs flake8 with the cache and gives the places of its findings."""

    def places(*arguments: str, stdin: bytes = b"") -> list[tuple[str, int, str]]:
        return uqi(project.root, "--uqi-cache-dir", str(cache), *(arguments or (".",)), stdin=stdin).places

    return places


def analyses(run: Run) -> bool:
    """Whether the analysis was imported, in a run with `-X importtime`."""
    return "flake8_unique_insert.engine" in run.errors


def timed(project: Project, *arguments: str) -> Run:
    """Run flake8 so that it says what it imports."""
    return run(project.root, "-X", "importtime", "-m", "flake8", "--isolated", "--select", "UQI", "-j1", *arguments)


def test_second_run_has_the_same_findings_without_analysis(project: Project, cache: Path) -> None:
    first, second = (timed(project, "--uqi-cache-dir", str(cache), ".") for _ in range(2))
    assert first.places == second.places == FOUND
    assert [found.text for found in first.reported] == [found.text for found in second.reported]
    assert (analyses(first), analyses(second)) == (True, False)


def test_default_folder_is_the_users(project: Project, tmp_path: Path) -> None:
    first, second = (timed(project, ".") for _ in range(2))
    assert (analyses(first), analyses(second)) == (True, False)
    if sys.platform != "darwin":
        assert list((tmp_path / "cache" / "flake8-unique-insert").glob("*.json"))
    assert sorted(path.name for path in project.root.iterdir()) == ["manage.py", "shop"]


def test_audit_keeps_its_reports_beside_the_findings(project: Project, cache: Path) -> None:
    def audit(*arguments: str) -> Run:
        command = ("-m", "flake8_unique_insert", "audit", ".", "--uqi-cache-dir", str(cache), *arguments)
        return run(project.root, "-X", "importtime", *command)

    found = timed(project, "--uqi-cache-dir", str(cache), ".")
    runs = audit(), audit(), audit("--uqi-no-cache")
    assert [analyses(one) for one in runs] == [True, False, True]
    assert runs[0].output == runs[1].output == runs[2].output
    assert runs[0].output.startswith("shop/services.py:5:29: unguarded UQI101: shop.Customer.create (email): ")
    assert timed(project, "--uqi-cache-dir", str(cache), ".").places == found.places == FOUND


def test_no_cache(project: Project, cache: Path) -> None:
    runs = [timed(project, "--uqi-no-cache", "--uqi-cache-dir", str(cache), ".") for _ in range(2)]
    assert all(analyses(one) and one.places == FOUND for one in runs)
    assert not cache.exists()


def test_model_changes_in_another_file(project: Project, check: Check) -> None:
    assert check() == FOUND
    project.write("shop/models.py", MODELS.replace("unique=True", ""))
    assert check() == []
    project.write("shop/models.py", MODELS)
    assert check() == FOUND


def test_change_further_away(project: Project, check: Check) -> None:
    project.write("shop/bases.py", "from django.db import models\n\nclass Base(models.Model):\n    pass\n")
    project.write("shop/models.py", MODELS.replace("models.Model", "Base") + "\nfrom shop.bases import Base\n")
    assert check() == FOUND
    project.write("shop/bases.py", "class Base:\n    pass\n")
    assert check() == []


def test_caller_appears(project: Project, check: Check) -> None:
    assert check() == FOUND
    project.write(
        "shop/views.py",
        "from django.db import IntegrityError\nfrom shop.services import register\n\n"
        "def view(request):\n    try:\n        register('a')\n    except IntegrityError:\n        return None\n",
    )
    assert check() == []


def test_new_file_shadows_a_module(project: Project, check: Check) -> None:
    assert check() == FOUND
    project.write("shop/models/__init__.py", MODELS.replace("unique=True", ""))
    assert check() == []


def test_package_gets_installed(project: Project, check: Check) -> None:
    models = "from django.db import models\nfrom installed.bases import Base\n\nclass Customer(Base, models.Model):\n"
    project.write("shop/models.py", f"{models}    name = models.CharField(max_length=50)\n")
    packages = "env/lib/python3.12/site-packages"
    project.write(f"{packages}/other.py", "")
    assert check("shop") == []
    project.write(f"{packages}/installed/__init__.py", "")
    abstract = MODELS.replace("Customer", "Base") + "\n    class Meta:\n        abstract = True\n"
    project.write(f"{packages}/installed/bases.py", abstract)
    assert check("shop") == FOUND


def test_deleted_file(project: Project, check: Check) -> None:
    assert check() == FOUND
    (project.root / "shop/models.py").unlink()
    assert check() == []


def test_file_itself_changes(project: Project, check: Check) -> None:
    assert check() == FOUND
    project.write("shop/services.py", CHECKED)
    assert check() == []


def test_options_change(project: Project, check: Check) -> None:
    safe = SERVICES.replace("\n\ndef", "from shop.db import safely\n\n@safely\ndef")
    project.write("shop/services.py", safe)
    assert check("shop") == [("shop/services.py", 6, "UQI101")]
    assert check("--uqi-handlers", "safely", "shop") == []
    assert check("--uqi-skip", "services.py", "shop") == []
    assert check("shop") == [("shop/services.py", 6, "UQI101")]


def test_code_that_was_off(project: Project, check: Check) -> None:
    project.write("shop/services.py", CHECKED)
    assert check() == []
    assert check("--extend-select", "UQI301", ".") == [("shop/services.py", 7, "UQI301")]


def test_buffer_on_standard_input(project: Project, check: Check) -> None:
    display = ("--stdin-display-name", "shop/services.py", "-")
    for _ in range(2):
        assert check(*display, stdin=CHECKED.encode()) == []
        assert check(*display, stdin=SERVICES.encode()) == FOUND
    project.write("shop/models.py", MODELS.replace("unique=True", ""))
    assert check(*display, stdin=SERVICES.encode()) == []


EMPTY = zlib.compress(b"[]")
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "garbage": lambda data: b"\x00\xff" * 100,
    "cut": lambda data: data[: len(data) // 2],
    "altered": lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
    "no archive": lambda data: digest(b"[]").encode() + b"\n[]",
    "nothing inside": lambda data: digest(EMPTY).encode() + b"\n" + EMPTY,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_cache(check: Check, cache: Path, damage: Callable[[bytes], bytes]) -> None:
    assert check() == FOUND
    for file in cache.glob("*.json"):
        file.write_bytes(damage(file.read_bytes()))
    assert check() == FOUND
    assert check() == FOUND


def test_lost_part_of_the_cache(check: Check, cache: Path) -> None:
    assert check() == FOUND
    for file in sorted(cache.glob("*.json"))[::2]:
        file.unlink()
    assert check() == FOUND


def test_folder_that_cannot_be_made(project: Project) -> None:
    project.write("taken", "a file")
    for _ in range(2):
        assert uqi(project.root, "--uqi-cache-dir", "taken/below", ".").places == FOUND


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only for this user")
def test_folder_that_cannot_be_written(check: Check, cache: Path) -> None:
    cache.mkdir()
    cache.chmod(0o500)
    assert check() == check() == FOUND


def test_folder_is_a_file(project: Project) -> None:
    project.write("taken", "a file")
    assert "--uqi-cache-dir: 'taken' is no folder" in uqi(project.root, "--uqi-cache-dir", "taken", ".").output


def test_runs_at_the_same_time(project: Project, cache: Path) -> None:
    for number in range(6):
        project.write(f"shop/services{number}.py", SERVICES)
    command = [sys.executable, "-m", "flake8", "--isolated", "--select", "UQI1", "--uqi-cache-dir", str(cache), "."]
    for _ in range(2):
        runs = [subprocess.Popen(command, cwd=project.root, stdout=subprocess.PIPE) for _ in range(4)]
        outputs = {one.communicate()[0] for one in runs}
        assert [len(output.splitlines()) for output in outputs] == [7]
    assert {file.suffix for file in cache.iterdir()} == {".json", ".TAG"}


def test_unused_entries_are_removed(check: Check, cache: Path) -> None:
    assert check() == FOUND
    unused = cache / "unused.json"
    unused.write_text("{}")
    for file in (unused, cache / "CACHEDIR.TAG"):
        os.utime(file, (0, time.time() - 40 * 24 * 60 * 60))
    assert check("--uqi-handlers", "other", ".") == FOUND
    assert not unused.exists()


def test_installing_the_plugin_again_keeps_the_cache(tmp_path: Path) -> None:
    """As continuous integration does: the digests that the installer records count, not the files' times."""
    package = tmp_path / "flake8_unique_insert"
    shutil.copytree(Path(flake8_unique_insert.__file__).parent, package)
    metadata = tmp_path / "flake8_unique_insert-9.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: flake8-unique-insert\nVersion: 9\n")

    def programs(record: str, touched: int) -> str:
        """What stands for the package, when one of its files was written at this time."""
        (metadata / "RECORD").write_text(record)
        os.utime(package / "cache.py", (touched, touched))
        command = [sys.executable, "-c", "from flake8_unique_insert.cache import programs; print(programs())"]
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    one, other = (f"flake8_unique_insert/cache.py,sha256={digest},1\n" for digest in ("one", "other"))
    assert programs(one, 1000) == programs(one, 2000)
    assert programs(one, 1000) != programs(other, 1000)
    checkout = "__editable__.pth,sha256=one,1\n"
    assert programs(checkout, 1000) == programs(checkout, 1000)
    assert programs(checkout, 1000) != programs(checkout, 2000)
