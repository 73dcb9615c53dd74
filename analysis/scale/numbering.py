"""Numbers in place of ids within one part of a bundle, so that rows are brought together by small integers; broken keys are refused."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
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


def number_households(tables: Mapping[Key, pa.Table]) -> dict[Key, pa.Table]:
    """The tables with a number for each `household_id`, the same in all of them; null where there is none."""
    columns = {key: table["household_id"].cast(pa.string()).combine_chunks() for key, table in tables.items()}
    known = pc.unique(pa.chunked_array(list(columns.values()), pa.string())).drop_null()
    numbers = pa.array(np.arange(len(known)), pa.int32())
    found = {}
    for key, table in tables.items():
        codes = pa.DictionaryArray.from_arrays(pc.index_in(columns[key], known), numbers)
        found[key] = table.set_column(table.schema.get_field_index("household_id"), "household_id", codes)
    return found


def number_interviews(form: Form, tables: Mapping[Key, pa.Table]) -> dict[Key, pa.Table]:
    """The form's tables with the number of its interview in every row's `instance_id`, without what seconds recorded for themselves.

    Raises BrokenKeyError for an interview that is there twice or is of an unknown version, and for rows of a repeat without theirs.
    """
    main_key = (form.form_id, MAIN)
    main = tables[main_key]
    ids = main["instance_id"].cast(pa.string()).combine_chunks()
    _check_main(main_key, main, ids, form.versions)
    is_kept = _is_kept(main)
    found = {main_key: _with_numbers(main, np.arange(main.num_rows)).filter(pa.array(is_kept))}
    for table in form.tables:
        key = (form.form_id, table.name)
        if key != main_key:
            numbers = _check_repeat(key, tables[key], ids)
            of_kept = is_kept[numbers]
            found[key] = _with_numbers(tables[key], numbers)
            if not of_kept.all():
                found[key] = found[key].filter(pa.array(of_kept))
    return found


def _with_numbers(table: pa.Table, numbers: Codes) -> pa.Table:
    return table.set_column(table.schema.get_field_index("instance_id"), "instance_id", pa.array(numbers, pa.int64()))


def _is_kept(main: pa.Table) -> npt.NDArray[np.bool_]:
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
    if pa.types.is_dictionary(column.type):
        coded = column.unify_dictionaries().combine_chunks()
        coded = coded if isinstance(coded, pa.DictionaryArray) else coded.chunk(0)
        of_value = pc.index_in(coded.dictionary.cast(pa.string()), ids)
        found = of_value.take(coded.indices)
    else:
        found = pc.index_in(column.cast(pa.string()).combine_chunks(), ids)
    if found.null_count:
        alone = column.cast(pa.string()).filter(found.is_null())[0]
        raise BrokenKeyError(key, f"there are rows of the interview {alone}, which is not among the interviews")
    numbers = np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.int64)
    position = np.asarray(rows["position"].to_numpy(), dtype=np.int64)
    place = numbers * (int(position.max(initial=0)) + 1) + position
    if (np.diff(place) <= 0).any():
        ordered = np.sort(place)
        doubled = ordered[1:][np.diff(ordered) == 0]
        if len(doubled):
            number, at = divmod(int(doubled[0]), int(position.max()) + 1)
            raise BrokenKeyError(key, f"row {at} of the interview {ids[number]} is there more than once")
    return numbers
