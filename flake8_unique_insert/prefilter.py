"""Which files need no analysis, told from their path and text alone, before anything costly is imported."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase, translate
from functools import lru_cache
from pathlib import Path, PurePath

_WORDS = ("create", "save", "update", "form_valid", "bulk", "through_defaults", "add_")
"""What the text of every insert has one of. Most texts have none, so that no pattern is compiled for them."""
_INSERTS = (
    r"\.[\s\\]*a?(?:"
    r"(?:(?:bulk_|get_or_|update_or_)?create|save|bulk_update|create_(?:super)?user)"
    r"(?:[\s\\]*(?:,[^()]*)?\))?[\s\\]*\("  # also of `sync_to_async(rows.create)(...)`
    r"|(?:form_valid|perform_create|perform_update|save_model)[\s\\]*\("  # of generic views and admins
    r"|save_\w+[\s\\]*\(|\w+_save[\s\\]*\("  # of models that save themselves
    r"|add_(?:child|root|sibling)[\s\\]*\("  # of treebeard's nodes
    r"|update(?<=\)\.update)[\s\\]*\("  # super().update(row, values) of a serializer
    # rows.update() takes values by name only; one by position updates a dict, a set or a digest
    r"|update[\s\\]*\((?:[\s\\]|#[^\n]*\n)*(?:\*|[^\W\d]\w*(?:[\s\\]|#[^\n]*\n)*=(?!=))"
    r")"
)
_MIGRATION = r"(?m)^class Migration\((?:\w+\.)*Migration\)"
_ADDS_ROWS = (  # related.add(row, bulk=False) saves the row; the search is fast for what begins with a word
    r"bulk(?<!\wbulk)\s*=",
    r"through_defaults(?<!\wthrough_defaults)\s*=",
)
_DELETES_CHANGED = r"(?m)^[ \t]*(\w+)\.\w+ = .*\n(?:.*\n){0,3}?[ \t]*(?:await )?(?:\1|super\(\))\.a?delete\("
"""A row is given a value and deleted, which a model's own `delete()` may do by saving it."""


def may_insert(text: str) -> bool:
    """False when no call in this source text can insert a row or change one."""
    if any(word in text for word in _WORDS) and any(re.search(pattern, text) for pattern in (_INSERTS, *_ADDS_ROWS)):
        return True
    return "delete(" in text and re.search(_DELETES_CHANGED, text) is not None


def is_migration(text: str) -> bool:
    """True for a migration, in whatever folder MIGRATION_MODULES puts it."""
    return "Migration(" in text and re.search(_MIGRATION, text) is not None


def is_skipped(path: Path, patterns: Iterable[str], find_root: Callable[[Path], Path]) -> bool:
    """True when a path is one that the patterns leave out.

    path: absolute. patterns: a name or glob is matched with each part of the path; one with a slash with the whole
    path or its leading folders. Only what lies below the project root is matched. find_root: tells that root from
    the path; it is asked only when the absolute path matches.
    """
    patterns = tuple(patterns)
    if not any("/" in pattern for pattern in patterns) and not _matches(path, patterns):
        return False
    try:
        return _matches(path.relative_to(find_root(path)), patterns)
    except ValueError:  # the root was set, and the file lies elsewhere
        return _matches(path, patterns)


def _matches(path: PurePath, patterns: tuple[str, ...]) -> bool:
    return any(map(_any_of(patterns).match, path.parts)) or any(
        _matches_leading(path, pattern) for pattern in patterns if "/" in pattern
    )


@lru_cache(maxsize=16)
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """What matches a part of a path that one of the patterns without a slash matches."""
    return re.compile("|".join(translate(pattern) for pattern in patterns if "/" not in pattern) or r"(?!)")


def _matches_leading(path: PurePath, pattern: str) -> bool:
    return any(fnmatchcase(candidate.as_posix(), pattern) for candidate in (path, *path.parents))
