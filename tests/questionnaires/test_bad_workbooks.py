"""Files that are hostile, enormous or odd: each answered by one clear line, soon, in little memory, with nothing fetched."""

import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart

from benchmarks.workbook import long_list
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.lint.check import lint_questionnaire
from questionnaires.lint.problems import Problem
from questionnaires.packed import MAX_CELLS
from questionnaires.reader import MAX_DEPTH, MAX_SURVEY_ROWS, read_questionnaire
from tests.questionnaires.forms import markdown

MAX_SECONDS = 5
MAX_MEMORY_BYTES = 500_000_000
PART = 10
"""One in so many cells of the largest workbook stands for it."""
ROWS = (("type", "name", "label"), ("text", "a", "A"))
CHECKED = """
import json, resource, sys
from pathlib import Path
from questionnaires.lint.check import lint_questionnaire
status, peaks = Path("/proc/self/status"), Path("/proc/self/clear_refs")
def peak():
    # The peak that getrusage tells is at least that of the process that started this one.
    return [int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")][0] * 1024
for path in sys.argv[1:]:
    if peaks.exists():
        peaks.write_text("5")  # from here on the peak is counted anew
    before, memory = resource.getrusage(resource.RUSAGE_SELF), peak() if status.exists() else 0
    problems = lint_questionnaire(Path(path))
    after = resource.getrusage(resource.RUSAGE_SELF)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    codes, said = [p.code for p in problems], [p.message for p in problems]
    print(json.dumps({"seconds": seconds, "before": memory, "memory": peak() if status.exists() else 0, "codes": codes, "said": said}))
"""


