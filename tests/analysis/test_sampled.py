"""Estimates of a bundle with a sample: drawn villages, villages taken whole, and villages chosen on purpose beside each other."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.bundle import read_bundle
from analysis.estimation.suppression import Suppression
from analysis.indicators import Estimated, compute_estimates
from analysis.report.kinds.county import outline_county_report
from analysis.report.kinds.records import About, Sources
from analysis.report.kinds.village import draft_village
from analysis.report.outline import Paragraph, Table
from analysis.report.texts import plain
from questionnaires.errors import ErrorCode, SurveyError
from tests.analysis.bundles import BundleData, FormData, column, household, indicator, member, submission, write_bundle

VILLAGES = [f"61072710120{number}" for number in range(1, 5)]
COLUMNS = {
    "main": (column("signed", "category", "签约", choices={"yes": "是", "no": "否"}), column("income_cny", "decimal", "收入")),
    "members": (column("age", "integer", "年龄"),),
}
INDICATORS = (indicator("signed_share", "share", "signed", values=["yes"]), indicator("age_mean", "mean", "age", of="members"))
INDICATORS += (indicator("income_total", "total", "income_cny", unit="cny"), indicator("income_median", "median", "income_cny"))


def sampled_bundle(tmp_path: Path, **changes: Any) -> Estimated:
    """Two of four villages, four of ten households in each, all interviewed; `changes` are columns of the sample."""
    rows, members, households = [], [], []
    for number in range(8):
        village = VILLAGES[number // 4]
        rows.append(submission(number, village, signed="yes" if number % 4 else "no", income_cny=100.0 * number))
        members += [member(number, position, village, age=20 + number + position) for position in range(number % 3)]
        households.append(household(number, village, markers=["old"] if number < 3 else []))
    sample = sample_of_eight(**changes)
    data = BundleData(
        [FormData("household", COLUMNS, {"main": rows, "members": members}, INDICATORS)],
        households=households,
        villages=[("2018-04-test", village, "probability") for village in VILLAGES[:2]],
    )
    bundle = read_bundle(write_bundle(tmp_path / "bundle", data))
    return compute_estimates(replace(bundle, sample=sample))


def sample_of_eight(**changes: Any) -> pd.DataFrame:
    """The table of the sample; `changes` are columns of it."""
    return pd.DataFrame(
        {
            "visit_id": "2018-04-test",
            "household_id": [f"h{number}" for number in range(8)],
            "village_code": [VILLAGES[number // 4] for number in range(8)],
            "village_stratum": "610727",
            "household_stratum": "all",
            "inclusion_village": 0.5,
            "inclusion_household": 0.4,
            "n_households_frame": 10,
            "state": "drawn",
        }
    ).assign(**changes)


def rows_of(found: Estimated, name: str, domain_type: str) -> pd.DataFrame:
    """The rows of an indicator in the domains of one type."""
    return found.table[(found.table["indicator"] == name) & (found.table["domain_type"] == domain_type)]


def test_county__of_drawn_villages__is_estimated_and_its_total_is_that_of_the_population(tmp_path: Path) -> None:
    found = sampled_bundle(tmp_path)
    total = rows_of(found, "income_total", "county").iloc[0]
    # Every household stands for 1 / (0.5 × 0.4) = 5. Villages: 600 and 2,200, times 2.5 and 2: 3,000 and 11,000.
    # Between: (1 − 1/2) × 2 × 2 × 4,000²; within, in each: 1/2 × (1 − 0.4) × 4/3 × 25 × 50,000.
    assert total["estimate"] == pytest.approx(14_000)
    assert total["se"] ** 2 == pytest.approx(32e6 + 2 * 0.5 * 0.6 * 4 / 3 * 25 * 50_000)
    assert (total["df"], total["basis"], total["n"]) == (1, "probability", 8)
    assert (found.table["basis"] == "probability").all()
    # The old are three households of one village: a median has no standard error without degrees of freedom.
    assert found.table.loc[found.table["se"].isna(), ["indicator", "domain_type"]].drop_duplicates().to_numpy().tolist() == [
        ["income_median", "marker"]
    ]
    share = rows_of(found, "signed_share", "village")
    assert share["estimate"].tolist() == [0.75, 0.75]
    assert (share["se"] ** 2).tolist() == pytest.approx([0.6 * 0.75 * 0.25 / 3] * 2)
    assert (share["ci_low"].between(0, 0.75) & share["ci_high"].between(0.75, 1)).all()
    assert rows_of(found, "age_mean", "county")["n"].item() == 7
    median = rows_of(found, "income_median", "county").iloc[0]
    assert (median["estimate"], median["df"]) == (300.0, 1)
    assert median["ci_low"] <= 300 <= median["ci_high"]
    assert rows_of(found, "income_median", "village")["estimate"].tolist() == [100.0, 500.0]


def test_ratio__whose_numerator_is_part_of_its_denominator__has_an_interval_within_0_and_100_per_cent(tmp_path: Path) -> None:
    """Ten items are compared in each file; in one village all agree, in the other eight: 90 per cent, ± 12.7 times 5 over one village."""
    columns = {"main": (column("n_agreeing", "integer", "相符"), column("n_compared", "integer", "对照"))}
    rows = [submission(number, VILLAGES[number // 4], n_agreeing=10 if number < 4 else 8, n_compared=10) for number in range(8)]
    ratio = {"numerator": "n_agreeing", "denominator": "n_compared"}
    indicators = [indicator(name, "ratio", **ratio, is_part=is_part) for name, is_part in (("plain", False), ("part", True))]
    villages = [("2018-04-test", village, "probability") for village in VILLAGES[:2]]
    data = BundleData([FormData("archive_check", columns, {"main": rows}, indicators)], villages=villages)
    bundle = replace(read_bundle(write_bundle(tmp_path / "bundle", data)), sample=sample_of_eight(inclusion_household=1.0))
    plain, part = (rows_of(compute_estimates(bundle), name, "county").iloc[0] for name in ("plain", "part"))
    se, t = 0.1 * np.sqrt(0.5), 12.706
    assert (plain["estimate"], plain["se"], plain["df"]) == pytest.approx((0.9, se, 1))
    assert (plain["ci_low"], plain["ci_high"]) == pytest.approx((0.9 - t * se, 0.9 + t * se), abs=1e-4)
    assert plain["ci_high"] > 1
    # On the scale of log odds: ln 9 ± t × se / (0.9 × 0.1).
    ends = [1 / (1 + np.exp(-(np.log(9) + sign * t * se / 0.09))) for sign in (-1, 1)]
    assert part[["estimate", "se", "ci_low", "ci_high"]].tolist() == pytest.approx([0.9, se, *ends], abs=1e-4)


def test_one_village_drawn__leaves_its_county_without_interval_and_says_so(tmp_path: Path) -> None:
    """A ratio's deviations in the only village add up to 0, which must not pass for certainty."""
    found = sampled_bundle(tmp_path, village_code=VILLAGES[0], inclusion_household=1.0, n_households_frame=8)
    share = rows_of(found, "signed_share", "county").iloc[0]
    assert (share["estimate"], share["df"]) == (0.75, 0)
    assert share[["se", "ci_low", "ci_high"]].isna().all()
    assert [problem.code for problem in found.problems] == [ErrorCode.LONELY_PSU]


