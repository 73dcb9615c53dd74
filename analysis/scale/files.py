"""What is made of a large bundle's figures beside the tables of estimates: the workbook and the charts, and what cannot be made.

Only figures are there, and no answers; so whatever needs the interviews themselves is told with the way to it.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from analysis.bundle import Bundle
from analysis.charts.indicator_charts import indicator_charts
from analysis.charts.overview_charts import heat_maps
from analysis.charts.pictures import Chart
from analysis.codebook import MAIN
from analysis.domains import DOMAIN_KEYS, VILLAGE
from analysis.pipeline import CORRECTIONS, TABLES, Request
from analysis.scale.large import LargeEstimates
from analysis.scale.reading import files_of
from analysis.scale.writing import tables_in
from analysis.tabulate import workbook_of
from questionnaires.errors import ErrorCode, SurveyError

MOST_ROWS = 100_000
"""Rows of a workbook: what more there are no spreadsheet program opens in reasonable time."""
MOST_DOTS = 1_000
"""Villages whose answers are drawn as dots, and that have their columns in heat maps, thirty to a sheet."""
COUNTY = "county"
NO_HOUSEHOLD = pd.DataFrame({"household_id": pd.Series(dtype="str")})
NARROWER = "Export fewer visits with: python -m survey export --visit ID."
NEEDS_INTERVIEWS = {
    "gaps.xlsx": "gaps are looked for between single households",
    "quality.xlsx and quality/": "checks read every interview",
    "reports/": "drafts quote interviews and notes",
    "charts of answers and of how numbers are spread, slopes, maps of coverage": "they are drawn from single interviews",
}


def workbook_in(found: LargeEstimates, request: Request, n_rows: int) -> tuple[bytes | None, list[SurveyError]]:
    """The workbook, as far as its rows are not too many, and what is left out; `n_rows` are those of all estimates."""
    without = () if n_rows <= MOST_ROWS else (VILLAGE,)
    told = [] if n_rows <= MOST_ROWS else [_too_large(f"{TABLES}, villages", f"{n_rows:,} rows are too many. Take estimates.parquet.")]
    tables: list[pd.DataFrame] = []
    for table in tables_in(found, request.county_code, without):
        tables.append(table)
        if sum(map(len, tables)) > MOST_ROWS:
            detail = f"there are more than {MOST_ROWS:,} rows. Take estimates.csv, or one county with --county CODE."
            return None, [_too_large(TABLES, detail)]
    return workbook_of(found.bundle, pd.concat(tables, ignore_index=True), request.language), told


def charts_in(found: LargeEstimates, request: Request) -> Iterator[tuple[str, Chart]]:
    """(name, chart) of every indicator, and heat maps; villages are in the latter only if they are few."""
    counties: list[pd.DataFrame] = []
    bundle = _with_households(found.bundle)
    for table in tables_in(found, request.county_code):
        is_village = table["domain_type"] == VILLAGE
        is_few = is_village.sum() <= MOST_DOTS * max(table["category"].nunique(), 1)
        # A bar per place shows the highest and lowest alone, but answers have a dot for every place.
        drawn = table if is_few or (table["category"] == "").all() else table[~is_village].reset_index(drop=True)
        yield from indicator_charts(bundle, drawn, request.language)
        counties.append(table[(table["domain_type"] == COUNTY) | (is_village & is_few)])
    if counties:
        yield from heat_maps(bundle, pd.concat(counties, ignore_index=True), request.language)


def _with_households(bundle: Bundle) -> Bundle:
    """The bundle with the households of one file of each form, which say whether its interviews are of households."""
    tables = {}
    for form in bundle.forms.values():
        files = [name for names in files_of(bundle.path, {form.form_id: form})[form.form_id, MAIN].values() for name in names]
        rows = pq.read_table(bundle.path / files[0], columns=["household_id"], partitioning=None).to_pandas() if files else NO_HOUSEHOLD
        tables[form.form_id, MAIN] = rows
    return replace(bundle, tables=tables)


def left_out(folder: Path, found: LargeEstimates, request: Request) -> Iterator[SurveyError]:
    """What is not made, each with its reason and the way to it."""
    for name, reason in NEEDS_INTERVIEWS.items():
        yield _too_large(name, f"{reason}. {NARROWER}")
    log = folder / CORRECTIONS.replace(".csv", ".parquet")
    if not request.is_raw and (request.corrections or (log.is_file() and pq.read_metadata(log).num_rows)):
        yield _too_large(CORRECTIONS, f"entries are applied part by part, and what became of each is not kept. {NARROWER}")
    places = DOMAIN_KEYS.index((VILLAGE, ("visit_id", "county_code", "village_code")))
    n_villages = max((len(each.keys) for merged in found.merged for each in merged.blocks.get(places, ())), default=0)
    if n_villages > MOST_DOTS and not request.county_code:
        yield _too_large("heat maps of villages", f"there are {n_villages:,} of them. Take one county with --county CODE.")


def _too_large(place: str, detail: str) -> SurveyError:
    return SurveyError(ErrorCode.TOO_LARGE, place=place, detail=detail)
