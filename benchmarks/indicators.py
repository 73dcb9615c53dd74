"""Time to make 40 indicators over 100,000 households in 7,000 villages, every domain included, from generated data."""

import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.bundle import Bundle, Visit
from analysis.codebook import Column, Form, Table
from analysis.indicators import compute_indicators
from benchmarks.figure import Figure, print_figure
from questionnaires.model import Choice, Indicator

N_HOUSEHOLDS, N_VILLAGES, N_COUNTIES, N_INDICATORS = 100_000, 7_000, 100, 40
KINDS = ("registered", "lifted_out", "marginal", "ordinary")
MARKERS = ("old", "sick", "disabled", "other_special")
LIMIT_S = 1.5
RUNS = 3


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
    villages = pd.DataFrame({"visit_id": "visit", "village_code": codes, "county_code": [code[:6] for code in codes], "basis": "purposive"})
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
    )


def main() -> None:
    """Print the best of a few runs."""
    bundle = generated_bundle()
    seconds = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        estimates = compute_indicators(bundle)
        seconds.append(time.perf_counter() - begun)
    promise = f"{N_INDICATORS} indicators, {N_HOUSEHOLDS:,} households, {N_VILLAGES:,} villages"
    print_figure(Figure(promise, LIMIT_S, min(seconds), "s", f"{len(estimates):,} estimates, best of {RUNS}"))


if __name__ == "__main__":
    main()