@pytest.mark.parametrize("names", [("household_kind",), ("household_kind", "county")])
def test_calibration__to_the_frame__meets_its_totals_without_error_and_tells_what_it_cannot(tmp_path: Path, names: tuple[str, ...]) -> None:
    sampled_bundle(tmp_path)
    bundle = replace(read_bundle(tmp_path / "bundle"), sample=sample_of_eight())
    kinds = ["registered", "registered", "ordinary", "ordinary"] * 2
    frame = [household(number, VILLAGES[number // 4], kinds[number]) for number in range(8)]
    frame += [household(10 + number, VILLAGES[number % 4], "registered" if number < 12 else "ordinary") for number in range(32)]
    bundle = replace(bundle, households=pd.DataFrame(frame))
    found = compute_estimates(bundle, calibrate=names)
    assert found.problems == ()
    total = rows_of(found, "income_total", "county").iloc[0]
    # 16 registered households with a mean of 0, 100, 400 and 500, 24 ordinary ones with 200, 300, 600 and 700.
    assert total["estimate"] == pytest.approx(16 * 250 + 24 * 450)
    assert 0 < total["se"] < rows_of(compute_estimates(bundle), "income_total", "county").iloc[0]["se"]
    outline = outline_county_report(bundle, "2018-04-test", "610727", today=date(2018, 4, 28), calibrate=names)
    assert any("按名册户数校准" in plain(block.text) for block in outline.blocks if isinstance(block, Paragraph))
    lacking = replace(bundle, households=bundle.households.assign(kind=["marginal"] + ["registered"] * 39))
    told = compute_estimates(replace(lacking, sample=sample_of_eight(household_id=[f"h{n}" for n in (9, *range(1, 8))])), calibrate=names)
    assert {problem.code for problem in told.problems} == {ErrorCode.NOT_CONVERGED}
    assert "household_kind 'marginal'" in str(told.problems[0])
    with pytest.raises(SurveyError, match="calibrate") as refusal:
        compute_estimates(bundle, calibrate=("weather",))
    assert refusal.value.code is ErrorCode.INVALID_VALUE


def test_village_taken_whole__has_its_value_without_sampling_error(tmp_path: Path) -> None:
    found = sampled_bundle(tmp_path, inclusion_village=1.0, inclusion_household=1.0, n_households_frame=4)
    assert set(found.table["basis"]) == {"census"}
    assert (found.table["se"] == 0).all()
    assert found.table["ci_low"].tolist() == pytest.approx(found.table["estimate"].tolist())
    assert found.problems == ()


def test_village_chosen_on_purpose__has_an_interval_for_itself_at_most_and_none_for_the_county(tmp_path: Path) -> None:
    one = sampled_bundle(tmp_path, inclusion_village=[0.5] * 4 + [np.nan] * 4, inclusion_household=[np.nan] * 4 + [0.4] * 4)
    village = rows_of(one, "signed_share", "village").set_index("domain")
    assert village["basis"].to_dict() == {VILLAGES[0]: "purposive", VILLAGES[1]: "probability"}
    assert village["se"].notna().to_dict() == {VILLAGES[0]: False, VILLAGES[1]: True}
    for domain_type in ("county", "visit", "all", "household_kind"):
        observed = rows_of(one, "income_total", domain_type)
        assert (observed["basis"] == "purposive").all()
        assert observed[["se", "ci_low", "ci_high", "df", "deff"]].isna().all(axis=None)
        assert observed["estimate"].tolist() == [2800.0] * len(observed)


def test_reports_on_drawn_households_of_a_chosen_village__tell_its_basis_and_no_total_that_passes_the_countys(tmp_path: Path) -> None:
    drawn = {"inclusion_village": np.nan, "inclusion_household": [np.nan] * 4 + [0.4] * 4}
    sampled_bundle(tmp_path)
    bundle = read_bundle(tmp_path / "bundle")
    chosen = bundle.visit_villages.assign(basis="purposive")
    bundle = replace(bundle, sample=sample_of_eight(**drawn), visit_villages=chosen)
    found = rows_of(compute_estimates(bundle), "income_total", "village").set_index("domain")["estimate"]
    assert found[VILLAGES[1]] == pytest.approx(5500), "2,200 of four households stand for ten"
    made = outline_county_report(bundle, "2018-04-test", "610727", today=date(2018, 5, 1))
    table = next(block for block in made.blocks if isinstance(block, Table) and "income_total（元）" in block.header)
    column = list(table.header).index("income_total（元）")
    assert [plain(row.cells[column]) for row in table.rows[:3]] == ["2,800（8）", "600（4）", "—"]
    assert "村的合计是对全村农户的估计" in table.note
    brief = draft_village(Sources(About("2018-04-test", village_code=VILLAGES[1]), "zh", date(2018, 5, 1), (bundle,)))
    said = "".join(plain(block.text) for block in brief.blocks if isinstance(block, Paragraph))
    assert "村为典型选取，村内农户按概率抽取" in said
    beside = next(block for block in brief.blocks if isinstance(block, Table))
    assert [plain(cell) for cell in next(row for row in beside.rows if "income_total" in plain(row.cells[0])).cells[1:]] == [
        *("5,500", "4", "—", "—", "—")
    ]


def test_households__replaced_missing_or_outside_the_sample__count_as_their_place_says(tmp_path: Path) -> None:
    # h0 was replaced by h1; of the other village h4 was not drawn at all; h2 has a place of its own.
    state = ["stood_in_for", "taken", "drawn", "drawn", "drawn", "drawn", "drawn", "drawn"]
    households = [f"h{number}" for number in range(8)]
    households[4] = "h99"
    found = sampled_bundle(tmp_path, state=state, household_id=households)
    share = rows_of(found, "signed_share", "village")
    assert share["n"].tolist() == [3, 3]
    assert share["estimate"].tolist() == [1.0, 1.0]
    total = rows_of(found, "income_total", "village")["estimate"]
    # The first village's three stand for 2.5 each; the second's three also carry the one that was drawn and not met.
    assert total.tolist() == pytest.approx([1500, 1800 * 2.5 * 4 / 3])


def test_problems__of_a_sample__are_told_and_figures_are_still_made(tmp_path: Path) -> None:
    alone = sampled_bundle(tmp_path / "alone", village_stratum=["a"] * 4 + ["b"] * 4)
    assert [problem.code for problem in alone.problems] == [ErrorCode.LONELY_PSU]
    assert alone.table["estimate"].notna().all()


def test_suppression__leaves_out_every_number_of_a_figure(tmp_path: Path) -> None:
    sampled_bundle(tmp_path)
    bundle = read_bundle(tmp_path / "bundle")
    found = compute_estimates(bundle, suppression=Suppression(minimum_n=5)).table
    hidden = found[found["suppressed"]]
    assert len(hidden)
    assert hidden[["estimate", "se", "ci_low", "ci_high", "df", "deff"]].isna().all(axis=None)
    assert [problem.code for problem in compute_estimates(bundle).problems] == [ErrorCode.NO_PROBABILITIES]
