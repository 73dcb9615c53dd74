"""Each kind of report on one small county worked by hand, and every number of each against the estimates and records that it is of."""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.bundle import Bundle, read_bundle
from analysis.indicators import compute_indicators
from analysis.report.coverage import Coverage, VillageCoverage
from analysis.report.facts import forms_in_order
from analysis.report.kinds.figure_tables import coverage_tables
from analysis.report.kinds.names import KIND_NAMES
from analysis.report.kinds.records import About, IssueFact, Quotation
from analysis.report.kinds.registry import KINDS, draft_outline
from analysis.report.outline import Addressee, Attachments, Heading, Outline, Paragraph, Row, Table
from analysis.report.texts import Figure, Reference, figures_in, plain
from analysis.words import number_text, value_text
from questionnaires.errors import ErrorCode, SurveyError
from tests.analysis.bundles import NORTH, SOUTH, VISIT, BundleData, write_bundle
from tests.analysis.example import example_bundle
from tests.analysis.report.kinds.examples import ABOUT, ISSUES, LATER, WORK, issue, later, sources


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bundle, Bundle]:
    """April's interviews, and August's at the same households."""
    folder = tmp_path_factory.mktemp("kinds")
    return _read(folder / "april", example_bundle()), _read(folder / "august", later(example_bundle()))


@pytest.fixture(scope="module")
def estimates(bundles: tuple[Bundle, Bundle]) -> pd.DataFrame:
    """The estimates of both."""
    return pd.concat([compute_indicators(bundle) for bundle in bundles])


def _read(folder: Path, data: BundleData) -> Bundle:
    return read_bundle(write_bundle(folder, data))


def outline(kind: str, bundles: tuple[Bundle, Bundle], language: str = "zh", **values: Any) -> Outline:
    """The kind's outline."""
    return draft_outline(kind, sources(kind, bundles, language, **values), with_evidence=False)


def told(made: Outline) -> str:
    """All headings and paragraphs, a line each."""
    return "\n".join(plain(block.text) for block in made.blocks if isinstance(block, Heading | Paragraph))


def references(made: Outline) -> list[Reference]:
    """Every reference of its paragraphs."""
    return [part for block in made.blocks if isinstance(block, Paragraph) for part in block.text if isinstance(part, Reference)]


def headings(made: Outline, level: int) -> list[str]:
    """The headings of a level outside the annexes."""
    found = []
    for block in made.blocks:
        if isinstance(block, Heading) and block.is_annex:
            break
        if isinstance(block, Heading) and block.level == level:
            found.append(block.text)
    return found


def table(made: Outline, caption: str) -> Table:
    """The table whose caption begins so."""
    return next(block for block in made.blocks if isinstance(block, Table) and block.caption.startswith(caption))


def cells(row: Row) -> list[str]:
    """The row as it is read."""
    return [plain(cell) for cell in row.cells]


def figures(made: Outline) -> Iterator[Figure]:
    """Every figure of paragraphs and tables."""
    for block in made.blocks:
        if isinstance(block, Paragraph):
            yield from figures_in(block.text)
        elif isinstance(block, Table):
            for row in block.rows:
                for cell in row.cells:
                    yield from figures_in(cell)


def test_registry__every_kind_by_name__has_its_function() -> None:
    assert list(KINDS) == [kind.name for kind in KIND_NAMES]
    assert all(len(kind.name) <= 24 and set(kind.titles) == {"zh", "en"} for kind in KIND_NAMES)


def test_feedback__to_a_county__says_achievements_verified_issues_by_importance_and_their_recommendations(
    bundles: tuple[Bundle, Bundle],
) -> None:
    made = outline("feedback", bundles, quotations=(Quotation("水要到沟里去挑", "registered"),))
    text = told(made)
    assert made.title == "关于略阳县脱贫攻坚民主监督\n调研情况的反馈意见"
    assert next(block for block in made.blocks if isinstance(block, Addressee)).text == "中共略阳县委、略阳县人民政府"
    assert headings(made, 1) == ["工作成效", "存在的主要问题", "意见建议"]
    assert headings(made, 2) == ["饮水安全", "普遍性问题", "突出问题", "个案问题", "健康扶贫", "饮水安全"]
    assert headings(made, 3) == ["签约服务不到位", "水源无防护（下石沟村）", "个别户用水困难（下石沟村）"]
    assert "走访2个村，入户访谈40户" in text
    assert "“饮水安全”为70.0%（所问40户中28户，标准50%以上）" in text
    assert "的30.0%" in text
    assert "问题表现在基层，根子在上面。" in text
    assert "所问16户中有11户" in text
    assert "68.8%" not in text, "no percentage of fewer than 30"
    assert "已超过整改时限（2018年6月30日）。" in text
    assert "完善签约服务考核办法（责任单位：县卫生健康局；时限：2018年6月30日）。" in text
    assert "尚待核实的线索" not in text
    assert "不属实的反映" not in text
    assert "没有签约家庭医生" not in text
    assert "“水要到沟里去挑”——建档立卡贫困户" in text
    assert next(block for block in made.blocks if isinstance(block, Attachments)).titles == ("指标数据", "调研方法与数据质量")


