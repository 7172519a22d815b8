"""Answers that are worked out once, for questions that may ask themselves again (import cycles, lazy references)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar, cast

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memo(Generic[K, V]):
    """Remembered answers by key.

    A question that is asked again while it is being answered gets `cut`. What was answered with the help of a cut is
    only provisional, and forgotten once the question at the head of the cycle has its answer.
    """

    def __init__(self, cut: V) -> None:
        self._cut = cut
        self._known: dict[K, V | object] = {}
        self._provisional: dict[K, tuple[V, int]] = {}
        self._active: dict[K, int] = {}
        self._lowest = _NEVER

    def get(self, key: K, answer: Callable[[], V]) -> V:
        """The answer to `key`, worked out by `answer` when it is not known yet."""
        known = self._known.get(key, _MISSING)
        if known is not _MISSING:
            return cast(V, known)
        if key in self._active:
            self._lowest = min(self._lowest, self._active[key])
            return self._cut
        if key in self._provisional:
            value, lowest = self._provisional[key]
            self._lowest = min(self._lowest, lowest)
            return value
        return self._work_out(key, answer)

    def _work_out(self, key: K, answer: Callable[[], V]) -> V:
        depth, outer = len(self._active), self._lowest
        self._active[key], self._lowest = depth, _NEVER
        try:
            value = answer()
        finally:
            del self._active[key]
            lowest, self._lowest = self._lowest, min(outer, self._lowest if self._lowest < depth else _NEVER)
        if lowest >= depth:
            self._known[key] = value
            if lowest == depth or depth == 0:
                self._provisional.clear()
        else:
            self._provisional[key] = (value, lowest)
        return value

    def clear(self) -> None:
        """Forget everything."""
        self._known.clear()
        self._provisional.clear()


_NEVER = 1 << 30
_MISSING = object()
