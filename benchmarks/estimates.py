"""Time to estimate 40 indicators over 100,000 households in 7,000 villages drawn by chance, with standard errors and intervals.

Beside it stands what pandas needs for the plain means by county and by village of the same columns, and the time with every domain.
"""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.bundle import Bundle, Visit
from analysis.codebook import Column, Form, Table
from analysis.indicators import compute_estimates
from benchmarks.figure import Figure, print_figure
from questionnaires.model import Choice, Indicator

N_HOUSEHOLDS, N_VILLAGES, N_COUNTIES, N_INDICATORS = 100_000, 7_000, 100, 40
KINDS = ("registered", "lifted_out", "marginal", "ordinary")
MARKERS = ("old", "sick", "disabled", "other_special")
LIMIT_S = 1.5
LIMIT_RATIO = 4
PLACES = ("county", "village")
RUNS = 5


def generated_bundle() -> Bundle:
    """A bundle in memory: half of the indicators are shares, the others means, and a tenth of the answers is missing."""
    random = np.random.default_rng(20180416)
    village = random.integers(N_VILLAGES, size=N_HOUSEHOLDS)
    codes = np.array([f"61{number % N_COUNTIES:04}{number:06}" for number in range(N_VILLAGES)])
    households = [f"h{number}" for number in range(N_HOUSEHOLDS)]
    rows = pd.DataFrame(
        {
            "instance_id": [f"uuid:{number}" for number in range(N_HOUSEHOLDS)],
            "visit_id": "visit",
            "household_id": households,
            "household_kind": random.choice(KINDS, N_HOUSEHOLDS),
            "village_code": codes[village],
            "county": [code[:6] for code in codes[village]],
        }
    )
    columns, indicators = [], []
    for number in range(N_INDICATORS):
        name = f"q{number}"
        is_missing = random.random(N_HOUSEHOLDS) < 0.1
        if number % 2:
            rows[name] = np.where(is_missing, np.nan, random.normal(10_000, 2_000, N_HOUSEHOLDS))
            columns.append(Column(name, "decimal", name, {}, (), True))
            indicators.append(Indicator(name, {}, "other", "mean", name))
        else:
            rows[name] = pd.Series(random.choice(("yes", "no"), N_HOUSEHOLDS), dtype="str").mask(is_missing)
            columns.append(Column(name, "category", name, {}, (Choice("yes", {}), Choice("no", {})), True))
            indicators.append(Indicator(name, {}, "other", "share", name, ("yes",)))
    marks = [[MARKERS[number % 4]] if number % 5 == 0 else [] for number in range(N_HOUSEHOLDS)]
    form = Form("household", {}, ("1",), (Table("main", None, tuple(columns)),), tuple(indicators), ())
    villages = pd.DataFrame(
        {"visit_id": "visit", "village_code": codes, "county_code": [code[:6] for code in codes], "basis": "probability"}
    )
    return Bundle(
        path=Path("generated"),
        dataset_hash="",
        visits=(Visit("visit", "", date(2018, 4, 16), date(2018, 4, 27), None, True),),
        forms={"household": form},
        tables={("household", "main"): rows},
        regions=pd.DataFrame({"code": [], "name": []}),
        households=pd.DataFrame({"household_id": households, "markers": marks}),
        visit_villages=villages,
        candidates=pd.DataFrame(),
        review=pd.DataFrame(),
        sample=generated_sample(rows),
    )


def generated_sample(rows: pd.DataFrame) -> pd.DataFrame:
    """Villages drawn in each county, one in five, and in each village a third of its households; all drawn ones gave an interview."""
    n_drawn = rows.groupby("village_code")["household_id"].transform("size")
    return pd.DataFrame(
        {
            "visit_id": rows["visit_id"],
            "household_id": rows["household_id"],
            "village_code": rows["village_code"],
            "village_stratum": rows["county"],
            "household_stratum": "all",
            "inclusion_village": 0.2,
            "inclusion_household": 1 / 3,
            "n_households_frame": 3 * n_drawn,
            "state": "drawn",
        }
    )


def plain_means(rows: pd.DataFrame) -> None:
    """The mean of every column by county and by village, as one would write it in pandas."""
    columns = [f"q{number}" for number in range(N_INDICATORS)]
    texts = [name for name in columns if not pd.api.types.is_numeric_dtype(rows[name])]
    numbers = rows[columns].assign(**{name: (rows[name] == "yes").where(rows[name].notna()).astype(float) for name in texts})
    for key in ("county", "village_code"):
        numbers.groupby(rows[key]).mean()


def best_of(runs: int, work: Callable[[], object]) -> float:
    """The seconds of the quickest run."""
    seconds = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def main() -> None:
    """Print the best of a few runs."""
    bundle = generated_bundle()
    rows = bundle.tables["household", "main"]
    made = compute_estimates(bundle, domain_types=PLACES)
    if made.table["se"].isna().mean() > 0.01:
        raise SystemExit("The generated data have figures without standard error.")
    seconds = best_of(RUNS, lambda: compute_estimates(bundle, domain_types=PLACES))
    plain = best_of(RUNS, lambda: plain_means(rows))
    everything = best_of(2, lambda: compute_estimates(bundle))
    what = f"{N_INDICATORS} indicators, {N_HOUSEHOLDS:,} households, {N_VILLAGES:,} villages"
    detail = f"{len(made.table):,} county and village estimates with intervals, best of {RUNS}; every domain {everything:.2f} s"
    print_figure(Figure(what, LIMIT_S, seconds, "s", detail))
    print_figure(Figure("the same beside plain pandas means", LIMIT_RATIO, seconds / plain, "times", f"pandas {plain:.2f} s"))


if __name__ == "__main__":
    main()
