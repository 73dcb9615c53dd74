"""A look-back as a workbook: its households, the figures and answers before and after, and what became of each candidate."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from survey.intake.texts import text_for
from survey.issues.words import AREA_LABELS, SEVERITY_LABELS
from survey.lookback.changes import CHANGES, OTHER, compare_answers, items_of, naming_columns, tally
from survey.lookback.fates import Fate
from survey.lookback.queries import Compared, Parts
from survey.lookback.words import AGAIN_LABELS, CHANGE_LABELS, FATE_LABELS, REASON_LABELS
from survey.places.words import KIND_LABELS

MAX_CELL = 32_000
"""Excel takes 32,767 characters a cell."""


def look_back_workbook(parts: Parts, compared: Sequence[Compared], fates: Sequence[Fate], locale: str) -> bytes:
    """The workbook as bytes, in the reader's language."""
    book = Workbook()
    _households(book.active, parts)
    _figures(book.create_sheet(_("Figures")), compared, locale)
    _answers(book.create_sheet(_("Changed answers")), parts, compared, locale)
    _candidates(book.create_sheet(_("Issue candidates")), parts, fates, locale)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write(sheet: Worksheet, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet.append([str(heading) for heading in headings])
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", start_color="E7EFF6")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[cell.column_letter].width = 18
    for row in rows:
        sheet.append([value if value is None or isinstance(value, int | float) else str(value)[:MAX_CELL] for value in row])
        for cell in sheet[sheet.max_row]:
            if cell.data_type == "f":
                cell.data_type = "s"
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _households(sheet: Worksheet, parts: Parts) -> None:
    sheet.title = _("Households")
    headings = (_("Village"), _("Number"), _("Head of household"), _("Kind of household"), _("Pair"), _("Met again"), _("New"), _("Note"))
    known = ((each, "") for each in parts.households)
    new = ((each, REASON_LABELS.get(each.reason, _("Reason not recorded"))) for each in parts.new)
    rows = (
        (
            each.village_name,
            each.number,
            each.head_name,
            KIND_LABELS[each.kind],
            each.pair_name,
            AGAIN_LABELS[each.again],
            reason,
            each.note,
        )
        for each, reason in (*known, *new)
    )
    _write(sheet, headings, rows)


def _figures(sheet: Worksheet, compared: Sequence[Compared], locale: str) -> None:
    headings = (
        _("Questionnaire"),
        _("Area"),
        _("Indicator"),
        _("Answered both times"),
        _("Before"),
        _("After"),
        *(CHANGE_LABELS[name] for name in CHANGES),
    )
    rows = (
        (
            text_for(form.title, locale),
            AREA_LABELS.get(each.item.area, each.item.area),
            each.item.label_in(locale),
            each.n,
            each.before,
            each.after,
            *(each.counts.get(name, 0) for name in CHANGES),
        )
        for form in compared
        for each in tally((item for item in items_of(form.book) if item.rank < OTHER), tuple(form.rows.values()))
    )
    _write(sheet, headings, rows)


def _answers(sheet: Worksheet, parts: Parts, compared: Sequence[Compared], locale: str) -> None:
    headings = (
        _("Village"),
        _("Number"),
        _("Head of household"),
        _("Questionnaire"),
        _("Question"),
        _("Of whom"),
        _("Before"),
        _("After"),
        _("Change"),
    )
    households = {each.id: each for each in parts.households}
    rows = (
        (
            households[key].village_name,
            households[key].number,
            households[key].head_name,
            text_for(form.title, locale),
            line.item.question_in(locale),
            line.place,
            line.item.word(line.before, locale),
            line.item.word(line.after, locale),
            CHANGE_LABELS[line.change],
        )
        for form in compared
        for items, names in ((items_of(form.book), naming_columns(form.book)),)
        for key, sides in form.rows.items()
        for line in compare_answers(items, *sides, names)
        if line.change != "same"
    )
    _write(sheet, headings, rows)


def _candidates(sheet: Worksheet, parts: Parts, fates: Sequence[Fate], locale: str) -> None:
    headings = (
        _("Village"),
        _("Number"),
        _("Head of household"),
        _("Issue"),
        _("Area"),
        _("Severity"),
        _("What became of it"),
        _("Interview before"),
        _("Interview after"),
    )
    households = {each.id: each for each in parts.households}
    rows = (
        (
            households[fate.household_id].village_name,
            households[fate.household_id].number,
            households[fate.household_id].head_name,
            text_for(fate.raised.title, locale),
            AREA_LABELS.get(fate.raised.area, fate.raised.area),
            SEVERITY_LABELS.get(fate.raised.severity, fate.raised.severity),
            FATE_LABELS[fate.fate],
            fate.before,
            fate.after,
        )
        for fate in fates
    )
    _write(sheet, headings, rows)
