"""Text blocks: what may stand in one, how it is filled, and how it is shown in a report."""

import pytest

from analysis.report.kinds.blocks import BLOCKS, MAX_LENGTH, check_defaults, fill_block, find_block, problems_in
from analysis.report.texts import Figure, figures_in, plain
from questionnaires.errors import ErrorCode, SurveyError

BLOCK = find_block("feedback.introduction")


def test_defaults__in_both_languages__are_texts_that_their_blocks_take() -> None:
    assert list(check_defaults()) == []
    for block in BLOCKS:
        assert bool(block.default("zh")) == bool(block.default("en")), block.name
        assert block.kind or not block.default("zh"), "the program suggests nothing of its own"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("在{contry}访谈", ("unknown", "contry")),
        ("{county.__class__}", ("unknown", "county.__class__")),
        ("{n_households:,}", ("unknown", "n_households:,")),
        ("{county!r}", ("unknown", "county!r")),
        ("{}", ("unknown", "")),
        ("{0}", ("unknown", "0")),
        ("{ county }", ("unknown", " county ")),
        ("在{county访谈", ("brace", "在{county访谈")),
        ("访谈}户", ("brace", "访谈}户")),
        ("{{county}}", ("brace", "{{county}")),
        ("{n_overdue}", ("unknown", "n_overdue")),
        ("字" * (MAX_LENGTH + 1), ("too_long", str(MAX_LENGTH))),
    ],
)
def test_text__with_anything_but_its_placeholders_between_braces__is_refused_by_name(text: str, problem: tuple[str, str]) -> None:
    assert problem in problems_in(BLOCK, text)
    with pytest.raises(SurveyError) as caught:
        fill_block(BLOCK, text, {})
    assert caught.value.code is ErrorCode.INVALID_VALUE
    assert ("{county}" in str(caught.value)) == (problem[0] != "too_long")


def test_text__of_several_lines__becomes_paragraphs_in_which_figures_stay_figures() -> None:
    households = Figure("1,009", "count:interviewed@v")
    paragraphs = fill_block(
        BLOCK, "访谈{county}{n_households}户。\n\n  $HOME %s 照写。 ", {"county": "略阳县{day}", "n_households": households}
    )
    assert [plain(paragraph) for paragraph in paragraphs] == ["访谈略阳县{day}1,009户。", "$HOME %s 照写。"]
    assert figures_in(paragraphs[0]) == (households,)


def test_block__that_there_is_not__is_named_with_those_that_there_are() -> None:
    with pytest.raises(SurveyError, match="feedback.introduction"):
        find_block("feedback.middle")
