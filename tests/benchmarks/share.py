"""What of one run of flake8 the plugin takes: `python -m tests.benchmarks.share FOLDER [CACHE]`, printed as JSON.

flake8 runs in this process, and the CPU time that passes inside of the plugin is counted, its import included. Both
figures come from the same run, so that an uneven machine does not matter; what the plugin does to the rest of the run,
by the memory that it keeps, is not seen.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from time import process_time

from flake8.main.cli import main as flake8


@dataclass(frozen=True, slots=True)
class Share:
    """CPU seconds of a whole run, and of the plugin in it."""

    whole: float
    plugin: float

    @property
    def ratio(self) -> float:
        """The run's time by what it would be without the plugin."""
        return self.whole / (self.whole - self.plugin)


def share(cache: str) -> Share:
    """Check the working directory. cache: the folder of the cache, "" for a run without one."""
    before = process_time()
    from flake8_unique_insert.plugin import UniqueInsertPlugin

    taken = process_time() - before
    findings = UniqueInsertPlugin._findings

    def counted(self: UniqueInsertPlugin) -> object:
        nonlocal taken
        started = process_time()
        try:
            return findings(self)
        finally:
            taken += process_time() - started

    setattr(UniqueInsertPlugin, "_findings", counted)  # noqa: B010
    kept = f"--uqi-cache-dir={cache}" if cache else "--uqi-no-cache"
    flake8(["--isolated", "--exit-zero", f"--output-file={os.devnull}", "-j1", kept, "."])
    return Share(process_time(), taken)


def main(arguments: Sequence[str]) -> int:
    """Print the share for one folder."""
    folder, *cache = arguments
    os.chdir(folder)
    found = share(*cache or [""])
    json.dump(asdict(found), sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
