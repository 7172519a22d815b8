"""flake8 with one plugin or none, in the same environment."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.measure import Cost, measure

OURS = "flake8-unique-insert"
BARE = "bare flake8"
LAUNCHER = Path(__file__).with_name("launch.py")
_OWN = frozenset(("flake8", "mccabe", "pycodestyle", "pyflakes"))


def installed_plugins() -> frozenset[str]:
    """The distributions that extend flake8, without its own."""
    return frozenset(
        found.metadata["Name"]
        for found in importlib.metadata.distributions()
        if any(point.group.startswith("flake8.") for point in found.entry_points) and found.metadata["Name"] not in _OWN
    )


@dataclass(frozen=True, slots=True)
class Variant:
    """flake8 with one plugin; with none when `plugin` is empty.

    cache: the folder of our findings cache; "" measures without one (cold), which is how other plugins run too.
    """

    plugin: str = ""
    cache: str = ""

    @property
    def name(self) -> str:
        """What tables call it."""
        return f"{self.plugin}, warm" if self.cache else self.plugin or BARE

    def run(self, folder: Path, paths: Sequence[str], jobs: int | None = 1) -> Cost:
        """Check paths from within a folder. jobs: processes; None leaves it to flake8, one for each processor.

        The configuration of the checked project is not read, and only what is on by default is reported.
        """
        hidden = ",".join(sorted(installed_plugins() - {self.plugin}))
        spread = [] if jobs is None else [f"-j{jobs}"]
        cache = [f"--uqi-cache-dir={self.cache}"] if self.cache else ["--uqi-no-cache"] if self.plugin == OURS else []
        command = [sys.executable, str(LAUNCHER), "--isolated", "--exit-zero", *cache, *spread, *paths]
        return measure(command, folder, {"FLAKE8_HIDDEN": hidden})


def variants(others: Sequence[str], cache: str) -> list[Variant]:
    """Bare flake8, ours without and with a cache, then the others asked for.

    cache: an empty folder. Raises LookupError for a plugin that is not installed.
    """
    missing = sorted({OURS, *others} - installed_plugins())
    if missing:
        raise LookupError(f"not installed beside flake8: {', '.join(missing)}")
    return [Variant(), Variant(OURS), Variant(OURS, cache), *(Variant(name) for name in others)]
