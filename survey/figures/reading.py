"""What a page of figures reads of the kept estimates: the rows of its selection and no others, with the rule for what is withheld applied.

Figures are kept as they are; how many answers one needs at least is chosen on the page, and applied here by the one rule for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.bundle import Bundle
from analysis.describe import indicators_of
from analysis.estimation.suppression import Suppression
from analysis.indicators import COLUMNS
from analysis.measures import SHARE_UNIT, unit_of
from analysis.tabulate import label_estimates
from questionnaires.model import Indicator
from survey.figures.keeping import FRAMES_KEPT, Kept, frame_of
from survey.pages.paging import Page, page_of
from survey.thresholds.crossing import HIGH, LOW, is_beyond

LEAST_ANSWERS = 5
"""Figures from fewer answers are withheld unless the reader asks otherwise."""
PLACES, GROUPS = ("visit", "county", "village"), ("household_kind", "marker")
"""The kinds of domains that are places, and those that are kinds of people, in the order of tables."""
VILLAGES_DRAWN = 300
FIGURES = ("estimate", "se", "ci_low", "ci_high", "df", "deff")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which figures are wanted; "" means no limit. `county` has six digits, `indicator` is "form:name"."""

    visit: str
    county: str = ""
    village: str = ""
    kind: str = ""
    area: str = ""
    indicator: str = ""
    least: int = LEAST_ANSWERS

    def parameters(self) -> dict[str, Any]:
        """The selection as the parameters of an address."""
        names = ("visit", "county", "village", "kind", "area", "indicator")
        least = {} if self.least == LEAST_ANSWERS else {"least": str(self.least)}
        return {**{name: getattr(self, name) for name in names if getattr(self, name)}, **least}

    def of_figure(self, figure: Mapping[str, Any]) -> "Selection":
        """The selection that holds a row of the estimates, whatever else was chosen."""
        key = f"{figure['form_id']}:{figure['indicator']}"
        return Selection(self.visit, county=figure["county_code"], indicator=key, least=self.least)


@dataclass(frozen=True, slots=True)
class Known:
    """One indicator as its questionnaire defines it, and its form."""

    form_id: str
    indicator: Indicator

    @property
    def key(self) -> str:
        """What names it in addresses."""
        return f"{self.form_id}:{self.indicator.name}"

    @property
    def unit(self) -> str:
        """The unit of its figures."""
        return unit_of(self.indicator)

    @property
    def is_limited(self) -> bool:
        """Whether it has a threshold and a side of it that is wrong."""
        return self.indicator.threshold is not None and self.indicator.good in (HIGH, LOW)


def list_known(frame: Bundle) -> dict[tuple[str, str], Known]:
    """Every indicator by form and name, in the order of the forms."""
    return {(form.form_id, each.name): Known(form.form_id, each) for form in frame.forms.values() for each in indicators_of(form)}


def read_places(kept: Kept, selection: Selection, language: str) -> pd.DataFrame:
    """The figures of every indicator that is wanted in the one place or kind of household that is chosen; see `_told` for the columns."""
    return _told(kept, _read(kept.estimates, _of_domain(selection)), selection, language)


def read_domains(kept: Kept, selection: Selection, domain_types: Sequence[str], language: str) -> pd.DataFrame:
    """The figures of the chosen indicator in the domains of these types, within the county that is chosen if one is."""
    return _told(kept, _domains(kept, selection, domain_types), selection, language)


def read_indicator(kept: Kept, selection: Selection, language: str, number: int, size: int) -> tuple[Page, pd.DataFrame, pd.DataFrame]:
    """Page `number` of the places of the chosen indicator, so many on each; their figures, all answers of each; and those of all groups."""
    found = _domains(kept, selection, (*PLACES, *GROUPS))
    is_group = found["domain_type"].isin(GROUPS)
    places = found.loc[~is_group, ["domain_type", "county_code", "domain"]].drop_duplicates()
    page = page_of(number, len(places), size)
    shown = found[~is_group].merge(places.iloc[page.offset : page.offset + page.size], on=list(places.columns))
    told = _told(kept, pd.concat([shown, found[is_group]], ignore_index=True), selection, language)
    is_told_group = told["domain_type"].isin(GROUPS)
    return page, told[~is_told_group], told[is_told_group]


def _domains(kept: Kept, selection: Selection, domain_types: Sequence[str]) -> pd.DataFrame:
    form_id, _, name = selection.indicator.partition(":")
    wanted = pc.field("domain_type").isin(list(domain_types)) & (pc.field("form_id") == form_id) & (pc.field("indicator") == name)
    found = _read(kept.by_indicator, wanted & _within(selection))
    order = {each: number for number, each in enumerate(domain_types)}
    found = found.assign(rank=found["domain_type"].map(order)).sort_values(["rank", "county_code", "domain", "order"], kind="stable")
    return found.drop(columns="rank")


def read_counties(kept: Kept, selection: Selection, language: str, counties: Sequence[str] | None = None) -> pd.DataFrame:
    """The figures of every indicator that is wanted in the visit as a whole and in these counties, without any in all of them."""
    is_county = pc.field("domain_type") == "county"
    if counties is not None:
        is_county = is_county & pc.field("county_code").isin(list(counties))
    found = _read(kept.estimates, is_county | (pc.field("domain_type") == "visit"))
    return _told(kept, found.sort_values("order"), selection, language)