def test_feedback__with_an_own_text_and_suggestions__has_them_with_live_figures(bundles: tuple[Bundle, Bundle]) -> None:
    texts = {"feedback.introduction": "在{county}访谈{n_households}户。\n问题{n_issues}项。", "suggestions.water": "管护到人。"}
    made = outline("feedback", bundles, texts=texts)
    paragraphs = [block for block in made.blocks if isinstance(block, Paragraph)]
    opening = next(each for each in paragraphs if plain(each.text) == "在略阳县访谈40户。")
    assert [figure.text for figure in figures_in(opening.text)] == ["40"]
    assert "管护到人。" in told(made)
    assert "管护到人。" not in told(outline("feedback", bundles, texts=texts, issues=())), "no suggestion without an issue of the area"


def test_recommendation__that_several_issues_share__names_everybody_who_is_responsible(bundles: tuple[Bundle, Bundle]) -> None:
    def of(number: int, body: str, due_on: date | None) -> IssueFact:
        return issue(number, "水源无防护", recommendation="落实水源保护。", responsible_body=body, due_on=due_on)

    june, july = date(2018, 6, 30), date(2018, 7, 5)
    apart = (of(7, "甲县水利局", june), of(8, "乙县水利局", july), of(9, "甲县水利局", june), of(10, "丙县水利局", None), of(11, "", None))
    each = "甲县水利局，2018年6月30日；乙县水利局，2018年7月5日；丙县水利局"
    assert told(outline("visit", bundles, issues=apart)).count("落实水源保护") == 1
    assert f"落实水源保护（责任单位和时限：{each}）。" in told(outline("visit", bundles, issues=apart))
    assert "落实水源保护（责任单位：甲县水利局、乙县水利局；时限：2018年6月30日）。" in told(
        outline("visit", bundles, issues=(of(7, "甲县水利局", june), of(8, "乙县水利局", june)))
    )


def test_report_of_a_visit__with_one_county__tells_meetings_and_compares_nothing(bundles: tuple[Bundle, Bundle]) -> None:
    made = outline("visit", bundles)
    assert headings(made, 1) == ["调研开展情况", "工作成效", "各县（区）比较", "存在的主要问题", "意见建议"]
    assert "不作县际比较" in told(made)
    assert "其间召开会议2次，其中座谈会1次、联席会议1次。" in told(made)
    assert cells(table(made, "走访村和访谈户数").rows[0]) == ["略阳县", "2", "40", "10", "10", "10", "10"]


def test_village_brief__of_sixteen_households__sets_shares_beside_their_counts(bundles: tuple[Bundle, Bundle]) -> None:
    made = outline("village", bundles, issues=ISSUES[:2])
    assert made.title == "略阳县下石沟村村情简报"
    assert "访谈农户16户，其中建档立卡贫困户4户、脱贫户4户、边缘户4户、一般户4户" in told(made)
    assert "“饮水安全”为31.2%（所问16户中5户，标准50%以上）" in told(made)
    assert cells(next(row for row in table(made, "下石沟村与略阳县").rows if row.cells[0] == "饮水安全")) == [
        *("饮水安全", "31.2%", "16", "70.0%", "40", "50%")
    ]


def test_village_brief__of_the_only_village_of_its_county__does_not_say_its_figures_twice(bundles: tuple[Bundle, Bundle]) -> None:
    april, august = bundles
    here = {key: rows[rows["village_code"] == SOUTH].reset_index(drop=True) for key, rows in april.tables.items()}
    made = outline("village", (replace(april, tables=here), august))
    assert [cells(row) for row in table(made, "下石沟村有关指标").rows if row.cells[0] == "饮水安全"] == [
        ["饮水安全", "31.2%", "16", "50%"]
    ]


