"""Django's names, as data."""

from __future__ import annotations

import re

CAUGHT_WITH_INTEGRITY_ERROR = frozenset(
    f"{module}.{name}"
    for module in ("django.db", "django.db.utils")
    for name in ("IntegrityError", "DatabaseError", "Error")
) | {"Exception", "BaseException", "builtins.Exception", "builtins.BaseException", "django.db.models.IntegrityError"}
"""Exception classes whose handler catches IntegrityError, under each path Django exports them by."""

BROAD_ERRORS = frozenset({"Exception", "BaseException", "builtins.Exception", "builtins.BaseException"})

ATOMIC = frozenset({"django.db.transaction.atomic", "django.db.transaction.Atomic"})

GET_USER_MODEL = "django.contrib.auth.get_user_model"

LOGGED_IN_USER = frozenset({"django.contrib.auth.authenticate", "django.contrib.auth.aauthenticate"})

MODEL_SAVE = "django.db.models.Model.save"

TREE_PACKAGES = ("treebeard.", "mptt.")
TREE_ROWS = frozenset(
    {
        "get_ancestors",
        "get_children",
        "get_descendants",
        "get_family",
        "get_leafnodes",
        "get_root_nodes",
        "get_siblings",
        "get_tree",
    }
)
"""Methods that models of these packages inherit, and that return rows of the same model."""

GET_OBJECT_OR_404 = frozenset(
    f"{module}.{name}"
    for module in ("django.shortcuts", "rest_framework.generics", "django.shortcuts.render")
    for name in ("get_object_or_404", "aget_object_or_404")
)

SAYS_UNIQUE = frozenset({"unique", "username_is_unique"})
"""`Field.unique`, and what the command `createsuperuser` and its copies call that of the user's name."""
GENERATORS = frozenset(
    {
        "uuid.uuid1",
        "uuid.uuid4",
        "uuid.uuid6",
        "uuid.uuid7",
        "uuid.uuid8",
        "os.urandom",
        "secrets.token_hex",
        "secrets.token_urlsafe",
        "secrets.token_bytes",
        "secrets.randbelow",
        "secrets.randbits",
        "random.randint",
        "random.randrange",
        "random.getrandbits",
        "random.randbytes",
        "random.random",
        "random.uniform",
        "random.SystemRandom",
        "django.utils.crypto.get_random_string",
        "django.core.management.utils.get_random_secret_key",
        "django.core.files.storage.default_storage.save",
        "shortuuid.uuid",
        "shortuuid.random",
        "shortuuid.ShortUUID",
        "nacl.utils.random",
        "nanoid.generate",
        "ulid.new",
        "ulid.ULID",
        "cuid.cuid",
        "sequences.get_next_value",
    }
)
"""Callables that give a value which cannot be in the database yet."""

MAKERS = re.compile(r"stripe\.(?!.*\.objects\.).*\.create(_async)?")
"""Callables that make an object at a service, which gives it a new `id`, by their dotted names."""

PICKS = frozenset({"random.choice", "random.choices", "random.sample", "secrets.choice"})
"""Callables that pick one or several elements of a collection at random."""

EXITS = frozenset({"sys.exit", "os._exit", "builtins.exit", "builtins.quit", "exit", "quit"})
"""Functions that never return."""

AUTO_FIELDS = frozenset({
    "django.db.models.AutoField", "django.db.models.BigAutoField", "django.db.models.SmallAutoField",
})  # fmt: skip
"""Fields that the database numbers."""

SELF_UNIQUE_FIELDS = frozenset({"AutoSlugField", "RandomCharField", "ShortUUIDField", "HashidAutoField", "ULIDField"})
"""Field classes, by their last name, that make their own value unique."""

IN_ADMIN_TRANSACTION = frozenset(
    {"save_form", "save_formset", "save_model", "save_related", "log_addition", "log_change"}
    | {"response_add", "response_change"}
)
"""Methods of a ModelAdmin that its `changeform_view()` calls inside of `transaction.atomic()`."""

AGGREGATES = frozenset({"ArrayAgg", "Avg", "Count", "Max", "Min", "StdDev", "StringAgg", "Sum", "Variance"})
"""Functions by which `values("name").annotate(...)` has one row for each name."""
