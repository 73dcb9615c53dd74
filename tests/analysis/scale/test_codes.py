"""Codes of open answers are counted part by part as they are in the whole."""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.bundle import read_bundle
from analysis.coding.columns import with_codes
from analysis.indicators import compute_estimates
from analysis.scale.large import estimate_large
from questionnaires.errors import ErrorCode
from tests.analysis.scale.nations import write_nation
from tests.analysis.scale.sameness import check_same, refresh_hash

BOOK = {"line": [{"name": name, "label": {"zh": name, "en": name}} for name in ("water", "road")]}
CODES: list[list[str] | None] = [["water"], ["water", "road"], [], None, ["road"]]


def code_answers(folder: Path) -> None:
    """Every second interview's answer to `line` is coded, some by nothing that fits, some not yet."""
    book = folder / "codebook.json"
    written = json.loads(book.read_text(encoding="utf-8"))
    written["forms"]["household"]["code_books"] = BOOK
    book.write_text(json.dumps(written, ensure_ascii=False), encoding="utf-8")
    ids = pq.read_table(folder / "submissions" / "household" / "main", columns=["instance_id"])["instance_id"].to_pylist()[::2]
    codes = [CODES[number % len(CODES)] for number in range(len(ids))]
    listed = pa.list_(pa.string())
    codings = {
        "instance_id": ids,
        "form_id": ["household"] * len(ids),
        "question": ["line"] * len(ids),
        "first_codes": pa.array(codes, listed),
        "second_codes": pa.array(codes, listed),
        "codes": pa.array(codes, listed),
    }
    pq.write_table(pa.table(codings), folder / "codings.parquet")
    for path in (book, folder / "codings.parquet"):
        refresh_hash(folder, path)


@pytest.mark.parametrize(("seed", "is_local"), [(6, True), pytest.param(4, False, marks=pytest.mark.soak)])
def test_codes__in_parts__have_the_figures_of_the_whole(tmp_path: Path, seed: int, is_local: bool) -> None:
    folder = write_nation(tmp_path / "bundle", seed, has_strays=False, is_local=is_local)
    code_answers(folder)
    whole = compute_estimates(with_codes(read_bundle(folder)))

    found = estimate_large(folder, n_workers=1, at_once=1)

    of_codes = whole.table[whole.table["indicator"] == "line_codes"]
    assert set(of_codes["category"]) == {"water", "road", "no_code"}
    assert of_codes["se"].notna().sum() > 10
    check_same(found.table, whole.table)
    assert [problem for problem in found.problems if problem.code == ErrorCode.TOO_LARGE] == []


def test_codes__not_there_yet__leave_the_rest_as_it_is(tmp_path: Path) -> None:
    folder = write_nation(tmp_path / "bundle", 6, has_strays=False, is_local=True)
    code_answers(folder)
    codings = pd.read_parquet(folder / "codings.parquet").iloc[:0]
    pq.write_table(pa.Table.from_pandas(codings, schema=pq.read_schema(folder / "codings.parquet")), folder / "codings.parquet")
    refresh_hash(folder, folder / "codings.parquet")

    check_same(estimate_large(folder, n_workers=1, at_once=1).table, compute_estimates(with_codes(read_bundle(folder))).table)
