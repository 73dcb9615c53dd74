"""The tables of a visit as they may be handed out, laid down beside its bundle so that pages of rows read files and not the database.

They are those of the dataset (`analysis/exports/`): de-identified, with pseudonyms by a key that nobody keeps, or full. A folder is named
for its contents and the state of the data and never changes; pages of rows go on in the folder that they began in while it is there.
"""

import json
import os
import re
import secrets
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from sqlalchemy.orm import Session

from analysis.bundle import Bundle, read_bundle
from analysis.exports.deidentify import deidentify
from analysis.exports.plain_files import write_parquet
from analysis.exports.tables import SourceTable, tables_of_visit
from analysis.exports.units import Safety
from analysis.exports.variables import ExportTable, export_table
from questionnaires.errors import ErrorCode, SurveyError
from survey.bundles.of_visits import folder_of_visit, fresh_bundle
from survey.figures.keeping import analysis_version
from survey.kept import state_of_data

DEIDENTIFIED, FULL = "deidentified", "full"
CONTENTS = (DEIDENTIFIED, FULL)
FOLDER, TOLD = "released", "tables.json"
KEPT_SECONDS = 3600
"""So long what was replaced stays for whoever is reading it page by page."""
ROWS_IN_GROUP = 5_000
ROW = "__row"
"""The column of the files that counts their rows from 1; no question can have this name, and no list of columns has it."""
LANGUAGES = ("zh", "en")
_NAME = re.compile(rf"({'|'.join(CONTENTS)})-[0-9a-f]{{16}}-[0-9a-f]{{12}}")


@dataclass(frozen=True, slots=True)
class Released:
    """The tables of a visit in one state of the data: what each is, as `tables.json` tells it, and where their rows lie."""

    folder: Path
    dataset_hash: str
    tables: Sequence[Mapping[str, Any]]

    @property
    def name(self) -> str:
        """What names this state in the addresses of pages."""
        return self.folder.name

    def table(self, name: str) -> Mapping[str, Any]:
        """What is told of the table of this name; NOT_FOUND naming those that there are."""
        found = next((each for each in self.tables if each["name"] == name), None)
        if found is None:
            known = ", ".join(str(each["name"]) for each in self.tables) or "-"
            raise SurveyError(ErrorCode.NOT_FOUND, what="Table", key=name, remedy=f"There are: {known}.", remedy_zh=f"有：{known}。")
        return found

    def rows(self, name: str) -> ds.Dataset:
        """The rows of the table, read from its file only as far as they are asked for."""
        return ds.dataset(self.folder / f"{self.table(name)['file']}.parquet", format="parquet")


def release(session: Session, visit_id: str, contents: str) -> Released:
    """The tables as of the present state of the data; made if something changed. NOT_FOUND for an unknown visit.

    Without anything accepted, or anything that may be shown, there are no tables.
    """
    state = state_of_data(session)
    with folder_of_visit(session, visit_id) as place:
        known = _read_current(place / FOLDER, contents, state)
    if known is not None:
        return known
    with fresh_bundle(session, visit_id) as (path, exported):
        root = path.parent / FOLDER
        name = f"{contents}-{exported.manifest['hash'][:16]}-{analysis_version()}"
        if _read(root / name) is None:
            _lay_down(root / name, _tables(read_bundle(path), visit_id, contents), exported.manifest["hash"])
        _write_json(root / f"{contents}.json", {"state": state, "folder": name})
        _clear(root, contents, name)
        found = _read(root / name)
    assert found is not None
    return found


def find_release(session: Session, visit_id: str, contents: str, name: str) -> Released | None:
    """The state of this name, if it is one of these contents and still there."""
    if not _NAME.fullmatch(name) or not name.startswith(f"{contents}-"):
        return None
    with folder_of_visit(session, visit_id) as place:
        return _read(place / FOLDER / name)


