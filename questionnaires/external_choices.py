"""The older sheet `external_choices`: its lists become ordinary ones, which need no file of their own on a device and mean the same.

ODK once kept large lists apart because its clients read them all at the start; `select_one_external` is how a form says so.
"""

import re
from dataclasses import replace

from questionnaires.sheets import Row, Sheet, Workbook

EXTERNAL_SHEET = "external_choices"
_EXTERNAL = re.compile(r"(select[ _]one)[ _]external(?=\s)", re.IGNORECASE)
_LIST_COLUMN = re.compile(r"list[ _]name", re.IGNORECASE)
_MAY_REPEAT = "allow_choice_duplicates"


def with_inner_choices(workbook: Workbook) -> Workbook:
    """The workbook with its external lists at the end of the sheet `choices`, below the rows that stand there.

    Names of such lists may repeat, as those of a cascade do, so the form then allows that.
    """
    survey, outside = workbook.sheets.get("survey"), workbook.sheets.get(EXTERNAL_SHEET)
    if survey is None or outside is None or not any(_EXTERNAL.match(row.get("type")) for row in survey.rows):
        return workbook
    rows = tuple(replace(row, cells={**row.cells, "type": _EXTERNAL.sub(r"\1", row.get("type"))}) for row in survey.rows)
    inside = workbook.sheets.get("choices", Sheet("choices", (), ()))
    settings = workbook.sheets.get("settings", Sheet("settings", (), (Row(2, {}),)))
    first = (
        replace(settings.rows[0], cells={_MAY_REPEAT: "yes", **settings.rows[0].cells}) if settings.rows else Row(2, {_MAY_REPEAT: "yes"})
    )
    return replace(
        workbook,
        sheets={
            **{name: sheet for name, sheet in workbook.sheets.items() if name != EXTERNAL_SHEET},
            "survey": replace(survey, rows=rows),
            "choices": _appended(inside, outside),
            "settings": Sheet(settings.name, tuple(dict.fromkeys((*settings.columns, _MAY_REPEAT))), (first, *settings.rows[1:])),
        },
    )


def own_place(workbook: Workbook, sheet: str, row: int | None) -> tuple[str, int | None]:
    """Where a row of the sheet `choices` stands in the workbook as it was before `with_inner_choices`."""
    last = _last_row(workbook.sheets.get("choices", Sheet("choices", (), ())))
    if sheet != "choices" or row is None or row <= last or EXTERNAL_SHEET not in workbook.sheets:
        return sheet, row
    return EXTERNAL_SHEET, row - last + 1


def _appended(inside: Sheet, outside: Sheet) -> Sheet:
    """The rows of both sheets, those of the second numbered on; the column of list names may be spelled differently in them."""
    spelled = next((column for column in inside.columns if _LIST_COLUMN.fullmatch(column)), "list_name")
    shift = _last_row(inside) - 1
    added = [
        Row(row.number + shift, {spelled if _LIST_COLUMN.fullmatch(column) else column: text for column, text in row.cells.items()})
        for row in outside.rows
    ]
    columns = (spelled if _LIST_COLUMN.fullmatch(column) else column for column in outside.columns)
    return Sheet(inside.name, tuple(dict.fromkeys((*inside.columns, *columns))), (*inside.rows, *added))


def _last_row(sheet: Sheet) -> int:
    return sheet.rows[-1].number if sheet.rows else 1
