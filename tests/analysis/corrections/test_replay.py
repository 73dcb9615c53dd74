"""A log of corrections replayed on a small bundle: what is applied, what is told, and that the stored tables stay as they are."""

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.__main__ import main
from analysis.bundle import Bundle, read_bundle
from analysis.corrections.log import LOG_COLUMNS, entries_of
from analysis.corrections.parts import correct_parts
from analysis.exports.archive import ExportRequest, make_archive
from analysis.scale.large import estimate_large
from questionnaires.errors import ErrorCode, SurveyError
from tests.analysis.bundles import BundleData, FormData, column, indicator, member, submission, write_bundle, write_manifest

YES_NO = {"yes": "是", "no": "否"}
POSITION = [{**column(f"place_{part}", "decimal", part), "question": "place"} for part in ("latitude", "longitude", "altitude", "accuracy")]
DATA = BundleData(
    forms=[
        FormData(
            "household",
            columns={
                "main": [
                    column("income_cny", "integer", "收入"),
                    column("area_mu", "decimal", "耕地"),
                    column("safe", "category", "饮水安全", choices=YES_NO),
                    column("causes", "multi", "原因", choices={"ill": "因病", "school": "因学"}),
                    column("signed_on", "date", "签约日期"),
                    column("wish", "text", "愿望"),
                    *POSITION,
                ],
                "members": [column("age", "integer", "年龄")],
            },
            rows={
                "main": [
                    submission(
                        1,
                        income_cny=5000,
                        area_mu=2.5,
                        safe="no",
                        causes=["ill"],
                        signed_on=date(2018, 1, 2),
                        wish="修路",
                        place_latitude=33.3,
                        place_longitude=106.1,
                        place_accuracy=8.0,
                    ),
                    submission(2, income_cny=6000, area_mu=1.0, safe="yes", causes=None, signed_on=None, wish=None),
                ],
                "members": [member(1, 1, age=40), member(1, 2, age=12), member(2, 1, age=70)],
            },
            indicators=[indicator("income", "mean", "income_cny", unit="yuan")],
        )
    ]
)


def entry(column: str, old: str, new: str, number: int = 1, position: int | None = None, **values: Any) -> dict[str, Any]:
    """One entry of a bundle's log about interview `number`."""
    return {
        "correction_id": f"c-{column}-{number}",
        "instance_id": f"uuid:{number:04}",
        "form_id": "household",
        "table": "members" if position else "main",
        "position": position,
        "column": column,
        "question": column,
        "node": f"/data/{column}",
        "old": old or None,
        "new": new or None,
        "reason": "录音里说的是另一个数",
        "by": "coordinator-id",
        "at": pd.Timestamp("2018-05-02T08:00:00Z"),
        "is_consequence": False,
        "withdrawn": False,
        **values,
    }


def bundle_with(folder: Path, *entries: dict[str, Any]) -> Path:
    """The small bundle with this log in it."""
    write_bundle(folder, DATA)
    pq.write_table(pa.Table.from_pandas(pd.DataFrame(entries, columns=list(LOG_COLUMNS))), folder / "corrections.parquet")
    write_manifest(folder, DATA)
    return folder


def main_row(bundle: Bundle, number: int) -> dict[str, Any]:
    """The corrected answers of interview `number`."""
    return bundle.tables["household", "main"].iloc[number - 1].to_dict()


def test_log__of_the_bundle__is_replayed_by_kind_and_the_stored_tables_stay(tmp_path: Path) -> None:
    log = [
        entry("income_cny", "5000", "500"),
        entry("area_mu", "2.5", ""),
        entry("safe", "no", "yes"),
        entry("causes", "ill", "ill school"),
        entry("signed_on", "2018-01-02", "2017-01-02"),
        entry("wish", "", "看病方便", number=2),
        entry("place", "33.3 106.1 0 8", "33.5 106.2 812 5"),
        entry("age", "12", "21", position=2),
    ]
    folder = bundle_with(tmp_path / "bundle", *log)
    bundle = read_bundle(folder)
    first = main_row(bundle, 1)
    assert (first["income_cny"], first["safe"], list(first["causes"]), first["signed_on"]) == (
        500,
        "yes",
        ["ill", "school"],
        date(2017, 1, 2),
    )
    assert np.isnan(first["area_mu"])
    assert [first[f"place_{part}"] for part in ("latitude", "longitude", "altitude", "accuracy")] == [33.5, 106.2, 812, 5]
    assert main_row(bundle, 2)["wish"] == "看病方便"
    assert list(bundle.tables["household", "members"]["age"]) == [40, 21, 70]
    assert (bundle.corrections.count("applied"), bundle.corrections.problems) == (8, ())
    assert list(bundle.raw_tables["household", "main"]["income_cny"]) == [5000, 6000]
    assert list(read_bundle(folder, is_raw=True).tables["household", "main"]["income_cny"]) == [5000, 6000]


