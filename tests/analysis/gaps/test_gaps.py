"""The three gap analyses over small bundles worked by hand, and their workbook in both languages."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from scipy import stats

from analysis.bundle import Bundle, read_bundle
from analysis.gaps.cliff import cliff_gaps
from analysis.gaps.filed import said_against_filed
from analysis.gaps.shuffling import differences_within, shuffled_marks, shuffled_p
from analysis.gaps.villages import village_differences
from analysis.gaps.workbook import find_gaps, gaps_workbook
from tests.analysis.bundles import BundleData, FormData, candidate, column, indicator, rule, submission, write_bundle

VISIT = "2018-04-test"
VILLAGES = [f"6107271012{number:02}" for number in range(1, 9)]
YES_NO = {"yes": "是", "no": "否"}
SUPPORT = indicator(
    "support_mean", "mean", "support_cny", area="safety_net", unit="cny", zh="户均到户帮扶资金", gap_between=["registered", "marginal"]
)


def bundle_of(tmp_path: Path, data: BundleData) -> Bundle:
    """The data written as a bundle and read again."""
    return read_bundle(write_bundle(tmp_path / "bundle", data))


def supported(tmp_path: Path, amounts: dict[str, tuple[tuple[str, float | None], ...]]) -> Bundle:
    """A bundle of households with their kind and the support they received, by village."""
    rows, number = [], 0
    for village, households in amounts.items():
        for kind, amount in households:
            rows.append(submission(number, village, kind, support_cny=amount))
            number += 1
    form = FormData("household", {"main": (column("support_cny", "decimal", "扶持"),)}, {"main": rows}, (SUPPORT,))
    return bundle_of(tmp_path, BundleData([form], villages=[(VISIT, village, "purposive") for village in amounts]))


TWO_VILLAGES: dict[str, tuple[tuple[str, float | None], ...]] = {
    VILLAGES[0]: (("registered", 100.0), ("registered", 300.0), ("marginal", 0.0), ("marginal", 100.0)),
    VILLAGES[1]: (("registered", 400.0), ("registered", 600.0), ("marginal", 100.0), ("marginal", 100.0)),
}


def test_cliff__of_drawn_villages__has_the_error_of_both_stages(tmp_path: Path) -> None:
    bundle = supported(tmp_path, TWO_VILLAGES)
    main = bundle.tables["household", "main"]
    sample = main[["visit_id", "household_id", "village_code"]].assign(
        village_stratum="610727",
        household_stratum=main["household_kind"],
        inclusion_village=0.5,
        inclusion_household=0.4,
        n_households_frame=5,
        state="drawn",
    )
    table = cliff_gaps(replace(bundle, sample=sample)).table.set_index("domain")
    visit = table.loc[VISIT]
    assert (visit["mean_first"], visit["mean_second"], visit["estimate"], visit["df"]) == (350, 75, 275, 1)
    # Villages: half of −125 and of 125 away from the mean, (1 − 1/2) × 2 of 2. Households: quarters of their deviations, 2 of 5, twice.
    between, within = 0.5 * 2 * 2 * 62.5**2, 0.5 * 0.6 * 2 * (2 * 25**2 + 2 * 12.5**2 + 2 * 25**2)
    assert visit["se"] ** 2 == pytest.approx(between + within)
    assert (visit["basis"], visit["test"], visit["n_first"], visit["n_second"]) == ("probability", "student", 4, 4)
    assert visit["ci_low"] < 275 < visit["ci_high"]
    village = table.loc[VILLAGES[0]]
    assert (village["estimate"], village["se"] ** 2) == (150, pytest.approx(0.6 * 2 * (2 * 50**2 + 2 * 25**2)))


def test_cliff__of_chosen_villages__is_observed_and_leaves_out_villages_without_both_kinds(tmp_path: Path) -> None:
    alone = {VILLAGES[2]: (("registered", 9000.0), ("marginal", None)), VILLAGES[3]: (("ordinary", 5.0), ("registered", 7.0))}
    found = cliff_gaps(supported(tmp_path, {**TWO_VILLAGES, **alone}))
    visit = found.table.query("domain_type == 'visit'").iloc[0]
    assert (visit["estimate"], visit["n_villages"], visit["basis"], visit["test"]) == (275, 2, "purposive", "shuffled_kinds")
    assert pd.isna(visit["se"])
    assert pd.isna(visit["ci_low"])
    # Of the 36 ways to call two of four households registered in both villages, 275 comes about in 2, and −275 in 2.
    assert visit["p_value"] == pytest.approx(4 / 36, abs=0.02)
    assert set(found.table["domain"]) == {VISIT, "610727", *VILLAGES[:2]}
    assert found.table.query("domain_type == 'village'")["p_holm"].isna().all()


def test_cliff__with_rows_in_another_order__is_the_same(tmp_path: Path) -> None:
    bundle = supported(tmp_path, TWO_VILLAGES)
    turned = bundle.tables["household", "main"].iloc[::-1].reset_index(drop=True)
    other = cliff_gaps(replace(bundle, tables={("household", "main"): turned})).table
    columns = ["domain", "estimate", "n_first", "n_second", "mean_first"]
    pd.testing.assert_frame_equal(cliff_gaps(bundle).table[columns], other[columns])


def asked(name: str, source: str, kind: str = "select_one", **mapping: str) -> dict[str, Any]:
    """One question of a compared item."""
    return {"name": name, "path": f"/data/{name}", "source": source, "type": kind, "unit": "", "mapping": mapping}


def item(name: str, *questions: dict[str, Any], amount: float = 0.0) -> dict[str, Any]:
    """One compared item as the codebook tells it."""
    label = {"zh": f"{name}项", "en": name}
    return {"name": name, "label": label, "area": "water", "questions": list(questions), "tolerance_share": 0.0, "tolerance_amount": amount}


def compared_bundle(tmp_path: Path) -> Bundle:
    """Six households and five files: water is judged at the file, members are compared by their numbers."""
    said = [("yes", 4), ("no", 3), ("no", 5), ("no", 2), ("yes", 6), ("yes", 1)]
    filed = [("yes", 4, "agrees"), ("yes", 4, "differs"), ("yes", 7, "differs"), ("yes", 2, "differs"), ("", 6, "cannot_verify")]
    household = FormData(
        "household",
        {"main": (column("water", "category", "饮水", choices=YES_NO), column("n_members", "integer", "人口"))},
        {"main": [submission(number, water=water, n_members=n) for number, (water, n) in enumerate(said)]},
        compared=[item("water", asked("water", "said")), item("members", asked("n_members", "said", "integer"))],
    )
    rows = [
        {**submission(100 + number, water_filed=water or None, members_filed=n, water_result=result), "household_id": f"h{number}"}
        for number, (water, n, result) in enumerate(filed)
    ]
    results = column("water_result", "category", "结果", choices={"agrees": "一致", "differs": "不一致", "cannot_verify": "无法核实"})
    archive = FormData(
        "archive_check",
        {"main": (column("water_filed", "category", "饮水", choices=YES_NO), column("members_filed", "integer", "人口"), results)},
        {"main": rows},
        compared=[
            item("water", asked("water_filed", "filed"), asked("water_result", "judged")),
            item("members", asked("members_filed", "filed", "integer"), amount=1),
        ],
    )
    return bundle_of(tmp_path, BundleData([archive, household]))


def test_filed__judged_and_computed__tells_agreement_and_which_way_files_err(tmp_path: Path) -> None:
    found = said_against_filed(compared_bundle(tmp_path))
    visit = found.table.query("domain_type == 'visit'").set_index("item")
    water, members = visit.loc["water"], visit.loc["members"]
    assert (water["n"], water["estimate"], water["n_not_verified"]) == (4, 0.25, 1)
    # Three files say yes where the household said no: of three signs all are the same, 2 × (1/2)³.
    assert (water["n_above"], water["n_below"], water["direction"], water["p_value"]) == (3, 0, 0.75, pytest.approx(0.25))
    # One member more is within the tolerance, two are not.
    assert (members["n"], members["estimate"], members["n_above"], members["basis"]) == (5, 0.8, 1, "purposive")
    assert visit["se"].isna().all()
    assert water["p_holm"] == pytest.approx(0.5)
    assert set(visit["n_tests"]) == {2}


def test_filed__of_households_drawn_by_chance__has_intervals_and_the_test_of_the_design(tmp_path: Path) -> None:
    bundle = compared_bundle(tmp_path)
    sample = bundle.tables["household", "main"][["visit_id", "household_id", "village_code"]].assign(
        village_stratum="a", household_stratum="a", inclusion_village=1.0, inclusion_household=0.5, n_households_frame=12, state="drawn"
    )
    visit = said_against_filed(replace(bundle, sample=sample)).table.query("domain_type == 'visit'").set_index("item")
    assert visit["basis"].tolist() == ["probability", "probability"]
    assert ((visit["ci_low"] < visit["estimate"]) & (visit["estimate"] < visit["ci_high"])).all()
    assert (visit.loc["water", "test"], visit.loc["water", "estimate"], visit.loc["water", "direction"]) == ("student", 0.25, 0.75)


def worried_bundle(tmp_path: Path, n_villages: int = 8) -> Bundle:
    """Villages with one household each: the first half has unsafe water and an issue, and is poorer; their numbers say nothing."""
    rows, candidates = [], []
    for number, village in enumerate(VILLAGES[:n_villages]):
        is_first = number < n_villages // 2
        rows.append(
            submission(number, village, income_cny=1000.0 * is_first + 10 * number, water="no" if is_first else "yes", visits=number % 2)
        )
        if is_first:
            candidates.append(candidate("unsafe_water", number, village, zh="饮水不安全"))
    columns = (
        column("income_cny", "decimal", "收入"),
        column("water", "category", "饮水", choices=YES_NO),
        column("visits", "integer", "走访"),
    )
    indicators = (
        indicator("income_mean", "mean", "income_cny", unit="cny", zh="户均收入"),
        indicator("water_share", "share", "water", values=["yes"], zh="饮水安全"),
        indicator("visits_mean", "mean", "visits", unit="times", zh="走访次数"),
        indicator("income_total", "total", "income_cny", unit="cny", zh="收入合计"),
    )
    rules = ({**rule("unsafe_water", "饮水不安全"), "questions": ["water"]},)
    form = FormData("household", {"main": columns}, {"main": rows}, indicators, rules)
    villages = [(VISIT, village, "purposive") for village in VILLAGES[:n_villages]]
    return bundle_of(tmp_path, BundleData([form], villages=villages, candidates=candidates))


def test_villages__with_an_issue__are_ranked_by_how_far_they_differ(tmp_path: Path) -> None:
    table = village_differences(worried_bundle(tmp_path)).table
    assert set(table["rule"]) == {"", "unsafe_water"}
    of_rule = table[table["rule"] == "unsafe_water"].set_index("indicator")
    # Water does not vary within either sort of village, so that no size can be given; a total tells of visits, not of villages.
    assert of_rule.index.tolist() == ["income_mean", "visits_mean"]
    income = of_rule.loc["income_mean"]
    assert (income["estimate"], income["mean_with"], income["mean_without"]) == (960, 1015, 55)
    assert (income["rank"], income["n_with"], income["n_without"], income["basis"]) == (1, 4, 4, "purposive")
    # Of the 70 ways to mark four of eight villages two give as large a difference.
    assert income["p_value"] == pytest.approx(2 / 70, abs=0.01)
    assert of_rule.loc["visits_mean", "estimate"] == 0
    assert not of_rule["is_same_question"].any()


def test_villages__too_few_or_drawn_by_chance__are_left_out_or_have_an_error(tmp_path: Path) -> None:
    assert village_differences(worried_bundle(tmp_path / "few", 4)).table.empty
    bundle = worried_bundle(tmp_path)
    sample = bundle.tables["household", "main"][["visit_id", "household_id", "village_code"]].assign(
        village_stratum="a", household_stratum="a", inclusion_village=0.1, inclusion_household=0.5, n_households_frame=2, state="drawn"
    )
    income = village_differences(replace(bundle, sample=sample)).table.query("rule == '' and indicator == 'income_mean'").iloc[0]
    assert (income["estimate"], income["basis"], income["test"], income["df"]) == (pytest.approx(960), "probability", "student", 7)
    assert income["ci_low"] < 960 < income["ci_high"]


@pytest.mark.parametrize(("language", "sheets"), [("zh", "悬崖效应"), ("en", "Cliff effect")])
def test_workbook__of_all_three__tells_labels_and_how_to_read_them(tmp_path: Path, language: str, sheets: str) -> None:
    bundle = supported(tmp_path, TWO_VILLAGES)
    content = gaps_workbook(bundle, find_gaps(bundle), language)
    assert content == gaps_workbook(bundle, find_gaps(bundle), language)
    book = openpyxl.load_workbook(BytesIO(content))
    assert book.sheetnames[0] == sheets
    assert len(book.sheetnames) == 4
    first = [cell.value for cell in book[sheets][2]]
    assert "户均到户帮扶资金" in first or "support_mean" in first
    assert 275 in first
    assert len(list(book.worksheets[-1].rows)) == 5


def test_bundle_of_an_older_program__has_no_gaps_and_no_problem(tmp_path: Path) -> None:
    form = FormData("household", {"main": (column("income_cny", "decimal", "收入"),)}, {"main": [submission(1, income_cny=1.0)]})
    gaps = find_gaps(bundle_of(tmp_path, BundleData([form])))
    assert gaps.cliff.empty
    assert gaps.filed.empty
    assert gaps.problems == ()


def test_shuffling__of_many_villages__takes_the_normal_distribution_of_their_spread() -> None:
    random = np.random.default_rng(7)
    values, marked = random.normal(size=(400, 1)), np.arange(400) % 2 == 0
    values[marked] += 0.2
    blocks = np.repeat([0, 1], 200)
    found = differences_within(values, marked, blocks)[0]
    others = shuffled_marks(values, marked, blocks)
    assert len(others) == 199
    assert shuffled_p(found, others[:, 0]) == pytest.approx(stats.ttest_ind(values[marked, 0], values[~marked, 0]).pvalue, rel=0.5)
