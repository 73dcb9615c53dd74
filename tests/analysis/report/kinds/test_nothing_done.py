"""Reports on a time in which nothing was done."""

from datetime import date

import pytest

from analysis.report.kinds.records import About, Sources, WorkFact
from analysis.report.kinds.registry import draft_outline
from analysis.report.outline import Heading, Outline, Paragraph, Table
from analysis.report.texts import plain
from tests.analysis.report.kinds.examples import WORK

NOTHING = WorkFact(dict.fromkeys(WORK.total, 0), (), dict.fromkeys(WORK.issues, 0))
TODAY = date(2015, 12, 31)


def drafted(kind: str, language: str = "zh", work: WorkFact = NOTHING, texts: dict[str, str] | None = None) -> Outline:
    """The report on 2015, or on a month of it."""
    about = About(year=2015, month=12) if kind == "month" else About(year=2015)
    return draft_outline(kind, Sources(about, language, TODAY, work=work, texts=texts or {}), with_evidence=False)


def told(made: Outline) -> list[str]:
    """Its headings and paragraphs but for the notice that it is a draft."""
    return [plain(block.text) for block in made.blocks if isinstance(block, Heading | Paragraph)][1:]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["month", "year"])
def test_report__of_a_time_without_anything__counts_no_noughts(kind: str, language: str) -> None:
    made = drafted(kind, language)
    assert not [block for block in made.blocks if isinstance(block, Table)]
    assert not [text for text in told(made) if "0项" in text or "0次" in text or ": 0" in text or text.startswith("0 ") or " 0 " in text]


def test_reports__of_a_time_without_anything__say_so() -> None:
    assert told(drafted("year")) == [
        *("工作开展情况", "全年没有登记调研、访谈和会议。", "问题办理情况", "全年没有提出问题。"),
        *("下一步", "年末没有尚未销号的问题。"),
    ]
    assert told(drafted("month"))[:2] == ["总体进展", "截至2015年12月31日，没有已反馈而尚未销号的问题，2015年12月也没有反馈或销号的问题。"]
    assert "本组织的话。" in told(drafted("year", texts={"year.introduction": "本组织的话。"}))
