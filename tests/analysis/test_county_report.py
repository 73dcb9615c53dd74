"""The county report: its numbers against a plain group-by of the same rows, its sentences, and the Word file reopened."""

import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Mm

from analysis.bundle import Bundle, read_bundle
from analysis.report.coverage import read_coverage
from analysis.report.kinds.county import draft_county_report, outline_county_report
from analysis.report.kinds.figure_tables import coverage_tables
from analysis.report.official.lint.check import lint_content
from analysis.report.official.reference import make_reference, reference_path
from analysis.report.outline import Heading, Paragraph, Picture, Table
from analysis.report.texts import figures_in, plain
from questionnaires.errors import ErrorCode, SurveyError
from tests.analysis.bundles import NORTH, SOUTH, VISIT, BundleData, candidate, household, rule, write_bundle
from tests.analysis.example import example_bundle
from tests.word_files import open_word

TODAY = date(2018, 4, 28)
NAMES = {NORTH: "上石沟村", SOUTH: "下石沟村"}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The example bundle, read."""
    return read_bundle(write_bundle(tmp_path_factory.mktemp("report") / "bundle", example_bundle()))


@pytest.fixture(scope="module")
def content(bundle: Bundle) -> bytes:
    """The Chinese draft as bytes."""
    return draft_county_report(bundle, "2018-04-test", "610727", today=TODAY)


@pytest.fixture(scope="module")
def document(content: bytes) -> WordDocument:
    """The Chinese draft, reopened."""
    return open_word(content)


@pytest.fixture
def households() -> pd.DataFrame:
    """The rows of the household form as they were put into the bundle."""
    return pd.DataFrame(example_bundle().forms[1].rows["main"])


def cells_of(document: WordDocument, column: str) -> dict[str, str]:
    """The text of a column by the first cell of its row, from the first table that has the column."""
    for table in document.tables:
        header = [cell.text for cell in table.rows[0].cells]
        if column in header[1:]:
            place = header.index(column)
            return {row.cells[0].text: row.cells[place].text for row in table.rows[1:]}
    raise AssertionError(f"no table has a column {column}")


def texts_of(document: WordDocument) -> str:
    """All paragraphs outside tables."""
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def share_text(group: Any, question: str, value: str = "yes") -> str:
    """The cell that a plain group-by expects for a share."""
    answered = group[question].dropna()
    return f"{(answered == value).mean() * 100:.1f}%（{len(answered)}）"


@pytest.mark.parametrize(("label", "question"), [("家庭医生签约率", "doctor"), ("饮水安全", "water_safe")])
def test_shares__in_the_reopened_document__are_those_of_a_plain_group_by(
    document: WordDocument, households: pd.DataFrame, label: str, question: str
) -> None:
    cells = cells_of(document, label)
    assert cells["全县受访"] == share_text(households, question)
    for code, group in households.groupby("village_code"):
        assert cells[NAMES[str(code)]] == share_text(group, question)
    kinds = {"registered": "建档立卡贫困户", "lifted_out": "脱贫户", "marginal": "边缘户", "ordinary": "一般户"}
    for kind, group in households.groupby("household_kind"):
        assert cells[kinds[str(kind)]] == share_text(group, question)
    marked = households[households["household_id"].isin([f"h{number}" for number in range(0, 40, 3)])]
    assert cells["老年户"] == share_text(marked, question)


def test_ratio_mean_and_total__in_the_reopened_document__are_those_of_a_plain_group_by(
    document: WordDocument, households: pd.DataFrame
) -> None:
    for name, group in [("全县受访", households), *((NAMES[str(code)], rows) for code, rows in households.groupby("village_code"))]:
        both = group.dropna(subset=["income_cny", "n_members"])
        assert cells_of(document, "人均纯收入（元）")[name] == f"{both['income_cny'].sum() / both['n_members'].sum():,.0f}（{len(both)}）"
        assert (
            cells_of(document, "帮扶干部走访次数（次）")[name] == f"{group['helper_visits'].mean():.1f}（{group['helper_visits'].count()}）"
        )
        assert cells_of(document, "纯收入合计（元）")[name] == f"{group['income_cny'].sum():,.0f}（{group['income_cny'].count()}）"


def test_person_level_share__in_the_reopened_document__counts_members(document: WordDocument) -> None:
    members = pd.DataFrame(example_bundle().forms[1].rows["members"])
    cells = cells_of(document, "义务教育有保障")
    assert cells["全县受访"] == share_text(members, "at_school")
    assert cells["下石沟村"] == share_text(members[members["village_code"] == SOUTH], "at_school")


def test_distribution__in_the_reopened_document__has_its_most_frequent_answers(document: WordDocument, households: pd.DataFrame) -> None:
    shares = households["cause"].value_counts(normalize=True)
    assert cells_of(document, "因病")["全县受访"] == f"{shares['illness'] * 100:.1f}%（{households['cause'].count()}）"


def test_annex__of_the_document__has_value_answers_and_missing_of_every_line(document: WordDocument, households: pd.DataFrame) -> None:
    annex = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in document.tables[-1].rows}
    assert annex["指标"] == ["略阳县", "上石沟村", "下石沟村"]
    for place, rows in ((0, households), (2, households[households["village_code"] == SOUTH])):
        answered = rows["doctor"].dropna()
        assert annex["家庭医生签约率"][place] == f"{(answered == 'yes').mean() * 100:.1f}%\n{len(answered)}/{len(rows) - len(answered)}"
    assert "主要困难原因：没有" in annex
    assert "档案完整率" in annex


def test_issues_table__of_the_document__counts_households_of_those_asked_and_villages(
    document: WordDocument, households: pd.DataFrame
) -> None:
    found = households[households["doctor"] == "no"]
    table = next(table for table in document.tables if table.rows[0].cells[0].text == "问题线索")
    rows = {row.cells[0].text: [cell.text for cell in row.cells] for row in table.rows}
    share = f"{len(found) / len(households) * 100:.1f}%"
    assert rows["没有签约家庭医生"] == [
        "没有签约家庭医生",
        "健康扶贫",
        "县",
        "一般",
        f"{len(found)}户",
        share,
        str(found["village_code"].nunique()),
    ]


def test_coverage__of_the_document__counts_households_kinds_files_pairs_and_what_was_left_out(document: WordDocument) -> None:
    text = texts_of(document)
    assert "共入户访谈40户，其中建档立卡贫困户10户、脱贫户10户、边缘户10户、一般户10户" in text
    assert "共2个访谈组" in text
    assert "《农户问卷》40份、《档案核查表》20份" in text
    assert "另有3份记录已退回" in text
    assert "2018年4月16日至2018年4月27日" in text
    coverage = next(table for table in document.tables if table.rows[0].cells[0].text == "村")
    assert [cell.text for cell in coverage.rows[-1].cells] == ["合计", "", "40", "40", "10", "10", "10", "10", "20"]


def test_sentences__of_the_health_section__say_share_threshold_and_gap(bundle: Bundle, households: pd.DataFrame) -> None:
    outline = outline_county_report(bundle, "2018-04-test", "610727", today=TODAY)
    text = "\n".join(plain(block.text) for block in outline.blocks if isinstance(block, Paragraph))
    answered = households["doctor"].dropna()
    n_signed = int((answered == "yes").sum())
    share = n_signed / len(answered)
    assert f"“家庭医生签约率”为{share * 100:.1f}%（{n_signed}/{len(answered)}户）" in text
    assert f"“家庭医生签约率”{share * 100:.1f}%，标准为90.0%，低{(0.9 - share) * 100:.1f}个百分点" in text
    by_village = households.dropna(subset=["doctor"]).groupby("village_code")["doctor"].apply(lambda answers: (answers == "yes").mean())
    gap = by_village.max() - by_village.min()
    assert gap > 0.15
    assert f"相差{gap * 100:.1f}个百分点" in text
    assert "对照参考标准，“饮水安全”已达到。" in text


def test_headings__of_the_document__are_real_and_in_the_order_of_the_areas(document: WordDocument) -> None:
    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Heading 1"]
    assert headings == [
        "调研方法与覆盖情况",
        "总体情况",
        "健康扶贫",
        "教育扶贫",
        "产业扶贫",
        "主体责任",
        "饮水安全",
        "精准识别",
        "问题线索汇总",
    ]
    annexes = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Annex Heading"]
    assert annexes == ["附件1　各村指标一览", "附件2　数据说明"]
    assert document.paragraphs[0].style.name == "Title"


def test_fonts__of_the_styles__are_set_apart_for_chinese_and_latin(document: WordDocument) -> None:
    fonts = {}
    for name in ("Title", "Heading 1", "Heading 2", "Body Text"):
        element = document.styles[name].element.rPr.find(qn("w:rFonts"))
        fonts[name] = (element.get(qn("w:eastAsia")), element.get(qn("w:ascii")))
    assert fonts == {
        "Title": ("方正小标宋简体", "Times New Roman"),
        "Heading 1": ("黑体", "Times New Roman"),
        "Heading 2": ("楷体_GB2312", "Times New Roman"),
        "Body Text": ("仿宋_GB2312", "Times New Roman"),
    }
    section = document.sections[0]
    margins = (section.top_margin, section.left_margin, section.right_margin, section.bottom_margin)
    assert [round(margin / Mm(1)) for margin in margins] == [37, 28, 26, 35]


def test_draft__checked_against_the_official_format__departs_in_nothing(content: bytes) -> None:
    assert lint_content(content) == ()


def test_tables_and_pictures__of_the_document__repeat_headers_keep_rows_and_have_descriptions(document: WordDocument) -> None:
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
        before, after = table._tbl.getprevious(), table._tbl.getnext()
        assert "".join(before.itertext()).startswith("表")
        assert after.tag == qn("w:p")
    pictures = [shape._inline.docPr for shape in document.inline_shapes]
    assert len(pictures) == 6
    assert all(picture.get("descr").startswith("条形图。") for picture in pictures)
    captions = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Caption"]
    numbers = [text for text in captions if text.startswith("图")]
    assert [text[1] for text in numbers] == ["1", "2", "3", "4", "5", "6"]


def test_document__drafted_twice__has_the_same_bytes_and_no_clock(bundle: Bundle, content: bytes) -> None:
    assert draft_county_report(bundle, "2018-04-test", "610727", today=TODAY) == content
    with zipfile.ZipFile(BytesIO(content)) as package:
        assert {item.date_time for item in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = open_word(content).core_properties
    assert (properties.title, properties.created.date()) == ("略阳县脱贫攻坚民主监督调研情况反馈报告", TODAY)
    assert bundle.dataset_hash in properties.comments


def test_invented_data__in_the_report__say_so(document: WordDocument, tmp_path: Path) -> None:
    assert "均系虚构" in texts_of(document)
    data = example_bundle()
    places = {code: (name, level, False) for code, (name, level, _) in data.places.items()}
    real = replace(data, visits=[{**VISIT, "is_invented": False}], places=places)
    outline = outline_county_report(read_bundle(write_bundle(tmp_path / "bundle", real)), "2018-04-test", "610727", today=TODAY)
    assert not any(isinstance(block, Paragraph) and "虚构" in plain(block.text) for block in outline.blocks)


def test_english_draft__of_the_example__has_no_chinese_words_of_its_own(bundle: Bundle) -> None:
    document = open_word(draft_county_report(bundle, "2018-04-test", "610727", language="en", today=TODAY))
    text = texts_of(document)
    assert "40 households were interviewed, of which 10 registered" in text
    known = "上石沟村下略阳县2018年4月民主监督调研"
    assert {sign for sign in text if "一" <= sign <= "鿿"} <= set(known)


def test_census_villages__in_the_report__are_not_called_purposive(tmp_path: Path) -> None:
    data = replace(example_bundle(), villages=[(VISIT["id"], NORTH, "census"), (VISIT["id"], SOUTH, "census")])
    outline = outline_county_report(read_bundle(write_bundle(tmp_path / "bundle", data)), "2018-04-test", "610727", today=TODAY)
    text = "\n".join(plain(block.text) for block in outline.blocks if isinstance(block, Paragraph))
    assert "所访村为全面调查" in text


def test_look_back__in_the_report__names_the_earlier_visit(tmp_path: Path) -> None:
    visits = [{**VISIT, "look_back_of": "2017-04"}, {**VISIT, "id": "2017-04", "title": "上一次调研"}]
    bundle = read_bundle(write_bundle(tmp_path / "bundle", replace(example_bundle(), visits=visits)))
    outline = outline_county_report(bundle, "2018-04-test", "610727", today=TODAY)
    assert any(isinstance(block, Paragraph) and "对“上一次调研”的回头看" in plain(block.text) for block in outline.blocks)


def test_area__without_indicator_and_issue__has_no_section(bundle: Bundle) -> None:
    outline = outline_county_report(bundle, "2018-04-test", "610727", today=TODAY)
    assert "涉农资金统筹整合" not in {block.text for block in outline.blocks if isinstance(block, Heading)}


def test_minimum_n__given__hides_small_figures_and_says_so(bundle: Bundle) -> None:
    document = open_word(draft_county_report(bundle, "2018-04-test", "610727", today=TODAY, minimum_n=15))
    assert cells_of(document, "家庭医生签约率")["一般户"] == "…"
    assert "“…”为答复过少，不公布。" in texts_of(document)


@pytest.mark.parametrize(
    ("visit", "county", "language", "code"),
    [
        ("2019", "610727", "zh", ErrorCode.NOT_FOUND),
        ("2018-04-test", "610728", "zh", ErrorCode.EMPTY_DATASET),
        ("2018-04-test", "610727", "fr", ErrorCode.INVALID_VALUE),
    ],
)
def test_draft__that_cannot_be_made__is_refused(bundle: Bundle, visit: str, county: str, language: str, code: ErrorCode) -> None:
    with pytest.raises(SurveyError) as refusal:
        draft_county_report(bundle, visit, county, language=language, today=TODAY)
    assert refusal.value.code is code


def test_village__visited_without_an_accepted_interview__is_listed_with_zeros(tmp_path: Path) -> None:
    third = "610727101203"
    data = example_bundle()
    villages = [*data.villages, (VISIT["id"], third, "purposive")]
    data = replace(
        data,
        villages=villages,
        places={**data.places, third: ("空村", "village", True)},
        households=[*data.households, household(99, third)],
    )
    document = open_word(draft_county_report(read_bundle(write_bundle(tmp_path / "b", data)), "2018-04-test", "610727", today=TODAY))
    assert cells_of(document, "家庭医生签约率")["空村"] == "—"
    assert cells_of(document, "访谈户数")["空村"] == "0"


def test_bundle__without_any_answer_to_an_indicator__still_makes_a_report(tmp_path: Path) -> None:
    data = example_bundle()
    silent = [replace(form, rows={**form.rows, "main": [{**row, "doctor": None} for row in form.rows["main"]]}) for form in data.forms]
    bundle = read_bundle(write_bundle(tmp_path / "b", BundleData(silent, households=data.households)))
    text = texts_of(open_word(draft_county_report(bundle, "2018-04-test", "610727", today=TODAY)))
    assert "“家庭医生签约率”没有有效答复。" in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_reference_document__shipped__is_what_its_script_makes(language: str, tmp_path: Path) -> None:
    made = tmp_path / "reference.docx"
    make_reference(language).save(str(made))
    with zipfile.ZipFile(made) as fresh, zipfile.ZipFile(reference_path(language)) as shipped:
        assert fresh.namelist() == shipped.namelist()
        parts = [name for name in fresh.namelist() if name.startswith("word/")]
        assert [fresh.read(name) for name in parts] == [shipped.read(name) for name in parts]


def test_figures__of_one_address__are_written_alike_throughout(bundle: Bundle) -> None:
    outline = outline_county_report(bundle, "2018-04-test", "610727", today=TODAY)
    words = [block.text for block in outline.blocks if isinstance(block, Paragraph)]
    words += [cell for block in outline.blocks if isinstance(block, Table) for row in block.rows for cell in row.cells]
    written: dict[str, set[str]] = {}
    for figure in (figure for each in words for figure in figures_in(each)):
        written.setdefault(figure.address, set()).add(figure.text)
    assert len(written) > 200
    assert {address: texts for address, texts in written.items() if len(texts) > 1} == {}


def test_records_of_a_county__in_the_draft__are_counted_as_such(tmp_path: Path) -> None:
    data = example_bundle()
    files = [{**row, "household_id": None, "file_complete": "yes"} for row in data.forms[0].rows["main"][:3]]
    rules = [rule("no_plan", "没有方案", "funds")]
    form = replace(data.forms[0], rows={"main": files}, rules=rules, told_of="county", title="县级核查表")
    told = candidate("no_plan", 0, zh="没有方案", area="funds") | {"instance_id": files[0]["instance_id"], "household_id": None}
    changed = replace(data, forms=[form, data.forms[1]], candidates=[*data.candidates, told])
    bundle = read_bundle(write_bundle(tmp_path / "bundle", changed))
    outline = outline_county_report(bundle, "2018-04-test", "610727", today=TODAY)
    text = "\n".join(plain(block.text) for block in outline.blocks if isinstance(block, Paragraph))
    assert "“档案完整率”3份（共3份）" in text
    assert "“没有方案”1份（共3份）" in text
    [table] = [block for block in outline.blocks if isinstance(block, Table) and plain(block.caption) == "问题线索一览"]
    assert [plain(cell) for row in table.rows if plain(row.cells[0]) == "没有方案" for cell in row.cells[4:]] == ["1份", "33.3%", "—"]


def test_coverage__of_many_questionnaires__has_their_records_in_a_table_of_their_own(bundle: Bundle) -> None:
    coverage = read_coverage(bundle, "2018-04-test", "610727", "zh")
    [alone] = coverage_tables(coverage, "zh")
    many = replace(coverage, forms=(*coverage.forms, *((f"form{number}", f"问卷{number}", 2) for number in range(8))))
    of_households, of_records, others = coverage_tables(many, "zh")
    assert alone.header == (*of_households.header, "档案核查表")
    assert of_records.header == ("村", "档案核查表", *(f"问卷{number}" for number in range(4)))
    assert [plain(cell) for cell in of_records.rows[-1].cells] == ["合计", "20", *(4 * ["2"])]
    assert others.header == ("村", *(f"问卷{number}" for number in range(4, 8)))
    assert (of_records.caption, others.caption) == ("各村其他问卷记录份数（1/2）", "各村其他问卷记录份数（2/2）")


def test_answers_of_a_handful__in_the_draft__are_counted_in_a_sentence_without_a_table(tmp_path: Path) -> None:
    data = example_bundle()
    few = {
        **data.forms[1].rows,
        "main": [{**row, "cause": "illness" if number < 2 else None} for number, row in enumerate(data.forms[1].rows["main"])],
    }
    bundle = read_bundle(write_bundle(tmp_path / "bundle", replace(data, forms=[data.forms[0], replace(data.forms[1], rows=few)])))
    outline = outline_county_report(bundle, "2018-04-test", "610727", today=TODAY)
    text = "\n".join(plain(block.text) for block in outline.blocks if isinstance(block, Paragraph))
    assert "“主要困难原因”的答复是因病2户（共2户）。" in text
    assert not any("主要困难原因" in plain(block.caption) for block in outline.blocks if isinstance(block, Table))


def test_county__of_a_single_village__says_nothing_twice(tmp_path: Path) -> None:
    whole = example_bundle()
    forms = [
        replace(form, rows={name: [row for row in rows if row["village_code"] == NORTH] for name, rows in form.rows.items()})
        for form in whole.forms
    ]
    only = replace(
        whole,
        forms=forms,
        villages=[each for each in whole.villages if each[1] == NORTH],
        candidates=[each for each in whole.candidates if each["village_code"] == NORTH],
    )
    outline = outline_county_report(read_bundle(write_bundle(tmp_path / "bundle", only)), "2018-04-test", "610727", today=TODAY)
    said = "\n".join(plain(block.text) for block in outline.blocks if isinstance(block, Paragraph))
    assert "问题线索有：" in said
    assert "涉及1个村）" not in said
    tables = [block for block in outline.blocks if isinstance(block, Table)]
    assert [[plain(row.cells[0]) for row in table.rows] for table in tables if "各村访谈" in table.caption] == [["上石沟村"]]
    assert not [
        table.caption for table in tables[1:] if "上石沟村" in [*map(plain, table.header), *(plain(row.cells[0]) for row in table.rows)]
    ]
    pictures = [block for block in outline.blocks if isinstance(block, Picture)]
    assert pictures
    assert not [picture.caption for picture in pictures if "点为各村" in picture.caption or "上石沟村" in picture.alt]