def test_entries__withdrawn_overruled_or_of_another_old_answer__count_as_they_should(tmp_path: Path) -> None:
    log = [
        entry("income_cny", "5000", "100", withdrawn=True),
        entry("area_mu", "2.5", "3.5"),
        entry("area_mu", "2.5", "4.5"),
        entry("income_cny", "7000", "600", number=2),
        entry("safe", "no", "perhaps"),
        entry("age", "40", "41", position=9),
        entry("wish", "修路", "", is_consequence=True, reason=None),
    ]
    bundle = read_bundle(bundle_with(tmp_path / "bundle", *log))
    first = main_row(bundle, 1)
    assert (first["income_cny"], first["area_mu"], first["safe"], pd.isna(first["wish"])) == (5000, 4.5, "no", True)
    outcomes = ["withdrawn", "overruled", "applied", "not_applied", "not_applied", "not_applied", "applied"]
    assert list(bundle.corrections.entries["outcome"]) == outcomes
    assert bundle.corrections.count("applied") == 1, "what only follows is not counted"
    told = [str(problem) for problem in bundle.corrections.problems]
    assert [problem.code for problem in bundle.corrections.problems] == [ErrorCode.CORRECTION_NOT_APPLIED] * 3
    assert "corrections.parquet, row 4 (uuid:0002, income_cny)" in told[0]
    assert "withdraw the entry" in told[0]
    assert "'perhaps' is not one of the choices; write one of no, yes" in told[1]


HEAD = "instance_id,question,position,old,new,reason,by,at\n"


def test_table_of_an_analyst__is_replayed_after_the_bundles_log(tmp_path: Path) -> None:
    folder = bundle_with(tmp_path / "bundle", entry("income_cny", "5000", "500"))
    rows = "uuid:0001,income_cny,,500,550,核对工资条,王,2018-06-01\nuuid:0001,age,2,12,13,身份证,王,2018-06-01\n"
    (tmp_path / "own.csv").write_text("\ufeff" + HEAD + rows, encoding="utf-8")
    pd.read_csv(tmp_path / "own.csv").to_excel(tmp_path / "own.xlsx", index=False)
    pd.read_csv(tmp_path / "own.csv", dtype=str).to_parquet(tmp_path / "own.parquet")
    for name in ("own.csv", "own.xlsx", "own.parquet"):
        bundle = read_bundle(folder, corrections=tmp_path / name)
        assert main_row(bundle, 1)["income_cny"] == 550, name
        assert list(bundle.tables["household", "members"]["age"]) == [40, 13, 70], name
        assert bundle.corrections.count("applied") == 3, name


def test_table_of_an_analyst__with_bad_rows__is_refused_with_all_of_them(tmp_path: Path) -> None:
    folder = bundle_with(tmp_path / "bundle")
    rows = [
        "uuid:0001,income_cny,,5000,many,核对,王,2018-06-01",
        "uuid:0009,income_cny,,5000,1,核对,王,2018-06-01",
        "uuid:0001,incme,,5000,1,核对,王,2018-06-01",
        "uuid:0001,age,,12,13,核对,王,2018-06-01",
        "uuid:0001,income_cny,x,5000,1,,王,June",
    ]
    path = tmp_path / "own.csv"
    path.write_text(HEAD + "\n".join(rows), encoding="utf-8")
    with pytest.raises(SurveyError) as refusal:
        read_bundle(folder, corrections=path)
    told = str(refusal.value)
    assert (refusal.value.code, "\n" in told) == (ErrorCode.UNREADABLE_CORRECTIONS, False)
    for part in (
        "row 2, column new: 'many' is no number",
        "row 3, column instance_id: 'uuid:0009' is no interview of this bundle",
        "row 4, column question: form 'household' has no question or column 'incme'",
        "row 5, column position: table 'members' has no row (empty)",
        "row 6, column reason: it is empty",
        "row 6, column position: 'x' is no position",
        "row 6, column at: 'June' is no day; write it as year-month-day",
    ):
        assert part in told


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("own.txt", b"", "save it as .csv, .xlsx, .parquet"),
        ("own.csv", "instance_id,问题\n".encode("gb18030"), "a .csv as UTF-8"),
        ("own.csv", b"instance_id,question\n", "it has no column old, new, reason, by, at"),
        ("own.xlsx", b"PK", "it cannot be read as xlsx"),
        ("own.parquet", b"PAR1", "it cannot be read as parquet"),
        ("absent.csv", None, "there is no such file"),
    ],
)
def test_table_of_an_analyst__that_is_none__is_refused(tmp_path: Path, name: str, content: bytes | None, told: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SurveyError, match="cannot be used as a log of corrections") as refusal:
        read_bundle(bundle_with(tmp_path / "bundle"), corrections=tmp_path / name)
    assert told in str(refusal.value)


