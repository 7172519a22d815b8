"""Which files are analysed. flake8 and the command line ask the same question here."""

from __future__ import annotations

from pathlib import Path

from flake8_unique_insert.options import Options
from flake8_unique_insert.prefilter import is_migration, is_skipped, may_insert


def is_analysed(path: str, text: str, options: Options) -> bool:
    """False for a file that cannot hold an insert, or that the skip patterns leave out.

    path: absolute or relative to the working directory; it need not exist. text: the file's source.
    """
    if not may_insert(text) or ("migrations" in options.skip and is_migration(text)):
        return False

    def root(path: Path) -> Path:
        if options.project_root:
            return Path(options.project_root)
        from flake8_unique_insert.project import find_root  # few files get here

        return find_root(path)

    return not is_skipped(Path(path).absolute(), options.skip, root)
