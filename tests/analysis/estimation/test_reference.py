"""Every number of `expected.csv`, which R's package survey made, to six significant digits."""

import numpy as np
import pandas as pd
import pytest

from analysis.estimation.comparing import change_of, independence_test
from analysis.estimation.design import Design
from analysis.estimation.estimate import estimate
from analysis.estimation.intervals import korn_graubard_interval, logit_interval, student_interval
from analysis.estimation.parts import Figures
from tests.analysis.estimation.samples import REFERENCE, measure, reference_sample

KINDS = ("E", "H", "M")


def found_by_us(case: str) -> dict[tuple[str, str], float]:
    """Our numbers by domain and quantity."""
    rows, design = reference_sample(case)
    is_wide = (rows["sch.wide"] == "Yes").astype(float)
    measures = [
        measure("mean", rows["api00"]),
        measure("total", rows["enroll"]),
        measure("ratio", rows["api.stu"], rows["enroll"]),
        measure("share", is_wide),
    ]
    found = _of_all(estimate(design, measures), design)
    kinds = estimate(design, [measures[0], measures[3]], pd.Categorical(rows["stype"], KINDS).codes.astype(np.intp), 3)
    for row, kind in enumerate(KINDS):
        for column, name in enumerate(("mean_api00", "share_schwide")):
            found[kind, name] = kinds.estimate[row, column]
            found[kind, f"{name}_se"] = kinds.se[row, column]
    if case == "clus1":
        tested = independence_test(design, rows["sch.wide"].to_numpy(), rows["stype"].to_numpy())
        found["all", "chisq_schwide_stype_F"], found["all", "chisq_schwide_stype_p"] = tested.statistic, tested.p_value
        change = change_of(design, rows["api99"].to_numpy(dtype=float), rows["api00"].to_numpy(dtype=float))
        found["all", "paired_change_api"], found["all", "paired_change_api_se"] = change.estimate, change.se
    return found


def _of_all(whole: Figures, design: Design) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {("all", "df"): design.df, ("all", "mean_api00_deff"): whole.deff[0, 0]}
    for column, name in enumerate(("mean_api00", "total_enroll", "ratio_apistu_enroll")):
        found["all", name], found["all", f"{name}_se"] = whole.estimate[0, column], whole.se[0, column]
    mean = (whole.estimate[:, 0], whole.se[:, 0], whole.df[:, 0])
    found["all", "mean_api00_ci_low"], found["all", "mean_api00_ci_high"] = (end[0] for end in student_interval(*mean))
    share = (whole.estimate[:, 3], whole.se[:, 3], whole.df[:, 3], whole.n[:, 3])
    for method, interval in (("beta", korn_graubard_interval), ("logit", logit_interval)):
        found["all", f"share_schwide_{method}"] = whole.estimate[0, 3]
        low, high = interval(*share)
        found["all", f"share_schwide_{method}_ci_low"], found["all", f"share_schwide_{method}_ci_high"] = low[0], high[0]
    return found


@pytest.mark.parametrize("case", ["clus1", "clus1_wr", "clus2", "strat"])
def test_estimators__of_the_reference_samples__meet_every_number_of_r(case: str) -> None:
    expected = pd.read_csv(REFERENCE / "expected.csv")
    expected = expected[expected["case"] == case].set_index(["domain", "quantity"])["value"].to_dict()
    found = found_by_us(case)
    assert set(found) == set(expected)
    assert found == pytest.approx(expected, rel=5e-7)
