"""The figures on a page as files: a workbook, or CSV that Excel opens rightly; and an indicator's charts, drawn once for all readers."""

import hashlib
import os
import re
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
from flask_babel import gettext as _

from analysis.bundle import Bundle
from analysis.charts import Chart, indicator_charts, svg_and_png_of
from analysis.codebook import label_in
from analysis.measures import SHARE_UNIT
from analysis.spreadsheets import csv_bytes
from analysis.words import unit_name
from survey.figures.keeping import Kept
from survey.figures.reading import Selection, read_for_charts
from survey.figures.words import BASIS_LABELS, STANDING_LABELS
from survey.issues.words import AREA_LABELS, LEVEL_LABELS
from survey.pages.workbooks import TableSheet, Value, write_workbook

CHARTS = "charts"
_SIZE = re.compile(r'<svg[^>]*?\bwidth="([\d.]+)pt" height="([\d.]+)pt"')


def heading_row() -> list[str]:
    """The headings of a table of figures."""
    return [
        _("Questionnaire"),
        _("Area"),
        _("Indicator"),
        _("Answer"),
        _("County"),
        _("Kind of place"),
        _("Place or group"),
        _("Value"),
        _("Unit"),
        _("95% from"),
        _("95% to"),
        _("Standard error"),
        _("Answers"),
        _("Without a usable answer"),
        _("Basis"),
        _("Threshold"),
        _("Standing"),
        _("Withheld"),
    ]


def value_rows(frame: Bundle, rows: pd.DataFrame, language: str) -> Iterator[list[Value]]:
    """The figures as cells: shares from 0 to 1, words in the reader's language, nothing where there is no figure."""
    titles = {form_id: label_in(form.title, language, form_id) for form_id, form in frame.forms.items()}
    kinds = {"visit": _("Visit"), "household_kind": _("Kind of household"), "marker": _("Special attention")}
    for row in rows.itertuples(index=False):
        yield [
            titles[row.form_id],
            str(AREA_LABELS.get(row.area, row.area)),
            row.indicator_label,
            row.category_label,
            row.county_name,
            kinds.get(row.domain_type) or str(LEVEL_LABELS[row.domain_type]),
            row.domain_name or row.domain,
            _number(row.estimate),
            _unit(row.unit, language),
            _number(row.ci_low),
            _number(row.ci_high),
            _number(row.se),
            int(row.n),
            int(row.n_missing),
            str(BASIS_LABELS[row.basis]),
            _number(row.threshold),
            str(STANDING_LABELS.get(row.standing, "")),
            _("too few answers") if row.suppressed else "",
        ]


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def figures_table(frame: Bundle, rows: pd.DataFrame, language: str) -> TableSheet:
    """The figures as a table."""
    return TableSheet(_("Figures of visits"), heading_row(), value_rows(frame, rows, language))


def changes_table(frame: Bundle, rows: pd.DataFrame, language: str) -> TableSheet:
    """Before and after of a look-back as a table; see `survey.figures.changing.read_changes` for the rows."""
    names = (
        _("Households"),
        _("Before"),
        _("After"),
        _("Difference"),
        _("95% from"),
        _("95% to"),
        _("Standard error"),
        "p",
        _("p, by Holm"),
    )
    numbers = ("n_households", "before", "after", "change", "ci_low", "ci_high", "se", "p_value", "p_holm")
    headings = [_("Questionnaire"), _("Area"), _("Indicator"), _("Answer"), *names, _("Unit"), _("Basis"), _("Direction")]
    titles = {form_id: label_in(form.title, language, form_id) for form_id, form in frame.forms.items()}
    directions = {"better": _("better"), "worse": _("worse")}
    lines = [
        [
            titles[row.form_id],
            str(AREA_LABELS.get(row.area, row.area)),
            row.indicator_label,
            row.category_label,
            *(_number(getattr(row, name)) for name in numbers),
            _unit(row.unit, language),
            str(BASIS_LABELS[row.basis]),
            directions.get(row.direction, ""),
        ]
        for row in rows.itertuples(index=False)
    ]
    return TableSheet(_("Before and after"), headings, lines)


def _unit(unit: str, language: str) -> str:
    return _("share from 0 to 1") if unit == SHARE_UNIT else unit_name(unit, language)


def table_workbook(table: TableSheet, notes: Sequence[tuple[str, str]]) -> bytes:
    """The table as a workbook; `notes` say on a sheet of their own what it is of."""
    return write_workbook([table, TableSheet(_("What they are"), [_("What"), _("Value")], notes)])


def table_csv(table: TableSheet) -> bytes:
    """The table as CSV in UTF-8 with the mark that Excel knows it by."""
    return csv_bytes(table.headings, table.rows)


def charts_of(kept: Kept, frame: Bundle, selection: Selection, language: str) -> list[Chart]:
    """The charts of the chosen indicator, as data; not drawn yet."""
    return [chart for _name, chart in indicator_charts(frame, read_for_charts(kept, selection), language)]


def drawn_chart(kept: Kept, frame: Bundle, selection: Selection, number: int, language: str) -> dict[str, bytes]:
    """Chart `number` of the selection as "svg" and "png", drawn at the first asking and kept beside the figures.

    IndexError if there are not so many.
    """
    stem = _place_of_chart(kept, selection, number, language)
    paths = {format: stem.with_suffix(f".{format}") for format in ("svg", "png")}
    try:
        return {format: path.read_bytes() for format, path in paths.items()}
    except FileNotFoundError:
        svg, png = svg_and_png_of(charts_of(kept, frame, selection, language)[number])
    stem.parent.mkdir(exist_ok=True)
    for format, content in (("svg", svg), ("png", png)):
        partial = stem.with_name(f".{uuid.uuid4().hex}")
        partial.write_bytes(content)
        os.replace(partial, paths[format])
    return {"svg": svg, "png": png}


def size_of_drawn_chart(kept: Kept, selection: Selection, number: int, language: str) -> tuple[int, int] | None:
    """Width and height of the chart in points, so that a page keeps its place free; None for one that nobody has asked for yet."""
    try:
        with _place_of_chart(kept, selection, number, language).with_suffix(".svg").open(encoding="utf-8") as file:
            head = file.read(2_000)
    except FileNotFoundError:
        return None
    found = _SIZE.search(head)
    return (round(float(found[1])), round(float(found[2]))) if found else None


def _place_of_chart(kept: Kept, selection: Selection, number: int, language: str) -> Path:
    """Where the chart is kept, without the ending of its name."""
    named = repr((selection.indicator, selection.county, selection.least, number, language))
    return kept.folder / CHARTS / hashlib.sha256(named.encode()).hexdigest()[:24]
