"""Reading a roster: encodings, headings, terms, and every bad row with its number and reason. No database."""

import io
import re
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from questionnaires.errors import ErrorCode, SurveyError
from survey.places.roster import Roster, read_roster
from survey.places.roster_compare import problems_csv, resolve_villages
from survey.places.roster_draft import roster_of, roster_record
from survey.places.roster_sample import sample_workbook
from survey.places.tabular import UnreadableTable
from tests.survey.places.rosters import GOOD_ROWS, HEADINGS, changed, text_file, workbook


def reasons(roster: Roster) -> list[tuple[int, str, str]]:
    """Row, column and reason of each problem."""
    return [(problem.row, problem.column, problem.reason) for problem in roster.problems]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(workbook(*GOOD_ROWS), id="xlsx"),
        pytest.param(workbook(*GOOD_ROWS, title=["2018年花名册"]), id="xlsx-with-title"),
        pytest.param(text_file(*GOOD_ROWS), id="utf-8"),
        pytest.param(text_file(*GOOD_ROWS, encoding="utf-8-sig"), id="utf-8-with-mark"),
        pytest.param(text_file(*GOOD_ROWS, encoding="gb18030"), id="gb18030"),
        pytest.param(text_file(*GOOD_ROWS, encoding="utf-16", delimiter="\t"), id="utf-16-tabs"),
        pytest.param(text_file(*GOOD_ROWS, delimiter=";"), id="semicolons"),
    ],
)
def test_read_roster__in_every_form_that_offices_send__is_the_same(data: bytes) -> None:
    roster = read_roster(data, "roster")

    assert roster.problems == ()
    assert [(row.number, row.head_name, row.kind, row.n_members, row.cause, row.markers) for row in roster.rows] == [
        ("0001", "张一", "registered", 4, "illness", ("sick",)),
        ("0002", "李二", "lifted_out", 3, "skills", ()),
        ("0003", "王三", "marginal", 2, "", ("old", "disabled")),
    ]


def test_read_roster__with_bad_rows__lists_each_with_row_column_and_reason() -> None:
    good = GOOD_ROWS[0]
    rows = (
        good,
        changed(good, number=""),
        changed(good, number="0005", kind="大户"),
        changed(good, number="0006", members="四"),
        changed(good, number="0007", members="0"),
        changed(good, number="0008", village_code="610727"),
        changed(good, number="0009", village_code="6.10727E+11"),
        changed(good, number="0010", cause="懒"),
        changed(good, number="0011", markers="老人、富人"),
        changed(good, number="0012", head=""),
        good,
    )

    roster = read_roster(text_file(*rows), "roster.csv")

    assert [row.number for row in roster.rows] == ["0001"]
    assert reasons(roster) == [
        (3, "户编号", "missing"),
        (4, "户类型", "unknown_kind"),
        (5, "人口数", "not_a_number"),
        (6, "人口数", "out_of_range"),
        (7, "村代码", "bad_code"),
        (8, "村代码", "scientific"),
        (9, "致贫原因", "unknown_cause"),
        (10, "特殊群体标记", "unknown_marker"),
        (11, "户主姓名", "missing"),
        (12, "户编号", "duplicate"),
    ]
    assert roster.n_bad_rows == 10


def test_read_roster__with_cells_that_cannot_be_trusted__says_which() -> None:
    good = GOOD_ROWS[0]
    book = Workbook()
    rows = (changed(good, members="=2+2"), changed(good, number=61072710120100000001), changed(good, number="3"), changed(good, number="4"))
    for row in (HEADINGS, *rows):
        book.active.append(row)
    book.active.merge_cells("D4:D5")
    buffer = io.BytesIO()
    book.save(buffer)

    roster = read_roster(buffer.getvalue(), "roster.xlsx")

    assert reasons(roster) == [
        (2, "人口数", "formula"),
        (3, "户编号", "digits_lost"),
        (4, "组", "merged"),
        (5, "组", "merged"),
    ]


def merging(ref: bytes) -> bytes:
    """A workbook that says of this range that its cells are one."""
    book = load_workbook(io.BytesIO(workbook(*GOOD_ROWS)))
    book.active.merge_cells("D2:D3")
    whole, changed_part = io.BytesIO(), io.BytesIO()
    book.save(whole)
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(changed_part, "w") as copied:
        for name in parts.namelist():
            copied.writestr(name, parts.read(name).replace(b'"D2:D3"', b'"%s"' % ref))
    return changed_part.getvalue()