def read_for_charts(kept: Kept, selection: Selection) -> pd.DataFrame:
    """The estimates of the chosen indicator as charts take them, within the county that is chosen if one is.

    Of more villages than a chart can tell apart none is drawn before a county is chosen.
    """
    form_id, _, name = selection.indicator.partition(":")
    wanted = (pc.field("form_id") == form_id) & (pc.field("indicator") == name)
    if selection.county:
        wanted = wanted & (pc.field("county_code") == selection.county)
    elif (list_places(kept)["domain_type"] == "village").sum() > VILLAGES_DRAWN:
        wanted = wanted & (pc.field("domain_type") != "village")
    found = _read(kept.by_indicator, wanted).sort_values("order", ignore_index=True)
    return withhold(frame_of(kept), found, selection.least)[list(COLUMNS)]


def list_places(kept: Kept) -> pd.DataFrame:
    """The counties and villages with figures: `domain_type`, `county_code`, `domain`, once each."""
    return _places_in(kept.estimates)


@lru_cache(maxsize=FRAMES_KEPT)
def _places_in(estimates: Path) -> pd.DataFrame:
    table = pq.read_table(
        estimates, columns=["domain_type", "county_code", "domain"], filters=pc.field("domain_type").isin(["county", "village"])
    )
    return table.group_by(["domain_type", "county_code", "domain"], use_threads=False).aggregate([]).to_pandas()


def _read(path: Path, wanted: pc.Expression) -> pd.DataFrame:
    return pq.read_table(path, filters=wanted).to_pandas()


def _of_domain(selection: Selection) -> pc.Expression:
    """The one domain of the selection: a kind of household, a village, a county, or the visit."""
    domain, county = pc.field("domain"), pc.field("county_code")
    if selection.village:
        return (pc.field("domain_type") == "village") & (county == selection.village[:6]) & (domain == selection.village)
    if selection.kind:
        return (pc.field("domain_type") == "household_kind") & (county == selection.county) & (domain == selection.kind)
    if selection.county:
        return (pc.field("domain_type") == "county") & (county == selection.county) & (domain == selection.county)
    return pc.field("domain_type") == "visit"


def _within(selection: Selection) -> pc.Expression:
    """Domains within the county that is chosen; without one, those of the visit, its counties and villages."""
    county = pc.field("county_code")
    if selection.county:
        return county == selection.county
    is_place = pc.field("domain_type").isin(["visit", "county", "village"])
    return is_place | (county == "")


def _told(kept: Kept, found: pd.DataFrame, selection: Selection, language: str) -> pd.DataFrame:
    """The rows that are wanted with labels, in order.

    Beside the estimates' own columns: `key`, `kind` and `minimum_n` (the indicator's), those of `label_estimates`, `threshold` and `good`
    (NaN and "" without), `standing` ("reached", "missed", "unsure" where the interval holds the threshold, "" without one), `suppressed`.
    """
    frame = frame_of(kept)
    known = list_known(frame)
    keys = list(zip(found["form_id"], found["indicator"], strict=True))
    is_wanted = [key in known and selection.area in ("", known[key].indicator.area) for key in keys]
    found = found[is_wanted]
    rows = label_estimates(frame, withhold(frame, found, selection.least), language).reset_index(drop=True)
    limits = [known[key] for key, wanted in zip(keys, is_wanted, strict=True) if wanted]
    is_limited = [each.is_limited and category == "" for each, category in zip(limits, rows["category"], strict=True)]
    return rows.assign(
        key=[each.key for each in limits],
        kind=[each.indicator.kind for each in limits],
        minimum_n=[each.indicator.minimum_n for each in limits],
        threshold=[each.indicator.threshold if limited else float("nan") for each, limited in zip(limits, is_limited, strict=True)],
        good=[each.indicator.good if limited else "" for each, limited in zip(limits, is_limited, strict=True)],
    ).assign(standing=lambda told: [_standing(row) for row in told.itertuples()])


def withhold(frame: Bundle, found: pd.DataFrame, least: int) -> pd.DataFrame:
    """The figures without those that rest on fewer answers than wanted, or than they may be told from.

    What is filled in once for a place tells of no person, and the one answer is all that there is: of it nothing is too little.
    """
    of_places = {(form.form_id, each.name) for form in frame.forms.values() if form.told_of for each in indicators_of(form) if not each.of}
    is_of_people = np.array([key not in of_places for key in zip(found["form_id"], found["indicator"], strict=True)], dtype=bool)
    n, estimate, se, low, high = (found[name].to_numpy(dtype=float) for name in ("n", "estimate", "se", "ci_low", "ci_high"))
    is_few = Suppression(least).applies(n, estimate, se, low, high, (found["unit"] == SHARE_UNIT).to_numpy())
    is_out = found["suppressed"] | (is_few & is_of_people)
    return found.assign(suppressed=is_out, **{name: found[name].mask(is_out) for name in FIGURES})


def _standing(row: Any) -> str:
    """On which side of its threshold a figure lies."""
    if not row.good or pd.isna(row.estimate):
        return ""
    if not pd.isna(row.ci_low) and is_beyond(row.ci_low, row.threshold, row.good) != is_beyond(row.ci_high, row.threshold, row.good):
        return "unsure"
    return "missed" if is_beyond(row.estimate, row.threshold, row.good) else "reached"
