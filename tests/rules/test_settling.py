"""Loops settle: after a few visits no state changes any more, so that none is taken as it happens to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from flake8_unique_insert.engine import Engine
from flake8_unique_insert.evaluate.transfer import FlowTransfer
from flake8_unique_insert.options import Options
from flake8_unique_insert.syntax.source import SourceFile

ENOUGH = 6
"""Visits that four loops in each other need; the solver gives up after twice as many."""

MODELS = """
from django.db import models


class Tag(models.Model):
    name = models.CharField(max_length=20)


class Post(models.Model):
    slug = models.SlugField(unique=True)
    tags = models.ManyToManyField(Tag)
"""

FUNCTIONS = {
    "a counter of an object": """
def count(report, rows):
    for row in rows:
        report.total += 1
    Post.objects.create(slug=report.total)
""",
    "a counter that some rounds change": """
def count(report, rows):
    for row in rows:
        if row.is_new:
            report.total += 1
        elif row.is_old:
            report.total -= 1
        else:
            report.skipped += 1
    Post.objects.create(slug=report.total)
""",
    "a value that is wrapped again and again": """
def wrap(report, rows):
    for row in rows:
        report.colors = list(dict(report.colors, **row).items())
    Post.objects.create(slug=report.colors)
""",
    "rows of a relation's own table": """
def link(posts, tags, more):
    links = []
    for post in posts:
        for tag in tags:
            links.append(Post.tags.through(post=post, tag=tag))
        for tag in more:
            links.append(Post.tags.through(post=post, tag=tag))
    Post.tags.through.objects.bulk_create(links)
""",
    "loops in loops": """
def fill(report, a, b, c, d):
    slug, seen = None, set()
    for x in a:
        for y in b:
            for z in c:
                for v in d:
                    if v not in seen:
                        seen.add(v)
                        slug = f"{slug}-{x}-{y}-{z}-{v}"
                        report.last = Post(slug=slug)
                report.count = report.count + 1
            slug = slug or y
        Post.objects.create(slug=slug)
    report.last.save()
""",
}


@pytest.fixture
def visits() -> Iterator[Counter[tuple[FlowTransfer, object]]]:
    """How often each block was visited in one analysis of its function."""
    counted: Counter[tuple[FlowTransfer, object]] = Counter()
    flow = FlowTransfer.flow

    def counting(self: FlowTransfer, block: object, state: object) -> object:
        counted[self, block] += 1
        return flow(self, block, state)

    with patch.object(FlowTransfer, "flow", counting):
        yield counted


@pytest.mark.parametrize("name", FUNCTIONS)
def test_loops_settle(name: str, tmp_path: Path, visits: Counter[tuple[FlowTransfer, object]]) -> None:
    (tmp_path / "manage.py").touch()
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/__init__.py").touch()
    (tmp_path / "shop/models.py").write_text(MODELS)
    path = tmp_path / "shop/services.py"
    source = SourceFile(f"from shop.models import Post, Tag\n\n{FUNCTIONS[name]}")
    engine = Engine(Options())
    assert list(engine.analysis(str(path), source).sites())
    assert 1 < max(visits.values()) <= ENOUGH
