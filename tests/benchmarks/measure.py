"""What one process and all that it starts cost."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024

_SETTLED = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": ""}
"""What must not differ from run to run: order of sets, and bytecode, which an installed package has on disk."""


class RunFailed(Exception):
    """The measured command ended with an error; the message holds what it wrote."""


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU time, user and system, in seconds of a process with its children; peak memory of the largest, in MiB."""

    cpu: float
    peak: float


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command in a folder, throw its output away and give its cost. Raises RunFailed unless it exits 0.

    The kernel's account of the child is read (`wait4`), which holds what RUSAGE_CHILDREN would add for it. This process
    must stay small: a child's peak starts at the memory of the process that starts it.
    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **_SETTLED, **(environment or {})},
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            raise RunFailed(f"{' '.join(command)}: exit code {process.returncode}\n{errors.read().decode()[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _MAXRSS_UNIT / 2**20)
