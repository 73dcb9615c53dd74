"""The accepted submissions as a bundle: the folder of Parquet files that `docs/bundle.md` describes.

Everything is written beside the destination and moved there once it is whole. Submissions are read and written in chunks, so that memory
does not grow with their number. The same data give the same bytes: rows are sorted by their keys, and no clock is read.
"""

import hashlib
import json
import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from analysis.bundle import folder_name
from questionnaires.columns import rows_of
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Questionnaire
from survey.codebook import PARTITION, BookColumn, BookTable, FormBook, codebook_entry, make_form_book
from survey.export_queries import Scope, count_states, find_versions, list_accepted, list_visits, read_chunk
from survey.export_tables import county_of, write_tables
from survey.instruments.registry import load_questionnaire
from survey.parquet import TableFile, file_sha256
from survey.visits.models import Visit

SCHEMA_VERSION = 1
CHUNK = 1000
NUMBERING = frozenset(("position", "parent_position"))

Progress = Callable[[int, int], None]
"""Called with how many submissions are written and how many there are in all."""


def export_bundle(session: Session, destination: Path, *, visits: Sequence[str] = (), progress: Progress | None = None) -> dict[str, Any]:
    """The manifest of the bundle that is then at `destination`, of these visits or, without any, of everything.

    An older bundle there is replaced in one step; INVALID_VALUE if what is there is no bundle, NOT_FOUND for an unknown visit.
    """
    destination = destination.absolute()
    check_destination(destination)
    scope = Scope(tuple(visits))
    covered = [_visit_record(visit) for visit in list_visits(session, scope)]
    partial = destination.parent / f".{destination.name}.{uuid.uuid4().hex}"
    partial.mkdir(parents=True)
    try:
        forms, codebook = _write_submissions(session, scope, partial, progress or _silent)
        review = count_states(session, scope)
        forms = {form_id: {**form, "n_by_state": _by_state(review, form_id)} for form_id, form in forms.items()}
        counts = {"submissions": sum(form["n_submissions"] for form in forms.values()), **write_tables(session, scope, partial)}
        _write_json(partial / "codebook.json", {"forms": codebook})
        content = {"schema_version": SCHEMA_VERSION, "visits": covered, "forms": forms, "review": review, "counts": counts}
        manifest = _with_hashes(content, partial)
        _write_json(partial / "manifest.json", manifest)
        _put_in_place(partial, destination)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def _by_state(review: Sequence[Mapping[str, Any]], form_id: str) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for row in review:
        if row["form_id"] == form_id:
            counts[row["state"]] += row["n"]
    return dict(sorted(counts.items()))


def check_destination(destination: Path) -> None:
    """Raise INVALID_VALUE when something other than a bundle or an empty folder is there, which an export must not destroy."""
    is_free = not destination.exists() or (destination.is_dir() and not any(destination.iterdir()))
    if not is_free and not (destination / "manifest.json").is_file():
        detail = "something else than a bundle is there; name a new folder, or remove it yourself"
        raise SurveyError(ErrorCode.INVALID_VALUE, field=str(destination), detail=detail)


def _silent(_done: int, _total: int) -> None:
    return None


def _visit_record(visit: Visit) -> dict[str, Any]:
    return {
        "id": visit.id,
        "title": visit.title,
        "starts_on": visit.starts_on.isoformat(),
        "ends_on": visit.ends_on.isoformat(),
        "state": visit.state,
        "purpose": visit.purpose,
        "look_back_of": visit.look_back_of_id,
        "is_invented": visit.is_invented,
    }


