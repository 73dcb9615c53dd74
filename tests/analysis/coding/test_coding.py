"""Agreement of two coders by hand, and words counted without names."""

import jieba
import pytest

from analysis.coding.agreement import agree_on_codes
from analysis.coding.counting import count_words
from analysis.coding.frequencies import Frequencies
from analysis.coding.segmenting import words_of


def codes(*names: str) -> frozenset[str]:
    """The codes of one answer."""
    return frozenset(names)


def test_agreement__of_ten_answers__is_that_worked_by_hand() -> None:
    both = (
        [(codes("water"), codes("water"))] * 4
        + [(codes("water"), codes())]
        + [(codes(), codes("water", "road"))]
        + [(codes(), codes())] * 4
    )
    found = agree_on_codes(["water", "road", "school"], both)
    water, road, school = found.codes
    assert (water.n_first, water.n_second, water.n_both) == (5, 5, 4)
    # Eight of ten alike, one half by chance: (0.8 − 0.5) / 0.5.
    assert water.kappa.estimate == pytest.approx(0.6)
    assert road.kappa.estimate == pytest.approx(0.0)
    assert (school.kappa.estimate, school.kappa.reason) == (None, "no_variance")
    assert found.identical.estimate == 0.8
    # Over the two codes that were given: observed (0.8 + 0.9) / 2, by chance (0.5 + 0.9) / 2.
    assert found.kappa.estimate == pytest.approx((0.85 - 0.7) / 0.3)
    assert found.alpha.estimate is not None
    assert agree_on_codes(["water"], []).kappa.reason == "no_units"


def test_words__of_texts__leave_out_names_stop_words_numbers_and_single_signs() -> None:
    text = "王建国家在上石沟村，希望家庭医生２０１８年能上门看病；The road is muddy"
    assert list(words_of(text, ["王建国", "上石沟村"])) == ["家庭医生", "上门", "看病", "road", "muddy"]


def test_words__by_place__count_answers_and_keep_no_word_of_a_single_one() -> None:
    texts = [("610727", "自来水停了，自来水又停"), ("610728", "自来水经常停"), ("610728", "合作社没有分红")]
    counts = count_words(texts, [])
    assert [(each.word, each.n, dict(each.by_place)) for each in counts.words] == [("自来水", 2, {"610727": 1, "610728": 1})]
    assert counts.answers == {"610727": 1, "610728": 2}


def test_frequencies__of_the_whole_dictionary__are_those_of_a_dict_and_hold_none_of_its_texts() -> None:
    tokenizer = jieba.Tokenizer()
    expected, total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    with tokenizer.get_dict_file() as lines:
        found = Frequencies(lines)
    assert [word for word, n in expected.items() if found.get(word) != n or word not in found] == []
    assert (found.total, len(found), "自来" in found, "来自水" in found, found.get("来自水", 1)) == (total, 0, True, False, 1)
    # In memory these two are the same bytes.
    assert (found.get("BP"), found.get("\u5042")) == (0, expected["\u5042"])


def test_frequencies__set_later__come_before_those_of_the_dictionary() -> None:
    found = Frequencies(["自来水 3 n".encode()])
    found["自来水"], found["饮水安全"] = 5, 7
    assert (found["自来水"], found["饮水安全"], found["自来"], found.total) == (5, 7, 0, 3)
    with pytest.raises(KeyError):
        found["饮水"]
