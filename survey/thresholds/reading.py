"""The estimates of a visit that lie beyond their thresholds, from the same export and the same estimates that reports are made of.

A threshold is a column of a questionnaire's sheet of indicators. Estimates that are suppressed raise nothing, nor do indicators without a
threshold or without a good direction. What was found is kept until something happens that can change an estimate.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from analysis.bundle import Bundle, read_bundle
from analysis.codebook import Form, label_in
from analysis.indicators import compute_estimates, units_of
from analysis.measures import measures_of
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Indicator
from survey.bundles.of_visits import fresh_bundle
from survey.bundles.unrelated_events import UNRELATED
from survey.figures.keeping import read_kept
from survey.issues.scope import Basis
from survey.kept import kept_past
from survey.pages.language import LANGUAGES
from survey.thresholds.crossing import HIGH, LOW, Crossing, is_beyond

DOMAIN_TYPES = ("county", "village")


def list_crossings(session: Session, visit_id: str) -> tuple[Crossing, ...]:
    """Every estimate of the visit beyond its threshold: by county, the county before its villages, in the order of the indicators."""
    return kept_past(session, ("crossings", visit_id), UNRELATED, lambda: _find(session, visit_id))


def find_crossing(session: Session, visit_id: str, form_id: str, indicator: str, code: str) -> Crossing:
    """The one that a reference names; NOT_FOUND when the estimate does not lie beyond its threshold by now."""
    for crossing in list_crossings(session, visit_id):
        if (crossing.form_id, crossing.indicator, crossing.code) == (form_id, indicator, code):
            return crossing
    raise SurveyError(
        ErrorCode.NOT_FOUND,
        what="Estimate beyond its threshold",
        key=f"{indicator} {code}",
        remedy="Interviews were accepted or taken back meanwhile; open the list of estimates anew.",
    )


def _find(session: Session, visit_id: str) -> tuple[Crossing, ...]:
    with fresh_bundle(session, visit_id) as (path, _exported):
        bundle, kept = read_bundle(path), read_kept(path.parent)
        if not any(_limited(form) for form in bundle.forms.values()):
            return ()
        if kept is not None and kept.dataset_hash == bundle.dataset_hash:
            return crossings_in(bundle, pd.read_parquet(kept.estimates).sort_values("order"), visit_id)
    return crossings_in(bundle, compute_estimates(bundle, visit_ids=[visit_id], domain_types=DOMAIN_TYPES).table, visit_id)


def crossings_in(bundle: Bundle, estimates: pd.DataFrame, visit_id: str) -> tuple[Crossing, ...]:
    """Every estimate of the visit in the table beyond its threshold, in the order of `list_crossings`."""
    found = [crossing for form in bundle.forms.values() for crossing in _of_form(bundle, form, estimates, visit_id)]
    return tuple(sorted(found, key=lambda each: (each.county_code, each.level != "county", each.place_code)))


def _limited(form: Form) -> dict[str, Indicator]:
    """The form's indicators that have a threshold and a side of it that is wrong, by name."""
    return {each.name: each for each in form.indicators if each.threshold is not None and each.good in (HIGH, LOW)}


def _of_form(bundle: Bundle, form: Form, estimates: pd.DataFrame, visit_id: str) -> Iterator[Crossing]:
    limited = _limited(form)
    is_wanted = (
        (estimates["form_id"] == form.form_id)
        & (estimates["visit_id"] == visit_id)
        & estimates["domain_type"].isin(DOMAIN_TYPES)
        & estimates["indicator"].isin(list(limited))
        & (estimates["category"] == "")
        & ~estimates["suppressed"].astype(bool)
        & estimates["estimate"].notna()
    )
    shown: dict[str, dict[str, Basis]] = {}
    for row in estimates[is_wanted].itertuples(index=False):
        crossing = _crossing(row, limited[row.indicator], visit_id)
        if not is_beyond(crossing.estimate, crossing.threshold, crossing.good):
            continue
        if row.indicator not in shown:
            shown[row.indicator] = _count_shown(bundle, form, limited[row.indicator], visit_id)
        yield replace(crossing, shown=shown[row.indicator].get(crossing.code))


def _crossing(row: Any, indicator: Indicator, visit_id: str) -> Crossing:
    assert indicator.threshold is not None  # `_limited` has left out the others
    code = str(row.domain)
    return Crossing(
        visit_id=visit_id,
        form_id=row.form_id,
        indicator=indicator.name,
        labels={code: label_in(indicator.label, code, indicator.name) for code in LANGUAGES},
        area=indicator.area,
        place_code=code.ljust(12, "0"),
        level=row.domain_type,
        good=indicator.good,
        threshold=indicator.threshold,
        unit=row.unit,
        n=int(row.n),
        n_missing=int(row.n_missing),
        estimate=float(row.estimate),
        ci_low=None if pd.isna(row.ci_low) else float(row.ci_low),
        ci_high=None if pd.isna(row.ci_high) else float(row.ci_high),
        basis=row.basis,
        shown=None,
    )


def _count_shown(bundle: Bundle, form: Form, indicator: Indicator, visit_id: str) -> dict[str, Basis]:
    """How many households and villages stand on the wrong side of a share, of those asked, by the code of county and village.

    A household stands there when it does not show what is good, or shows what is not; of figures per person, when one of its members does.
    """
    table = form.table_of(indicator)
    if indicator.kind != "share" or table is None:
        return {}
    rows = bundle.tables[form.form_id, table.name]
    [measure] = measures_of(indicator, table, rows)
    units = units_of(bundle, form.form_id, table.name)
    wrong = measure.numerator > 0 if indicator.good == LOW else measure.numerator < measure.denominator
    asked = pd.DataFrame(
        {
            "county": units["county_code"],
            "village": units["village_code"],
            "household": units["household_id"].fillna(rows["instance_id"].reset_index(drop=True)),
            "wrong": wrong & measure.is_valid,
        }
    )[np.asarray(measure.is_valid) & (units["visit_id"] == visit_id).to_numpy()]
    found = {}
    for key in ("county", "village"):
        for code, group in asked.groupby(key):
            shows = group[group["wrong"]]
            found[str(code)] = Basis(
                int(shows["household"].nunique()),
                int(group["household"].nunique()),
                int(shows["village"].nunique()),
                int(group["village"].nunique()),
            )
    return found
