"""The interviews behind one figure, from the kept rows: which they are, what each adds, and one page of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.codebook import Column, label_in
from analysis.lineage.behind import MeasureColumns, counts_sampled_only, domain_of
from questionnaires.errors import ErrorCode, SurveyError
from survey.figures.keeping import Kept, KeptTable, frame_of
from survey.intake.texts import text_for
from survey.lookback.changes import YES_NO
from survey.pages.paging import Page, page_of

WHICH = ("all", "counted", "not_counted", "missing")
"""All rows; those that add to what stands above the line; those that do not though they have an answer; those without a usable answer."""
NAMES = ("form_id", "indicator", "category", "visit_id", "county_code", "domain_type", "domain")
"""The columns of the estimates that name a figure."""


@dataclass(frozen=True, slots=True)
class Behind:
    """One row behind a figure: an interview, or the member at `position` of it (0 for an interview as a whole).

    `numerator` and `denominator` are what it adds above and below the line; both are None without a usable answer.
    """

    instance_id: str
    position: int
    answer: str
    numerator: float | None
    denominator: float | None


@dataclass(frozen=True, slots=True)
class BehindPage:
    """One page of the rows behind a figure, how many there are of each of `WHICH`, and the figure itself."""

    figure: pd.Series
    table: KeptTable
    columns: MeasureColumns
    page: Page
    rows: tuple[Behind, ...]
    counts: Mapping[str, int]


def find_figure(kept: Kept, named: Mapping[str, str]) -> pd.Series:
    """The figure of these `NAMES` as it is kept, never withheld; NOT_FOUND when there is none."""
    wanted = pc.scalar(True)
    for name in NAMES:
        wanted = wanted & (pc.field(name) == named.get(name, ""))
    found = pq.read_table(kept.by_indicator, filters=wanted).to_pandas()
    if found.empty:
        key = " ".join(filter(None, (named.get("indicator"), named.get("category"), named.get("domain"))))
        raise SurveyError(ErrorCode.NOT_FOUND, what="Figure", key=key, remedy="Open the page of figures and choose one there.")
    return found.iloc[0]


def read_behind(kept: Kept, named: Mapping[str, str], which: str, number: int, language: str) -> BehindPage:
    """Page `number` of the rows behind the figure, by village and interview."""
    figure = find_figure(kept, named)
    place = kept.table_with(figure["form_id"], figure["indicator"], figure["category"])
    if place is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Figure", key=figure["indicator"], remedy="Its interviews cannot be told one by one.")
    table, columns = place
    rows = _read_rows(kept, table, columns, figure)
    is_valid, counts_above = rows[columns.is_valid], pc.not_equal(rows[columns.numerator], 0.0)
    flags = {
        "all": pa.array([True] * len(rows)),
        "counted": pc.and_(is_valid, counts_above),
        "not_counted": pc.and_(is_valid, pc.invert(counts_above)),
        "missing": pc.invert(is_valid),
    }
    counts = {name: pc.sum(flag).as_py() or 0 for name, flag in flags.items()}
    chosen = rows.filter(flags[which])
    page = page_of(number, len(chosen))
    shown = chosen.slice(page.offset, page.size)
    return BehindPage(figure, table, columns, page, tuple(_told(kept, shown, table, columns, language)), counts)


def _read_rows(kept: Kept, table: KeptTable, columns: MeasureColumns, figure: pd.Series) -> pa.Table:
    """The rows of the figure, with only the columns that a page tells."""
    wanted = pc.scalar(True)
    for column, value in domain_of(figure.to_dict()).items():
        field = pc.field(column)
        wanted = wanted & (pc.match_substring(field, value) if column == "markers" else field == value)
    if counts_sampled_only(figure["basis"], table.has_sample):
        wanted = wanted & pc.field("is_sampled")
    names = ["instance_id", "position", columns.numerator, columns.denominator, columns.is_valid, columns.answer]
    return pq.read_table(kept.folder / table.file, columns=list(dict.fromkeys(filter(None, names))), filters=wanted)


def _told(kept: Kept, shown: pa.Table, table: KeptTable, columns: MeasureColumns, language: str) -> Iterator[Behind]:
    column, labels = _asked(kept, table, columns), _labels(_asked(kept, table, columns), language)
    for row in shown.to_pylist():
        given = (row[columns.answer] or "") if columns.answer else ""
        names = given.split() if column is not None and column.choices else [given]
        answer = " · ".join(labels.get(name, name) for name in names)
        numbers = (float(row[columns.numerator]), float(row[columns.denominator])) if row[columns.is_valid] else (None, None)
        yield Behind(row["instance_id"], row["position"], answer, *numbers)


def _asked(kept: Kept, table: KeptTable, columns: MeasureColumns) -> Column | None:
    """The column of the answer that is counted, None where there is none."""
    found = frame_of(kept).forms[table.form_id].table(table.table)
    return found.find(columns.answer.removeprefix("answer:")) if found and columns.answer else None


def _labels(column: Column | None, language: str) -> dict[str, str]:
    """The labels of the choices; calculations say yes and no without a list of them."""
    if column is None or not column.choices:
        return {name: text_for(texts, language) for name, texts in YES_NO.items()}
    return {choice.name: label_in(choice.label, language, choice.name) for choice in column.choices}
