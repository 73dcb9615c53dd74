"""Every chart of a bundle with its name, for `python -m analysis`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from analysis.bundle import Bundle
from analysis.charts.answer_charts import answer_charts
from analysis.charts.change_charts import change_charts
from analysis.charts.indicator_charts import indicator_charts
from analysis.charts.overview_charts import coverage_maps, heat_maps
from analysis.charts.pictures import Chart
from analysis.charts.spread_charts import spread_charts


def bundle_charts(
    bundle: Bundle,
    estimates: pd.DataFrame,
    language: str,
    *,
    visit_ids: Sequence[str] | None = None,
    county_code: str | None = None,
    minimum_n: int = 0,
    calibrate: Sequence[str] = (),
) -> Iterator[tuple[str, Chart]]:
    """(name, chart) of all: indicators, answers behind them, how numbers are spread, before and after, overviews of places.

    A name is a path without ending. `estimates` are those of the visits of `visit_ids` and of the county, if these are given.
    """
    yield from indicator_charts(bundle, estimates, language)
    yield from answer_charts(bundle, visit_ids, county_code, minimum_n, language, calibrate)
    if county_code:
        bundle = in_county(bundle, county_code)
    yield from spread_charts(bundle, visit_ids, minimum_n, language)
    yield from change_charts(bundle, visit_ids, minimum_n, language)
    yield from heat_maps(bundle, estimates, language)
    yield from coverage_maps(bundle, visit_ids, language)


def in_county(bundle: Bundle, county_code: str) -> Bundle:
    """The bundle with the interviews, households and villages of one county alone."""

    def within(rows: pd.DataFrame, column: str) -> pd.DataFrame:
        return rows[rows[column] == county_code].reset_index(drop=True)

    tables = {key: within(rows, "county") for key, rows in bundle.tables.items()}
    households, villages = within(bundle.households, "county_code"), within(bundle.visit_villages, "county_code")
    return replace(bundle, tables=tables, households=households, visit_villages=villages)
