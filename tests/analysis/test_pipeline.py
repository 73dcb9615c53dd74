"""`python -m analysis`: what lies in the folder afterwards, and that a failure leaves nothing behind."""

import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from docx import Document

from analysis.__main__ import main
from analysis.bundle import read_bundle
from analysis.charts.pictures import png_of
from analysis.indicators import COLUMNS, compute_indicators
from analysis.tabulate import label_estimates, workbook_of
from tests.analysis.bundles import BundleData, write_bundle
from tests.analysis.example import example_bundle, without_indicators


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example bundle as a folder, which no test changes."""
    return write_bundle(tmp_path_factory.mktemp("example") / "bundle", example_bundle())


@pytest.fixture(scope="module")
def first_run(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run on the example, which no test changes."""
    out = tmp_path_factory.mktemp("first") / "out"
    assert main([str(folder), "--out", str(out), "--today", "2018-04-28"]) == 0
    return out


def files_in(folder: Path) -> list[str]:
    """The names of the files below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_run__on_the_example__writes_tables_charts_and_the_draft(folder: Path, first_run: Path) -> None:
    written = files_in(first_run)
    assert {"estimates.csv", "estimates.parquet", "tables.xlsx", "reports/2018-04-test-610727-zh.docx"} <= set(written)
    assert "charts/household/cause_distribution.svg" in written
    assert len([name for name in written if name.endswith(".png")]) == 11
    assert (first_run / "estimates.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    estimates = pd.read_parquet(first_run / "estimates.parquet")
    assert tuple(estimates.columns) == COLUMNS
    pd.testing.assert_frame_equal(estimates, compute_indicators(read_bundle(folder)))
    assert Document(str(first_run / "reports/2018-04-test-610727-zh.docx")).paragraphs[0].text.startswith("略阳县")
    assert [path.name for path in first_run.parent.iterdir() if path.name.startswith(".")] == []


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Path]:
    """The arguments of a run limited to a county, on one indicator of each questionnaire, and its folder, which no test changes."""
    data, base = example_bundle(), tmp_path_factory.mktemp("limited")
    folder = write_bundle(base / "bundle", replace(data, forms=[replace(form, indicators=form.indicators[:1]) for form in data.forms]))
    arguments = [str(folder), "--visit", "2018-04-test", "--county", "610727", "--language", "en", "--today", "2018-04-28"]
    assert main([*arguments, "--out", str(base / "out")]) == 0
    return arguments, base / "out"


@pytest.mark.soak
def test_run__again__replaces_the_result_as_a_whole(
    limited: tuple[list[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, first = limited
    out = tmp_path / "out"
    shutil.copytree(first, out)
    (out / "charts" / "old.svg").write_text("old", encoding="utf-8")
    png_of.cache_clear()
    assert main([*arguments, "--out", str(out)]) == 0
    n_charts = len([name for name in files_in(first) if name.endswith(".png")])
    assert n_charts > 0
    assert f"{n_charts} charts, 1 reports" in capsys.readouterr().out
    assert {name: (out / name).read_bytes() for name in files_in(out)} == {name: (first / name).read_bytes() for name in files_in(first)}


def test_run__limited_to_a_county__has_only_its_estimates(limited: tuple[list[str], Path]) -> None:
    out = limited[1]
    assert set(pd.read_parquet(out / "estimates.parquet")["county_code"]) == {"610727"}
    assert [name for name in files_in(out) if name.endswith(".docx")] == ["reports/2018-04-test-610727-en.docx"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--county", "610728"], "holds no accepted submissions"),
        (["--visit", "2019"], "Visit '2019' does not exist"),
        (["--calibrate", "county,weather"], "calibrate: 'weather' is not one of household_kind, county"),
    ],
)
def test_run__that_fails__says_so_in_one_line_and_leaves_nothing(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert main([str(folder), "--out", str(tmp_path / "out"), *arguments]) == 1
    error = capsys.readouterr().err.strip()
    assert says in error
    assert "\n" not in error
    assert not (tmp_path / "out").exists()


def test_run__into_a_folder_of_something_else__leaves_it_alone(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    assert main([str(folder), "--out", str(tmp_path / "mine")]) == 1
    assert "something else than an earlier result" in capsys.readouterr().err
    assert files_in(tmp_path / "mine") == ["letter.txt"]


def test_run__on_a_bundle_without_submissions__is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = [replace(form, rows={name: [] for name in form.rows}) for form in example_bundle().forms]
    bundle = write_bundle(tmp_path / "bundle", BundleData(empty))
    assert main([str(bundle), "--out", str(tmp_path / "out")]) == 1
    assert "holds no accepted submissions" in capsys.readouterr().err


@pytest.mark.soak
def test_run__on_questionnaires_without_indicators__tabulates_their_questions(tmp_path: Path) -> None:
    data = without_indicators(example_bundle())
    households = replace(data, forms=[form for form in data.forms if form.form_id == "household"])
    bundle = write_bundle(tmp_path / "bundle", households)
    assert main([str(bundle), "--out", str(tmp_path / "out"), "--language", "zh"]) == 0
    assert "charts/household/income_cny.png" in files_in(tmp_path / "out")


def test_workbook__of_the_example__has_numbers_as_numbers_and_labels_in_the_language(folder: Path, tmp_path: Path) -> None:
    bundle = read_bundle(folder)
    (tmp_path / "tables.xlsx").write_bytes(workbook_of(bundle, compute_indicators(bundle), "zh"))
    workbook = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    assert workbook.sheetnames == ["各县", "各村", "农户类型", "重点关注户"]
    rows = [[cell.value for cell in row] for row in workbook["各村"].iter_rows()]
    assert rows[0][2:10] == ["指标", "选项", "调研", "县", "范围", "有效答复数", "未答或不适用数", "数值"]
    north = next(row for row in rows if row[2] == "饮水安全" and row[6] == "上石沟村")
    village = pd.DataFrame(example_bundle().forms[1].rows["main"]).query("village_code == '610727101201'")
    assert north[9] == pytest.approx((village["water_safe"] == "yes").mean())
    assert north[7] == len(village)


def test_labels__added_to_the_estimates__change_no_number(folder: Path) -> None:
    bundle = read_bundle(folder)
    estimates = compute_indicators(bundle)
    labelled = label_estimates(bundle, estimates, "en")
    pd.testing.assert_frame_equal(labelled[list(COLUMNS)], estimates)
    assert "Doctor signed" in set(labelled["indicator_label"])
    assert {"illness", "上石沟村", "Registered"} <= {*labelled["category_label"], *labelled["domain_name"]}


def test_run__for_no_date__says_how_one_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path), "--out", str(tmp_path / "out"), "--today", "yesterday"])
    assert "'yesterday' is no date; write it as year-month-day, such as 2018-04-27" in capsys.readouterr().err