def check(*paths: Path) -> list[dict[str, Any]]:
    """What checking each file said and took, in a process of their own that does nothing else."""
    command = [sys.executable, "-c", CHECKED, *map(str, paths)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    return [json.loads(line) for line in ran.stdout.splitlines()]


def book(*rows: tuple[object, ...], change: Callable[[openpyxl.Workbook], None] = lambda book: None) -> bytes:
    """A workbook with the rows as its survey sheet, changed as told before it is saved."""
    made = openpyxl.Workbook()
    made.active.title = "survey"
    for row in rows:
        made.active.append(row)
    change(made)
    target = BytesIO()
    made.save(target)
    return target.getvalue()


def with_parts(parts: dict[str, bytes]) -> bytes:
    """A good workbook with some of its parts replaced."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(book(*ROWS))) as good, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bad:
        for name in good.namelist():
            bad.writestr(name, parts.get(name, good.read(name)))
        for name in parts.keys() - set(good.namelist()):
            bad.writestr(name, parts[name])
    return target.getvalue()


def sheet_xml(content: bytes, head: bytes = b"") -> dict[str, bytes]:
    """The part of a workbook that holds its first sheet."""
    start = b'<?xml version="1.0"?>' + head + b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return {"xl/worksheets/sheet1.xml": start + content + b"</sheetData></worksheet>"}


LAUGHS = b"<!DOCTYPE x [<!ENTITY a 'ha'>" + b"".join(b"<!ENTITY %c '%s'>" % (98 + level, b"&%c;" % (97 + level) * 10) for level in range(9))
HOSTILE: dict[str, Callable[[], bytes]] = {
    "zip bomb": lambda: with_parts({"xl/media/image1.png": b"0" * 120_000_000}),
    "bomb of one sheet": lambda: with_parts(sheet_xml(b"<row><c/></row>" * 3_700_000)),
    "bomb of one row": lambda: with_parts(sheet_xml(b"<row>" + b"<c/>" * 9_000_000 + b"</row>")),
    "bomb of texts": lambda: with_parts({"xl/sharedStrings.xml": b"<sst>" + b"<si><t>x</t></si>" * 2_000_000 + b"</sst>"}),
    "100 MB that do not pack": lambda: b"PK\x03\x04" + b"\x01\x02\x03\x04" * 25_000_000,
    "100 MB of Markdown": lambda: b"| survey | |\n" + b"| | text | a | b |\n" * 5_500_000,
    "pipes": lambda: b"| survey |" + b"|" * 9_000_000 + b"\n",
    "old workbook": lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 90_000_000,
    "billion laughs": lambda: with_parts(sheet_xml(b"<row><c t='inlineStr'><is><t>&j;</t></is></c></row>", LAUGHS + b"]>")),
    "external entity": lambda: with_parts(
        sheet_xml(b"<row><c t='inlineStr'><is><t>&x;</t></is></c></row>", b"<!DOCTYPE x [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>")
    ),
}


@pytest.fixture(scope="module")
def told_of_hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What checking said of each hostile file, all of them checked one after the other by one process."""
    folder = tmp_path_factory.mktemp("hostile")
    paths = [folder / f"{number}.xlsx" for number in range(len(HOSTILE))]
    for path, make in zip(paths, HOSTILE.values(), strict=True):
        path.write_bytes(make())
    return dict(zip(HOSTILE, check(*paths), strict=True))


@pytest.mark.soak
@pytest.mark.parametrize("kind", HOSTILE)
def test_lint__hostile_file__is_one_line_soon_in_little_memory(kind: str, told_of_hostile: dict[str, dict[str, Any]]) -> None:
    told = told_of_hostile[kind]
    assert told["codes"] == ["not_a_workbook"]
    assert "\n" not in told["said"][0]
    assert "root:" not in told["said"][0]
    assert told["seconds"] < MAX_SECONDS
    assert told["memory"] < MAX_MEMORY_BYTES


def test_lint__many_cells__take_so_little_memory_that_as_many_as_may_be_are_read(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(long_list(MAX_CELLS // PART))
    [told] = check(path)
    assert told["codes"] == []
    # The whole number takes what the part takes so many times; benchmarks/workbook.py measures it.
    assert told["before"] + PART * (told["memory"] - told["before"]) < MAX_MEMORY_BYTES


def problems_of(data: bytes, name: str = "form.xlsx") -> list[tuple[str, int | None, str, str]]:
    """Where each problem is, and its kind."""
    return [(problem.sheet, problem.row, problem.column, problem.code) for problem in lint_questionnaire(data, name)]


def test_lint__formula__is_told_by_column_with_whether_its_value_is_known() -> None:
    data = book(("type", "name", "label"), ("text", "a", '="A"&"B"'), ("text", "b", '="C"'))
    problems = lint_questionnaire(data, "form.xlsx")
    formulas = [each for each in problems if each.code != "missing_label"]
    assert [(each.row, each.column, each.code, each.value) for each in formulas] == [
        (2, "label", "formula_without_value", '="A"&"B"'),
        (3, "label", "formula_without_value", '="C"'),
    ]
    with_value = b'<c r="A%d" t="str"><f>1</f><v>%s</v></c>'
    rows = (with_value % (1, b"type"), with_value % (2, b"text"))
    data = with_parts(sheet_xml(b"".join(b'<row r="%d">%s</row>' % (number, cell) for number, cell in enumerate(rows, 1))))
    formula = next(each for each in lint_questionnaire(data, "form.xlsx") if each.code == "formula")
    assert (formula.row, formula.column, formula.severity, formula.details["count"]) == (1, "type", "warning", "2")


def test_lint__merged_cells__are_told_with_their_range() -> None:
    merged: Problem = lint_questionnaire(book(*ROWS, ("text", "b", "B"), change=lambda made: made.active.merge_cells("C2:C3")), "f.xlsx")[0]
    assert (merged.sheet, merged.row, merged.value, merged.code) == ("survey", 2, "C2:C3", "merged")


OLD = (Path(__file__).parent / "old_workbook.xls").read_bytes()
"""A workbook of Excel 97 as xlwt writes it: labels by two formulas whose values are empty, merged cells, hidden settings."""


def test_lint__old_workbook__tells_formulas_merged_cells_and_hidden_sheets() -> None:
    told = [each for each in problems_of(OLD, "form.xls") if each[3] != "missing_label"]
    assert told == [
        ("survey", 2, "label", "formula"),
        ("survey", 6, "", "merged"),
        ("settings", None, "", "hidden_sheet"),
    ]
    known = OLD.replace(b"\x03\0\0\0\0\0\xff\xff", struct.pack("<d", 7))
    [formula] = [each for each in lint_questionnaire(known, "form.xls") if each.code == "formula"]
    assert (formula.row, formula.code, formula.value, formula.details["count"]) == (2, "formula", "7", "2")


def test_lint__only_sheet_under_another_name__is_the_survey() -> None:
    data = book(*ROWS, change=lambda made: setattr(made.active, "title", "Sheet1"))
    assert problems_of(data) == [("survey", None, "", "only_sheet")]
    assert [question.name for question in read_questionnaire(data, "form.xlsx").questions()] == ["a"]
    assert problems_of(book(("a", "b"), change=lambda made: setattr(made.active, "title", "Sheet1"))) == [
        ("survey", None, "", "missing_sheet")
    ]


@pytest.mark.parametrize(
    ("data", "name", "said", "said_zh"),
    [
        (b"", "form.xlsx", "it is empty", "文件是空的"),
        (b"  \n", "form.md", "it is empty", "文件是空的"),
        (b"type,name\ntext,a\n", "form.xlsx", "its name ends in .xlsx, but it holds plain text", "以 .xlsx 结尾，但内容是纯文本"),
        (b"\x89PNG\r\n\x1a\n", "form.XLS", "its name ends in .xls, but it holds something else", "内容不是工作簿"),
        (b"type,name\n", "form.csv", "names the sheet 'survey'", "第一列中没有写着工作表名“survey”的单元格"),
        (b"type,name\n", "form.txt", "text without Markdown tables", "没有 Markdown 表格"),
    ],
)
def test_lint__file_that_is_no_workbook__says_what_it_is_in_both_languages(data: bytes, name: str, said: str, said_zh: str) -> None:
    [problem] = lint_questionnaire(data, name)
    assert problem.code == "not_a_workbook"
    assert said in problem.message
    assert said_zh in problem.in_language("zh")[0]


def hide(made: openpyxl.Workbook) -> None:
    """A visible sheet of notes in front of a hidden survey."""
    made.create_sheet("notes")
    made["survey"].sheet_state = "hidden"
    made.active = made["notes"]


def test_lint__hidden_sheet__is_read_and_told() -> None:
    assert problems_of(book(*ROWS, change=hide)) == [("survey", None, "", "hidden_sheet")]


def test_lint__sheet_and_column_there_twice__are_errors_and_the_first_counts() -> None:
    data = book(("type", "name", "label", "label"), ("text", "a", "First", "Second"), change=lambda made: made.create_sheet("Survey "))
    assert problems_of(data) == [("Survey", None, "", "duplicate_sheet"), ("survey", 1, "label", "duplicate_column")]
    twice = read_questionnaire(book(("type", "name", "label", "label"), ("text", "a", "First", "Second")), "f.xlsx")
    assert twice.children[0].label == {"default": "First"}


def test_lint__sheet_name_in_another_case__is_read() -> None:
    made = openpyxl.load_workbook(BytesIO(book(*ROWS)))
    made.active.title = "Anything"
    made.active.title = "SURVEY"
    target = BytesIO()
    made.save(target)
    assert problems_of(target.getvalue()) == []


def test_read__too_many_questions_or_too_deep__is_one_clear_line() -> None:
    long = markdown(*(f"text | q{number} | Q" for number in range(MAX_SURVEY_ROWS + 1)))
    deep = markdown(*(f"begin group | g{n} | G" for n in range(MAX_DEPTH + 1)), "text | a | A", *["end group"] * (MAX_DEPTH + 1))
    for source, said in ((long, "10,001 rows"), (deep, "51 deep")):
        with pytest.raises(SurveyError, match=said) as refused:
            read_questionnaire(source.encode(), "form.md")
        assert refused.value.code is ErrorCode.INVALID_QUESTIONNAIRE
        assert [problem.code for problem in lint_questionnaire(source.encode(), "form.md")] == ["invalid_form"]


@pytest.mark.parametrize(("is_drawn", "codes"), [(True, []), (False, ["not_a_workbook"])])
def test_lint__chart_on_a_sheet_of_its_own__is_passed_over_or_a_damaged_file(is_drawn: bool, codes: list[str]) -> None:
    book, content = openpyxl.Workbook(), BytesIO()
    book["Sheet"].title = "survey"
    for row in ROWS:
        book["survey"].append(row)
    sheet = book.create_chartsheet("chart")
    if is_drawn:
        sheet.add_chart(BarChart())
    book.save(content)
    assert [problem.code for problem in lint_questionnaire(content.getvalue(), "form.xlsx")] == codes


def test_lint__condition_of_many_parts__is_read_and_one_without_end_is_refused() -> None:
    many = " or ".join(f"${{a}} = {number}" for number in range(600))
    form = markdown("integer | a | A", f"text | b | B | {many}", f"text | c | C | {' + '.join(['${a}'] * 600)} = 1")
    [problem] = lint_questionnaire(form.encode(), "form.md")
    assert (problem.row, problem.column) == (4, "relevant")
    assert "nested too deeply" in problem.message


def test_lint__cell_that_stops_pyxform__is_a_problem_and_no_traceback() -> None:
    settings = (
        "| settings |\n| | form_id | form_title::en |\n| | f | T |\n| choices |\n| | list_name | name | label::a::b |\n| | l | x | X |\n"
    )
    problems = lint_questionnaire(markdown("text | a | A", more=settings).encode(), "form.md")
    assert all("\n" not in problem.message for problem in problems)


def test_old_workbook__whose_folder_lies_in_itself_or_has_no_place__is_refused() -> None:
    whole = bytearray(Path(__file__).with_name("old_workbook.xls").read_bytes())
    root = whole.index("Root Entry".encode("utf-16-le"))
    child = whole[root + 76 : root + 80]
    left = root + 128 * int.from_bytes(child, "little") + 68
    whole[left : left + 4] = child
    without_sectors = bytearray(whole)
    without_sectors[30] = 0
    for each in (whole, without_sectors):
        with pytest.raises(SurveyError) as refused:
            read_questionnaire(bytes(each), "form.xls")
        assert refused.value.code is ErrorCode.NOT_A_WORKBOOK
