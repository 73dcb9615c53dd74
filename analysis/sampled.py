"""From the bundle's table of the sample to the design of a form's rows: what was drawn, who answered, with which weights.

A row is *sampled* when its household is in the sample of its visit and the probabilities are known; nothing else gets a standard error.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimation.codes import Codes, codes_of, nested
from analysis.estimation.design import WHOLE, Design, design_of
from analysis.estimation.weights import adjust_for_response

Numbers = npt.NDArray[np.float64]
CENSUS, PROBABILITY, PURPOSIVE = range(3)
KEYS = ["visit_id", "household_id"]


@dataclass(frozen=True, slots=True, eq=False)
class SampledRows:
    """The rows of a table that are sampled: `rows` where they are, their design, and weights for figures of their own village.

    `basis` is the rank of every row of the table (0 census, 1 probability, 2 purposive) for figures of places above the village, and
    `village_basis` for those of the village. `is_outside` marks rows of sampled villages whose household was not in the sample; they
    belong to no estimate.
    """

    rows: Codes
    design: Design
    village_weights: Numbers
    has_village: npt.NDArray[np.bool_]
    """Per sampled row: whether its village was drawn by chance or taken for certain, and not chosen on purpose."""
    basis: Codes
    village_basis: Codes
    is_outside: npt.NDArray[np.bool_]


def sampled_rows(sample: pd.DataFrame, units: pd.DataFrame, respondents: pd.DataFrame, *, lonely: str, place: str) -> SampledRows:
    """What is sampled of the rows in `units`; `respondents` (visit_id, household_id) are those with an interview of the form.

    Raises UNUSABLE_WEIGHTS for probabilities outside 0 to 1, and LONELY_PSU when `lonely` is "error".
    """
    counted = weigh_sample(sample, respondents)
    position = pd.Series(np.arange(len(counted)), index=pd.MultiIndex.from_frame(counted[KEYS]))
    found = position.reindex(pd.MultiIndex.from_frame(units[KEYS])).to_numpy(dtype=float, na_value=-1)
    where = np.where(np.isnan(found), -1, found).astype(np.intp)
    rows = np.flatnonzero(where >= 0)
    taken = counted.iloc[where[rows]]
    has_village = taken["inclusion_village"].notna().to_numpy(dtype=bool)
    frame = pd.DataFrame(
        {
            "stratum": taken["stratum_code"].to_numpy(),
            "psu": taken["psu_code"].to_numpy(),
            "ssu_stratum": taken["cell_code"].to_numpy(),
            "ssu": where[rows],
            "weight": np.where(has_village, taken["weight"], 0.0),
            "psu_fraction": taken["psu_fraction"].fillna(1.0).to_numpy(),
            "ssu_fraction": taken["ssu_fraction"].to_numpy(),
        }
    )
    if not has_village.any():
        frame["weight"] = taken["village_weight"].to_numpy()
    basis, village_basis = np.full(len(units), PURPOSIVE), np.full(len(units), PURPOSIVE)
    within = np.where(taken["ssu_fraction"] >= WHOLE, CENSUS, PROBABILITY)
    village_basis[rows] = within
    basis[rows] = np.where(has_village, np.maximum(within, np.where(taken["psu_fraction"] >= WHOLE, CENSUS, PROBABILITY)), PURPOSIVE)
    return SampledRows(
        rows=rows,
        design=design_of(frame, lonely=lonely, place=place),
        village_weights=taken["village_weight"].to_numpy(dtype=float),
        has_village=has_village,
        basis=basis,
        village_basis=village_basis,
        is_outside=_outside(units, rows),
    )


def weigh_sample(sample: pd.DataFrame, respondents: pd.DataFrame) -> pd.DataFrame:
    """The households of the sample with an interview: codes of stratum, village and cell, shares taken at both stages, and weights.

    A household that was replaced is left out where another stands in for it, because that one fills its place. Households without an
    interview count in the weights of those of their village and stratum who gave one; where nobody did, in those of the villages' stratum.
    """
    known = sample["inclusion_household"].notna()
    places = sample[known & (sample["state"] != "stood_in_for")].reset_index(drop=True)
    places = places[~places.duplicated(KEYS) | places["household_id"].isna()].reset_index(drop=True)
    answered = pd.MultiIndex.from_frame(places[KEYS]).isin(pd.MultiIndex.from_frame(respondents[KEYS]))
    is_certain = places["inclusion_village"].fillna(1.0).to_numpy(dtype=float) >= WHOLE
    visit, village, group = (codes_of(places[name]) for name in ("visit_id", "village_code", "household_stratum"))
    stratum = _joined(_joined(visit, codes_of(places["village_stratum"])), is_certain.astype(np.intp))
    psu = _joined(visit, village)
    cell, kind = _joined(psu, group), _joined(stratum, group)
    of_household = 1 / places["inclusion_household"].to_numpy(dtype=float)
    of_village = 1 / places["inclusion_village"].fillna(1.0).to_numpy(dtype=float)
    n_taken = np.bincount(cell, weights=answered)[cell]
    of_frame = places["n_households_frame"].to_numpy(dtype=float, na_value=np.nan)
    is_asked = np.bincount(psu, weights=answered)[psu] > 0
    n_strata = int(stratum.max(initial=-1)) + 1
    n_drawn, n_asked = _distinct(stratum, psu, n_strata), _distinct(stratum[is_asked], psu[is_asked], n_strata)
    villages_left = (n_asked / np.maximum(n_drawn, 1))[stratum]
    weighed = places.assign(
        stratum_code=stratum,
        psu_code=psu,
        cell_code=cell,
        village_weight=adjust_for_response(of_household, answered, (cell, psu)),
        weight=adjust_for_response(of_household * of_village, answered, (cell, kind, stratum)),
        psu_fraction=np.where(places["inclusion_village"].notna(), villages_left / of_village, np.nan),
        ssu_fraction=np.clip(n_taken / of_frame, 0, 1),
    )
    return weighed[answered].reset_index(drop=True)


def _joined(outer: Codes, inner: Codes) -> Codes:
    return nested(outer, inner)[0]


def _distinct(outer: Codes, inner: Codes, n_outer: int) -> Numbers:
    """How many different inner codes each outer code has."""
    n_inner = int(inner.max(initial=0)) + 1
    pairs = np.unique(outer * n_inner + inner)
    return np.bincount(pairs // n_inner, minlength=n_outer).astype(float)


def _outside(units: pd.DataFrame, rows: Codes) -> npt.NDArray[np.bool_]:
    is_sampled = np.zeros(len(units), dtype=bool)
    is_sampled[rows] = True
    if is_sampled.all():
        return np.zeros(len(units), dtype=bool)
    village = _joined(codes_of(units["visit_id"]), codes_of(units["village_code"]))
    outside: npt.NDArray[np.bool_] = np.isin(village, village[rows]) & ~is_sampled & units["household_id"].notna().to_numpy(dtype=bool)
    return outside
