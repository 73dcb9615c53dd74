"""`python -m analysis --in-parts`: the figures of a bundle as files, without charts and drafts."""

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from analysis.__main__ import main
from analysis.scale.files import NEEDS_INTERVIEWS
from analysis.scale.large import estimate_large
from questionnaires.errors import ErrorCode, SurveyError
from tests.analysis.bundles import BundleData, FormData, submission, write_bundle
from tests.analysis.scale.nations import COLUMNS, INDICATORS


def small_bundle(folder: Path) -> Path:
    """A bundle of one interview in each of two counties."""
    rows = [submission(number, f"61072{number}101201", signed="yes", income_cny=1000.0) for number in (7, 8)]
    return write_bundle(folder, BundleData([FormData("household", COLUMNS, {"main": rows, "members": []}, INDICATORS[:2])]))


@pytest.mark.soak
def test_command__in_parts__writes_the_figures_and_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle, out = small_bundle(tmp_path / "bundle"), tmp_path / "out"
    assert main([str(bundle), "--out", str(out), "--in-parts", "--workers", "1", "--language", "en"]) == 0
    files = ["estimates.csv", "estimates.parquet", "problems.txt", "tables.xlsx"]
    assert sorted(path.name for path in out.iterdir()) == ["charts", *files]
    charts = sorted(path.relative_to(out / "charts").as_posix() for path in out.rglob("*.svg"))
    assert {"heat-map.svg", "visits/2018-04-test/heat-map.svg"} <= set(charts)
    assert "household/signed_share.svg" not in charts, "a share of a handful has no chart"
    told = capsys.readouterr()
    assert told.out.strip() == f"{out}: {', '.join(files)}, {len(charts)} charts"
    found = estimate_large(bundle, n_workers=1)
    lines = told.err.splitlines()
    assert lines[: len(found.problems)] == [str(problem) for problem in found.problems]
    # What is not made is told, each with the reason and the way to it.
    others = lines[len(found.problems) :]
    assert [line.partition(":")[0] for line in others] == list(NEEDS_INTERVIEWS)
    assert all("python -m survey export --visit" in line for line in others)
    sheets = load_workbook(out / "tables.xlsx", read_only=True).sheetnames
    assert sheets == ["Counties", "Villages", "Kinds of household", "Special attention"]
    whole = pd.read_parquet(out / "estimates.parquet")
    pd.testing.assert_frame_equal(whole, found.table)
    labelled = pd.read_csv(out / "estimates.csv", dtype=str, encoding="utf-8-sig")
    assert len(labelled) == (whole["domain_type"] != "village").sum()
    assert set(labelled["county_name"].dropna()) == {"略阳县", "610728"}
    # Another run takes its place, narrowed to a county.
    assert main([str(bundle), "--out", str(out), "--in-parts", "--workers", "1", "--county", "610728"]) == 0
    assert set(pd.read_parquet(out / "estimates.parquet")["county_code"]) == {"610728"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--visit", "2030-nobody"], "Visit '2030-nobody' does not exist. Visits of this bundle: 2018-04-test."),
        (["--county", "999999"], "for county 999999 holds no accepted submissions"),
        (["--corrections", "mine.csv"], "there is no such file"),
    ],
)
def test_command__that_cannot_be_done_in_parts__says_why_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    bundle, out = small_bundle(tmp_path / "bundle"), tmp_path / "out"
    assert main([str(bundle), "--out", str(out), "--in-parts", "--workers", "1", *options]) == 1
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_error__brought_from_another_process__is_the_same(tmp_path: Path) -> None:
    folder = small_bundle(tmp_path / "bundle")
    next(folder.glob("submissions/household/main/county=610728/*.parquet")).write_bytes(b"no Parquet")
    with pytest.raises(SurveyError) as here:
        estimate_large(folder, n_workers=1)
    with pytest.raises(SurveyError) as brought:
        estimate_large(folder, n_workers=2)
    assert (brought.value.code, str(brought.value)) == (ErrorCode.INVALID_BUNDLE, str(here.value))
