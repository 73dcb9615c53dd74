"""How the households of a sample responded, by the classes in which those who did carry the weight of the others. Pure.

It adds up over parts of the sample, as long as no village is in two of them, and the factors follow from the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimation.codes import codes_of, nested, positions_in
from analysis.estimation.weights import carrying_factor

Numbers = npt.NDArray[np.float64]
STRATUM = ["visit_id", "village_stratum", "is_certain"]
KIND = [*STRATUM, "household_stratum"]
SUMS = ["bearing", "carried", "n_drawn", "n_asked"]


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """One entry per kind asked for: what the weights of its households are multiplied with, for the others of the kind and for those of
    the stratum, and the share of the stratum's drawn villages in which somebody answered."""

    of_kind: Numbers
    of_stratum: Numbers
    asked_share: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """A row per kind of household in a stratum of villages (`KIND`).

    `bearing` is the weight of those who answered, `carried` that of households in whose village and stratum nobody did. `n_drawn` and
    `n_asked` are the stratum's villages, drawn and with an answer; they stand at one of its kinds only.
    """

    kinds: pd.DataFrame

    def factors(self, labels: pd.DataFrame) -> Factors:
        """The factors of the kinds in `labels` (`KIND`), which must be among these."""
        kinds = self.kinds
        is_certain = kinds["is_certain"].to_numpy(dtype=np.intp)
        stratum = nested(nested(codes_of(kinds["visit_id"]), codes_of(kinds["village_stratum"]))[0], is_certain)[0]
        bearing, carried, n_drawn, n_asked = (kinds[name].to_numpy(dtype=float) for name in SUMS)
        of_kind = carrying_factor(bearing, carried)
        is_borne = bearing > 0
        borne, left, drawn, asked = (
            np.bincount(stratum, weights=each).astype(float)
            for each in (np.where(is_borne, bearing + carried, 0.0), np.where(is_borne, 0.0, carried), n_drawn, n_asked)
        )
        at = positions_in(labels, kinds, KIND)
        return Factors(of_kind[at], carrying_factor(borne, left)[stratum[at]], (asked / np.maximum(drawn, 1))[stratum[at]])


def merge_responses(parts: Sequence[Response]) -> Response:
    """The response of all parts together, its rows by visit, stratum and kind; parts in the same order give the same to the last digit."""
    whole = pd.concat([part.kinds for part in parts], ignore_index=True)
    return Response(whole.groupby(KIND, sort=True, as_index=False, dropna=False)[SUMS].sum())
