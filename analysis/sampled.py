"""From the bundle's table of the sample to the design of a form's rows: what was drawn, who answered, with which weights.

A row is *sampled* when its household is in the sample of its visit and the probabilities are known; nothing else gets a standard error.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimation.calibrating import Calibrated, calibrated_of
from analysis.estimation.codes import Codes, codes_of, matching, nested, positions_in
from analysis.estimation.design import WHOLE, Design, design_of
from analysis.estimation.response import Response
from analysis.estimation.weights import adjust_for_response
from analysis.frame.raking import ByMargin, Raked, Weighing
from questionnaires.errors import SurveyError

Numbers = npt.NDArray[np.float64]
CENSUS, PROBABILITY, PURPOSIVE = range(3)
KEYS = ["visit_id", "household_id"]
TAKEN = ["visit_id", "village_stratum", "inclusion_village", "stratum_code", "psu_code", "cell_code", "weight", "village_weight"]
TAKEN += ["psu_fraction", "ssu_fraction"]
"""What rows take over from their household's place in the sample."""


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
    strata: pd.DataFrame
    """visit_id, village_stratum and is_certain of every stratum of the design."""
    calibrated: Calibrated | None = None
    """The margins that the weights were brought to, if they were."""
    problems: tuple[SurveyError, ...] = ()
    """Why the weights of a visit could not be brought to the totals of the frame, so that they are those of the draw."""
    by_margin: ByMargin | None = None
    """The categories of the rows of a part, whose weights were brought to totals of the whole."""


def sampled_rows(
    sample: pd.DataFrame,
    units: pd.DataFrame,
    respondents: pd.DataFrame,
    *,
    lonely: str,
    place: str,
    response: Response | None = None,
    raking: Weighing | None = None,
    weighed: pd.DataFrame | None = None,
) -> SampledRows:
    """What is sampled of the rows in `units`; `respondents` (visit_id, household_id) are those with an interview of the form.

    `response` is that of the whole sample where this is a part of it, and `weighed` what `weigh_sample` made of it already; `raking` brings
    the weights to totals of the frame. Raises UNUSABLE_WEIGHTS for probabilities outside 0 to 1, and LONELY_PSU when `lonely` is "error".
    """
    counted = weigh_sample(sample, respondents, response) if weighed is None else weighed
    raked = raking.weigh(counted, place) if raking else None
    if raked:
        counted = counted.assign(weight=raked.weights)
    where = positions_in(units, counted, KEYS)
    rows = np.flatnonzero(where >= 0)
    taken = counted[TAKEN].iloc[where[rows]]
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
    design = design_of(frame, lonely=lonely, place=place)
    return SampledRows(
        rows=rows,
        design=design,
        village_weights=taken["village_weight"].to_numpy(dtype=float),
        has_village=has_village,
        basis=basis,
        village_basis=village_basis,
        is_outside=_outside(units, rows),
        strata=_strata(taken),
        calibrated=_calibrated(design, raked, where[rows]) if raked and raked.by_margin is None else None,
        problems=raked.problems if raked else (),
        by_margin=replace(raked.by_margin, codes=raked.by_margin.codes[where[rows]]) if raked and raked.by_margin else None,
    )


def _calibrated(design: Design, raked: Raked, household: Codes) -> Calibrated | None:
    """The margins of the design's households; `household` is the place of every row's in the weighed sample."""
    _, first = np.unique(design.ssu, return_index=True)
    categories = raked.categories[household[first]]
    return calibrated_of(design, categories) if categories.any() else None


def _strata(taken: pd.DataFrame) -> pd.DataFrame:
    """The names of the strata in the order in which they first stand, which is that of their codes in the design."""
    first = taken[~taken["stratum_code"].duplicated()]
    labels = first[["visit_id", "village_stratum"]].astype("str").fillna("")
    return labels.assign(is_certain=first["inclusion_village"].fillna(1.0) >= WHOLE).reset_index(drop=True)


