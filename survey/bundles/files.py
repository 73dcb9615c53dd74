"""The files of one part of a bundle: what changed is read of the database, the rows of all other interviews are those of the files before.

A part is written anew when one of its interviews changed, and holds some hundred. Its main file ends with a note of what the rows of each
are made of, so that those for which this is still the same are neither read nor laid out in columns again.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
from sqlalchemy.orm import Session

from analysis.bundle import folder_name
from questionnaires.columns import MAIN
from questionnaires.model import Questionnaire
from survey.bundles.codebook import PARTITION, FormBook
from survey.bundles.kept import Earlier
from survey.bundles.parquet import TableFile, read_note, read_table
from survey.bundles.parts import Part
from survey.bundles.queries import read_chunk, read_times
from survey.bundles.rows import TIMING_COLUMNS, Columns, columns_of_interviews, file_columns, timing_columns

CHUNK = 1000
"""So many interviews at most are read at once."""
CHUNKS_PER_GROUP = 8
"""The rows of so many chunks are one group of a file: groups cost their readers as much as some thousand rows each."""
TIMES = ""
"""What the file of times is called here, beside those of the form's tables; no table is called so."""
KEY = "instance_id"
LEFT_OUT = -1
"""The place of a row that is not among those wanted."""
MADE_OF = "survey.made_of"
"""The name of the note on what the rows are made of."""


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of a part's earlier files by table, and the interviews of which they are still what they would be now."""

    unchanged: frozenset[str]
    tables: Mapping[str, pa.Table]


def paths_of_part(part: Part, book: FormBook) -> dict[str, str]:
    """Where in a bundle the file of each of the form's tables lies, and that of the times."""
    form, place = folder_name(part.form_id), f"{PARTITION}={part.county}/{part.name}.parquet"
    tables = {table.name: f"submissions/{form}/{folder_name(table.name)}/{place}" for table in book.tables}
    return {**tables, TIMES: f"timings/{form}/{place}"}


def write_part(
    session: Session,
    part: Part,
    questionnaires: Mapping[str, Questionnaire],
    book: FormBook,
    folder: Path,
    earlier: Earlier,
    tell: Callable[[int], None],
) -> None:
    """Nothing; the files of the part are in the folder, as they would be with nothing there before.

    `tell` is called with how many interviews have been written since it was called last.
    """
    made_of = part.digests()
    paths = paths_of_part(part, book)
    before = _rows_before(part, made_of, earlier, paths)
    files = {table.name: TableFile(folder / paths[table.name], file_columns(table)) for table in book.tables}
    files[TIMES] = TableFile(folder / paths[TIMES], TIMING_COLUMNS)
    waiting: dict[str, list[pa.Table]] = {name: [] for name in files}
    try:
        for number, keys in enumerate(_chunks(made_of), start=1):
            changed = [key for key in keys if key not in before.unchanged]
            fresh = _columns(session, changed, questionnaires, book) if changed else {}
            for name, file in files.items():
                waiting[name].append(_merged(file, fresh.get(name), before.tables.get(name), keys, changed))
            if number % CHUNKS_PER_GROUP == 0:
                _write(files, waiting)
            tell(len(keys))
        _write(files, waiting)
        files[MAIN].note(MADE_OF, json.dumps({"basis": part.basis, "interviews": made_of}))
    finally:
        for file in files.values():
            file.close()


def _write(files: Mapping[str, TableFile], waiting: Mapping[str, list[pa.Table]]) -> None:
    """Nothing; what was waiting for each file is a group of it, and nothing waits any more."""
    for name, file in files.items():
        tables = [table for table in waiting[name] if table.num_rows]
        if tables:
            file.write_table(pa.concat_tables(tables))
        waiting[name].clear()


def _columns(session: Session, keys: Sequence[str], questionnaires: Mapping[str, Questionnaire], book: FormBook) -> dict[str, Columns]:
    laid_out = columns_of_interviews(read_chunk(session, keys), questionnaires, book)
    columns = {name: columns for name, (_n_rows, columns) in laid_out.items()}
    return {**columns, TIMES: timing_columns(read_times(session, keys))}


def _rows_before(part: Part, made_of: Mapping[str, str], earlier: Earlier, paths: Mapping[str, str]) -> Rows:
    if part.id not in earlier.parts or not all(path in earlier.files for path in paths.values()):
        return Rows(frozenset(), {})
    note = read_note(earlier.folder / paths[MAIN], MADE_OF)
    told = json.loads(note) if note else {}
    if told.get("basis") != part.basis:
        return Rows(frozenset(), {})
    was_made_of = told["interviews"]
    unchanged = frozenset(key for key, digest in made_of.items() if was_made_of.get(key) == digest)
    if not unchanged:
        return Rows(frozenset(), {})
    return Rows(unchanged, {name: read_table(earlier.folder / path) for name, path in paths.items()})


def _merged(file: TableFile, fresh: Columns | None, before: pa.Table | None, keys: Sequence[str], changed: Sequence[str]) -> pa.Table:
    """The rows of these interviews in their order: of the changed ones the fresh rows, of the others those from before."""
    made = file.schema.empty_table() if fresh is None else file.table_of(fresh)
    if before is None or len(changed) == len(keys):
        return made
    place = {key: number for number, key in enumerate(keys)}
    still = place | dict.fromkeys(changed, LEFT_OUT)
    # The rows of one interview keep their order: all of them are fresh, or all are those from before.
    rows = pa.concat_tables([before if before.schema == file.schema else before.cast(file.schema), made]).combine_chunks()
    places = [still.get(key, LEFT_OUT) for key in before[KEY].to_pylist()] + [place[key] for key in made[KEY].to_pylist()]
    order = np.argsort(np.array(places, dtype=np.int64), kind="stable")
    return rows.take(order[places.count(LEFT_OUT) :])


def _chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(keys)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk
