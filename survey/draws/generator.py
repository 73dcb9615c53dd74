"""Whole numbers by chance from a seed, the same on any machine: SHA-256 in counter mode. `docs/draw.md` specifies it. Pure."""

import hashlib
import struct
from collections.abc import Sequence
from typing import TypeVar

ALGORITHM = "draw-1"
"""Names everything that `docs/draw.md` specifies; whoever changes a draw's outcome gives it another name."""
WORDS = 1 << 64
"""How many different words there are: each is eight bytes of a digest, the first byte the highest."""
WORDS_OF_BLOCK = struct.Struct(">4Q")

T = TypeVar("T")


class Stream:
    """Unbiased whole numbers that depend on the seed and the label alone; streams of different labels are independent."""

    def __init__(self, seed: str, label: str) -> None:
        self._prefix = hashlib.sha256(f"{ALGORITHM}\n{seed}\n{label}\n".encode())
        self._n_blocks = 0
        self._words: list[int] = []

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1, each with the same probability; `limit` is 1 or more and less than 2 to the 63rd."""
        refused_from = WORDS - WORDS % limit
        while (word := self._next_word()) >= refused_from:
            pass
        return word % limit

    def _next_word(self) -> int:
        if not self._words:
            block = self._prefix.copy()
            block.update(str(self._n_blocks).encode())
            self._words = list(WORDS_OF_BLOCK.unpack(block.digest()))[::-1]
            self._n_blocks += 1
        return self._words.pop()


def pick(items: Sequence[T], n: int, stream: Stream) -> list[T]:
    """`n` of the items (all, when there are fewer), every order of every choice equally probable, in the order in which they were drawn."""
    left = list(items)
    n = min(n, len(left))
    for at in range(n):
        other = at + stream.below(len(left) - at)
        left[at], left[other] = left[other], left[at]
    return left[:n]


def pick_evenly(items: Sequence[T], n: int, stream: Stream) -> list[T]:
    """`n` of the items at even distances from a start by chance, in their order; every item with the probability `n` / len(items)."""
    n = min(n, len(items))
    if not n:
        return []
    start = stream.below(len(items))
    return [items[(start + turn * len(items)) // n] for turn in range(n)]
