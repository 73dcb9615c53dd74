"""The reference samples, and measures made from plain columns, for tests of the estimators."""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.estimation.design import Design, design_of
from analysis.measures import Measure
from questionnaires.model import Indicator

REFERENCE = Path(__file__).parent.parent / "reference"


def measure(kind: str, above: object, below: object = None) -> Measure:
    """The measure of a column: kind is share, mean, total or ratio; missing values are NaN."""
    numbers = np.asarray(above, dtype=float)
    is_valid = np.isfinite(numbers)
    divisor = is_valid.astype(float)
    if below is not None:
        divisor = np.asarray(below, dtype=float)
        is_valid &= np.isfinite(divisor)
    indicator = Indicator("figure", {}, "other", kind, "figure")
    return Measure(indicator, "", np.where(is_valid, numbers, 0.0), np.where(is_valid, divisor, 0.0), is_valid, kind == "total")


def reference_sample(case: str) -> tuple[pd.DataFrame, Design]:
    """The rows and the design of one case of `expected.csv`."""
    if case.startswith("clus1"):
        rows = pd.read_csv(REFERENCE / "apiclus1.csv")
        frame = pd.DataFrame({"psu": rows["dnum"], "weight": rows["pw"]})
        if case == "clus1":
            frame["psu_fraction"] = rows["dnum"].nunique() / rows["fpc"]
    elif case == "clus2":
        rows = pd.read_csv(REFERENCE / "apiclus2.csv")
        sampled = rows.groupby("dnum")["snum"].transform("nunique")
        first, second = rows["dnum"].nunique() / rows["fpc1"], sampled / rows["fpc2"]
        frame = pd.DataFrame({"psu": rows["dnum"], "ssu": rows["snum"], "psu_fraction": first, "ssu_fraction": second})
        frame["weight"] = 1 / (first * second)
    else:
        rows = pd.read_csv(REFERENCE / "apistrat.csv")
        taken = rows.groupby("stype")["api00"].transform("size") / rows["fpc"]
        frame = pd.DataFrame({"psu": rows.index, "stratum": rows["stype"], "weight": rows["pw"], "psu_fraction": taken})
    return rows, design_of(frame)
