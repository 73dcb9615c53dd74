"""How often intervals of shares hold the truth: 2,000 samples of villages from a known population, for each share and number of villages.

Prints one line per interval with the worst coverage over all cases, and with the number of cases in which it lies from 93 to 97 per cent.
`python -m benchmarks.coverage cases` prints every case instead.
"""

import json
import sys
from collections.abc import Iterator

import numpy as np

from analysis.estimation.intervals import SHARE_INTERVAL, SHARE_INTERVALS, student_interval
from benchmarks.figure import Figure, print_figure

SHARES = (0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95)
N_VILLAGES = (5, 10, 20, 30)
N_HOUSEHOLDS = 20
POPULATION = 2_000
INTRACLASS = 0.03
N_DRAWS = 2_000
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
    df, n = np.full(n_draws, n_villages - 1.0), np.full(n_draws, float(n_villages * N_HOUSEHOLDS))
    truth = village.mean()
    covered = {}
    for name, interval in INTERVALS.items():
        low, high = interval(estimate, se, df, n)
        covered[name] = float(((low <= truth) & (truth <= high)).mean())
    return covered


def cases(n_draws: int = N_DRAWS) -> Iterator[tuple[float, int, dict[str, float]]]:
    """(share, villages, coverage by interval) of every case, with a fixed seed."""
    random = np.random.default_rng(20180416)
    for share in SHARES:
        for n_villages in N_VILLAGES:
            yield share, n_villages, coverage(share, n_villages, random, n_draws)


def main() -> None:
    """Print the figures."""
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