def damaged(name: str, at: int, damage: bytes) -> bytes:
    """A workbook in which one part's header, or what follows it, has other bytes; `at` is counted from the header's beginning."""
    whole = workbook(*GOOD_ROWS)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        start = archive.getinfo(name).header_offset + at
    return whole[:start] + damage + whole[start + len(damage) :]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (damaged("xl/workbook.xml", 60, b"\xff" * 30), "broken"),
        (damaged("xl/worksheets/sheet1.xml", 80, b"\xff" * 30), "broken"),
        (workbook(*GOOD_ROWS).replace(b"PK\x01\x02\x14\x03\x14\x00", b"PK\x01\x02\x14\x03\xff\x00"), "broken"),
        (workbook(*GOOD_ROWS).replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x20\x00"), "broken"),
        (merging(b"D:D"), "broken"),
        (merging(b"2:3"), "broken"),
        (merging(b"no range"), "broken"),
        (b"\xd0\xcf\x11\xe0 old", "old_format"),
        (b"<html><table></table></html>", "web_page"),
        (b"PK\x03\x04 not a workbook", "broken"),
        (b"\xff\xfe\x00\xd8", "encoding"),
        (workbook(headings=("姓名", "电话")), "no_headings"),
        (workbook(), "no_rows"),
    ],
)
def test_read_roster__of_a_file_that_is_none__says_why(data: bytes, reason: str) -> None:
    with pytest.raises(SurveyError) as refused:
        read_roster(data, "roster.xlsx")

    assert refused.value.code is ErrorCode.UNREADABLE_ROSTER
    assert refused.value.values["reason"] == reason
    assert "\n" not in str(refused.value)


def test_read_roster__with_members_of_households__keeps_the_heads() -> None:
    headings = (*HEADINGS, "与户主关系", "证件号码")
    rows = [(*GOOD_ROWS[0], "户主", "x"), (*GOOD_ROWS[0], "配偶", "x"), (*GOOD_ROWS[0], "长子", "x")]

    roster = read_roster(workbook(*rows, headings=headings), "roster.xlsx")

    assert (len(roster.rows), roster.n_other_members, roster.problems) == (1, 2, ())


def test_resolve_villages__by_name__needs_the_township_when_two_share_it() -> None:
    villages = {"610727101201": ("甲村", "甲镇"), "610727102201": ("甲村", "乙镇"), "610727102202": ("丙村村委会", "乙镇")}
    rows = (
        changed(GOOD_ROWS[0], village_code="", township="乙镇"),
        changed(GOOD_ROWS[0], village_code="", township=""),
        changed(GOOD_ROWS[0], village_code="", township="", village="丙村"),
        changed(GOOD_ROWS[0], village_code="", township="", village="丁村"),
        changed(GOOD_ROWS[0], village_code="610727999999"),
    )

    resolved = resolve_villages(read_roster(text_file(*rows), "roster.csv"), villages)

    assert [row.village_code for row in resolved.rows] == ["610727102201", "610727102202"]
    assert reasons(resolved) == [(3, "行政村", "ambiguous_village"), (5, "行政村", "unknown_village"), (6, "村代码", "unknown_village")]


def test_draft__written_and_read__is_the_same_roster() -> None:
    roster = read_roster(text_file(*GOOD_ROWS, changed(GOOD_ROWS[0], number="")), "roster.csv")

    assert roster_of(roster_record(roster)) == roster


def test_sample__read_as_a_roster__is_good_and_keeps_zeros() -> None:
    roster = read_roster(sample_workbook(), "sample.xlsx")

    assert roster.problems == ()
    assert [row.number for row in roster.rows] == ["0001", "0002", "0003"]
    sheet = zipfile.ZipFile(io.BytesIO(sample_workbook())).read("xl/worksheets/sheet1.xml").decode()
    style = re.search(r'<col min="1" max="12" [^>]*style="(\d+)"', sheet)
    assert style, "the column keeps no format"
    assert load_workbook(io.BytesIO(sample_workbook()))["花名册"]["E2"].number_format == "@"


def test_problems_csv__with_a_formula_in_a_cell__makes_it_text() -> None:
    roster = read_roster(text_file(changed(GOOD_ROWS[0], kind="=HYPERLINK(1)")), "roster.csv")

    text = problems_csv(roster.problems, ("a", "b", "c", "d", "e"), ["why"]).decode("utf-8-sig")

    assert "'=HYPERLINK" in text


@pytest.mark.parametrize(
    ("parts", "reason"),
    [({"zeros": bytes(301_000_000)}, "too_large"), ({f"xl/{number}.xml": b"" for number in range(2001)}, "too_many_parts")],
    ids=["large", "many"],
)
def test_read_roster__workbook_that_unpacks_to_too_much__is_refused_before(parts: dict[str, bytes], reason: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(SurveyError) as refused:
        read_roster(packed.getvalue(), "roster.xlsx")
    assert isinstance(refused.value.__cause__, UnreadableTable)
    assert refused.value.__cause__.reason == reason
