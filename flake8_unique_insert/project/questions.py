"""What the analysis of one file asks of others. As long as the answers stay the same, so do the findings.

A look at the text comes before parsing: it may say too much, never too little. Answers hold no line numbers but for
what messages name, so that a change in a function changes the answers of few questions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from flake8_unique_insert.syntax.expressions import Constant, dotted
from flake8_unique_insert.syntax.source import SourceFile
from flake8_unique_insert.syntax.summary import Assignment, ClassSummary, FunctionSummary

CLASS = re.compile(r"class(?<!\Sclass)[ \t]+(\w+)(?:[^(:\n]*\(([^)]*))?")
"""Searches are fast for what begins with a word; that some text of a comment is found, too, does no harm."""
ANY_FIELD = re.compile(r"models\.\w*(?:Field|ForeignKey)\(")
MODEL_FIELD = re.compile(r"^\s+\w+(?:\s*:[^=\n]*)?\s*=\s*models\.\w*(?:Field|ForeignKey)\(", re.MULTILINE)
MANY_TO_MANY = re.compile(r"^\s+(\w+)\s*=\s*[\w.]*ManyToManyField\b", re.MULTILINE)
RELATED_NAME = re.compile(r"related_name\s*=\s*[rfu]?[\"']([^\"']*)[\"']")
RELATED = re.compile(r"related_name[\"']?\s*[=\]:](?!\s*(?:[\"']|None\b))")
NEUTRAL = frozenset({"object", "ABC", "Protocol", "Generic"})
"""Bases that say nothing."""
NO_MODEL = re.compile(
    r"(?:Exception|(?:Str|Int)?Enum|(?:Text|Integer)?Choices|NamedTuple|TypedDict|dict|list|tuple|set|str|int|Form|"
    r"\w*(?:TestCase|Tests?|View|ViewSet|Serializer|Admin|Inline|Command|Error|Middleware|Widget|AppConfig|Migration|"
    r"ModelForm|FormSet|Manager|QuerySet))"
)
"""Bases, or ends of their names, that no model has."""
ASSIGNED = re.compile(r"\bself\.(\w+)\b(?=[^=\n]*=(?!=))")
CLOSED_CALL = re.compile(r"(?<=\w)\([^()\n]*\)")
IMPORTS = re.compile(r"^[ \t]*(?:from\s+[\w.]+\s+)?import\s+(?:\([^)]*\)|[^\n(]*)", re.MULTILINE)
BASE = re.compile(r"(?<![\w.\])])(self|cls|[A-Z]\w*)\.\Z")
EXPORTS = re.compile(r"^__all__\s*\+?=\s*[\[(][^\])]*[\])]", re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*#.*", re.MULTILINE)
LITERAL = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
OPEN_CALL = re.compile(r"\w\([^\n]*")


def content(source: SourceFile) -> str:
    """All of the text."""
    return source.text


def outline(source: SourceFile) -> tuple[str, list[int]]:
    """The text without the bodies of functions, and the lines that messages may name."""
    return source.without_bodies(), list(_key_lines(source.summary.classes))


def _key_lines(found: Iterable[ClassSummary]) -> Iterator[int]:
    """Where the classes that may be models, or options of models, assign more than a literal."""
    for item in found:
        bases = ", ".join(dotted(base) or "Unknown" for base in item.bases)
        if may_be_model(bases) or item.name.endswith("Meta"):
            for definitions in item.members.values():
                for definition in definitions:
                    if isinstance(definition, Assignment) and not isinstance(definition.value, Constant):
                        yield definition.line


def may_be_model(bases: str) -> bool:
    """Whether a class with these bases, as written, may be a model."""
    written = (base.partition("[")[0].strip().rpartition(".")[2] for base in bases.split(",") if "=" not in base)
    names = [name for name in written if name and name not in NEUTRAL]
    return bool(names) and not any(NO_MODEL.fullmatch(name) for name in names)


def function(source: SourceFile, qualname: str) -> list[str]:
    """The source lines of the functions of this name."""
    return [source.segment(item) for owner, item in source.summary.functions if _qualname(owner, item) == qualname]


def _qualname(owner: object, item: FunctionSummary) -> str:
    prefix = getattr(owner, "qualname", "")
    return f"{prefix}.{item.name}" if prefix else item.name


def classes(source: SourceFile) -> list[tuple[str, str]]:
    """Every class that the text seems to define, with its bases as written."""
    return CLASS.findall(source.text)


def speaks_of_models(source: SourceFile) -> bool:
    """Whether the text has the word."""
    return "model" in source.text or "Model" in source.text


def speaks_of_managers(source: SourceFile) -> bool:
    """Whether the text may name a manager class, or make one of a queryset class."""
    return "Manager" in source.text or "as_manager" in source.text or "from_queryset" in source.text


def declares_fields(source: SourceFile) -> bool:
    """Whether a class body seems to declare fields of models."""
    return ANY_FIELD.search(source.text) is not None and MODEL_FIELD.search(source.text) is not None


def relations(source: SourceFile) -> tuple[list[str], list[str], bool]:
    """Many-to-many fields; related names; whether there are related names that are no plain strings."""
    text = source.text
    fields = MANY_TO_MANY.findall(text) if "ManyToManyField" in text else []
    if "related_name" not in text:
        return fields, [], False
    return fields, RELATED_NAME.findall(text), RELATED.search(text) is not None


def has(source: SourceFile, word: str) -> bool:
    """Whether the text has this word."""
    return word in source.text


def mentions(source: SourceFile, name: str) -> tuple[list[tuple[int, list[str]]], bool]:
    """Where something of a name is called: in which of the file's functions, and whether outside of all.

    A function comes with what it is called on there: "self" and "cls", what seems to be a class by its name, "" for
    anything else.
    """
    inside: dict[int, set[str]] = {}
    outside = False
    for found in re.finditer(rf"{name}(?<!\w{name})(?<!def {name})\s*\(", source.text):
        place = source.function_at(found.start())
        before = source.text[source.text.rfind("\n", 0, found.start()) + 1 : found.start()]
        if "#" in before and "#" in LITERAL.sub("", before):
            continue  # in a comment
        if place is None:
            outside = True
        else:
            base = BASE.search(before)
            inside.setdefault(place, set()).add(base[1] if base is not None else "")
    return [(place, sorted(bases)) for place, bases in sorted(inside.items())], outside


def _outside(source: SourceFile) -> str:
    """The text without its functions."""
    lines = source.lines
    for _, item in source.summary.functions:
        lines[item.first_line - 1 : item.last_line] = [""] * (item.last_line - item.first_line + 1)
    return "".join(lines)


def users(source: SourceFile, names: str) -> tuple[list[int], bool, list[str]]:
    """Which of the file's functions name a class, or call a method on `cls` in it; whether it is named elsewhere.

    Last come the views of which it is the `serializer_class` or `form_class`. names: the class and the method. Imports,
    `__all__`, comments and the class statement do not count.
    """
    name, _, method = names.partition(" ")
    word, own = re.compile(rf"\b{name}\b"), re.compile(rf"\b(?:cls|self)\.{method}\(")
    inside = []
    for place, (owner, item) in enumerate(source.summary.functions):
        text = source.segment(item)
        if word.search(text) or (owner is not None and owner.qualname == name and own.search(text)):
            inside.append(place)
    rest = re.sub(rf"^class {name}\b", "", COMMENT.sub("", _outside(source)), flags=re.MULTILINE)
    renamed = any(re.search(rf"\b{name}\s+as\b", found) for found in IMPORTS.findall(rest))
    views = [item.qualname for item in source.summary.classes if name in _forms(item)]
    rest = EXPORTS.sub("", IMPORTS.sub("", rest))
    return inside, renamed or len(word.findall(rest)) > len(views), views


def _forms(item: ClassSummary) -> Iterator[str]:
    """The last names of what a view names as its form or serializer."""
    for name in ("serializer_class", "form_class"):
        stated = item.members.get(name, ())[-1:]
        value = stated[0].value if stated and isinstance(stated[0], Assignment) else None
        yield (dotted(value) or "").rpartition(".")[2] if value is not None else ""


def assigned(source: SourceFile, qualname: str) -> list[list[tuple[str, int, list[str]]]]:
    """For each class of this name its methods, and the attributes of `self` that their text seems to assign."""
    return [
        [
            (name, place, sorted(_attributes(source.segment(item))))
            for name, definitions in found.members.items()
            for place, item in enumerate(definitions)
            if isinstance(item, FunctionSummary)
        ]
        for found in source.summary.classes
        if found.qualname == qualname
    ]


def _attributes(text: str) -> set[str]:
    """The attributes of `self` that a function's text may assign: those before a `=` that gives no keyword argument."""
    if "self." not in text:
        return set()
    without_calls = CLOSED_CALL.sub("", CLOSED_CALL.sub("", text))
    return set(ASSIGNED.findall(OPEN_CALL.sub("", without_calls)))


ALL = (
    content,
    outline,
    function,
    classes,
    speaks_of_models,
    speaks_of_managers,
    declares_fields,
    relations,
    has,
    mentions,
    users,
    assigned,
)
QUESTIONS: dict[str, Callable[..., object]] = {asked.__name__: asked for asked in ALL}


def spelled(asked: Callable[..., object], argument: str = "") -> str:
    """A question as it is written down."""
    return f"{asked.__name__} {argument}".rstrip()


def answered(source: SourceFile | None, question: str) -> object:
    """The answer to a question as written down; None for a file that cannot be read."""
    name, _, argument = question.partition(" ")
    try:
        return QUESTIONS[name](source, *([argument] if argument else [])) if source is not None else None
    except Exception:  # broken source: it answers nothing, as long as it is broken
        return None
