"""What letters type which names, and how they are divided into syllables."""

import pytest

from survey.sealing.pinyin import MAX_SPLITS, is_typed_as, splits_of, typed_letters


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("张大山", "zhangdashan"),
        ("张大山", "zds"),
        ("张大山", "Zhang DS"),
        ("张大山", "dash"),
        ("张大山", "zhangd"),
        ("张大山", "zh"),
        ("单小华", "shanxiaohua"),
        ("单小华", "danxh"),
        ("西安市", "xi'an"),
        ("略阳县", "lueyang"),
        ("略阳县", "lvey"),
        ("吕四", "lüs"),
        ("第2组 王五", "wangwu"),
    ],
)
def test_typed__as_people_type_it__is_found(text: str, typed: str) -> None:
    assert is_typed_as(text, typed_letters(typed))


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("张大山", "zs"),
        ("张大山", "zdashan"),
        ("赵杭", "zhang"),
        ("张大山", "dazhang"),
        ("张大山", "zhangdashanx"),
        ("Ban Ana", "ana"),
        ("", "zd"),
    ],
)
def test_typed__of_other_signs__is_not_found(text: str, typed: str) -> None:
    assert not is_typed_as(text, typed_letters(typed))


@pytest.mark.parametrize("text", ["张大山", "z", "0123", "2017-04-lueyang", "zhang1", ""])
def test_letters__of_what_is_no_pinyin__are_none(text: str) -> None:
    assert typed_letters(text) == ""


def test_splits__of_typed_letters__begin_with_the_fewest_parts() -> None:
    assert splits_of("zhangds") == (("zhang", "d", "s"), ("zhan", "g", "d", "s"), ("zha", "n", "g", "d", "s"), tuple("zhangds"))
    assert splits_of("zhangdashan")[0] == ("zhang", "da", "shan")
    assert splits_of("eerduosi")[0] == ("e", "er", "duo", "si")
    assert splits_of("xian")[:3] == (("xian",), ("xia", "n"), ("xi", "an"))
    assert splits_of("zds") == (("z", "d", "s"),)
    assert splits_of("dash")[0] == ("da", "sh"), "the last part may be the beginning of a syllable"
    assert splits_of("zvi") == (), "no syllable begins with v or i"
    assert len(splits_of("an" * 30)) == MAX_SPLITS