def test_ledger_of_a_quarter__without_an_issue__says_so_of_its_county_and_counts_no_noughts(bundles: tuple[Bundle, Bundle]) -> None:
    about = About(year=2018, quarter=2, county_code="610727")
    made = draft_outline("quarter", replace(sources("quarter", bundles, issues=(), county="略阳县"), about=about), with_evidence=False)
    assert "略阳县" in made.title
    assert "没有须提交2018年第2季度联席会议研究的问题。" in told(made)
    assert "共0项" not in told(made)


@pytest.mark.parametrize("kind", ["feedback", "visit", "look_back"])
def test_report__without_an_issue__asks_nobody_to_mend_one(bundles: tuple[Bundle, Bundle], kind: str) -> None:
    made = outline(kind, bundles, issues=())
    text = told(made)
    assert "没有经核实的问题，本次不提意见建议。" in text
    assert not any(word in text for word in ("尚未提出", "逐项研究整改", "上述问题", "跟踪到底"))
    own = outline(kind, bundles, issues=(), texts={f"{kind}.closing": "此致。"})
    assert "此致。" in told(own)


def test_look_back__on_the_same_households__tells_outcomes_and_observed_changes_without_inference(bundles: tuple[Bundle, Bundle]) -> None:
    made = outline("look_back", bundles)
    text = told(made)
    assert "再次访谈同一批农户40户" in text
    assert "上次反馈并经回访的问题共4项：已销号1项；仍在推进3项。" in text
    assert "核查，没有发现须留意之处。" in text
    assert "所访的同一批农户中有所改善的：“饮水安全”由70.0%变为97.5%（同一批40户，上升27.5个百分点）。" in text
    assert "经检验" not in text
    assert "不作推断" in text
    assert cells(next(row for row in table(made, "同一批农户前后对比").rows if row.cells[0] == "饮水安全"))[1:] == [
        "40",
        "70.0%",
        "97.5%",
        "+27.5",
    ]
    outcomes = {row.cells[0]: cells(row)[3] for row in table(made, "问题整改结果一览").rows}
    assert outcomes["2018-610727-003"] == "已解决3户、未解决9户"


def test_look_back__with_issues_that_were_never_reported__tells_those_of_before_from_new_ones(bundles: tuple[Bundle, Bundle]) -> None:
    unreported = replace(ISSUES[1], state="verified", reported_on=None, raised_on=date(2018, 4, 25))
    found_now = replace(unreported, number="2018-610727-901", raised_on=date(2018, 8, 7))
    text = told(outline("look_back", bundles, issues=(unreported, found_now)))
    assert "此前已经发现并核实、尚未反馈的问题1项，一并列出。" in text
    assert "本次新发现并核实的问题1项。" in text
    alone = told(outline("look_back", bundles, issues=(unreported,)))
    assert "本次新发现" not in alone


def test_ledger_of_a_quarter__by_sections_of_the_agenda__ends_with_what_was_decided(bundles: tuple[Bundle, Bundle]) -> None:
    made = outline("quarter", bundles, issues=[each for each in ISSUES if each.state not in ("raised", "refuted")])
    assert headings(made, 1) == ["超过整改时限的问题", "正在整改的问题", "本季度销号的问题", "联席会议决定"]
    assert "问题2018-610727-003：由省卫生健康委研究。" in told(made)
    assert cells(table(made, "超过整改时限的问题").rows[0])[:5] == [
        *("2018-610727-003", "略阳县", "签约服务不到位", "县卫生健康局", "2018.6.30")
    ]
    assert "没有须提交2018年第2季度联席会议研究的问题" in told(outline("quarter", bundles, issues=(), meetings=()))


def test_notice_of_a_month__of_its_issues__counts_by_county_and_lists_what_is_late_and_due(bundles: tuple[Bundle, Bundle]) -> None:
    made = outline("month", bundles, issues=[each for each in ISSUES if each.state not in ("raised", "refuted")])
    assert "本月新反馈0项，销号1项；截至2018年7月31日，尚未销号3项，其中整改中3项" in told(made)
    assert cells(table(made, "各县（区）整改进展").rows[0]) == ["略阳县", "0", "1", "3", "0", "1", "2"]
    assert cells(table(made, "逾期问题一览").rows[0])[5] == "31"
    assert len(table(made, "下月到期问题一览").rows) == 2


def test_look_back__with_a_questionnaire_of_its_own__tells_what_it_says(bundles: tuple[Bundle, Bundle]) -> None:
    asked = sources("look_back", bundles)
    april = bundles[0]
    without = replace(april, tables={key: rows[:0] if key[0] == "archive_check" else rows for key, rows in april.tables.items()})
    texts = [
        "\n".join(plain(block.text) for block in draft_outline("look_back", each).blocks if isinstance(block, Paragraph))
        for each in (asked, replace(asked, before=without))
    ]
    assert ["本次填写的《档案核查表》反映：“档案完整率”" in text for text in texts] == [False, True]


