"""How frequent each word of a large dictionary is, in a tenth of the memory that a dict of its words takes. Pure."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

import numpy as np


class Frequencies(dict[str, int]):
    """What jieba looks words up in: how frequent each is, and 0 for what a word begins with. `total` adds up all frequencies.

    The dictionary's half a million texts are kept by their hashes of 64 bits, so that one text in 10¹³ would be taken for another; whatever
    is set later lies in the dict itself, before them.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        """Each line tells a word, its frequency and its kind."""
        super().__init__()
        words, frequencies, beginnings = array("q"), array("i"), array("q")
        for line in lines:
            word, frequency = line.decode().split(" ")[:2]
            words.append(_key(word))
            frequencies.append(int(frequency))
            beginnings.extend(_key(word[:n]) for n in range(1, len(word)))
        self.total = sum(frequencies)
        known = np.frombuffer(words, dtype=np.int64)
        others = np.setdiff1d(np.frombuffer(beginnings, dtype=np.int64), known)
        keys = np.concatenate([known, others])
        order = np.argsort(keys)
        self._keys = array("q", keys[order].tobytes())
        self._frequencies = array(
            "i", np.concatenate([np.frombuffer(frequencies, dtype=np.int32), np.zeros(len(others), np.int32)])[order].tobytes()
        )

    def __missing__(self, word: str) -> int:
        key = _key(word)
        at = bisect_left(self._keys, key)
        if at == len(self._keys) or self._keys[at] != key:
            raise KeyError(word)
        return self._frequencies[at]

    def __contains__(self, word: object) -> bool:
        return self.get(word) is not None

    def get(self, word: Any, default: Any = None) -> Any:
        """How frequent the word is; the default where no word begins so."""
        try:
            return self[word]
        except KeyError:
            return default


def _key(word: str) -> int:
    """Of the bytes: texts of other widths of signs may lie in memory as the same ones, and then have the same hash."""
    return hash(word.encode())
