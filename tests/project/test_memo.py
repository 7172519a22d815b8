"""Questions that ask themselves again."""

from __future__ import annotations

from flake8_unique_insert.project.memo import Memo

EDGES = {"a": "b", "b": "ac", "c": "bd", "d": "", "e": "a"}


def reachable(start: str, memo: Memo[str, frozenset[str]], asked: list[str]) -> frozenset[str]:
    def answer(node: str) -> frozenset[str]:
        asked.append(node)
        below = (memo.get(other, lambda other=other: answer(other)) for other in EDGES[node])  # type: ignore[misc]
        return frozenset({node}).union(*below)

    return memo.get(start, lambda: answer(start))


def test_cycles_end_and_every_answer_is_whole() -> None:
    memo: Memo[str, frozenset[str]] = Memo(frozenset())
    for start in "abcde":
        wanted = frozenset(start) | (frozenset("abcd") if start != "d" else frozenset())
        assert reachable(start, memo, []) == wanted


def test_answers_are_kept() -> None:
    memo: Memo[str, frozenset[str]] = Memo(frozenset())
    reachable("a", memo, [])
    asked: list[str] = []
    reachable("a", memo, asked)
    reachable("d", memo, asked)
    assert asked == []
    memo.clear()
    reachable("a", memo, asked)
    assert asked
