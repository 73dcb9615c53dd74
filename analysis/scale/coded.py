"""Columns of texts with few different values as whole numbers: one array of codes for all pieces of a column, and their values."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """The code of every row, -1 where there is no value, and the value of each code; no value stands there twice."""

    codes: Codes
    values: tuple[str, ...]

    def categorical(self, *, with_empty: bool = False) -> pd.Categorical:
        """The column in pandas, its categories in order; "" is among them if `with_empty`."""
        values = sorted({*self.values, ""}) if with_empty else sorted(self.values)
        place = {value: code for code, value in enumerate(values)}
        new = np.array([*(place[value] for value in self.values), -1], dtype=np.int32)
        return pd.Categorical.from_codes(new[self.codes], categories=pd.Index(values, dtype="str"), validate=False)

    def as_those_of(self, other: "Coded") -> Codes:
        """The other column's codes for the values of this one; -2 for one that the other does not have."""
        place = {value: code for code, value in enumerate(other.values)}
        new = np.array([*(place.get(value, -2) for value in self.values), -1], dtype=np.int32)
        found: Codes = new[self.codes]
        return found


def coded(column: pa.ChunkedArray) -> Coded:
    """The column as codes, whether its pieces have dictionaries, each its own, or not."""
    known: dict[str | None, int] = {}
    made: dict[tuple[str | None, ...], Codes] = {}
    found = np.empty(len(column), dtype=np.int32)
    for start, values, places in pieces_of(column):
        if values not in made:
            codes = [-1 if value is None else known.setdefault(value, len(known)) for value in values]
            made[values] = np.array(codes or [-1], dtype=np.int32)
        of_piece, end = made[values], start + len(places)
        if len(values) == 1:
            found[start:end] = of_piece[0]
        elif (of_piece == np.arange(len(of_piece))).all():
            found[start:end] = places
        else:
            of_piece.take(places, out=found[start:end], mode="clip")
    if column.null_count:
        # One more and nothing less is quicker than picking out those that are missing.
        found += 1
        found *= is_there(column)
        found -= 1
    return Coded(found, tuple(value for value in known if value is not None))


def is_there(column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """Which rows of the column have a value."""
    there = np.ones(len(column), dtype=bool)
    start = 0
    for chunk in column.iterchunks():
        end = start + len(chunk)
        bits = chunk.buffers()[0]
        if chunk.null_count and bits is not None:
            of_bits = np.unpackbits(np.frombuffer(bits, dtype=np.uint8), bitorder="little", count=chunk.offset + len(chunk))
            there[start:end] = of_bits[chunk.offset :].view(bool)
        elif chunk.null_count:
            there[start:end] = False
        start = end
    return there


def in_one_piece(table: pa.Table, but: Collection[str] = ()) -> pa.Table:
    """The table with the pieces of every column, `but` of these, put together, so that each has one dictionary."""
    columns = [column if name in but else _whole(column) for name, column in zip(table.column_names, table.columns, strict=True)]
    return pa.table(columns, names=table.column_names)


def _whole(column: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    if column.num_chunks < 2:
        return column
    return column.unify_dictionaries().combine_chunks() if pa.types.is_dictionary(column.type) else column.combine_chunks()


def pieces_of(column: pa.ChunkedArray) -> Iterator[tuple[int, tuple[str | None, ...], npt.NDArray[np.integer[Any]]]]:
    """For every piece of a column where it begins, its values, and for each row the place of its own among them.

    What stands in the place of a missing value is nobody's business, and may be no place at all.
    """
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    dtype = column.type.index_type.to_pandas_dtype()
    start, dictionary, values = 0, None, ()
    for chunk in column.iterchunks():
        if dictionary is None or not dictionary.equals(chunk.dictionary):
            dictionary = chunk.dictionary
            values = tuple(dictionary.to_pylist())
        offset, end = chunk.offset, start + len(chunk)
        yield start, values, np.frombuffer(chunk.buffers()[1], dtype=dtype, count=offset + end - start)[offset:]
        start = end


def to_frame(table: pa.Table, household: pd.Categorical | None = None) -> pd.DataFrame:
    """The table in pandas, its texts with few values as categories in their order; `household` takes the place of the ids."""
    columns: dict[str, object] = {}
    for name in table.column_names:
        column = table[name]
        if name == "household_id" and household is not None:
            columns[name] = household
        elif pa.types.is_dictionary(column.type):
            columns[name] = coded(column).categorical(with_empty=name == "visit_id" and column.null_count > 0)
        else:
            columns[name] = column.to_pandas()
    return pd.DataFrame(columns, copy=False)