def test_summary_of_a_year__with_few_look_backs__gives_no_percentage(bundles: tuple[Bundle, Bundle]) -> None:
    made = outline("year", bundles, issues=[each for each in ISSUES if each.state not in ("raised", "refuted")])
    assert "全年开展调研2次，涉及1个市、1个县（区）、2个村；入户访谈80户" in told(made)
    assert "%" not in told(made)
    assert cells(table(made, "各次调研").rows[-1])[:3] == ["合计", "1", "2"], "a village visited twice counts once"
    work = replace(WORK, issues={**WORK.issues, "looked_back": 40, "confirmed": 30})
    assert "回访确认率为75.0%" in told(outline("year", bundles, work=work))


def test_study_of_an_area__over_two_visits__sets_them_side_by_side_and_pools_nothing(bundles: tuple[Bundle, Bundle]) -> None:
    made = outline("area", bundles)
    assert headings(made, 2)[:2] == [VISIT["title"], LATER["title"]]
    assert "“饮水安全”为70.0%" in told(made)
    assert "“饮水安全”为97.5%" in told(made)
    assert "签约服务不到位" not in told(made)
    assert "已有安排、重在推进的1项" in told(made)
    assert Reference(table(made, "问题一览").key) in references(made)
    of_a_year = draft_outline("area", replace(sources("area", bundles), about=About(area="housing", year=2018)), with_evidence=False)
    assert of_a_year.title == "关于2018年住房保障的\n专题调研报告", "on two lines that end where sense does"


def test_annual_summary__without_a_theoretical_report__says_nothing_of_it_and_leads_to_its_meetings(bundles: tuple[Bundle, Bundle]) -> None:
    made = outline("year", bundles)
    assert "理论报告" not in told(made)
    assert Reference("meetings") in references(made)
    one = replace(WORK, total={**WORK.total, "theory_reports": 1})
    assert "、理论报告1篇。" in told(outline("year", bundles, work=one))


def test_look_back__of_files_alone__interviews_nobody_again(bundles: tuple[Bundle, Bundle]) -> None:
    april, august = bundles
    assert "再次访谈同一批农户40户" in told(outline("look_back", bundles))
    form = forms_in_order(august)[0].form_id
    tables = {(name, table): rows.iloc[:12] if (name, table) == (form, "main") else rows for (name, table), rows in august.tables.items()}
    assert "再次访谈同一批农户12户" in told(outline("look_back", (april, replace(august, tables=tables))))


def test_coverage__with_heads_too_wide_for_the_page__counts_records_in_a_table_of_their_own() -> None:
    villages = (VillageCoverage(NORTH, "North", "purposive", 60, 3, {}, {"a": 3, "b": 2, "c": 1}),)
    kinds = {"registered": 1, "lifted_out": 1, "marginal": 1, "ordinary": 0}
    forms = (("a", "Household", 3), ("b", "Archive check", 2), ("c", "Household look-back", 1))
    coverage = Coverage(villages, forms, 3, kinds, 9, 1, None, {})
    assert [len(each.header) for each in coverage_tables(coverage, "en")] == [8, 3]
    assert [len(each.header) for each in coverage_tables(coverage, "zh")] == [10]


def test_annex__that_is_the_only_one__has_no_number(bundles: tuple[Bundle, Bundle]) -> None:
    for language, text in (("zh", "附件　调研方法与数据质量"), ("en", "Annex. Method and quality of the data")):
        for kind in ("visit", "look_back"):
            made = outline(kind, bundles, language)
            assert [block.text for block in made.blocks if isinstance(block, Heading) and block.is_annex] == [text]
    lead = next(block for block in outline("visit", bundles).blocks if isinstance(block, Paragraph) and "按重要程度" in plain(block.text))
    assert [part.key for part in lead.text if isinstance(part, Reference)] == ["issues"], "the list is not called for by the last issue"


def test_method_annex__of_a_visit__is_made_of_data_alone(bundles: tuple[Bundle, Bundle]) -> None:
    made = outline("method", bundles)
    assert "另有3份记录已退回，未计入。" in told(made)
    assert cells(table(made, "两人记录的一致情况").rows[0]) == ["农户问卷", "4", "120", "114", "95.0%"]
    assert "没有样本表" in told(made)
    assert "不适用" not in told(made), "data do not tell who was not asked from who did not answer"


