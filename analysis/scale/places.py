"""The rows of the bundle's tables of places (frame, sample) that lie in some counties, read in pieces."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.bundle import COUNTY_DIGITS

UNKNOWN = "unknown"
LAST = "\uffff" * COUNTY_DIGITS
"""Behind every code of a county."""


def read_places(path: Path, counties: Sequence[str], columns: Sequence[str]) -> pa.Table:
    """The rows of one of the bundle's tables whose village lies in the counties; pieces of the file that hold none are passed over."""
    told = path.stat()
    pieces = _pieces_of(path, told.st_size, told.st_mtime_ns)
    texts = [name for name in columns if name not in ("household_id", "markers", "n_members")]
    # Beside the metadata that is known already the file is not read at its end again: it is long where there are many pieces.
    file = pq.ParquetFile(path, metadata=pieces.metadata, read_dictionary=texts)
    rows = file.read_row_groups(pieces.that_may_hold(counties), columns=list(columns), use_threads=False)
    county = pc.utf8_slice_codeunits(rows["village_code"].cast(pa.string()), 0, COUNTY_DIGITS)
    is_here = pc.is_in(county, pa.array(sorted(counties), pa.string()))
    return rows if pc.all(is_here).as_py() else rows.filter(is_here)


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """The pieces (row groups) of a file, and the first and last county in each; where a file does not tell, all may be there."""

    metadata: pq.FileMetaData
    first: npt.NDArray[np.str_]
    last: npt.NDArray[np.str_]

    def that_may_hold(self, counties: Iterable[str]) -> list[int]:
        """The numbers of the pieces in which rows of the counties may be."""
        found = np.zeros(len(self.first), dtype=bool)
        for county in counties:
            found |= (self.first <= county) & (county <= self.last)
        return [int(number) for number in np.flatnonzero(found)]


@lru_cache(maxsize=4)
def _pieces_of(path: Path, _n_bytes: int, _changed_ns: int) -> _Pieces:
    """Read once per process for every state of the file."""
    metadata = pq.read_metadata(path)
    place = metadata.schema.to_arrow_schema().names.index("village_code")
    ends = []
    for number in range(metadata.num_row_groups):
        found = metadata.row_group(number).column(place).statistics
        is_told = found is not None and found.has_min_max
        ends.append((str(found.min)[:COUNTY_DIGITS], str(found.max)[:COUNTY_DIGITS]) if is_told else ("", LAST))
    ends_told = np.array(ends, dtype=f"U{len(LAST)}").reshape(-1, 2)
    return _Pieces(metadata, ends_told[:, 0], ends_told[:, 1])


def in_groups(path: Path, households: Collection[str]) -> Iterator[tuple[str, str]]:
    """(household, county) of every row of one of the bundle's tables about one of these households, read piece by piece."""
    wanted = pa.array(sorted(households), pa.string())
    file = pq.ParquetFile(path)
    for batch in file.iter_batches(columns=["household_id", "village_code"], use_threads=False):
        rows = pa.table(batch).filter(pc.is_in(batch["household_id"], wanted))
        for household, village in zip(rows["household_id"].to_pylist(), rows["village_code"].to_pylist(), strict=True):
            yield household, (village or UNKNOWN)[:COUNTY_DIGITS]
