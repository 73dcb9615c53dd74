"""The rows behind each figure: as many as the figure says, in a bundle written by hand and in the whole demonstration."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy.orm import Session

from analysis.bundle import Bundle, read_bundle
from analysis.indicators import compute_estimates
from analysis.lineage.behind import domain_of, is_behind, rows_behind
from survey.bundles.export import export_bundle
from tests.analysis.bundles import BundleData, FormData, column, household, indicator, member, submission, write_bundle
from tests.analysis.test_sampled import VILLAGES, sample_of_eight

COLUMNS = {
    "main": (
        column("signed", "category", "签约", choices={"yes": "是", "no": "否"}),
        column("needs", "multi", "需要", choices={"road": "路", "doctor": "医生"}),
        column("spent", "decimal", "支出"),
        column("earned", "decimal", "收入"),
    ),
    "members": (column("age", "integer", "年龄"),),
}
INDICATORS = (
    indicator("signed_share", "share", "signed", values=["yes"]),
    indicator("needs", "distribution", "needs"),
    indicator("spent_share", "ratio", numerator="spent", denominator="earned"),
    indicator("age_mean", "mean", "age", of="members"),
    indicator("earned_median", "median", "earned"),
    indicator("no_such", "mean", "nobody_asks_this"),
)


def written_bundle(tmp_path: Path) -> Bundle:
    """Ten households of two villages, the last two of them outside the sample; one gave no answer, some bear marks."""
    rows, members, households = [], [], []
    for number in range(10):
        village = VILLAGES[number // 4 % 2]
        answers: dict[str, Any] = {
            "signed": None if number == 2 else "yes" if number % 2 else "no",
            "needs": ["road"] if number % 3 else [],
        }
        rows.append(submission(number, village, **answers, spent=10.0 * number, earned=100.0 if number != 5 else None))
        members += [member(number, position, village, age=20 + number if position else None) for position in range(number % 3)]
        households.append(household(number, village, markers=["old", "sick"] if number < 3 else []))
    data = BundleData(
        [FormData("household", COLUMNS, {"main": rows, "members": members}, INDICATORS)],
        households=households,
        villages=[("2018-04-test", village, "probability") for village in VILLAGES[:2]],
    )
    return read_bundle(write_bundle(tmp_path / "bundle", data))


def differences(bundle: Bundle) -> Iterator[str]:
    """What of the estimates is not as the rows behind it say: how many there are, how many have an answer."""
    tables = list(rows_behind(bundle))
    answered = [table.rows[[measure.is_valid for measure in table.measures]].to_numpy(dtype=int) for table in tables]
    places = {
        (table.form_id, measure.indicator, measure.category): (number, column)
        for number, table in enumerate(tables)
        for column, measure in enumerate(table.measures)
    }
    counted: dict[tuple[Any, ...], tuple[int, np.ndarray]] = {}
    for figure in compute_estimates(bundle).table.to_dict("records"):
        number, column = places[figure["form_id"], figure["indicator"], figure["category"]]
        key = (number, figure["basis"], *domain_of(figure).items())
        if key not in counted:
            mask = is_behind(tables[number], figure)
            counted[key] = int(mask.sum()), answered[number][mask].sum(axis=0)
        n, n_answered = counted[key][0], counted[key][1][column]
        if (n, n_answered) != (figure["n"] + figure["n_missing"], figure["n"]):
            yield f"{figure['form_id']} {figure['indicator']} {figure['domain_type']} {figure['domain']}: {n_answered} of {n}"


@pytest.mark.parametrize("sample", [None, sample_of_eight(), sample_of_eight(inclusion_village=None)], ids=["none", "drawn", "households"])
def test_rows_behind__of_a_bundle__are_as_many_as_each_figure_says(tmp_path: Path, sample: pd.DataFrame | None) -> None:
    assert list(differences(replace(written_bundle(tmp_path), sample=sample))) == []


def test_rows_behind__of_each_measure__say_what_a_row_adds_and_answered(tmp_path: Path) -> None:
    main, members = rows_behind(written_bundle(tmp_path))
    assert [(each.indicator, each.category) for each in main.measures] == [
        ("signed_share", ""), ("needs", "road"), ("needs", "doctor"), ("spent_share", ""), ("earned_median", ""),
    ]  # fmt: skip
    row = main.rows.set_index("instance_id").loc["uuid:0001"]
    signed, road, doctor, spent, _median = main.measures
    assert (row[signed.answer], row[signed.numerator], row[signed.denominator]) == ("yes", 1, 1)
    assert (row[road.answer], row[road.numerator], row[doctor.numerator]) == ("road", 1, 0)
    assert (spent.answer, row[spent.numerator], row[spent.denominator], row["markers"]) == ("", 10, 100, "|old|sick|")
    assert not main.rows.set_index("instance_id").loc["uuid:0005", spent.is_valid]
    assert list(members.rows["position"].unique()) == [0, 1]


@pytest.mark.soak
def test_rows_behind__of_the_demonstration__are_as_many_as_every_figure_of_every_domain_says(demo_session: Session, tmp_path: Path) -> None:
    export_bundle(demo_session, tmp_path / "bundle")
    assert list(differences(read_bundle(tmp_path / "bundle"))) == []


def test_domain_of__of_each_kind__names_the_columns_that_hold_it() -> None:
    place = {"visit_id": "v", "county_code": "610727", "domain": "610727", "domain_type": "county"}
    assert domain_of(place) == {"visit_id": "v", "county_code": "610727"}
    kind = {**place, "domain_type": "household_kind", "domain": "marginal"}
    assert domain_of(kind) == {"visit_id": "v", "county_code": "610727", "household_kind": "marginal"}
    assert domain_of({**kind, "county_code": ""}) == {"visit_id": "v", "household_kind": "marginal"}
    assert domain_of({**kind, "domain_type": "marker", "domain": "old"})["markers"] == "|old|"
    assert domain_of({**place, "domain_type": "all", "visit_id": "", "county_code": "", "domain": ""}) == {}
