"""Reading a bundle: whole ones are read, broken ones are refused with the place and what to do."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.bundle import folder_name, read_bundle
from analysis.indicators import compute_estimates, compute_indicators
from questionnaires.errors import ErrorCode, SurveyError
from tests.analysis.bundles import NORTH, BundleData, FormData, column, indicator, member, submission, write_bundle, write_manifest
from tests.analysis.example import example_bundle


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example bundle as a folder."""
    return write_bundle(tmp_path / "bundle", example_bundle())


def refusal_of(folder: Path) -> str:
    """What the user reads when the folder is refused as a bundle."""
    with pytest.raises(SurveyError) as refusal:
        read_bundle(folder)
    assert refusal.value.code is ErrorCode.INVALID_BUNDLE
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def change_json(path: Path, **values: Any) -> None:
    """Change some of the values of a JSON file."""
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **values}), encoding="utf-8")


def test_bundle__as_exported__is_read_whole(folder: Path) -> None:
    bundle = read_bundle(folder)
    assert bundle.visits[0].starts_on == date(2018, 4, 16)
    assert set(bundle.tables) == {("archive_check", "main"), ("household", "main"), ("household", "members")}
    assert bundle.n_submissions == 60
    assert set(bundle.tables["household", "main"]["county"]) == {"610727"}
    assert (bundle.place_name("610727"), bundle.place_name(NORTH), bundle.place_name("999999")) == ("略阳县", "上石沟村", "999999")


def test_folder__without_manifest__is_refused(tmp_path: Path) -> None:
    assert "has no manifest.json" in refusal_of(tmp_path)


def test_file__given_as_bundle__is_refused(folder: Path) -> None:
    assert "it is a file" in refusal_of(folder / "manifest.json")


def test_bundle__of_another_schema_version__is_refused(folder: Path) -> None:
    change_json(folder / "manifest.json", schema_version=2)
    assert "schema version is 2, this program reads 1" in refusal_of(folder)


def test_manifest__that_is_no_json__is_refused(folder: Path) -> None:
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    assert "cannot be read as JSON" in refusal_of(folder)


def test_file__changed_since_the_export__is_refused_by_name(folder: Path) -> None:
    with (folder / "regions.parquet").open("ab") as file:
        file.write(b" ")
    assert "regions.parquet" in refusal_of(folder)


def test_file__that_is_gone__is_refused_by_name(folder: Path) -> None:
    (folder / "households.parquet").unlink()
    assert "households.parquet" in refusal_of(folder)


def test_table__without_a_column__is_refused_with_the_columns_name(folder: Path) -> None:
    pq.write_table(pa.table({"visit_id": ["v"], "village_code": [NORTH], "county_code": ["610727"]}), folder / "visit_villages.parquet")
    change_json(folder / "manifest.json", files={})
    assert "these columns are missing: basis" in refusal_of(folder)


def test_table__that_is_no_parquet__is_refused(folder: Path) -> None:
    (folder / "issue_candidates.parquet").write_bytes(b"PAR1")
    change_json(folder / "manifest.json", files={})
    assert "cannot be read as Parquet" in refusal_of(folder)


def test_codebook__without_a_forms_tables__is_refused_with_the_form(folder: Path) -> None:
    change_json(folder / "codebook.json", forms={"household": {"title": {}}})
    change_json(folder / "manifest.json", files={})
    assert "form 'household' is incomplete" in refusal_of(folder)


def test_keys__that_are_broken__are_refused_with_table_and_interview(tmp_path: Path) -> None:
    columns = {name: columns for name, columns in example_bundle().forms[1].columns.items()}
    whole = {"main": [submission(1), submission(2)], "members": [member(1, 1)]}
    for number, (rows, place, told) in enumerate(
        (
            ({**whole, "main": [submission(1), submission(1)]}, "household/main", "the interview uuid:0001 is there more than once"),
            ({**whole, "main": [submission(1, instance_id=None)], "members": []}, "household/main", "1 rows have no instance_id"),
            ({**whole, "main": [submission(1, form_version="9")]}, "household/main", "is of version 9, and the codebook tells of 1 only"),
            ({**whole, "members": [member(1, 1), member(1, 1)]}, "household/members", "row 1 of the interview uuid:0001 is there more"),
        )
    ):
        said = refusal_of(write_bundle(tmp_path / str(number), BundleData([FormData("household", columns, rows)])))
        assert place in said
        assert told in said
        assert "Export it again" in said


def test_rows_of_a_repeat__without_their_interview__are_refused(folder: Path) -> None:
    path = next((folder / "submissions/household/main").rglob("*.parquet"))
    table = pq.ParquetFile(path).read()
    pq.write_table(table.slice(1), path)
    write_manifest(folder, example_bundle())
    assert "which is not among the interviews" in refusal_of(folder)


def _spoil_main(folder: Path) -> None:
    path = next((folder / "submissions/household/main").rglob("*.parquet"))
    table = pq.ParquetFile(path).read()
    pq.write_table(pa.concat_tables([table, table.slice(0, 1)]), path)


def _spoil_members(folder: Path) -> None:
    path = next((folder / "submissions/household/members").rglob("*.parquet"))
    pq.write_table(pq.ParquetFile(path).read().drop_columns(["position"]), path)


def _spoil_version(folder: Path) -> None:
    path = next((folder / "submissions/household/main").rglob("*.parquet"))
    table = pq.ParquetFile(path).read()
    column = table.column_names.index("form_version")
    pq.write_table(table.set_column(column, "form_version", pa.array(["9"] * table.num_rows)), path)


