"""Estimates with the words that charts write: names of indicators with their units, and of places so that no two are the same."""

from collections.abc import Sequence

import pandas as pd

from analysis.bundle import Bundle
from analysis.charts.words import word
from analysis.report.captions import say
from analysis.tabulate import label_estimates
from analysis.words import unit_name

FIGURE = ("form_id", "indicator", "category")
PLACE = ("domain_type", "domain")


def label_places(bundle: Bundle, estimates: pd.DataFrame, language: str, beside: Sequence[str] = FIGURE) -> pd.DataFrame:
    """The estimates with the columns of `label_estimates`, and "place": the name of each row's domain.

    Villages are named after their county where there are several, and places bear the month of the visit where rows that stand beside each
    other are of several; those do that have the same values in the columns of `beside`.
    """
    rows = label_estimates(bundle, estimates, language)
    visits_of_place = rows.groupby([*beside, *PLACE])["visit_id"].transform("nunique")
    months = {visit.id: f"{visit.starts_on:%Y-%m}" for visit in bundle.visits}
    names = rows["domain_name"].where(rows["domain_name"] != "", rows["domain"])
    if rows.loc[rows["domain_type"] == "county", "domain"].nunique() > 1:
        within = [
            word(language, "village_of", county=county, village=name) for county, name in zip(rows["county_name"], names, strict=True)
        ]
        names = names.where(rows["domain_type"] != "village", within)
    places = [
        say(language, "cell", value=name, n=months.get(visit, visit)) if n_visits > 1 else name
        for name, visit, n_visits in zip(names, rows["visit_id"], visits_of_place, strict=True)
    ]
    return rows.assign(place=places)


def title_of(label: str, unit: str, language: str) -> str:
    """The indicator's name with its unit."""
    suffix = unit_name(unit, language)
    return say(language, "with_unit", label=label, unit=suffix) if suffix else label
