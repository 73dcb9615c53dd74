"""The estimates of a large bundle as a file, written indicator by indicator so that they are never all in memory as texts."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.scale.large import LargeEstimates
from analysis.tidy.table import table_of

TEXTS = ("form_id", "indicator", "category", "area", "visit_id", "county_code", "domain_type", "domain", "unit", "basis")


def write_estimates(found: LargeEstimates, path: Path) -> int:
    """How many rows the Parquet file at `path` then has: `COLUMNS`, in the order of `compute_estimates`."""
    schema = pa.Schema.from_pandas(table_of([]), preserve_index=False)
    n_rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=list(TEXTS)) as writer:
        for table in found.tables():
            writer.write_table(pa.Table.from_pandas(table, schema=schema, preserve_index=False))
            n_rows += len(table)
    return n_rows
