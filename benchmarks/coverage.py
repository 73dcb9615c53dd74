"""How often intervals of shares hold the truth: 2,000 samples of villages from a known population, for each share and number of villages.

Prints one line per interval with the worst coverage over all cases, and with the number of cases in which it lies from 93 to 97 per cent.
`python -m benchmarks.coverage cases` prints every case instead, `python -m benchmarks.coverage ratios` those of ratios of amounts whose
numerator is part of the denominator, with how often an interval passes 0 or 1.
"""

import json
import sys
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from analysis.estimation.intervals import SHARE_INTERVAL, SHARE_INTERVALS, student_interval
from benchmarks.figure import Figure, print_figure

SHARES = (0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95)
N_VILLAGES = (5, 10, 20, 30)
N_HOUSEHOLDS = 20
POPULATION = 2_000
INTRACLASS = 0.03
N_DRAWS = 2_000
SPREAD_OF_AMOUNTS, SPREAD_OF_PARTS = 1.0, 2.0
"""Of the amounts below the line the standard deviation of their logarithm; of households' parts the sum of the beta distribution's two
parameters: below 2 most parts are nearly nothing or nearly all."""
INTERVALS = {**SHARE_INTERVALS, "student": lambda share, se, df, n: student_interval(share, se, df)}


def coverage(share: float, n_villages: int, random: np.random.Generator, n_draws: int = N_DRAWS) -> dict[str, float]:
    """The share of intervals that hold the population's true share, by interval.

    Villages differ (beta distribution with the given intraclass correlation); each draw takes villages without replacement and the same
    number of households in each, and estimates as for one stratum with the finite population of villages.
    """
    spread = 1 / INTRACLASS - 1
    village = random.beta(share * spread, (1 - share) * spread, POPULATION)
    drawn = np.argsort(random.random((n_draws, POPULATION)), axis=1)[:, :n_villages]
    found = random.binomial(N_HOUSEHOLDS, village[drawn]) / N_HOUSEHOLDS
    estimate = found.mean(1)
    se = np.sqrt((1 - n_villages / POPULATION) * found.var(1, ddof=1) / n_villages)
    return {name: told[0] for name, told in _held(estimate, se, n_villages, float(village.mean())).items()}


def coverage_of_ratio(ratio: float, n_villages: int, random: np.random.Generator, n_draws: int = N_DRAWS) -> dict[str, tuple[float, float]]:
    """(share of intervals that hold the population's true ratio, share that pass 0 or 1) by interval.

    As `coverage`, but every household has an amount (lognormal) and a part of it that differs from household to household (beta
    distribution around the village's), and the ratio of the two sums is estimated with its linearised variance.
    """
    spread = 1 / INTRACLASS - 1
    village = random.beta(ratio * spread, (1 - ratio) * spread, POPULATION)
    drawn = np.argsort(random.random((n_draws, POPULATION)), axis=1)[:, :n_villages]
    shape = (n_draws, n_villages, N_HOUSEHOLDS)
    mean = np.broadcast_to(village[drawn][:, :, None], shape)
    below = random.lognormal(0, SPREAD_OF_AMOUNTS, shape)
    above = (below * random.beta(mean * SPREAD_OF_PARTS, (1 - mean) * SPREAD_OF_PARTS)).sum(2)
    below = below.sum(2)
    estimate = above.sum(1) / below.sum(1)
    residual = (above - estimate[:, None] * below) / below.mean(1)[:, None]
    se = np.sqrt((1 - n_villages / POPULATION) * residual.var(1, ddof=1) / n_villages)
    return _held(estimate, se, n_villages, float(village.mean()))


def _held(estimate: npt.NDArray[np.float64], se: npt.NDArray[np.float64], n_villages: int, truth: float) -> dict[str, tuple[float, float]]:
    df, n = np.full(len(se), n_villages - 1.0), np.full(len(se), float(n_villages * N_HOUSEHOLDS))
    held = {}
    for name, interval in INTERVALS.items():
        low, high = interval(estimate, se, df, n)
        held[name] = float(((low <= truth) & (truth <= high)).mean()), float(((low < 0) | (high > 1)).mean())
    return held


def cases(n_draws: int = N_DRAWS) -> Iterator[tuple[float, int, dict[str, float]]]:
    """(share, villages, coverage by interval) of every case, with a fixed seed."""
    random = np.random.default_rng(20180416)
    for share in SHARES:
        for n_villages in N_VILLAGES:
            yield share, n_villages, coverage(share, n_villages, random, n_draws)


def main() -> None:
    """Print the figures."""
    if sys.argv[1:] == ["ratios"]:
        random = np.random.default_rng(20180416)
        for ratio in SHARES:
            for n_villages in N_VILLAGES:
                held = coverage_of_ratio(ratio, n_villages, random)
                told = {name: round(each[0], 4) for name, each in held.items()}
                print(json.dumps({"ratio": ratio, "villages": n_villages, **told, "student_outside": round(held["student"][1], 4)}))
        return
    found = list(cases())
    if sys.argv[1:] == ["cases"]:
        for share, n_villages, covered in found:
            print(json.dumps({"share": share, "villages": n_villages, **{name: round(each, 4) for name, each in covered.items()}}))
        return
    for name in INTERVALS:
        covered = [each[name] for _, _, each in found]
        n_good = sum(0.93 <= each <= 0.97 for each in covered)
        detail = f"{n_good} of {len(covered)} cases from 0.93 to 0.97, least {min(covered):.3f}, most {max(covered):.3f}"
        limit = 0.02 if name == SHARE_INTERVAL else 1.0
        print_figure(Figure(f"95 % interval '{name}': worst miss of 0.95", limit, max(abs(each - 0.95) for each in covered), "", detail))


if __name__ == "__main__":
    main()
