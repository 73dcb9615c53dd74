"""Every figure by name over interviews worked by hand, observed and estimated, and what stands in its way."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.bundle import Bundle, read_bundle
from analysis.functions.named import FUNCTIONS
from analysis.indicators import compute_estimates
from questionnaires.errors import ErrorCode
from questionnaires.figure_functions import FIGURE_FUNCTIONS
from tests.analysis.bundles import BundleData, FormData, column, household, indicator, member, submission, write_bundle

VILLAGES = [f"61072710120{number}" for number in range(1, 5)]
YES_NO = {"yes": "是", "no": "否"}
MAIN_COLUMNS = (
    column("below_line", "text", "低于标准", is_asked=False),
    *(column(name, "integer", name) for name in FIGURE_FUNCTIONS["per_capita_income_cny"].questions),
    column("doctor_contract", "category", "签约", choices={"signed": "已签", "unsigned": "未签"}),
    column("doctor_visit", "category", "上门", choices={"within_12_months": "一年内", "never": "没有", "dont_know": "不知道"}),
    *(column(f"{item}_agrees", "text", item, is_asked=False) for item in ("members", "cause", "income")),
    *(column(f"who5_{number}", "integer", "WHO-5") for number in range(1, 6)),
)
MEMBER_COLUMNS = (column("age", "integer", "年龄"),)
INDICATORS = tuple(
    indicator(name, "function", of="members" if each.is_of_repeat else None, area="identification")
    for name, each in FIGURE_FUNCTIONS.items()
)
LIFTED, REGISTERED, MARGINAL, ORDINARY = "lifted_out", "registered", "marginal", "ordinary"
INCOME = {"wage_cny": 5000, "business_cny": 3000, "property_cny": 0, "transfer_cny": 1000, "business_cost_cny": 1000, "n_members": 4}
ROWS = (
    submission(0, VILLAGES[0], LIFTED, below_line="yes", **INCOME, doctor_contract="signed", doctor_visit="within_12_months"),
    submission(1, VILLAGES[0], LIFTED, below_line="no", **{**INCOME, "n_members": 1}, doctor_contract="signed", doctor_visit="never"),
    submission(2, VILLAGES[0], ORDINARY, below_line="yes", **{**INCOME, "property_cny": None}, doctor_contract="unsigned"),
    submission(3, VILLAGES[0], MARGINAL, below_line="no", members_agrees="yes", cause_agrees="no", income_agrees=""),
    submission(4, VILLAGES[1], LIFTED, below_line="no", members_agrees="yes", cause_agrees="yes", income_agrees="yes"),
    submission(5, VILLAGES[1], LIFTED, below_line="no", **{f"who5_{number}": 3 for number in range(1, 6)}),
    submission(6, VILLAGES[1], ORDINARY, below_line="no", **{f"who5_{number}": number - 1 for number in range(1, 6)}),
    submission(7, VILLAGES[1], MARGINAL, below_line="no", **{f"who5_{number}": 9 for number in range(1, 6)}),
    submission(8, VILLAGES[1], REGISTERED, below_line="yes", doctor_contract="signed", doctor_visit="dont_know"),
)
N_MEMBERS = {0: 2, 1: 2, 2: 1, 3: 1, 4: 2, 5: 2, 6: 1, 7: 1, 8: 3}
MEMBERS = tuple(
    member(number, position, row["village_code"], row["household_kind"], age=30)
    for number, row in enumerate(ROWS)
    for position in range(1, N_MEMBERS[number] + 1)
)
FRAME = {REGISTERED: 20, LIFTED: 30, MARGINAL: 10, ORDINARY: 40}
"""Persons of the county by kind; the first village has all the registered ones."""


def frame() -> list[dict[str, Any]]:
    """The households of four villages: 20 registered persons, 30 lifted out, 50 others, and those interviewed, who are among them."""
    places = {REGISTERED: VILLAGES[0], LIFTED: VILLAGES[1], MARGINAL: VILLAGES[2], ORDINARY: VILLAGES[3]}
    interviewed = [{**household(number, row["village_code"], row["household_kind"]), "n_members": 0} for number, row in enumerate(ROWS)]
    return [*interviewed, *({**household(100 + n, places[kind], kind), "n_members": FRAME[kind]} for n, kind in enumerate(FRAME))]


def worked_bundle(folder: Path, **changes: Any) -> Bundle:
    """The interviews in a bundle; with `sample` the two villages were drawn from four, and every household in them was asked."""
    columns = {"main": MAIN_COLUMNS, "members": MEMBER_COLUMNS}
    form = FormData("household", columns, {"main": ROWS, "members": MEMBERS}, changes.get("indicators", INDICATORS))
    villages = [("2018-04-test", village, "purposive") for village in VILLAGES[:2]]
    return read_bundle(write_bundle(folder / "bundle", BundleData([form], households=frame(), villages=villages)))


def drawn(bundle: Bundle, **changes: Any) -> Bundle:
    """The bundle with its two villages drawn from four."""
    rows = pd.DataFrame(
        {
            "visit_id": "2018-04-test",
            "household_id": [f"h{number}" for number in range(len(ROWS))],
            "village_code": [row["village_code"] for row in ROWS],
            "village_stratum": "610727",
            "household_stratum": "all",
            "inclusion_village": 0.5,
            "inclusion_household": 1.0,
            "n_villages_frame": 4,
            "n_households_frame": 4,
            "state": "drawn",
        }
    ).assign(**changes)
    return replace(bundle, sample=rows)


def of(table: pd.DataFrame, name: str, domain_type: str = "county") -> pd.Series:
    """The one row of an indicator."""
    found = table[(table["indicator"] == name) & (table["domain_type"] == domain_type)]
    assert len(found) == 1
    return found.iloc[0]


def test_functions__made_and_told_to_authors__are_the_same() -> None:
    assert set(FUNCTIONS) == set(FIGURE_FUNCTIONS)
    assert all(each.formula and each.source and each.unit for each in FIGURE_FUNCTIONS.values())


def test_figures_by_name__of_nine_interviews__are_what_the_hand_finds(tmp_path: Path) -> None:
    found = compute_estimates(worked_bundle(tmp_path))
    assert found.problems == ()
    figures = {name: of(found.table, name) for name in FIGURE_FUNCTIONS}
    hand = {
        # Members of ordinary and marginal households: one of four lives below the line; of lifted-out ones, two of eight.
        "omission_share": (4, 1 / 4, "share"),
        "wrong_exit_share": (8, 2 / 8, "share"),
        # Of the two villages visited the frame has 20 registered and 30 lifted-out persons: (20 + 30 / 4) / 50.
        "comprehensive_incidence": (12, 0.55, "share"),
        # 8,000 yuan for four members and for one; the third household did not tell its property income.
        "per_capita_income_cny": (2, 16_000 / 5, "cny"),
        "doctor_contract_share": (2, 1 / 2, "share"),
        # One of two items, and three of three.
        "said_filed_agreement": (2, 4 / 5, "share"),
        # 15 × 4 and 10 × 4; an item of 9 is outside the scale.
        "cadre_wellbeing": (2, 50.0, "points"),
    }
    assert {name: (row["n"], row["estimate"], row["unit"]) for name, row in figures.items()} == {
        name: (n, pytest.approx(value), unit) for name, (n, value, unit) in hand.items()
    }
    assert found.table["se"].isna().all()
    kinds = found.table[found.table["indicator"] == "comprehensive_incidence"]["domain_type"]
    assert set(kinds) == {"all", "visit", "county", "village"}


def test_incidence__of_drawn_villages__has_the_standard_error_of_its_three_parts(tmp_path: Path) -> None:
    """By hand: 0.2 + 0.3 / 4 + 0.5 / 4 = 0.4 over the county's persons.

    The first village's linearised total is 0.3 × 2 (2 − 4 / 4) / 16 + 0.5 × 2 (1 − 2 / 4) / 8 = 0.1, the second's −0.1, so the variance
    is (1 − 1/2) × 2 × (0.01 + 0.01) = 0.02.
    """
    found = compute_estimates(drawn(worked_bundle(tmp_path)))
    row = of(found.table, "comprehensive_incidence")
    assert found.problems == ()
    assert (row["estimate"], row["se"] ** 2, row["df"], row["basis"]) == pytest.approx((0.4, 0.02, 1, "probability"))
    assert row["ci_low"] < 0.4 < row["ci_high"]
    bundle = drawn(read_bundle(tmp_path / "bundle"))
    tables = {**bundle.tables, ("household", "main"): bundle.tables["household", "main"].assign(below_line="no")}
    none = of(compute_estimates(replace(bundle, tables=tables)).table, "comprehensive_incidence")
    # Where nobody was found below the line the standard error is 0, and the interval still says that there may be some.
    assert (none["estimate"], none["ci_low"]) == pytest.approx((0.2, 0.2))
    assert none["ci_high"] > 0.25


def test_incidence__where_the_frame_lacks_villages__is_not_made_and_the_others_are(tmp_path: Path) -> None:
    found = compute_estimates(drawn(worked_bundle(tmp_path), n_villages_frame=40))
    assert [problem.code for problem in found.problems] == [ErrorCode.INCOMPLETE_FRAME]
    assert "40 villages" in str(found.problems[0])
    assert np.isnan(of(found.table, "comprehensive_incidence")["estimate"])
    assert of(found.table, "wrong_exit_share")["estimate"] == pytest.approx(1 / 4)


@pytest.mark.parametrize(
    ("name", "questions", "code"),
    [("happiness", MAIN_COLUMNS, ErrorCode.INVALID_VALUE), ("cadre_wellbeing", MAIN_COLUMNS[:-1], ErrorCode.UNKNOWN_QUESTION)],
)
def test_figure_by_name__that_cannot_be_made__is_a_problem_beside_the_others(
    tmp_path: Path, name: str, questions: tuple[dict[str, Any], ...], code: ErrorCode
) -> None:
    bundle = worked_bundle(tmp_path, indicators=[indicator(name, "function"), indicator("said_filed_agreement", "function")])
    form = bundle.forms["household"]
    known = {each["name"] for each in questions}
    main = replace(form.tables[0], columns=tuple(each for each in form.tables[0].columns if each.name in known))
    found = compute_estimates(replace(bundle, forms={"household": replace(form, tables=(main, *form.tables[1:]))}))
    assert [problem.code for problem in found.problems] == [code]
    assert name in str(found.problems[0])
    assert of(found.table, "said_filed_agreement")["estimate"] == pytest.approx(4 / 5)