@pytest.mark.soak
def test_command_and_export__tell_how_many_were_applied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = bundle_with(tmp_path / "bundle", entry("income_cny", "5000", "500"), entry("wish", "架桥", "修路"))
    for arguments, mean, said in (([], 3250.0, "corrections: 1 applied, 1 not applied"), (["--raw"], 5500.0, "")):
        assert main([str(folder), "--out", str(tmp_path / "out"), "--today", "2018-06-01", *arguments]) == 0
        printed = capsys.readouterr()
        assert (said in printed.out, "corrections:" in printed.out) == (True, bool(said))
        estimates = pd.read_parquet(tmp_path / "out" / "estimates.parquet")
        assert estimates.loc[estimates["domain_type"] == "all", "estimate"].tolist() == [mean]
        assert (tmp_path / "out" / "corrections.csv").exists() == bool(said)
        assert ("the old one that the entry names" in printed.err) == bool(said)
    request = ExportRequest("2018-04-test", "en", ("csv",), is_full=True)
    with zipfile.ZipFile(BytesIO(make_archive(read_bundle(folder), request).content)) as archive:
        assert "Corrected answers: 1, with what counts instead; 1 more were not applied" in archive.read("README.txt").decode()
        rows = pd.read_csv(archive.open("csv/household.csv"))
    assert list(rows["income_cny"]) == [500, 6000]


def test_part__held_as_arrow_with_few_columns__is_corrected_as_the_whole_is(tmp_path: Path) -> None:
    log = [
        entry("income_cny", "5000", "500"),
        entry("safe", "no", "yes"),
        entry("wish", "修路", "架桥"),
        entry("age", "12", "21", position=2),
        entry("income_cny", "1", "2", number=2),
        entry("income_cny", "1", "2", number=9),
    ]
    folder = bundle_with(tmp_path / "bundle", *log)
    whole, raw = read_bundle(folder), read_bundle(folder, is_raw=True)
    columns = {"main": ["instance_id", "income_cny", "safe"], "members": ["instance_id", "position", "age"]}
    part = {("household", name): pa.Table.from_pandas(raw.tables["household", name][wanted]) for name, wanted in columns.items()}
    coded = part["household", "main"].set_column(2, "safe", part["household", "main"]["safe"].dictionary_encode())
    found = correct_parts({**part, ("household", "main"): coded}, whole.forms, entries_of(pd.DataFrame(log)))
    for name, wanted in columns.items():
        told = found.tables["household", name].to_pandas()
        for column_name in wanted:
            assert told[column_name].astype(str).tolist() == whole.tables["household", name][column_name].astype(str).tolist()
    assert pa.types.is_dictionary(found.tables["household", "main"].schema.field("safe").type)
    assert [problem.values["place"] for problem in found.problems] == ["corrections.parquet, row 5 (uuid:0002, income_cny)"]


def test_large_bundle__estimated_part_by_part__takes_corrected_answers_and_tells_the_same_problems(tmp_path: Path) -> None:
    log = [entry("income_cny", "5000", "500"), entry("wish", "架桥", "修路"), entry("income_cny", "1", "2", number=2)]
    folder = bundle_with(tmp_path / "bundle", *log)
    found = estimate_large(folder, n_workers=1, domain_types=["all"])
    assert found.table["estimate"].tolist() == [3250]
    assert [str(problem) for problem in found.problems] == [str(problem) for problem in read_bundle(folder).corrections.problems[1:]]