def _spoil_codebook(folder: Path) -> None:
    entries = json.loads((folder / "codebook.json").read_text(encoding="utf-8"))["forms"]
    change_json(folder / "codebook.json", forms={**entries, "household": {"title": {}}})


def _spoil_frame(folder: Path) -> None:
    path = folder / "households.parquet"
    pq.write_table(pq.ParquetFile(path).read().drop_columns(["markers"]), path)


def _spoil_sample(folder: Path) -> None:
    sample = {name: ["x"] for name in ("visit_id", "household_id", "village_code", "village_stratum", "household_stratum", "state")}
    numbers = {"inclusion_village": [0.0], "inclusion_household": [0.5], "n_households_frame": [4]}
    pq.write_table(pa.table({**sample, **numbers}), folder / "sample.parquet")


@pytest.mark.soak
@pytest.mark.parametrize(
    ("spoil", "code", "place", "lost"),
    [
        (_spoil_main, ErrorCode.INVALID_BUNDLE, "household/main", {"doctor_share", "school"}),
        (_spoil_members, ErrorCode.INVALID_BUNDLE, "household/members", {"school"}),
        (_spoil_version, ErrorCode.INVALID_BUNDLE, "of version 9", {"doctor_share", "school"}),
        (_spoil_codebook, ErrorCode.INVALID_BUNDLE, "form 'household' is incomplete", {"doctor_share", "school"}),
        (_spoil_frame, ErrorCode.INVALID_BUNDLE, "households.parquet", set()),
        (_spoil_sample, ErrorCode.UNUSABLE_WEIGHTS, "sample.parquet, household x", set()),
    ],
)
def test_bundle__with_one_broken_table__gives_every_other_figure_and_tells_the_place(
    folder: Path, spoil: Callable[[Path], None], code: ErrorCode, place: str, lost: set[str]
) -> None:
    whole = compute_estimates(read_bundle(folder)).table
    spoil(folder)
    write_manifest(folder, example_bundle())
    with pytest.raises(SurveyError, match=place):
        read_bundle(folder)
    bundle = read_bundle(folder, is_lenient=True)
    assert [problem.code for problem in bundle.problems] == [code]
    assert place in str(bundle.problems[0])
    found = compute_estimates(bundle)
    assert set(bundle.problems) <= set(found.problems)
    gone = set(whole["indicator"]) - set(found.table["indicator"])
    assert lost <= gone if lost else not gone
    kept = whole[whole["indicator"].isin(found.table["indicator"]) & (whole["domain_type"] != "marker")].reset_index(drop=True)
    rows = found.table[found.table["domain_type"] != "marker"].reset_index(drop=True)
    pd.testing.assert_frame_equal(rows, kept)


def test_versions__of_one_form_in_a_bundle__are_estimated_together(tmp_path: Path) -> None:
    """A question that only the newer version asks is missing in interviews of the older one."""
    columns = {"main": [column("old", "category", "旧", choices={"yes": "是"}), column("new", "category", "新", choices={"yes": "是"})]}
    rows = [submission(1, form_version="1", old="yes"), submission(2, form_version="2", old=None, new="yes")]
    figures = [indicator("old_share", "share", "old", values=["yes"]), indicator("new_share", "share", "new", values=["yes"])]
    folder = write_bundle(tmp_path / "bundle", BundleData([FormData("household", columns, {"main": rows}, figures)]))
    entries = json.loads((folder / "codebook.json").read_text(encoding="utf-8"))["forms"]
    change_json(folder / "codebook.json", forms={"household": {**entries["household"], "versions": ["1", "2"]}})
    change_json(folder / "manifest.json", files={})
    found = compute_estimates(read_bundle(folder))
    county = found.table[found.table["domain_type"] == "county"]
    assert county[["n", "n_missing", "estimate"]].to_numpy().tolist() == [[1, 1, 1.0], [1, 1, 1.0]]
    assert found.problems == ()


def test_unknown_visit__asked_for__names_those_that_there_are(folder: Path) -> None:
    with pytest.raises(SurveyError, match="2018-04-test"):
        read_bundle(folder).visit("2019")


def test_counties__whose_files_differ_in_type__are_read_together(tmp_path: Path) -> None:
    columns = {"main": example_bundle().forms[1].columns["main"]}
    rows = [submission(1, NORTH, doctor="yes"), submission(2, "610728101201", doctor=None)]
    data = BundleData([FormData("household", columns, {"main": rows})])
    folder = write_bundle(tmp_path / "bundle", data)
    path = folder / "submissions/household/main/county=610728/part.parquet"
    table = pq.ParquetFile(path).read()
    # An exporter without a schema would write a column of nothing like this.
    table = table.set_column(table.column_names.index("doctor"), "doctor", pa.nulls(1))
    pq.write_table(table, path)
    write_manifest(folder, data)
    assert read_bundle(folder).tables["household", "main"]["doctor"].tolist()[0] == "yes"


def test_bundle__without_submissions_or_villages__has_no_estimates(tmp_path: Path) -> None:
    empty = [replace(form, rows={name: [] for name in form.rows}) for form in example_bundle().forms]
    bundle = read_bundle(write_bundle(tmp_path / "bundle", BundleData(empty, villages=())))
    assert bundle.n_submissions == 0
    assert compute_indicators(bundle).empty


@pytest.mark.parametrize(("name", "expected"), [("household", "household"), ("a/b:c", "a_b_c"), ("../up", "__up")])
def test_form_id__as_a_folder__stays_inside(name: str, expected: str) -> None:
    assert folder_name(name) == expected
