"""A visit for other programs: what is read back is what was written, and nothing in it tells who was interviewed."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from openpyxl import load_workbook

from analysis.__main__ import main
from analysis.bundle import Bundle, read_bundle
from analysis.exports.archive import ExportRequest, make_archive
from analysis.exports.cells import withhold_small_cells
from analysis.exports.units import Pseudonyms, Safety
from questionnaires.errors import ErrorCode, SurveyError
from tests.analysis.bundles import NORTH, SOUTH, BundleData, FormData, column, household, member, submission, write_bundle

YES_NO = {"yes": "是", "no": "否", "dont_know": "不知道"}
SEASONS = {"spring": "春", "summer": "夏"}
KINDS = ("registered", "lifted_out")
LONG = "为" * 900
MAIN = (
    column("water_safe", "category", "饮水安全吗？", choices=YES_NO),
    column("grade", "category", "房屋等级", choices={"1": "甲", "2": "乙"}),
    column("seasons", "multi", "哪些季节断水？", choices=SEASONS),
    column("income_cny", "decimal", "纯收入"),
    column("n_rooms", "integer", "几间房？"),
    column("built_on", "date", "建成日期"),
    column("phone", "text", "联系电话"),
    column("wish", "text", "您有什么愿望？"),
    column("position_latitude", "decimal", "位置 · 纬度"),
    column("house_picture", "media", "房屋照片"),
    column("account", "integer", "卡号"),
)
MEMBERS = (
    column("member_name", "text", "怎么称呼？"),
    column("sex", "category", "性别", choices={"male": "男", "female": "女"}),
    column("age", "integer", "年龄"),
    column("birth_year", "integer", "出生年"),
)
SECRETS = ("张秘密", "13912345678", "愿望原话", "33.3271", "house_1.jpg", "6222021234567890", "lead1", "uuid:0001")


@cache
def example() -> BundleData:
    """Thirty households in one village and three in another, with all that must not be handed out."""
    rows, members = [], []
    for number in range(33):
        village, kind = SOUTH if number >= 30 else NORTH, KINDS[number % 2]
        rows.append(
            submission(
                number,
                village,
                kind,
                water_safe=("yes", "no", "dont_know", None)[number % 4],
                grade=str(1 + number % 2),
                seasons=(["spring"], ["spring", "summer"], [], None)[number % 4],
                income_cny=None if number % 5 == 0 else 1000.5 + number,
                n_rooms=None if number % 6 == 0 else number,
                built_on=date(2000, 1 + number % 12, 5),
                phone="13912345678",
                wish=LONG if number == 7 else "=愿望原话",
                position_latitude=33.3271,
                house_picture=f"house_{number}.jpg",
                account=6222021234567890,
            )
        )
        for position in range(1, 3 + number % 3):
            sex, age = ("male", "female")[position % 2], 20 + (number * 7 + position * 13) % 60
            members.append(member(number, position, village, kind, member_name="张秘密", sex=sex, age=age, birth_year=2018 - age))
    frame = [household(number, SOUTH if number >= 30 else NORTH, KINDS[number % 2]) for number in range(33)]
    return BundleData(
        [FormData("household", {"main": MAIN, "members": MEMBERS}, {"main": rows, "members": members}, title="农户问卷")], households=frame
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as a bundle's folder."""
    return write_bundle(tmp_path_factory.mktemp("exports") / "bundle", example())


@pytest.fixture(scope="module")
def bundle(folder: Path) -> Bundle:
    """The example as a bundle."""
    return read_bundle(folder)