def rows_between(rows: ds.Dataset, wanted: pc.Expression | None, offset: int, limit: int, columns: list[str] | None = None) -> pa.Table:
    """So many of the rows that are wanted, in their order, after so many others; as much is read as lies before their end."""
    parts: list[pa.RecordBatch] = []
    skipped = n_found = 0
    scanner = rows.scanner(columns=columns, filter=wanted, use_threads=False, batch_size=ROWS_IN_GROUP, batch_readahead=1)
    for batch in scanner.to_batches():
        start = min(len(batch), offset - skipped)
        skipped += start
        if part := batch.slice(start, limit - n_found):
            parts.append(part)
            n_found += len(part)
        if n_found >= limit:
            break
    return pa.Table.from_batches(parts, schema=scanner.projected_schema)


def _tables(bundle: Bundle, visit_id: str, contents: str) -> tuple[SourceTable, ...]:
    try:
        tables = tables_of_visit(bundle, visit_id)
    except SurveyError as error:
        if error.code is ErrorCode.EMPTY_DATASET:
            return ()
        raise
    if contents == FULL:
        return tables
    return deidentify(bundle, tables, visit_id, key=secrets.token_bytes(32), safety=Safety())[0]


def _lay_down(folder: Path, tables: Sequence[SourceTable], dataset_hash: str) -> None:
    """Nothing; the folder is there whole or not at all."""
    partial = folder.parent / f".{uuid.uuid4().hex}"
    partial.mkdir(parents=True)
    try:
        told = [_write_table(partial, f"table-{number}", table) for number, table in enumerate(tables)]
        _write_json(partial / TOLD, {"dataset_hash": dataset_hash, "tables": told})
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_table(folder: Path, file: str, table: SourceTable) -> dict[str, Any]:
    by_language = {language: export_table(table, language) for language in LANGUAGES}
    exported = by_language["zh"]
    path = folder / f"{file}.parquet"
    write_parquet(exported, path)
    written = pq.read_table(path)
    # A number that names the row, and small groups, so that a page of rows reads little more than it shows.
    numbered = written.append_column(ROW, pa.array(range(1, len(written) + 1), pa.int64()))
    pq.write_table(numbered, path, row_group_size=ROWS_IN_GROUP)
    return {
        "name": table.name,
        "file": file,
        "form_id": table.form_id,
        "table": table.table,
        "title": {language: each.title for language, each in by_language.items()},
        "n_rows": len(exported.frame),
        "columns": list(_columns(by_language)),
    }


def _columns(by_language: Mapping[str, ExportTable]) -> Iterator[dict[str, Any]]:
    for variables in zip(*(table.variables for table in by_language.values()), strict=True):
        spoken = dict(zip(by_language, variables, strict=True))
        first = variables[0]
        yield {
            "name": first.name,
            "kind": first.kind,
            "label": {language: each.label for language, each in spoken.items()},
            "choices": {
                value.name: {language: each.values[number].label for language, each in spoken.items()}
                for number, value in enumerate(first.values)
            },
            "treatment": first.source.treatment,
        }


def _read_current(root: Path, contents: str, state: str) -> Released | None:
    try:
        told = json.loads((root / f"{contents}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if told.get("state") != state or not str(told.get("folder")).endswith(analysis_version()):
        return None
    return _read(root / str(told["folder"]))


def _read(folder: Path) -> Released | None:
    try:
        told = json.loads((folder / TOLD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return Released(folder, told["dataset_hash"], told["tables"])


def _write_json(path: Path, told: Mapping[str, Any]) -> None:
    partial = path.with_name(f".{uuid.uuid4().hex}.json")
    partial.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    os.replace(partial, path)


def _clear(root: Path, contents: str, current: str) -> None:
    """Remove what was replaced a while ago."""
    old = time.time() - KEPT_SECONDS
    for path in root.glob(f"{contents}-*"):
        if path.name != current and path.stat().st_mtime < old:
            shutil.rmtree(path, ignore_errors=True)
