"""Values as columns: each kind has one type, and a value that does not fit never stops an export."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from survey.bundles.parquet import TableFile, arrow_column, file_sha256


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("integer", [1, None, -3], [1, None, -3]),
        ("integer", [1, 2**70, "7", "3.0", 2.5, "x"], [1, None, 7, 3, None, None]),
        ("decimal", [1, 2.5, None], [1.0, 2.5, None]),
        ("decimal", ["1.5", "x"], [1.5, None]),
        ("text", ["a", 3, ["b", "c"]], ["a", "3", "b c"]),
        ("category", ["yes", None], ["yes", None]),
        ("multi", [["a", "b"], [], None], [["a", "b"], [], None]),
        ("multi", [["a", 3]], [["a", "3"]]),
        ("date", ["2018-04-20", "2018-04-20T10:00:00+08:00", "x", None], [date(2018, 4, 20), date(2018, 4, 20), None, None]),
        ("datetime", ["2018-04-20T09:00:00+08:00", None, "x"], [datetime(2018, 4, 20, 1, tzinfo=UTC), None, None]),
        ("datetime", ["2018-04-20T09:00:00"], [datetime(2018, 4, 20, 1, tzinfo=UTC)]),
        ("boolean", ["OK", None], [True, None]),
    ],
)
def test_arrow_column__values_of_a_kind__have_its_type(kind: str, values: list[Any], expected: list[Any]) -> None:
    assert arrow_column(kind, values).to_pylist() == expected


def test_table_file__no_row__still_has_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "part.parquet"
    TableFile(path, [("name", "text"), ("n", "integer")]).close()
    assert parquet.read_table(path).schema == pa.schema([("name", pa.string()), ("n", pa.int64())])


def test_table_file__same_rows__make_the_same_bytes(tmp_path: Path) -> None:
    hashes = set()
    for name in ("one", "other"):
        file = TableFile(tmp_path / name, [("name", "text")])
        file.write({"name": ["甲", None]})
        file.write({"name": ["乙"]})
        file.close()
        hashes.add(file_sha256(tmp_path / name))
    assert len(hashes) == 1