def files_of(content: bytes) -> dict[str, bytes]:
    """The files of an archive by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def full(bundle: Bundle) -> dict[str, bytes]:
    """The files of the full archive in Chinese."""
    return files_of(make_archive(bundle, ExportRequest("2018-04-test", "zh", is_full=True)).content)


def every_text(files: dict[str, bytes], folder: Path) -> Iterator[str]:
    """Every file's bytes and every cell of those that are packed, as text."""
    for name, content in files.items():
        yield content.decode("utf-8", errors="ignore")
        path = folder / "file"
        path.write_bytes(content)
        if name.endswith(".parquet"):
            yield pd.read_parquet(path).to_csv()
        elif name.endswith(".xlsx"):
            yield "\n".join(str(row) for sheet in load_workbook(io.BytesIO(content)) for row in sheet.iter_rows(values_only=True))
        elif name.endswith(".sav"):
            yield pyreadstat.read_sav(path)[0].to_csv()
        elif name.endswith(".dta"):
            yield pyreadstat.read_dta(path)[0].to_csv()


def test_spss__read_back__has_values_labels_and_missing_ones(full: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "household.sav"
    path.write_bytes(full["spss/household.sav"])
    frame, meta = pyreadstat.read_sav(path, user_missing=True)
    assert meta.column_names_to_labels["water_safe"] == "饮水安全吗？"
    assert meta.variable_value_labels["water_safe"] == {1.0: "是", 2.0: "否", 3.0: "不知道"}
    assert meta.variable_value_labels["grade"] == {1.0: "甲", 2.0: "乙"}
    assert meta.missing_ranges["water_safe"] == [{"lo": 3.0, "hi": 3.0}]
    assert frame["water_safe"].fillna(0).tolist()[:5] == [1, 2, 3, 0, 1]
    assert frame["seasons_summer"].fillna(-1).tolist()[:5] == [0, 1, 0, -1, 0]
    assert frame["income_cny"].fillna(0).tolist()[:3] == [0, 1001.5, 1002.5]
    assert frame["n_rooms"].fillna(-1).tolist()[:2] == [-1, 1]
    assert frame["built_on"].tolist()[:2] == [date(2000, 1, 5), date(2000, 2, 5)]
    assert (frame["wish"][0], frame["wish"][7]) == ("=愿望原话", LONG)


def test_stata__read_back__has_values_labels_and_missing_ones(full: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "household.dta"
    path.write_bytes(full["stata/household.dta"])
    frame, meta = pyreadstat.read_dta(path, user_missing=True)
    assert meta.column_names_to_labels["water_safe"] == "饮水安全吗？"
    assert meta.variable_value_labels["water_safe"] == {1: "是", 2: "否", "a": "不知道"}
    assert frame["water_safe"].fillna(0).tolist()[:5] == [1, 2, "a", 0, 1]
    assert frame["seasons_spring"].fillna(-1).tolist()[:4] == [1, 1, 0, -1]
    assert frame["built_on"].tolist()[0] == date(2000, 1, 5)
    assert frame["wish"][7].startswith("为" * 600)
    assert frame["wish"][7].endswith("…")
    assert pyreadstat.read_dta(path)[0]["water_safe"].isna().sum() == 16


def test_csv_workbook_and_parquet__read_back__hold_the_same_rows(full: dict[str, bytes]) -> None:
    assert full["csv/household.csv"].startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(io.BytesIO(full["csv/household.csv"]), dtype={"grade": str})
    assert table["water_safe"].fillna("").tolist()[:4] == ["是", "否", "不知道", ""]
    assert table["wish"][0] == "'=愿望原话"
    book = load_workbook(io.BytesIO(full["data.xlsx"]))
    assert book.sheetnames == ["household", "household-members", "编码簿"]
    labels, names, first = list(book["household"].iter_rows(min_row=1, max_row=3, values_only=True))
    shown = dict(zip(names, first, strict=True))
    assert dict(zip(names, labels, strict=True))["income_cny"] == "纯收入"
    assert (shown["water_safe"], shown["wish"], shown["built_on"]) == ("是", "=愿望原话", datetime(2000, 1, 5))
    plain = pd.read_parquet(io.BytesIO(full["parquet/household.parquet"]))
    assert plain["water_safe"].tolist()[:3] == ["yes", "no", "dont_know"]
    assert plain["income_cny"].round(1).equals(table["income_cny"].round(1))
    assert "household,water_safe,water_safe,饮水安全吗？" in full["codebook.csv"].decode("utf-8-sig")


def test_archive__by_default__tells_nobody_apart(bundle: Bundle, tmp_path: Path) -> None:
    made = make_archive(bundle, ExportRequest("2018-04-test", "en", safety=Safety(k=4)))
    files = files_of(made.content)
    for text in every_text(files, tmp_path):
        assert [secret for secret in SECRETS if secret in text] == []
    frame = pd.read_parquet(io.BytesIO(files["parquet/household.parquet"]))
    cells = frame.groupby(["county", "village_code", "household_kind", "size_group", "markers"], dropna=False).size()
    assert cells.min() >= 4
    # Three households are too few for the code of their village.
    assert SOUTH not in set(frame["village_code"].dropna())
    members = pd.read_parquet(io.BytesIO(files["parquet/household-members.parquet"]))
    assert "birth_year" not in members
    persons = members.groupby(["county", "village_code", "household_kind", "sex", "age"], dropna=False).size()
    assert persons.min() >= 4
    # Whose size is withheld is not told by the number of rows either.
    told = set(frame.loc[frame["size_group"].notna(), "instance_id"])
    assert set(members["instance_id"].dropna()) <= told
    assert made.disclosure is not None
    assert made.disclosure.n_coded_villages == 1
    assert "De-identification" in files["README.txt"].decode("utf-8-sig")


def test_pseudonyms__same_key__are_the_same_within_a_visit_only() -> None:
    one = Pseudonyms(b"key", "2018").name("household", "h1")
    assert one == Pseudonyms(b"key", "2018").name("household", "h1")
    others = {Pseudonyms(b"key", "2019").name("household", "h1"), Pseudonyms(b"other", "2018").name("household", "h1")}
    assert one not in others
    assert len(others) == 2


def test_small_cells__worked_by_hand__give_up_what_comes_first() -> None:
    units = pd.DataFrame(
        {"about": "household", "size": ["1", "1", "2", "2", "2", "3"], "kind": ["a", "a", "a", "a", "a", "b"]}, index=list("uvwxyz")
    )
    found = withhold_small_cells(units, ("about",), ("size", "kind"), 3)
    # u, v lose the size, and as two of one kind the kind too; z joins them; the three of size 2 stay.
    assert found.units["size"].to_dict() == {"u": "", "v": "", "w": "2", "x": "2", "y": "2", "z": ""}
    assert (found.units["kind"]["u"], found.units["kind"]["w"]) == ("", "a")
    assert (found.counts, list(found.dropped)) == ({"size": 3, "kind": 3}, [])


def test_command__exports_and_refuses(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "visit.zip"
    assert main(["export", str(folder), "--out", str(target), "--format", "csv", "--language", "en"]) == 0
    assert set(files_of(target.read_bytes())) == {"README.txt", "codebook.csv", "csv/household.csv", "csv/household-members.csv"}
    assert "de-identified" in capsys.readouterr().out
    assert main(["export", str(folder), "--out", str(tmp_path / "other.zip"), "--visit", "absent"]) == 1
    assert "2018-04-test" in capsys.readouterr().err
    assert not (tmp_path / "other.zip").exists()


def test_archive__unknown_format_or_threshold__is_refused(bundle: Bundle) -> None:
    for request in (ExportRequest("2018-04-test", formats=("sas",)), ExportRequest("2018-04-test", safety=Safety(k=1))):
        with pytest.raises(SurveyError) as refusal:
            make_archive(bundle, request)
        assert refusal.value.code is ErrorCode.INVALID_VALUE


def test_archive__nothing_may_be_shown__is_refused(bundle: Bundle) -> None:
    with pytest.raises(SurveyError) as refusal:
        make_archive(bundle, ExportRequest("2018-04-test", safety=Safety(k=100)))
    assert refusal.value.code is ErrorCode.EMPTY_DATASET
