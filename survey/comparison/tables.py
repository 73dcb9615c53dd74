"""Comparisons as tables to take along: a workbook with the counts and every comparison, or the comparisons alone as CSV."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analysis.spreadsheets import csv_bytes, xlsx_bytes
from questionnaires.compared import KINDS
from survey.comparison.cases import Case, Tally, tally, tally_by
from survey.comparison.queries import VisitComparison
from survey.comparison.wording import Wording
from survey.comparison.words import BASIS_LABELS, DECIDED_LABELS, KIND_LABELS, REMARK_LABELS, SOURCE_LABELS
from survey.places.words import KIND_LABELS as HOUSEHOLD_LABELS
from survey.protection.reading import name_in_file

HEAD_FILL = PatternFill("solid", fgColor="1F3A5F")
HEAD_FONT = Font(bold=True, color="FFFFFF")
TOP = Alignment(vertical="top", wrap_text=True)
MAX_WIDTH = 44
MEASURED_ROWS = 200
"""How many rows decide how wide a column is."""

Cell = str | int | float | None


def write_workbook(found: VisitComparison, cases: Sequence[Case], wording: Wording) -> bytes:
    """The workbook of these comparisons in the reader's language: by item, by village, and one row for each comparison."""
    book = Workbook()
    book.remove(book.worksheets[0])
    names = {name: wording.item(item) for name, item in found.items.items()}
    villages = {case.household.village_code: case.household.village_name for case in cases}
    _fill(book.create_sheet(_("By item")), [_("Item"), *_count_heads()], _count_rows(tally_by(cases, "item"), names, tally(cases)))
    _fill(book.create_sheet(_("By village")), [_("Village"), *_count_heads()], _count_rows(tally_by(cases, "village"), villages, None))
    _fill(book.create_sheet(_("Comparisons")), _case_heads(), _case_rows(cases, names, wording))
    return xlsx_bytes(book)


def write_csv(found: VisitComparison, cases: Sequence[Case], wording: Wording) -> bytes:
    """The comparisons as CSV in UTF-8 with a mark that spreadsheet programs know it by."""
    names = {name: wording.item(item) for name, item in found.items.items()}
    return csv_bytes(_case_heads(), _case_rows(cases, names, wording))


def _count_heads() -> list[str]:
    return [
        _("Households"),
        _("Compared"),
        *(str(KIND_LABELS[kind]) for kind in KINDS),
        _("Agreeing share"),
        _("Said = filed"),
        _("Said and filed compared"),
        _("Share said = filed"),
    ]


def _count_rows(parts: dict[str, Tally], names: dict[str, str], total: Tally | None) -> Iterable[list[Cell]]:
    rows: list[tuple[str, Tally]] = [(names.get(name, name), part) for name, part in parts.items()]
    for name, part in [*rows, *([(_("Total"), total)] if total else [])]:
        yield [
            name,
            part.n_households,
            part.n_compared,
            *(part.by_kind[kind] for kind in KINDS),
            part.agreeing_share,
            part.n_agreeing_as_filed,
            part.n_as_filed,
            part.as_filed_share,
        ]


def _case_heads() -> list[str]:
    return [
        _("Village"),
        _("Village code"),
        _("Household"),
        _("Head of household"),
        _("Kind of household"),
        _("Item"),
        _("Item code"),
        *(str(SOURCE_LABELS[source]) for source in ("said", "filed", "seen")),
        _("Comparison"),
        _("Where it comes from"),
        str(SOURCE_LABELS["judged"]),
        _("By the answers"),
        _("State"),
        _("Remarks"),
        _("Reason of the correction"),
        _("Pictures"),
        _("Interview"),
    ]


def _case_rows(cases: Iterable[Case], names: dict[str, str], wording: Wording) -> Iterable[list[Cell]]:
    for case in cases:
        household, comparison = case.household, case.comparison
        yield [
            household.village_name,
            household.village_code,
            household.number,
            name_in_file(household.head_name),
            str(HOUSEHOLD_LABELS[household.kind]),
            names[case.item],
            case.item,
            *wording.row(case),
            str(KIND_LABELS[case.kind]),
            str(BASIS_LABELS[case.basis]),
            str(KIND_LABELS[comparison.judged]) if comparison.judged else "",
            str(KIND_LABELS[comparison.computed]) if comparison.computed else "",
            str(DECIDED_LABELS[case.decided]) if case.is_discrepancy or case.correction else "",
            " ".join(str(REMARK_LABELS[remark]) for remark in case.remarks),
            case.correction.reason if case.correction else "",
            len(comparison.pictures),
            comparison.instance_id,
        ]


def _fill(page: Worksheet, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    widths = [_places(text) for text in head]
    for number, cells in enumerate([head, *rows], start=1):
        page.append(list(cells))
        for place, value in enumerate(cells, start=1):
            if isinstance(value, float):
                page.cell(number, place).number_format = "0.0%"
            if isinstance(value, str) and number <= MEASURED_ROWS:
                widths[place - 1] = max(widths[place - 1], _places(value))
    for cell in page[1]:
        cell.font, cell.fill, cell.alignment = HEAD_FONT, HEAD_FILL, TOP
    for place, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(place)].width = min(width + 2, MAX_WIDTH)
    page.freeze_panes = "B2"
    page.auto_filter.ref = page.dimensions


def _places(text: str) -> int:
    """How many places a text takes; a Chinese character takes two."""
    return sum(1 + (character > "\u2e7f") for character in text)
