"""The numbers by chance: the specification's own examples, and that nothing is favoured."""

import hashlib
from collections import Counter

from survey.draws.generator import WORDS, Stream, pick, pick_evenly


def test_stream__any_seed_and_label__takes_the_words_of_sha256_in_order() -> None:
    digests = b"".join(hashlib.sha256(f"draw-1\n20180416\nvillages/all\n{block}".encode()).digest() for block in (0, 1))
    words = [int.from_bytes(digests[at : at + 8], "big") for at in range(0, 64, 8)]
    stream = Stream("20180416", "villages/all")

    assert [stream.below(1 << 62) for _ in range(8)] == [word % (1 << 62) for word in words]


def test_below__a_word_from_the_uneven_end__is_refused() -> None:
    limit = (1 << 63) - 1  # refuses words of WORDS - WORDS % limit and more: two of them
    stream = Stream("x", "y")
    stream._words = [5, WORDS - 1]

    assert stream.below(limit) == 5


def test_pick__of_four_items_two__takes_every_ordered_pair_equally_often() -> None:
    counts = Counter(tuple(pick("abcd", 2, Stream(str(seed), "test"))) for seed in range(6000))

    assert len(counts) == 12
    assert max(abs(n - 500) for n in counts.values()) < 5 * (500 * 11 / 12) ** 0.5


def test_pick_evenly__of_seven_items_three__keeps_distances_of_two_or_three() -> None:
    chosen = {tuple(pick_evenly(range(7), 3, Stream(str(seed), "test"))) for seed in range(100)}

    assert {two - one for one, two, _ in chosen} | {three - two for _, two, three in chosen} == {2, 3}
    assert pick_evenly(range(7), 0, Stream("a", "b")) == []


def test_pick__more_than_there_are__takes_all() -> None:
    assert sorted(pick("abc", 9, Stream("a", "b"))) == ["a", "b", "c"]
