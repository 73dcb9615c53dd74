"""Estimates part by part are those of the whole, whatever the parts are."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.bundle import read_bundle
from analysis.estimation.suppression import Suppression
from analysis.indicators import compute_estimates
from analysis.scale.large import estimate_large
from analysis.scale.writing import write_estimates
from questionnaires.errors import ErrorCode, SurveyError
from tests.analysis.bundles import BundleData, FormData, submission, write_bundle
from tests.analysis.example import example_bundle
from tests.analysis.scale.nations import COLUMNS, INDICATORS, VISITS, write_nation
from tests.analysis.scale.sameness import check_same, refresh_hash

PLACES = ("all", "county", "village")
CALIBRATED = [
    (2, False, False, ("household_kind", "county")),
    pytest.param(4, True, False, ("household_kind",), marks=pytest.mark.soak),
    pytest.param(6, True, True, ("county",), marks=pytest.mark.soak),
]
"""Seeds of nations with the margins that their weights are brought to."""


@pytest.mark.parametrize(("seed", "has_strays", "is_local"), [(2, False, False), (4, True, False), (6, True, True)])
def test_parts__of_any_bundle__give_the_figures_and_problems_of_the_whole(
    tmp_path: Path, seed: int, has_strays: bool, is_local: bool
) -> None:
    folder = write_nation(tmp_path / "bundle", seed, has_strays=has_strays, is_local=is_local, is_drawn=not has_strays)
    whole = compute_estimates(read_bundle(folder))
    assert {"probability", "purposive"} <= set(whole.table["basis"])
    assert whole.table["se"].notna().sum() > 100
    composed = whole.table[whole.table["indicator"] == "comprehensive_incidence"]
    assert {"visit", "county", "village"} <= set(composed["domain_type"][composed["estimate"].notna()])
    assert has_strays or composed[composed["domain_type"] == "visit"]["ci_low"].notna().any()
    for at_once in (1, 10_000)[: 1 + is_local]:
        found = estimate_large(folder, n_workers=1, at_once=at_once)
        told = [str(problem) for problem in found.problems if problem.code != ErrorCode.TOO_LARGE]
        assert sorted(told) == sorted(map(str, whole.problems))
        check_same(found.table, whole.table)


@pytest.mark.parametrize(("seed", "has_strays", "is_local", "margins"), CALIBRATED)
def test_parts__brought_to_totals_of_the_frame__have_weights_and_errors_of_the_whole(
    tmp_path: Path, seed: int, has_strays: bool, is_local: bool, margins: tuple[str, ...]
) -> None:
    folder = write_nation(tmp_path / "bundle", seed, has_strays=has_strays, is_local=is_local, is_drawn=not has_strays)
    plain, whole = compute_estimates(read_bundle(folder)).table, compute_estimates(read_bundle(folder), calibrate=margins)
    is_wide = whole.table["domain_type"].isin(["visit", "county", "household_kind"]) & whole.table["se"].notna()
    assert (np.abs(whole.table["se"] - plain["se"]) > 1e-6 * plain["se"])[is_wide].mean() > 0.25
    found = estimate_large(folder, n_workers=1, at_once=1, calibrate=margins)
    told = [str(problem) for problem in found.problems if problem.code != ErrorCode.TOO_LARGE]
    assert sorted(told) == sorted(map(str, whole.problems))
    check_same(found.table, whole.table)


def test_request__for_visits_and_domains__is_that_of_the_whole_and_of_its_file(tmp_path: Path) -> None:
    folder = write_nation(tmp_path / "bundle", 4, has_strays=False)
    asked = {"visit_ids": [VISITS[1]], "domain_types": ["county", "village"], "suppression": Suppression(minimum_n=4)}
    found = estimate_large(folder, n_workers=1, at_once=10_000, **asked)
    check_same(found.table, compute_estimates(read_bundle(folder), **asked).table)
    assert found.table["suppressed"].any()
    assert write_estimates(found, tmp_path / "estimates.parquet") == len(found.table)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "estimates.parquet"), found.table)


def test_bundle__of_before_the_sample_or_empty__has_the_figures_observed(tmp_path: Path) -> None:
    form = FormData("household", COLUMNS, {"main": [submission(1, signed="yes", crop="tea")], "members": []}, INDICATORS[:7])
    old = write_bundle(tmp_path / "old", BundleData([form], villages=[("2018-04-test", "610727101201", "probability")]))
    whole = compute_estimates(read_bundle(old))
    found = estimate_large(old, n_workers=1)
    check_same(found.table, whole.table)
    assert {str(problem) for problem in whole.problems} <= {str(problem) for problem in found.problems}
    empty = FormData("household", COLUMNS, {"main": [], "members": []}, INDICATORS)
    assert estimate_large(write_bundle(tmp_path / "empty", BundleData([empty])), n_workers=1).table.empty


@pytest.mark.parametrize("damage", ["altered", "twice", "alone", "version"])
def test_broken_bundle__is_refused_naming_the_place(tmp_path: Path, damage: str) -> None:
    rows = [submission(1, "610727101201"), submission(2, "610728101201")]
    members: list[dict[str, object]] = []
    if damage == "twice":
        rows[1]["instance_id"] = rows[0]["instance_id"]
    if damage == "alone":
        members = [{"instance_id": "uuid:0002", "position": None, "village_code": "610728101201"}]
    if damage == "version":
        rows[1]["form_version"] = "9"
    folder = write_bundle(tmp_path / "bundle", BundleData([FormData("household", COLUMNS, {"main": rows, "members": members}, INDICATORS)]))
    if damage == "altered":
        altered = next(folder.glob("submissions/household/*/county=610728/*.parquet"))
        refresh_hash(folder, altered, "0" * 64)
    with pytest.raises(SurveyError) as refused:
        estimate_large(folder, n_workers=1, at_once=1)
    assert refused.value.code == ErrorCode.INVALID_BUNDLE
    assert str(folder / "submissions") in str(refused.value)


def test_county__with_a_broken_file__is_left_out_and_no_figure_above_it_is_made(tmp_path: Path) -> None:
    folder = write_nation(tmp_path / "bundle", 5, has_strays=False, is_local=True)
    whole = compute_estimates(read_bundle(folder), domain_types=PLACES).table
    spoilt = next(folder.glob("submissions/household/main/county=610728/*.parquet"))
    rows = pq.read_table(spoilt, partitioning=None)
    pq.write_table(pa.concat_tables([rows, rows.slice(0, 1)]), spoilt)
    refresh_hash(folder, spoilt)
    with pytest.raises(SurveyError, match="is there more than once"):
        estimate_large(folder, n_workers=1, domain_types=PLACES)
    found = estimate_large(folder, n_workers=1, domain_types=PLACES, is_lenient=True)
    assert [str(problem) for problem in found.problems if "is there more than once" in str(problem)]
    assert any("no figures of places above the county" in str(problem) for problem in found.problems)
    kept = whole[(whole["county_code"] != "") & (whole["county_code"] != "610728")].reset_index(drop=True)
    check_same(found.table, kept)


def test_corrections__of_an_analyst__are_applied_in_parts_and_refused_as_a_whole(tmp_path: Path) -> None:
    folder = write_nation(tmp_path / "bundle", 5, has_strays=False)
    main, members = (read_bundle(folder).tables["household", name] for name in ("main", "members"))
    answered = main[main["signed"] == "yes"]["instance_id"].iloc[:3]
    aged = members[members["age"].notna()].iloc[0]
    lines = [f"{instance_id},signed,,yes,no" for instance_id in answered]
    lines += [f"{aged['instance_id']},age,{aged['position']:.0f},{aged['age']:.0f},130" if aged["position"] else ""]
    path = tmp_path / "mine.csv"

    def write(rows: list[str]) -> None:
        told = [f"{row},told,li,2018-05-02" for row in rows if row]
        path.write_text("\n".join(["instance_id,question,position,old,new,reason,by,at", *told]), encoding="utf-8")

    write(lines)
    expected = compute_estimates(read_bundle(folder, corrections=path), domain_types=PLACES).table
    assert not expected.equals(compute_estimates(read_bundle(folder), domain_types=PLACES).table)
    found = estimate_large(folder, n_workers=1, at_once=1, domain_types=PLACES, corrections=path)
    check_same(found.table, expected)
    write([*lines, "uuid:none,signed,,yes,no"])
    with pytest.raises(SurveyError) as whole:
        read_bundle(folder, corrections=path)
    with pytest.raises(SurveyError) as in_parts:
        estimate_large(folder, n_workers=1, domain_types=PLACES, corrections=path)
    assert str(in_parts.value) == str(whole.value)


def test_form__that_tells_of_counties__has_no_figure_of_a_village_in_parts_or_whole(tmp_path: Path) -> None:
    data = example_bundle()
    of_county = [replace(form, told_of="county" if form.form_id == "household" else "") for form in data.forms]
    folder = write_bundle(tmp_path / "bundle", replace(data, forms=of_county))
    found = compute_estimates(read_bundle(folder)).table
    assert "village" in set(found.loc[found["form_id"] == "archive_check", "domain_type"])
    whole = found[found["form_id"] == "household"]
    assert {"visit", "county"} <= set(whole["domain_type"])
    assert "village" not in set(whole["domain_type"])
    check_same(estimate_large(folder, n_workers=1).table, found)
