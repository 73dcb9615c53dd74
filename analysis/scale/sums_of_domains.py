"""The sums of domains in one part of a bundle, which add up over parts."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.domains import Domains
from analysis.estimation.parts import DomainParts
from analysis.grouped import GroupedRows
from analysis.sampled import SampledRows

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class DomainSums:
    """The sums of one partition into domains; a row per domain in all of them. `parts` is None where nothing is sampled."""

    keys: pd.DataFrame
    size: Numbers
    n: Numbers
    y: Numbers
    x: Numbers
    weakest: Codes
    n_sampled: Numbers
    parts: DomainParts | None


def sums_of_domains(groups: GroupedRows, sampled: SampledRows | None, domains: Domains) -> DomainSums:
    """The sums of the domains from those of the groups."""
    size, plain = groups.plain(domains)
    n_sampled, parts = (np.zeros(len(domains)), None) if sampled is None else groups.parts(sampled, domains)
    return DomainSums(domains.keys.astype("str"), size, plain.n, plain.y, plain.x, groups.weakest_of(domains), n_sampled, parts)
