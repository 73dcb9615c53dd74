"""Words of open answers, counted by place: in how many answers each stands. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from analysis.coding.segmenting import words_of

FEWEST = 2
"""A word of a single answer is not listed: it tells of one household."""


@dataclass(frozen=True, slots=True)
class WordCount:
    """One word: how many answers it stands in, over all places and in each."""

    word: str
    n: int
    by_place: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class WordCounts:
    """The words of the answers, the most frequent first, and how many answers each place gave."""

    words: tuple[WordCount, ...]
    answers: Mapping[str, int]


def count_words(texts: Iterable[tuple[str, str]], left_out: Collection[str], *, fewest: int = FEWEST) -> WordCounts:
    """The words of the texts (place, text) that stand in at least `fewest` answers; names in `left_out` are not counted."""
    by_place: dict[str, Counter[str]] = {}
    answers: Counter[str] = Counter()
    for place, text in texts:
        answers[place] += 1
        by_place.setdefault(place, Counter()).update(set(words_of(text, left_out)))
    total: Counter[str] = sum(by_place.values(), Counter())
    ordered = sorted((word for word, n in total.items() if n >= fewest), key=lambda word: (-total[word], word))
    words = tuple(WordCount(word, total[word], {place: counts[word] for place, counts in by_place.items()}) for word in ordered)
    return WordCounts(words, dict(sorted(answers.items())))
