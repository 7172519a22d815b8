"""flake8 as if the distributions named in FLAKE8_HIDDEN were not installed: they are neither found nor imported.

Run as a script. Workers that are spawned run this module's body again, forked ones inherit its effect.
"""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Iterator
from importlib.metadata import Distribution
from typing import Any

from flake8.main.cli import main

_HIDDEN = frozenset(os.environ.get("FLAKE8_HIDDEN", "").split(","))
_all_distributions = importlib.metadata.distributions


def _shown_distributions(**arguments: Any) -> Iterator[Distribution]:
    for distribution in _all_distributions(**arguments):
        # The name is read only where flake8 reads it too, so that all variants do the same work.
        extends = any(point.group.startswith("flake8.") for point in distribution.entry_points)
        if not extends or distribution.metadata["Name"] not in _HIDDEN:
            yield distribution


importlib.metadata.distributions = _shown_distributions

if __name__ == "__main__":
    raise SystemExit(main())
