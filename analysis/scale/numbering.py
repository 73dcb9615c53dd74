"""Numbers in place of ids within one part of a bundle, so that rows are brought together by small integers; broken keys are refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.codebook import MAIN, Form
from analysis.records import RECORDED_AS, SECOND

Codes = npt.NDArray[np.int64]
Key = tuple[str, str]


class BrokenKeyError(Exception):
    """What is wrong with the keys of a form's table."""

    def __init__(self, key: Key, detail: str) -> None:
        super().__init__(detail)
        self.key, self.detail = key, detail


@dataclass(frozen=True, slots=True, eq=False)
class Households:
    """By table the number of the household of every row, the same in all of them and -1 where there is none, and how many there are."""

    numbers: Mapping[Key, npt.NDArray[np.int32]]
    n_households: int

    def categorical(self, key: Key, rows: npt.NDArray[np.intp] | None = None) -> pd.Categorical:
        """The numbers in the table, or in these rows of it, for pandas; all of them have the same categories."""
        numbers = self.numbers[key] if rows is None else self.numbers[key][rows]
        return pd.Categorical.from_codes(numbers, categories=pd.RangeIndex(self.n_households), validate=False)


def number_households(tables: Mapping[Key, pa.Table]) -> Households:
    """Numbers for the texts in `household_id`."""
    columns = [table["household_id"].cast(pa.string()) for table in tables.values()]
    whole = pa.chunked_array([chunk for column in columns for chunk in column.chunks], pa.string())
    found = pa.concat_arrays(whole.chunks or [pa.array([], pa.string())]).dictionary_encode()
    numbers = found.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    ends = np.cumsum([table.num_rows for table in tables.values()])[:-1]
    return Households(dict(zip(tables, np.split(numbers, ends), strict=True)), len(found.dictionary))


def number_interviews(form: Form, tables: Mapping[Key, pa.Table]) -> dict[Key, pa.Table]:
    """The form's tables with the number of its interview in every row's `instance_id`, without what seconds recorded for themselves.

    Raises BrokenKeyError for an interview that is there twice or is of an unknown version, and for rows of a repeat without theirs.
    """
    main_key = (form.form_id, MAIN)
    main = tables[main_key]
    ids = main["instance_id"].cast(pa.string()).combine_chunks()
    _check_main(main_key, main, ids, form.versions)
    kept = is_kept(main)
    found = {main_key: _with_numbers(main, np.arange(main.num_rows)).filter(pa.array(kept))}
    for table in form.tables:
        key = (form.form_id, table.name)
        if key != main_key:
            numbers = _check_repeat(key, tables[key], ids)
            of_kept = kept[numbers]
            found[key] = _with_numbers(tables[key], numbers)
            if not of_kept.all():
                found[key] = found[key].filter(pa.array(of_kept))
    return found


def _with_numbers(table: pa.Table, numbers: Codes) -> pa.Table:
    return table.set_column(table.schema.get_field_index("instance_id"), "instance_id", pa.array(numbers, pa.int64()))


def is_kept(main: pa.Table) -> npt.NDArray[np.bool_]:
    """Which interviews are not what a second recorded for themselves."""
    if RECORDED_AS not in main.column_names:
        return np.ones(main.num_rows, dtype=bool)
    is_second = pc.equal(main[RECORDED_AS].cast(pa.string()), SECOND).fill_null(False)
    return ~np.asarray(is_second.to_numpy(), dtype=bool)


def _check_main(key: Key, main: pa.Table, ids: pa.Array, versions: Sequence[str]) -> None:
    if ids.null_count:
        raise BrokenKeyError(key, f"{ids.null_count} rows have no instance_id")
    if len(pc.unique(ids)) < len(ids):
        counted = pc.value_counts(ids)
        doubled = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
        raise BrokenKeyError(key, f"the interview {doubled[0]} is there more than once")
    if "form_version" in main.column_names:
        found = main["form_version"].cast(pa.string())
        is_strange = pc.and_(found.is_valid(), pc.invert(pc.is_in(found, pa.array(versions, pa.string()))))
        if pc.any(is_strange).as_py():
            at = pc.index(is_strange, True).as_py()
            known = ", ".join(versions)
            raise BrokenKeyError(key, f"the interview {ids[at]} is of version {found[at]}, and the codebook tells of {known} only")


def _check_repeat(key: Key, rows: pa.Table, ids: pa.Array) -> Codes:
    """The number of the interview of every row."""
    column = rows["instance_id"]
    n_empty = column.null_count + rows["position"].null_count
    if n_empty:
        raise BrokenKeyError(key, f"{n_empty} rows have no instance_id or position")
    numbers = _places_of(column, ids)
    if (numbers < 0).any():
        alone = column.cast(pa.string())[int(np.argmin(numbers))]
        raise BrokenKeyError(key, f"there are rows of the interview {alone}, which is not among the interviews")
    position = np.asarray(rows["position"].to_numpy(), dtype=np.int64)
    is_next = numbers[1:] > numbers[:-1]
    is_next |= (numbers[1:] == numbers[:-1]) & (position[1:] > position[:-1])
    if not is_next.all():
        _check_places(key, ids, numbers, position)
    return numbers


def _check_places(key: Key, ids: pa.Array, numbers: Codes, position: Codes) -> None:
    """Raise BrokenKeyError for two rows of one interview with one position."""
    size = int(position.max()) + 1
    ordered = np.sort(numbers * size + position)
    doubled = ordered[1:][np.diff(ordered) == 0]
    if len(doubled):
        number, at = divmod(int(doubled[0]), size)
        raise BrokenKeyError(key, f"row {at} of the interview {ids[number]} is there more than once")


def _places_of(column: pa.ChunkedArray, ids: pa.Array) -> Codes:
    """For each value its place among the ids, -1 where it is not there; each different value of a piece is looked up once."""
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    chunks = [chunk for chunk in column.chunks if len(chunk)]
    whole = pa.chunked_array([chunk.dictionary.cast(pa.string()) for chunk in chunks], pa.string())
    places = pc.index_in(whole, value_set=ids).fill_null(-1).to_numpy()
    found, at, start = np.empty(len(column), dtype=np.int64), 0, 0
    for chunk in chunks:
        indices = chunk.indices.to_numpy()
        found[at : at + len(chunk)] = places[start : start + len(chunk.dictionary)][indices]
        at, start = at + len(chunk), start + len(chunk.dictionary)
    return found
