"""Paired changes between two visits: worked by hand where villages were chosen, against the mean of differences where they were drawn."""

import numpy as np
import pandas as pd
import pytest

from analysis.changes.paired import COLUMNS, paired_changes
from analysis.estimation.comparing import change_of
from analysis.lineage.behind import MeasureColumns, RowsBehind
from analysis.sampled import sampled_rows
from tests.analysis.test_sampled import VILLAGES, sample_of_eight

SIGNED = MeasureColumns("signed_share", "", "numerator:0", "valid:0", "valid:0", "")
SPENT = MeasureColumns("spent_share", "", "numerator:1", "denominator:1", "valid:1", "")


def rows(visit: str, signed: list[float | None], spent: list[tuple[float, float]], table: str = "main") -> RowsBehind:
    """Households h0, h1, … of a visit with whether each signed (None: no answer), and what it spent of what it earned."""
    frame = pd.DataFrame(
        {
            "household_id": [f"h{number}" for number in range(len(signed))],
            "visit_id": visit,
            "county_code": "610727",
            "village_code": [VILLAGES[number // 4] for number in range(len(signed))],
            "household_kind": "registered",
            "numerator:0": [each or 0.0 for each in signed],
            "valid:0": [each is not None for each in signed],
            "numerator:1": [each for each, _ in spent],
            "denominator:1": [each for _, each in spent],
            "valid:1": True,
        }
    )
    return RowsBehind("household", table, False, (SIGNED, SPENT), frame)


def test_paired_changes__where_villages_were_chosen__are_those_observed_of_households_that_answered_twice() -> None:
    before = rows("2018-04-test", [0, 0, 1, None], [(10, 100), (20, 100), (30, 100), (0, 0)])
    after = rows("later", [1, 0, 1, 1, 1], [(10, 100), (60, 300), (30, 100), (9, 9), (9, 9)])
    signed, spent = paired_changes([before], [after], None).to_dict("records")
    # h0 to h2 answered twice: one of them signed before and two after; 60 of 300 was spent before, 100 of 500 after.
    assert (signed["n_households"], signed["before"], signed["after"]) == (3, pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert (spent["n_households"], spent["before"], spent["after"], spent["change"]) == (3, 0.2, 0.2, 0)
    assert signed["basis"] == "purposive"
    assert all(np.isnan(signed[name]) for name in ("se", "ci_low", "p_value", "p_holm"))


def test_paired_changes__where_villages_were_drawn__have_the_test_of_the_mean_difference_corrected_by_holm() -> None:
    first, second = [0, 0, 1, 0, 1, 0, 0, 1], [1, 0, 1, 1, 1, 1, 0, 0]
    spent = [(10.0 + number, 100.0 + number) for number in range(8)]
    before, after = rows("2018-04-test", list(first), spent), rows("later", list(second), [(y + 3, x + 1) for y, x in spent])
    found = paired_changes([before], [after], sample_of_eight())
    places = before.rows[["visit_id", "household_id", "village_code"]]
    design = sampled_rows(sample_of_eight(), places, places, lonely="adjust", place="").design
    expected = change_of(design, np.array(first, dtype=float), np.array(second, dtype=float))
    signed = found.iloc[0]
    assert tuple(found.columns) == COLUMNS
    assert (signed["change"], signed["se"], signed["p_value"]) == pytest.approx((expected.estimate, expected.se, expected.p_value))
    assert (signed["ci_low"], signed["ci_high"]) == pytest.approx((expected.ci_low, expected.ci_high))
    assert signed["basis"] == "probability"
    smaller, larger = sorted(found["p_value"])
    assert sorted(found["p_holm"]) == pytest.approx(sorted([min(2 * smaller, 1), max(min(2 * smaller, 1), larger)]))


def test_paired_changes__of_persons__compare_households_by_the_sums_of_their_members() -> None:
    before, after = rows("2018-04-test", [1, 0], [(0, 0), (0, 0)], "members"), rows("later", [1, 1], [(0, 0), (0, 0)], "members")
    twice = RowsBehind("household", "members", False, (SIGNED,), pd.concat([before.rows, before.rows], ignore_index=True))
    [signed] = paired_changes([twice], [after], None).to_dict("records")
    assert (signed["n_households"], signed["before"], signed["after"]) == (2, 0.5, 1)


def test_paired_changes__without_a_household_in_common__are_none() -> None:
    before, after = rows("2018-04-test", [1], [(1, 1)]), rows("later", [1], [(1, 1)])
    strangers = RowsBehind("household", "main", False, after.measures, after.rows.assign(household_id="other"))
    assert paired_changes([before], [strangers], None).empty
