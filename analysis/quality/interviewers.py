"""How much answers depend on who asked: the intraclass correlation of interviewers, question by question."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from analysis.codebook import NUMERIC_KINDS, Column
from analysis.quality.material import Material, numbers_of
from analysis.quality.thresholds import Thresholds

Numbers = npt.NDArray[np.float64]

CONFIDENCE, RARE, EXACT = 0.95, 0.1, 1e-12
LARGE, YEARS = 1000, (1900, 2100)
"""Numbers that reach a thousand differ by factors and are taken by their logarithms, unless they are years."""
COLUMNS = ["table", "question", "category", "n", "n_interviewers", "icc", "ci_low", "ci_high", "deff", "icc_villages"]


@dataclass(frozen=True, slots=True)
class Correlation:
    """An intraclass correlation by analysis of variance: of `n` values in `n_groups` groups, each of `n_of_one` in the balanced sense;
    `ratio` is that of the mean squares between and within groups."""

    n: int
    n_groups: int
    n_of_one: float
    ratio: float

    @property
    def icc(self) -> float:
        """The share of the variance that lies between groups; below 0 where groups are more alike than chance makes them."""
        return self._at(self.ratio)

    def interval(self) -> tuple[float, float]:
        """The interval of 95 per cent by Searle (1971, Linear Models, 9.11): exact for groups of one size, close otherwise (Donner and
        Wells 1986, Biometrics 42, 401–412)."""
        tail = (1 - CONFIDENCE) / 2
        above, below = special.fdtri(self.n_groups - 1, self.n - self.n_groups, (1 - tail, tail))
        return self._at(self.ratio / above), self._at(self.ratio / below)

    def _at(self, ratio: float) -> float:
        return 1.0 if ratio == float("inf") else float((ratio - 1) / (ratio + self.n_of_one - 1))


def interviewer_effect(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per question: `table`, `question`, `category` (the choice that is looked at, "" for numbers), `n`, `n_interviewers`, `icc`,
    `ci_low`, `ci_high`, `deff`, `icc_villages`; the largest first.

    `icc` is the share of all variance that lies between interviewers (Kish 1962, Journal of the American Statistical Association 57,
    92–115), `deff` = 1 + (mean workload − 1) · icc how many times larger it makes the variance of a figure. Of a question with choices the
    one with the largest correlation among those that a tenth to nine tenths gave is shown; large numbers are taken by their logarithms.
    `icc_villages` is the same for villages: where it is as large, the places may differ and not the people. Noticed is an `icc` above the
    threshold whose interval lies above 0 and which is larger than that of the villages.
    """
    rows = []
    for table, column in material.asked("category", *NUMERIC_KINDS):
        of_table, answered = material.rows(table.name), material.answered(table.name, column)
        sizes = np.bincount(of_table.leads[answered], minlength=len(of_table.people))
        is_compared = (sizes >= thresholds.group_least) & (of_table.people != "")
        if is_compared.sum() < 2:
            continue
        known = answered & is_compared[of_table.leads]
        best = _largest(column, of_table.frame[column.name][known], of_table.leads[known])
        if best is None:
            continue
        category, scores, found = best
        of_places = one_way(scores, _places(material, table.name)[known])
        icc_villages = of_places.icc if of_places is not None else float("nan")
        ci_low, ci_high = found.interval()
        rows.append(
            {
                "table": table.name,
                "question": column.name,
                "category": category,
                "n": found.n,
                "n_interviewers": found.n_groups,
                "icc": found.icc,
                "ci_low": ci_low,
                "ci_high": ci_high,
                "deff": 1 + max(found.n / found.n_groups - 1, 0) * max(found.icc, 0.0),
                "icc_villages": icc_villages,
                "instance_ids": of_table.instances(known),
                "is_noticed": found.icc >= thresholds.interviewer_effect and ci_low > 0 and not found.icc <= icc_villages,
            }
        )
    frame = pd.DataFrame(rows, columns=[*COLUMNS, "instance_ids", "is_noticed"])
    return frame.sort_values(["icc", "question"], ascending=[False, True], ignore_index=True)


def one_way(values: Numbers, groups: npt.NDArray[np.int64]) -> Correlation | None:
    """The intraclass correlation of one-way analysis of variance with random groups of any sizes; None where it is undefined.

    ICC = (MSB − MSW) / (MSB + (n₀ − 1) MSW) with n₀ = (N − Σ nᵢ² / N) / (k − 1).
    """
    counts = np.bincount(groups).astype(float)
    n, k = len(values), int((counts > 0).sum())
    if k < 2 or n <= k:
        return None
    centred = values - values.mean()
    total = float(centred @ centred)
    if total <= EXACT * max(float(values @ values), 1.0):
        return None
    sums = np.bincount(groups, weights=centred)
    of_groups = float((sums[counts > 0] ** 2 / counts[counts > 0]).sum())
    between, within = of_groups / (k - 1), max(total - of_groups, 0.0) / (n - k)
    n_of_one = (n - float((counts**2).sum()) / n) / (k - 1)
    return Correlation(n, k, n_of_one, between / within if within > EXACT * between else float("inf"))


def _largest(column: Column, known: pd.Series, people: npt.NDArray[np.int64]) -> tuple[str, Numbers, Correlation] | None:
    """The choice with the largest correlation ("" for numbers), what was compared, and the correlation."""
    best: tuple[str, Numbers, Correlation] | None = None
    for category, scores in _scores(column, known):
        found = one_way(scores, people)
        if found is not None and (best is None or found.icc > best[2].icc):
            best = category, scores, found
    return best


def _scores(column: Column, known: pd.Series) -> Iterator[tuple[str, Numbers]]:
    """What is compared between interviewers: the numbers, or for each choice that is neither rare nor common whether it was given."""
    if column.kind in NUMERIC_KINDS:
        values = np.nan_to_num(numbers_of(known))
        is_year = YEARS[0] <= float(np.median(values)) <= YEARS[1]
        if values.min(initial=0) >= 0 and values.max(initial=0) >= LARGE and not is_year:
            values = np.log1p(values)
        yield "", values
        return
    codes, names = pd.factorize(known)
    for number, name in enumerate(names):
        scores = (codes == number).astype(float)
        if RARE <= scores.mean() <= 1 - RARE:
            yield str(name), scores


def _places(material: Material, table: str) -> npt.NDArray[np.int64]:
    """The village of each row as a number; rows without one are of one more."""
    codes, _villages = pd.factorize(material.tables[table]["village_code"])
    return np.asarray(codes + 1, dtype=np.int64)
