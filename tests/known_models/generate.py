"""Write flake8_unique_insert/project/known_models.json from real `_meta`.

    python tests/known_models/generate.py [--check]

Run with an interpreter that has the packages of `requirements.txt` beside this file; `packages.txt` names their apps.
`--check` compares instead of writing: those packages that are installed in the release that the file was made from.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).resolve().parent
OUTPUT = HERE.parents[1] / "flake8_unique_insert" / "project" / "known_models.json"
sys.path.insert(0, str(HERE))

CLASS_MODULES = (
    "django.db.models",
    "django.db.models.manager",
    "django.db.models.query",
    "django.db.models.constraints",
    "django.contrib.postgres.fields",
    "django.contrib.postgres.constraints",
    "django.contrib.contenttypes.fields",
    "django.contrib.sites.managers",
    "django.contrib.auth.forms",
    "django.apps",
    "django.forms",
    "django.forms.models",
    "django.forms.formsets",
    "django.views",
    "django.views.generic",
    "django.views.generic.base",
    "django.views.generic.edit",
    "django.core.management.base",
    "django.core.management",
    "django.core.exceptions",
    "django.db",
    "django.contrib.admin",
    "rest_framework.serializers",
    "rest_framework.views",
    "rest_framework.generics",
    "rest_framework.mixins",
    "rest_framework.viewsets",
)
FIELD_MODULES = (
    "fields",
    "managers",
    "models",
    "db.fields",
    "modelfields",
    "db.models",
    "query",
    "al_tree",
    "mp_tree",
    "ns_tree",
)


def set_up(apps: list[str]) -> None:
    """Configure Django with these apps."""
    import django
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=apps,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        SECRET_KEY="generate",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        STATIC_URL="/static/",
        SITE_ID=1,
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                        "sekizai.context_processors.sekizai",
                        "cms.context_processors.cms_settings",
                    ]
                },
            }
        ],
        WAGTAIL_SITE_NAME="generate",
        WAGTAILADMIN_BASE_URL="http://localhost",
        CMS_TEMPLATES=[("page.html", "page")],
        CMS_CONFIRM_VERSION4=True,
        LANGUAGES=[("en", "English")],
        LANGUAGE_CODE="en",
    )
    django.setup()


def installed_apps() -> list[str]:
    """The apps of `packages.txt` that can be imported here."""
    found = []
    for line in (HERE / "packages.txt").read_text().splitlines():
        app = line.split("#")[0].strip()
        if app and importlib.util.find_spec(app.split(".")[0]) is not None:
            found.append(app)
    return found


def generate(apps: list[str]) -> dict[str, Any]:
    """The content of the data file."""
    from django.apps import apps as registry
    from django.db import models
    from stubs import Stub, canonical_name, class_entry

    modules: dict[str, list[str]] = {}
    labels: dict[str, str] = {}
    app_labels: dict[str, str] = {}
    for config in registry.get_app_configs():
        app_labels[config.name] = config.label
        for model in config.get_models(include_auto_created=False):
            labels[f"{config.label}.{model.__name__}".lower()] = f"{model.__module__}.{model.__qualname__}"
    listed = class_modules(apps)
    by_module: dict[str, list[type[models.Model]]] = {}
    for model in model_classes():
        by_module.setdefault(model.__module__, []).append(model)
    kinds: dict[str, type] = {}
    aliases: dict[str, str] = {}
    listed.extend(sys.modules[name] for name in by_module if sys.modules[name] not in listed)
    for module in listed:
        for name, value in vars(module).items():
            if inspect.isclass(value) and not name.startswith("_") and is_wanted(value):
                note_class(value, kinds, canonical_name)
                if f"{module.__name__}.{name}" != canonical_name(value):
                    aliases[f"{module.__name__}.{name}"] = canonical_name(value)
    for name, models_there in sorted(by_module.items()):
        stub = Stub(name)
        modules[name] = stub.lines(models_there)
        for model in models_there:
            for field in model._meta.local_fields:
                note_class(type(field), kinds, canonical_name)
            for manager in model._meta.local_managers:
                note_class(type(manager), kinds, canonical_name)
            for base in model.__mro__:
                if not issubclass(base, models.Model):
                    note_class(base, kinds, canonical_name)
    declared = {
        f"{name}.{line.split('(')[0].removeprefix('class ')}"
        for name, text in modules.items()
        for line in text
        if line.startswith("class ")
    }
    for kind in list(kinds.values()):
        path = f"{kind.__module__}.{kind.__qualname__}"
        if canonical_name(kind) != path:
            aliases[path] = canonical_name(kind)
    aliases[f"{models.Model.__module__}.Model"] = "django.db.models.Model"
    return {
        "made_from": versions(apps),
        "apps": dict(sorted(app_labels.items())),
        "models": dict(sorted(labels.items())),
        "aliases": {name: path for name, path in sorted(aliases.items()) if name not in declared},
        "classes": {name: class_entry(kind) for name, kind in sorted(kinds.items()) if name not in declared},
        "modules": modules,
    }


def note_class(kind: type, kinds: dict[str, type], canonical_name: Any) -> None:
    """Take a class and its bases in."""
    from django.db import models

    for base in kind.__mro__:
        standard = base.__module__.split(".")[0] in sys.stdlib_module_names
        if not standard and not issubclass(base, models.Model):
            kinds.setdefault(canonical_name(base), base)


def is_wanted(kind: type) -> bool:
    """Whether a class matters: of Django, of DRF, or a field, manager, queryset or model of another package."""
    from django.db import models

    if issubclass(kind, (models.Field, models.QuerySet, models.manager.BaseManager, models.Model)):
        return True
    return kind.__module__.startswith(("django.", "rest_framework."))


def model_classes() -> list[type[Any]]:
    """Every model class, abstract ones included, in order of definition."""
    from django.db import models

    found: dict[type[Any], None] = {}

    def visit(kind: type[Any]) -> None:
        for child in kind.__subclasses__():
            if child not in found and "." not in child.__qualname__ and not child._meta.auto_created:
                found[child] = None
            visit(child)

    visit(models.Model)
    own = set(sys.modules)
    listed = [
        kind
        for kind in found
        if kind.__module__ in own and getattr(sys.modules[kind.__module__], kind.__name__, None) is kind
    ]
    return sorted(listed, key=lambda kind: (kind.__module__, _line(kind), kind.__qualname__))


def _line(kind: type) -> int:
    try:
        return inspect.getsourcelines(kind)[1]
    except (OSError, TypeError):
        return 0


def class_modules(apps: list[str]) -> list[ModuleType]:
    """The modules whose classes are listed."""
    names = list(CLASS_MODULES)
    for app in apps:
        names.append(app)
        names.append(app.split(".")[0])
        names.extend(f"{app}.{part}" for part in FIELD_MODULES)
        names.extend(f"{app.split('.')[0]}.{part}" for part in FIELD_MODULES)
    found = []
    for name in dict.fromkeys(names):
        try:
            found.append(importlib.import_module(name))
        except Exception:
            continue
    return found


def versions(apps: list[str]) -> dict[str, str]:
    """The version of each package that the file is made from."""
    from importlib.metadata import packages_distributions, version

    owners = packages_distributions()
    found = {}
    for app in apps:
        for distribution in owners.get(app.split(".")[0], ())[:1]:
            found[distribution] = version(distribution)
    return dict(sorted(found.items()))


def differences(made: dict[str, Any], kept: dict[str, Any]) -> list[str]:
    """The modules and labels that differ, of packages whose version (but for its last part) the file was made from."""
    same = {
        name for name, number in made["made_from"].items() if _release(kept["made_from"].get(name)) == _release(number)
    }
    packages = _packages(same)
    found = []
    for part in ("modules", "models", "apps"):
        for name, value in made[part].items():
            module = value if part == "models" else name
            if module.split(".")[0] in packages and kept[part].get(name) != value:
                found.append(f"{part}: {name}")
    return found


def _release(number: str | None) -> list[str]:
    return (number or "").split(".")[:2]


def _packages(distributions: set[str]) -> set[str]:
    from importlib.metadata import packages_distributions

    return {package for package, names in packages_distributions().items() if distributions & set(names)}


def main(arguments: list[str]) -> int:
    """Write or compare the data file."""
    apps = installed_apps()
    set_up(apps)
    made = generate(apps)
    if "--check" in arguments:
        found = differences(made, json.loads(OUTPUT.read_text()))
        print("\n".join([*found, f"{len(made['modules'])} modules compared, {len(found)} differences"]))
        return 1 if found else 0
    OUTPUT.write_text(json.dumps(made, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