ESTIMATE = re.compile(
    r"estimate:(?P<form>[^/]+)/(?P<name>[^@]+)@(?P<visit>[^/]+)/(?P<county>[^/]*)/(?P<type>[^/]+)/(?P<domain>[^#]+)#(?P<part>.+)"
)


@pytest.mark.soak
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", list(ABOUT))
def test_every_number__of_every_kind__is_that_of_its_estimate_and_the_same_wherever_it_stands(
    bundles: tuple[Bundle, Bundle], estimates: pd.DataFrame, kind: str, language: str
) -> None:
    made = outline(kind, bundles, language)
    keyed = estimates.drop_duplicates(["form_id", "indicator", "category", "visit_id", "county_code", "domain_type", "domain"])
    rows = {
        (
            row.form_id,
            "/".join(filter(None, (row.indicator, row.category))),
            row.visit_id,
            row.county_code,
            row.domain_type,
            row.domain,
        ): row
        for row in keyed.itertuples(index=False)
    }
    seen: dict[str, str] = {}
    for figure in figures(made):
        assert seen.setdefault(figure.address, figure.text) == figure.text, figure.address
        match = ESTIMATE.fullmatch(figure.address)
        if match is None:
            continue
        row = rows[tuple(match[name] for name in ("form", "name", "visit", "county", "type", "domain"))]
        part = match["part"]
        estimate = None if math.isnan(row.estimate) else row.estimate
        expected = {
            "value!text": value_text(estimate, row.unit, language),
            "value!number": number_text(estimate, row.unit),
            "n": f"{row.n:,}",
            "missing": f"{row.n_missing:,}",
            "counted": f"{round((estimate or 0) * row.n):,}",
        }
        assert figure.text == expected[part], figure.address
    assert len(seen) > 4
    words = told(made)
    assert "{" not in words
    assert "None" not in words
    assert "nan" not in words


def test_parameters__that_a_kind_needs__are_named_when_missing(bundles: tuple[Bundle, Bundle]) -> None:
    with pytest.raises(SurveyError) as caught:
        draft_outline("feedback", replace(sources("feedback", bundles), about=About(VISIT["id"])))
    assert caught.value.code is ErrorCode.INVALID_VALUE
    assert "county_code" in str(caught.value)
    with pytest.raises(SurveyError, match="looks back on no earlier visit"):
        draft_outline("look_back", replace(sources("visit", bundles), about=About(VISIT["id"])))
    with pytest.raises(SurveyError, match="下石沟村"):
        draft_outline("village", replace(sources("village", bundles), about=About(VISIT["id"], village_code="610727101299")))


def test_village__with_several_questionnaires__has_a_table_of_each_and_nothing_of_the_county(
    bundles: tuple[Bundle, Bundle], tmp_path: Path
) -> None:
    data = example_bundle()
    of_county = replace(data, forms=[replace(form, told_of="county" if form.form_id == "archive_check" else "") for form in data.forms])
    both = outline("village", bundles)
    alone = outline("village", (_read(tmp_path / "april", of_county), bundles[1]))
    captions = [[plain(block.caption) for block in made.blocks if isinstance(block, Table)] for made in (both, alone)]
    assert captions == [
        ["下石沟村与略阳县所访对照：《农户问卷》", "下石沟村与略阳县所访对照：《档案核查表》"],
        ["下石沟村与略阳县所访对照：《农户问卷》"],
    ]


def test_figure__that_would_tell_of_single_people__is_told_by_no_report(bundles: tuple[Bundle, Bundle], tmp_path: Path) -> None:
    data = example_bundle()
    form = next(each for each in data.forms if each.form_id == "archive_check")
    withheld = replace(form, indicators=[{**each, "minimum_n": 1000} for each in form.indicators])
    april = _read(tmp_path / "april", replace(data, forms=[withheld, *(each for each in data.forms if each is not form)]))
    brief, county = outline("village", (april, bundles[1])), outline("county", (april, bundles[1]))
    [table] = [block for block in brief.blocks if isinstance(block, Table) and "档案核查表" in plain(block.caption)]
    assert {plain(row.cells[1]) for row in table.rows} == {"…"}
    assert table.note == "“…”为答复过少，不公布。"
    labels = "、".join(f"“{each['label']['zh']}”" for each in form.indicators if each["area"] == form.indicators[0]["area"])
    assert f"{labels}答复过少，不公布。" in told(county)
    assert f"{labels}没有有效答复" not in told(county)
