"""The sums of places that are put together from others: of a visit from those of its counties, of everything from those of visits.

They add up as long as no village lies in two of the places, which is looked at first: interviews may have been held elsewhere.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from analysis.domains import DOMAIN_KEYS, Domains
from analysis.estimation.parts import merge_parts
from analysis.estimation.sums import reducer
from analysis.grouped import GroupedRows, weakest_in
from analysis.sampled import SampledRows
from analysis.scale.sums_of_domains import DomainSums

Codes = npt.NDArray[np.intp]
FINER: Mapping[int, int] = {
    DOMAIN_KEYS.index(coarse): DOMAIN_KEYS.index(fine)
    for coarse, fine in (
        (("all", ()), ("visit", ("visit_id",))),
        (("visit", ("visit_id",)), ("county", ("visit_id", "county_code"))),
        (("household_kind", ("visit_id", "household_kind")), ("household_kind", ("visit_id", "county_code", "household_kind"))),
        (("marker", ("visit_id", "marker")), ("marker", ("visit_id", "county_code", "marker"))),
    )
}
"""By the place in `DOMAIN_KEYS` of domains the place of those that they are unions of."""


def unions_of(groups: GroupedRows, sampled: SampledRows | None, fine: Domains, coarse: Domains) -> Codes | None:
    """The coarse domain of each fine one of the same groups; None where sums of the one are no sums of the others."""
    found = np.full(len(fine), -1, dtype=np.intp)
    inside = np.flatnonzero(fine.codes >= 0)
    found[fine.codes[inside]] = coarse.codes[inside]
    is_union = (found >= 0).all() and (coarse.codes[fine.codes < 0] < 0).all() and (found[fine.codes[inside]] == coarse.codes[inside]).all()
    if not is_union or sampled is None:
        return found if is_union else None
    counted = inside[groups.cell[inside] >= 0]
    # What a village adds to a place is squared, so that it has to be in one of those that are put together.
    village = sampled.design.cell_psu[groups.cell[counted]] * len(coarse) + coarse.codes[counted]
    of_village = np.full(len(sampled.design.psu_stratum) * len(coarse), -1, dtype=np.intp)
    of_village[village] = fine.codes[counted]
    return found if (of_village[village] == fine.codes[counted]).all() else None


def sums_of_unions(fine: DomainSums, of_fine: Codes, coarse: Domains) -> DomainSums:
    """The sums of the coarse domains; `of_fine` says which one each of the fine ones is in."""
    n_domains = len(coarse)
    add = reducer(of_fine, n_domains)
    parts = fine.parts
    if parts is not None:
        parts = merge_parts([parts], [of_fine], [np.arange(int(parts.stratum.max(initial=-1)) + 1)], n_domains)
    return DomainSums(
        keys=coarse.keys.astype("str"),
        size=add(fine.size),
        n=add(fine.n),
        y=add(fine.y),
        x=add(fine.x),
        weakest=weakest_in(of_fine, fine.weakest, n_domains),
        n_sampled=add(fine.n_sampled),
        parts=parts,
    )