def _write_submissions(
    session: Session, scope: Scope, folder: Path, progress: Progress
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """The forms' entries of the manifest and of the codebook, once their files are written."""
    accepted = sorted((form_id, county_of(village_code), key) for form_id, village_code, key in list_accepted(session, scope))
    forms: dict[str, dict[str, Any]] = {}
    codebook: dict[str, dict[str, Any]] = {}
    done = 0
    for form_id, of_form in groupby(accepted, key=lambda row: row[0]):
        questionnaires = {version.id: load_questionnaire(version) for version in find_versions(session, scope, form_id)}
        book = make_form_book(tuple(questionnaires.values()))
        n_before = done
        for county, of_county in groupby(of_form, key=lambda row: row[1]):
            files = _open_files(folder / "submissions" / folder_name(form_id), book, county)
            try:
                for keys in _chunks(key for _, _, key in of_county):
                    _write_chunk(read_chunk(session, keys), questionnaires, book, files)
                    done += len(keys)
                    progress(done, len(accepted))
            finally:
                for file in files.values():
                    file.close()
        forms[form_id] = {"versions": list(book.versions), "n_submissions": done - n_before}
        codebook[form_id] = codebook_entry(book)
    return forms, codebook


def _chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(keys)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _open_files(folder: Path, book: FormBook, county: str) -> dict[str, TableFile]:
    return {
        table.name: TableFile(
            folder / folder_name(table.name) / f"{PARTITION}={county}" / "part.parquet",
            [*table.record, *((column.name, column.kind) for column in table.columns if not column.is_prefilled)],
        )
        for table in book.tables
    }


def _write_chunk(
    records: Sequence[RowMapping], questionnaires: Mapping[str, Questionnaire], book: FormBook, files: Mapping[str, TableFile]
) -> None:
    heads: dict[str, list[Mapping[str, Any]]] = {table.name: [] for table in book.tables}
    rows: dict[str, list[Mapping[str, Any]]] = {table.name: [] for table in book.tables}
    for record in records:
        tables = rows_of(questionnaires[record["questionnaire_version_id"]], record["reconciled_answers"] or record["answers"])
        head = _head(record, tables[book.tables[0].name][0])
        for name, found in tables.items():
            heads[name].extend([head] * len(found))
            rows[name].extend(found)
    for table in book.tables:
        if rows[table.name]:
            files[table.name].write(_columns(table, heads[table.name], rows[table.name]))


def _head(record: RowMapping, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """The submission's own columns; the kind of household is the one of the interview rather than the one the frame has by now."""
    kind = answers.get("household_kind") or record["household_kind"]
    minutes = _minutes(record["started_at"], record["ended_at"])
    return {**record, "household_kind": kind, "duration_minutes": minutes, "reconciliation": _reconciliation(record)}


def _reconciliation(record: RowMapping) -> str:
    """Whether the answers are those of one form filled in together, of both records reconciled, or the lead's until that is done."""
    if record["reconciled_answers"] is not None:
        return "reconciled"
    return "not_reconciled" if record["records"] == "independent" else "joint"


def _minutes(started_at: datetime | None, ended_at: datetime | None) -> float | None:
    return (ended_at - started_at) / timedelta(minutes=1) if started_at and ended_at else None


def _columns(table: BookTable, heads: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    columns = {
        name: [each[name] for each in (rows if name in NUMBERING and table.parent is not None else heads)] for name, _ in table.record
    }
    columns.update((column.name, _values(column, rows)) for column in table.columns if not column.is_prefilled)
    return columns


def _values(column: BookColumn, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    source = column.source
    values = [row.get(source) for row in rows]
    return [value.get(column.part) if value else None for value in values] if column.part else values


def _with_hashes(content: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The content of a manifest with the hash of every file, and one hash over all of it as it is written."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    manifest = {**content, "files": {path: file_sha256(folder / path) for path in paths}}
    return {**manifest, "hash": hashlib.sha256(_json(manifest)).hexdigest()}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _write_json(path: Path, value: Any) -> None:
    path.write_bytes(_json(value) + b"\n")


def _put_in_place(partial: Path, destination: Path) -> None:
    """Let the finished folder take the place of the older bundle; between the two steps nothing is there, and never half of it."""
    if not destination.exists():
        partial.rename(destination)
        return
    older = partial.with_name(f"{partial.name}.older")
    destination.rename(older)
    try:
        partial.rename(destination)
    except OSError:
        older.rename(destination)
        raise
    shutil.rmtree(older)
