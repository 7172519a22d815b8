"""The methods that insert or change rows, and those that hand the same rows on, by name."""

from __future__ import annotations

from flake8_unique_insert.syntax.expressions import Attribute, Call, Name, called_name, is_super

KINDS = {
    "create": "insert",
    "create_user": "insert",
    "create_superuser": "insert",
    "bulk_create": "bulk_create",
    "get_or_create": "upsert",
    "update_or_create": "upsert",
    "bulk_update": "bulk_update",
}
SAME_ROWS = frozenset(
    [
        "all",
        "order_by",
        "select_related",
        "prefetch_related",
        "using",
        "distinct",
        "select_for_update",
        "only",
        "defer",
        "annotate",
        "alias",
        "reverse",
        "db_manager",
        "iterator",
        "aiterator",
        "get_queryset",
        "complex_filter_none",
        "select_subclasses",
    ]
)
"""Methods of managers and querysets that return the same rows."""
HOOKS = frozenset({"form_valid", "perform_create", "perform_update", "save_model", "save_base"})
"""Methods of frameworks that save what they are given."""
SAVES = frozenset({"save", "asave", "save_base"})
"""Django's own methods by which a row is written."""
ADD_ROWS = frozenset({"bulk", "through_defaults"})
"""Keywords with which `related.add(...)` and the like insert rows."""

TREE_INSERTS = frozenset({"add_child", "add_root", "add_sibling"})
"""Methods of django-treebeard's nodes that insert the `instance` that they are given."""

QUIET = frozenset(
    [
        "str",
        "int",
        "len",
        "bool",
        "repr",
        "dict",
        "list",
        "tuple",
        "getattr",
        "hasattr",
        "isinstance",
        "print",
        "format",
        "join",
        "strip",
        "lower",
        "upper",
        "replace",
        "split",
        "startswith",
        "endswith",
        "slugify",
        "now",
        "debug",
        "info",
        "warning",
        "error",
        "exception",
        "critical",
        "gettext",
        "_",
        "callable",
        "wraps",
    ]
)
"""Functions and methods that have nothing to do with the database, and call nothing that they are given."""


def plain(name: str) -> str:
    """A method's name without the `a` of its async twin."""
    return name[1:] if name.startswith("a") and is_known(name[1:]) else name


def is_known(name: str) -> bool:
    """True for a method of Django's models and managers that inserts or changes rows."""
    return name in (*KINDS, "save", "update")


def reads_like_insert(node: Call) -> bool:
    """True for `x.create(...)`, `x.save()`, `x.update(field=...)` and the like, whatever x is."""
    if not isinstance(node.function, Attribute):
        return False
    name = plain(node.function.name)
    if name == "update":
        return bool(node.arguments) and all(argument.keyword or argument.star == "**" for argument in node.arguments)
    return name in KINDS or name == "save"


def may_write(node: Call) -> bool:
    """True for a call that can be an insert site, whatever it is called on."""
    return isinstance(node.function, Attribute) and (
        is_known(plain(node.function.name))
        or node.function.name in HOOKS
        or any(argument.keyword in ADD_ROWS for argument in node.arguments)
        or adds_to_tree(node)
        or _saves_itself(node.function.name)
        or _deletes_row(node)
    )


def _saves_itself(name: str) -> bool:
    """True for `row.save_with(user)` and `row.shallow_save()`, which may be a model's own that saves the row."""
    return name.startswith("save_") or name.endswith("_save")


def _deletes_row(node: Call) -> bool:
    """True for `row.delete()`, which may be a model's own that saves the row, and for `super().delete()`."""
    is_row = isinstance(node.function, Attribute) and isinstance(node.function.base, Name)
    return called_name(node) in ("delete", "adelete") and (is_row or is_super(node))


def adds_to_tree(node: Call) -> bool:
    """True for `parent.add_child(instance=row)`, whatever parent is."""
    return called_name(node) in TREE_INSERTS and any(argument.keyword == "instance" for argument in node.arguments)
