"""The log of corrections applied to a part of a bundle that is held as Arrow tables with only some of their columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.codebook import MAIN, Form
from analysis.corrections.log import LOG, Entry, Trouble, check_troubles, entries_of
from analysis.corrections.replay import NOT_STORED, no_such_interview, replay, trouble_of
from analysis.corrections.values import POSITION_PARTS
from questionnaires.errors import SurveyError

Parts = Mapping[tuple[str, str], pa.Table]
"""Arrow tables by form and table name, with the interviews' own ids."""


@dataclass(frozen=True, slots=True)
class CorrectedParts:
    """The tables with what was applied, and a problem for each entry whose old answer is not the one stored."""

    tables: Parts
    problems: tuple[SurveyError, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of an analyst's entries in one part: the interviews that are here, and what is wrong with entries about them."""

    found: frozenset[str] = frozenset()
    troubles: tuple[Trouble, ...] = ()


def correct_by_analyst(tables: Parts, forms: Mapping[str, Form], entries: Sequence[Entry]) -> tuple[CorrectedParts, Checked]:
    """The tables with an analyst's entries about their interviews applied, and what is wrong with these.

    Of an entry about a column that is not here no more is known than whether the codebook has it.
    """
    here = _of_these(tables, entries)
    if not here:
        return CorrectedParts(tables), Checked()
    form_of = {
        instance_id: form_id
        for (form_id, name), table in tables.items()
        if name == MAIN
        for instance_id in _texts(table).filter(pc.is_in(_texts(table), pa.array([entry.instance_id for entry in here]))).to_pylist()
    }
    troubles = [found for entry in here if (found := trouble_of(forms[form_of[entry.instance_id]], entry)) is not None]
    wrong = {trouble.place for trouble in troubles}
    corrected = correct_parts(tables, forms, [entry for entry in here if entry.place not in wrong], check=troubles.extend)
    return corrected, Checked(frozenset(form_of), tuple(troubles))


def check_by_analyst(path: Path, wrong: Sequence[Trouble], entries: Sequence[Entry], parts: Iterable[Checked]) -> None:
    """Raise UNREADABLE_CORRECTIONS telling everything that is wrong with the analyst's file, once all parts were asked."""
    asked = list(parts)
    found = frozenset[str]().union(*(each.found for each in asked))
    strange = [no_such_interview(entry) for entry in entries if entry.instance_id not in found and not entry.is_withdrawn]
    check_troubles(path, (*wrong, *strange, *(trouble for each in asked for trouble in each.troubles)))


def correct_parts(
    tables: Parts, forms: Mapping[str, Form], entries: Sequence[Entry], *, check: Callable[[Sequence[Trouble]], None] | None = None
) -> CorrectedParts:
    """The tables with those entries applied that speak of their rows and columns; the others are passed over.

    `check` is told what is wrong with entries themselves, which else is passed over, too.
    """
    here = _of_these(tables, entries)
    if not here:
        return CorrectedParts(tables)
    frames = {key: _frame(key, table, here) for key, table in tables.items()}
    known = [entry for entry in here if any(set(_columns(entry)) & set(frame.columns) for frame in frames.values())]
    replayed = replay(frames, forms, known, check=check or (lambda _troubles: None))
    corrected = dict(tables)
    for key, frame in replayed.tables.items():
        for name in frame.columns:
            if frame[name] is not frames[key][name] and not frame[name].equals(frames[key][name]):
                corrected[key] = _put(corrected[key], name, frame[name])
    return CorrectedParts(corrected, tuple(problem for problem in replayed.problems if problem.values.get("detail") == NOT_STORED))


def correct_from(folder: Path, tables: Parts, forms: Mapping[str, Form]) -> CorrectedParts:
    """The tables with the log of the bundle in the folder applied; as they are where the bundle has none."""
    path = folder / f"{LOG}.parquet"
    log = pq.read_table(path) if path.is_file() else None
    if log is None or log.num_rows == 0:
        return CorrectedParts(tables)
    ids = pa.chunked_array([chunk for (_, name), table in tables.items() if name == MAIN for chunk in _texts(table).chunks], pa.string())
    is_here = pc.is_in(log["instance_id"], ids)
    return correct_parts(tables, forms, entries_of(log.to_pandas()[is_here.to_numpy(zero_copy_only=False)]))


def corrected_values(folder: Path, form_id: str, column: str) -> list[str]:
    """The values that corrections in the log of the bundle in the folder give to a column of a form, in order."""
    path = folder / f"{LOG}.parquet"
    if not path.is_file():
        return []
    wanted = [("form_id", "==", form_id), ("column", "==", column), ("withdrawn", "==", False)]
    return sorted(set(pq.read_table(path, columns=["new"], filters=wanted)["new"].drop_null().to_pylist()))


def _texts(table: pa.Table) -> pa.ChunkedArray:
    return table["instance_id"].cast(pa.string())


def _of_these(tables: Parts, entries: Sequence[Entry]) -> list[Entry]:
    wanted = pa.array({entry.instance_id for entry in entries}, pa.string())
    found: set[str] = set()
    for (_form, name), table in tables.items() if entries else ():
        if name == MAIN:
            ids = _texts(table)
            found.update(ids.filter(pc.is_in(ids, wanted)).to_pylist())
    return [entry for entry in entries if entry.instance_id in found]


def _columns(entry: Entry) -> tuple[str, ...]:
    return entry.question, *(f"{entry.question}_{part}" for part in POSITION_PARTS)


def _frame(key: tuple[str, str], table: pa.Table, entries: Iterable[Entry]) -> pd.DataFrame:
    """The keys of the table and the columns that entries speak of, nothing of them as codes."""
    keys = ["instance_id"] if key[1] == MAIN else ["instance_id", "position"]
    asked = {name for entry in entries for name in _columns(entry)}
    picked = table.select([name for name in table.column_names if name in asked or name in keys])
    return picked.cast(pa.schema([pa.field(each.name, _plain(each.type)) for each in picked.schema])).to_pandas()


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _put(table: pa.Table, name: str, values: pd.Series) -> pa.Table:
    kind = table.schema.field(name).type
    made = pa.chunked_array([pa.Array.from_pandas(values, type=_plain(kind))])
    coded = made.dictionary_encode() if pa.types.is_dictionary(kind) else made
    return table.set_column(table.column_names.index(name), name, coded)
