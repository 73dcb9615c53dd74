"""The estimates of a large bundle as files, written indicator by indicator so that they are never all in memory as texts.

Texts are written as codes with their few values, because a nation has millions of rows.
"""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.domains import VILLAGE
from analysis.scale.large import LargeEstimates
from analysis.spreadsheets import harmless_texts
from analysis.tabulate import label_estimates
from analysis.tidy.table import BASES, Block, table_of

OF_MEASURE = ("form_id", "indicator", "category", "area", "unit")
OF_KEY = ("visit_id", "county_code", "domain_type", "domain")
TEXTS = (*OF_MEASURE, *OF_KEY, "basis")
AT_ONCE = 2
"""How many indicators wait to be written at most."""
UTF8_MARK = "\ufeff"


def tables_in(found: LargeEstimates, county_code: str | None, without: Collection[str] = ()) -> Iterator[pd.DataFrame]:
    """The estimates of one indicator after the other, of one county if it is named."""
    for table in found.tables(without=without):
        yield table if county_code is None else table[table["county_code"] == county_code].reset_index(drop=True)


def write_estimates(found: LargeEstimates, path: Path, county_code: str | None = None) -> int:
    """How many rows the Parquet file at `path` then has: `COLUMNS`, in the order of `compute_estimates`, of one county if it is named."""
    plain = pa.Schema.from_pandas(table_of([]), preserve_index=False)
    coded = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema([pa.field(each.name, coded if each.name in TEXTS else each.type) for each in plain], plain.metadata)
    n_rows = 0
    keys = _Keys()
    waiting: list[Future[int]] = []
    # Without Arrow's own schema in the file, readers see the texts as what they are.
    with (
        pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=list(TEXTS), store_schema=False) as writer,
        # While one indicator is written, the next one becomes columns, and the one after it figures.
        ThreadPoolExecutor(1) as columns,
        ThreadPoolExecutor(1) as beside,
    ):
        for blocks in found.blocks():
            made = columns.submit(_table, blocks, schema, keys, county_code)
            waiting.append(beside.submit(_write, writer, made))
            if len(waiting) > AT_ONCE:
                n_rows += waiting.pop(0).result()
        n_rows += sum(each.result() for each in waiting)
    return n_rows


def _table(blocks: Sequence[Block], schema: pa.Schema, keys: "_Keys", county_code: str | None) -> pa.Table:
    columns = {name: pa.chunked_array([_column(block, name, keys) for block in blocks]) for name in schema.names}
    table = pa.table(columns).cast(schema)
    if county_code is not None:
        table = table.filter(pc.equal(table["county_code"].cast(pa.string()), county_code))
    return table.unify_dictionaries()


def _write(writer: pq.ParquetWriter, made: Future[pa.Table]) -> int:
    table = made.result()
    writer.write_table(table)
    return int(table.num_rows)


class _Keys:
    """The keys of domains as Arrow columns, each made once, because all indicators of a table share them."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, str], tuple[pd.DataFrame, pa.DictionaryArray]] = {}

    def of(self, keys: pd.DataFrame, name: str) -> pa.DictionaryArray:
        """The column of this name; the frame is kept, so that no other one takes its place in memory."""
        if (id(keys), name) not in self._made:
            codes, values = pd.factorize(keys[name].astype("str"))
            self._made[id(keys), name] = (keys, _texts(codes, list(values)))
        return self._made[id(keys), name][1]


def _column(block: Block, name: str, keys: _Keys) -> pa.Array:
    """One column of the block's figures."""
    numbers = block.numbers
    if name == "basis":
        return _texts(numbers["basis"], BASES)
    if name in OF_MEASURE:
        return _texts(numbers["measure"], block.measures[name].tolist())
    if name == "domain_type":
        return _texts(np.zeros(len(numbers["key"]), dtype=np.int32), [block.domain_type])
    if name in OF_KEY:
        column = keys.of(block.keys, name)
        n_measures = len(block.measures)
        return column if n_measures == 1 else pa.concat_arrays([column] * n_measures)
    return pa.array(numbers[name], from_pandas=True)


def _texts(codes: np.ndarray, values: Sequence[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(values, pa.string()))


def write_labelled(found: LargeEstimates, path: Path, language: str, county_code: str | None = None) -> None:
    """Write the estimates with labels and names of places as CSV; without villages, with which no spreadsheet could open it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        # The mark at the beginning tells Excel that the file is UTF-8.
        file.write(UTF8_MARK)
        for number, table in enumerate(tables_in(found, county_code, (VILLAGE,))):
            harmless_texts(label_estimates(found.bundle, table, language)).to_csv(file, index=False, header=number == 0)