def weigh_sample(sample: pd.DataFrame, respondents: pd.DataFrame, response: Response | None = None) -> pd.DataFrame:
    """The households of the sample with an interview: codes of stratum, village and cell, shares taken at both stages, and weights.

    A household that was replaced is left out where another stands in for it, because that one fills its place. Households without an
    interview count in the weights of those of their village and stratum who gave one; where nobody did, in those of the villages' stratum.
    """
    placed = _place(sample, respondents)
    places, answered, stratum, psu, cell = placed.places, placed.answered, placed.stratum, placed.psu, placed.cell
    factors = (response or _response_of(placed)).factors(placed.labels)
    villages_left = factors.asked_share[placed.kind]
    n_taken = np.bincount(cell, weights=answered)[cell]
    of_frame = places["n_households_frame"].to_numpy(dtype=float, na_value=np.nan)
    weighed = places.assign(
        stratum_code=stratum,
        psu_code=psu,
        cell_code=cell,
        village_weight=adjust_for_response(placed.of_household, answered, (cell, psu)),
        weight=placed.bearing * factors.of_kind[placed.kind] * factors.of_stratum[placed.kind],
        psu_fraction=np.where(places["inclusion_village"].notna(), villages_left / placed.of_village, np.nan),
        ssu_fraction=np.clip(n_taken / of_frame, 0, 1),
    )
    return weighed[answered].reset_index(drop=True)


def response_of(sample: pd.DataFrame, respondents: pd.DataFrame) -> Response:
    """How the households of this part of the sample responded."""
    return _response_of(_place(sample, respondents))


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """The places of the sample: who answered, codes of stratum, village, cell and kind (a stratum's household stratum), and weights.

    `bearing` is the weight of those who answered, with what they carry of their own cell; `left` the weight that nobody there carries.
    """

    places: pd.DataFrame
    answered: npt.NDArray[np.bool_]
    stratum: Codes
    psu: Codes
    cell: Codes
    kind: Codes
    labels: pd.DataFrame
    """A row per kind: visit_id, village_stratum, is_certain, household_stratum."""
    of_household: Numbers
    of_village: Numbers
    bearing: Numbers
    left: Numbers


def _place(sample: pd.DataFrame, respondents: pd.DataFrame) -> _Placed:
    known = sample["inclusion_household"].notna()
    places = sample[known & (sample["state"] != "stood_in_for")].reset_index(drop=True)
    places = places[~places.duplicated(KEYS) | places["household_id"].isna()].reset_index(drop=True)
    ours, theirs = matching(places, respondents, KEYS)
    answered = np.isin(ours, theirs[theirs >= 0])
    is_certain = places["inclusion_village"].fillna(1.0).to_numpy(dtype=float) >= WHOLE
    visit, village, group = (codes_of(places[name]) for name in ("visit_id", "village_code", "household_stratum"))
    stratum = _joined(_joined(visit, codes_of(places["village_stratum"])), is_certain.astype(np.intp))
    psu = _joined(visit, village)
    cell = _joined(psu, group)
    kind, first = nested(stratum, group)
    labels = places.iloc[first][["visit_id", "village_stratum", "household_stratum"]].astype("str").fillna("")
    of_household = 1 / places["inclusion_household"].to_numpy(dtype=float)
    of_village = 1 / places["inclusion_village"].fillna(1.0).to_numpy(dtype=float)
    weights = of_household * of_village
    bearing = adjust_for_response(weights, answered, (cell,))
    is_borne = np.bincount(cell, weights=bearing)[cell] > 0 if len(cell) else answered
    left = np.where(answered | is_borne, 0.0, weights)
    labelled = labels.assign(is_certain=is_certain[first]).reset_index(drop=True)
    return _Placed(places, answered, stratum, psu, cell, kind, labelled, of_household, of_village, bearing, left)


def _response_of(placed: _Placed) -> Response:
    n_kinds = len(placed.labels)
    is_asked = np.bincount(placed.psu, weights=placed.answered)[placed.psu] > 0 if len(placed.psu) else placed.answered
    n_strata = int(placed.stratum.max(initial=-1)) + 1
    n_drawn = _distinct(placed.stratum, placed.psu, n_strata)
    n_asked = _distinct(placed.stratum[is_asked], placed.psu[is_asked], n_strata)
    stratum_of_kind = np.zeros(n_kinds, dtype=np.intp)
    stratum_of_kind[placed.kind] = placed.stratum
    is_first = ~pd.Series(stratum_of_kind).duplicated().to_numpy(dtype=bool)
    return Response(
        placed.labels.assign(
            bearing=np.bincount(placed.kind, weights=placed.bearing, minlength=n_kinds).astype(float),
            carried=np.bincount(placed.kind, weights=placed.left, minlength=n_kinds).astype(float),
            # The villages of a stratum stand at its first kind alone, so that they are counted once.
            n_drawn=np.where(is_first, n_drawn[stratum_of_kind], 0.0),
            n_asked=np.where(is_first, n_asked[stratum_of_kind], 0.0),
        )
    )


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
