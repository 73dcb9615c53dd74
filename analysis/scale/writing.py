"""The estimates of a large bundle as files, written indicator by indicator so that they are never all in memory as texts."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.scale.large import LargeEstimates
from analysis.tabulate import label_estimates
from analysis.tidy.figures import VILLAGE
from analysis.tidy.table import table_of

TEXTS = ("form_id", "indicator", "category", "area", "visit_id", "county_code", "domain_type", "domain", "unit", "basis")
UTF8_MARK = "\ufeff"


def write_estimates(found: LargeEstimates, path: Path, county_code: str | None = None) -> int:
    """How many rows the Parquet file at `path` then has: `COLUMNS`, in the order of `compute_estimates`, of one county if it is named."""
    schema = pa.Schema.from_pandas(table_of([]), preserve_index=False)
    n_rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=list(TEXTS)) as writer:
        for table in _of_county(found, county_code):
            writer.write_table(pa.Table.from_pandas(table, schema=schema, preserve_index=False))
            n_rows += len(table)
    return n_rows


def write_labelled(found: LargeEstimates, path: Path, language: str, county_code: str | None = None) -> None:
    """Write the estimates with labels and names of places as CSV; without villages, with which no spreadsheet could open it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        # The mark at the beginning tells Excel that the file is UTF-8.
        file.write(UTF8_MARK)
        for number, table in enumerate(_of_county(found, county_code)):
            above = table[table["domain_type"] != VILLAGE]
            label_estimates(found.bundle, above, language).to_csv(file, index=False, header=number == 0)


def _of_county(found: LargeEstimates, county_code: str | None) -> Iterator[pd.DataFrame]:
    for table in found.tables():
        yield table if county_code is None else table[table["county_code"] == county_code].reset_index(drop=True)
