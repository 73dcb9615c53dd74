"""Code books as workbooks, out and back in; and what was coded and counted as workbooks to take along."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from analysis.coding.agreement import CodingAgreement
from analysis.coding.counting import WordCounts
from questionnaires.errors import ErrorCode, SurveyError
from survey.coding.models import BookCode
from survey.coding.operations import CodeValues
from survey.coding.rounds import CodedAnswer, codes_of
from survey.pages.workbooks import TableSheet, Value, write_workbook
from survey.places.tabular import UnreadableTable, read_sheets
from survey.sample_sheets import Sample, write_sample

COLUMNS = ("name", "label_zh", "label_en", "definition", "example")
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("代码", "code", "name"),
    "label_zh": ("中文名称", "chinese label", "label_zh"),
    "label_en": ("英文名称", "english label", "label_en"),
    "definition": ("定义", "definition"),
    "example": ("例子", "example"),
}
"""What a heading may be called, in either language; the first two are written."""
NEEDED = ("name", "label_zh", "label_en")
MAX_CODES = 200


SAMPLE = Sample(
    ("编码本", "Code book"),
    HEADINGS,
    (
        {
            "name": "road", "label_zh": "道路", "label_en": "Roads", "definition": ("进村或入户道路", "roads to the village or to houses"),
            "example": ("下雨天车进不来（虚构）", "no car gets here when it rains (invented)"),
        },
        {
            "name": "water", "label_zh": "饮水", "label_en": "Drinking water",
            "definition": ("水量、水质或取水远近", "amount, quality, distance"),
            "example": ("夏天经常停水（虚构）", "it often fails in summer (invented)"),
        },
    ),
    remarks={"name": ("小写字母、数字和下划线，写入数据集", "Small letters, digits and underscores; stands in datasets")},
)  # fmt: skip
"""Codes to be overwritten."""


def code_book_sample(language: str) -> bytes:
    """The sample file that people fill in."""
    return write_sample(SAMPLE, language)


def code_book_sheet(codes: Sequence[BookCode], language: str) -> bytes:
    """The code book as a workbook to fill in; retired codes are left out."""
    headings = [HEADINGS[name][0 if language == "zh" else 1] for name in COLUMNS]
    rows = [[getattr(code, name) for name in COLUMNS] for code in codes if not code.is_retired]
    return write_workbook([TableSheet(_("Code book"), headings, rows)])


def read_code_book(data: bytes) -> tuple[CodeValues, ...]:
    """The codes of a workbook or CSV file, by its headings; INVALID_VALUE naming row and remedy for what cannot be taken."""
    try:
        sheets = read_sheets(data)
    except UnreadableTable as error:
        raise _refused(str(error), "文件无法读取；请存为 .xlsx 或 UTF-8 的 CSV 后再试") from None
    rows = [row for row in (sheets[0].rows if sheets else ()) if not row.is_blank]
    if not rows:
        raise _refused("the file has no rows", "文件里没有内容")
    heads = [cell.text.strip().lower() for cell in rows[0].cells]
    at = {name: next((place for place, head in enumerate(heads) if head in HEADINGS[name]), None) for name in COLUMNS}
    if missing := [name for name in NEEDED if at[name] is None]:
        names, names_zh = (", ".join(HEADINGS[name][number] for name in missing) for number in (1, 0))
        raise _refused(f"the first row needs the headings: {names}", f"第一行缺少表头：{names_zh}")
    if len(rows) - 1 > MAX_CODES:
        raise _refused(f"a code book has at most {MAX_CODES} codes", f"编码本最多{MAX_CODES}个代码")
    found = []
    for row in rows[1:]:
        texts = {}
        for name, place in at.items():
            cell = row.cells[place] if place is not None and place < len(row.cells) else None
            if cell is not None and cell.fault:
                detail = f"row {row.number}: the cell of '{HEADINGS[name][1]}' is a formula, merged or damaged; write its text"
                raise _refused(detail, f"第{row.number}行“{HEADINGS[name][0]}”是公式、合并单元格或已损坏；请填写文字")
            texts[name] = cell.text if cell is not None else ""
        if empty := [name for name in NEEDED if not texts[name].strip()]:
            detail = f"row {row.number}: '{HEADINGS[empty[0]][1]}' is empty"
            raise _refused(detail, f"第{row.number}行的“{HEADINGS[empty[0]][0]}”没有填写")
        found.append(CodeValues(**texts))
    if not found:
        raise _refused("the file has no codes below its headings", "表头下面没有代码")
    return tuple(found)


def results_workbook(
    coded: Sequence[CodedAnswer],
    agreement: CodingAgreement,
    labels: Mapping[str, str],
    counties: Mapping[str, str],
    states: Mapping[str, str],
) -> bytes:
    """Every answer as coders saw it with its codes, and the agreement of both coders."""

    def told(codes: frozenset[str] | None) -> str:
        return "" if codes is None else "、".join(labels.get(name, name) for name in sorted(codes)) or _("No code fits")

    answers = [
        (
            each.answer.instance_id,
            counties.get(each.answer.county_code, each.answer.county_code),
            each.answer.shown,
            told(codes_of(each.first) if each.first else None),
            told(codes_of(each.second) if each.second else None),
            told(each.counted),
            states[each.state],
        )
        for each in coded
    ]
    heads = (_("Interview"), _("County"), _("Answer"), _("First coder"), _("Second coder"), _("Codes that count"), _("State"))
    kappas: list[tuple[Value, ...]] = [
        (
            labels.get(each.code, each.code),
            each.n_first,
            each.n_second,
            each.n_both,
            each.kappa.estimate,
            each.kappa.ci_low,
            each.kappa.ci_high,
        )
        for each in agreement.codes
    ]
    overall: list[tuple[Value, ...]] = [
        (name, None, None, agreement.n, each.estimate, each.ci_low, each.ci_high)
        for name, each in (
            (_("Identical codes"), agreement.identical),
            (_("Pooled kappa"), agreement.kappa),
            (_("Krippendorff's alpha"), agreement.alpha),
        )
    ]
    columns = (_("Code"), _("First coder"), _("Second coder"), _("Both"), _("Kappa"), _("Interval from"), _("Interval to"))
    return write_workbook([TableSheet(_("Coded answers"), heads, answers), TableSheet(_("Agreement"), columns, kappas, overall)])


def words_workbook(counts: WordCounts, counties: Mapping[str, str]) -> bytes:
    """The words with the number of answers that hold them, in all and by county."""
    places = list(counts.answers)
    heads = (_("Word"), _("Answers"), *(counties.get(place, place) for place in places))
    rows: list[tuple[Value, ...]] = [(each.word, each.n, *(each.by_place.get(place, 0) for place in places)) for each in counts.words]
    total: tuple[Value, ...] = (_("Answers in all"), sum(counts.answers.values()), *counts.answers.values())
    return write_workbook([TableSheet(_("Words"), heads, rows, [total])])


def _refused(detail: str, detail_zh: str) -> SurveyError:
    return SurveyError(ErrorCode.INVALID_VALUE, field="file", detail=detail, detail_zh=detail_zh)
