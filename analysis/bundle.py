"""Reads a bundle, the folder that `docs/bundle.md` describes, into memory, and refuses one that is broken or altered.

Nothing here computes: what is read is what was exported, of two records of one interview the lead's, with the log of corrections replayed.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.codebook import MAIN, Form, parse_form
from analysis.corrections.log import LOG, LOG_COLUMNS
from analysis.corrections.replay import Replayed, replay_logs
from analysis.keys import find_broken_key
from analysis.records import Tables, drop_second_records
from questionnaires.errors import ErrorCode, SurveyError

SCHEMA_VERSION = 1
COUNTY_DIGITS = 6
CODE_DIGITS = 12
BLOCK_BYTES = 1 << 20
MAIN_COLUMNS = ("instance_id", "visit_id", "household_id", "household_kind", "village_code", "lead_id", "second_id", "duration_minutes")
REPEAT_COLUMNS = ("instance_id", "position", "visit_id", "village_code", "household_kind")
TABLE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "regions": ("code", "name", "level", "is_invented"),
    "households": ("household_id", "village_code", "county_code", "kind", "n_members", "markers"),
    "visit_villages": ("visit_id", "village_code", "county_code", "basis"),
    "sample": (
        "visit_id",
        "household_id",
        "village_code",
        "village_stratum",
        "household_stratum",
        "inclusion_village",
        "inclusion_household",
        "n_households_frame",
        "state",
    ),
    LOG: LOG_COLUMNS,
    "codings": ("instance_id", "form_id", "question", "first_codes", "second_codes", "codes"),
    "issue_candidates": (
        "rule",
        "title_zh",
        "title_en",
        "area",
        "level",
        "severity",
        "instance_id",
        "visit_id",
        "village_code",
        "county_code",
    ),
}
REVIEW_COLUMNS = ("visit_id", "form_id", "county_code", "state", "n")
REFUSED_IN_FOLDERS = re.compile(r'[\\/:*?"<>|\x00-\x1f]|^\.+')
_Read = TypeVar("_Read")
OF_INTERVIEWS = ("submissions/", "timings/")
"""The folders whose files hold a part of the interviews each; the others are the frame around them."""
EXPORT_AGAIN = "Export it again with: python -m survey export"


@dataclass(frozen=True, slots=True)
class Visit:
    """One supervision visit, as the manifest tells it."""

    id: str
    title: str
    starts_on: date
    ends_on: date
    look_back_of: str | None
    is_invented: bool


@dataclass(frozen=True)
class Bundle:
    """One exported dataset in memory; `tables` is keyed by form and table name ("main" or a repeat's name).

    `tables` hold the corrected answers, `raw_tables` those that are stored; columns without a correction are one in both.
    """

    path: Path
    dataset_hash: str
    visits: tuple[Visit, ...]
    forms: Mapping[str, Form]
    tables: Mapping[tuple[str, str], pd.DataFrame]
    regions: pd.DataFrame
    households: pd.DataFrame
    visit_villages: pd.DataFrame
    candidates: pd.DataFrame
    review: pd.DataFrame
    """Submissions per visit, form, county and review state; without rows when the bundle does not tell."""
    sample: pd.DataFrame | None = None
    """The households of each visit's sample with their probabilities; None for bundles of before there was such a table."""
    corrections: Replayed = field(default_factory=lambda: Replayed({}))
    """The log of corrections with what became of each entry."""
    raw_tables: Mapping[tuple[str, str], pd.DataFrame] = field(default_factory=dict)
    problems: tuple[SurveyError, ...] = ()
    """What was left out because it is broken, if the bundle was read so."""
    codings: pd.DataFrame | None = None
    """What open answers were coded as; None for bundles of before that."""

    @property
    def n_submissions(self) -> int:
        """How many accepted submissions of all forms the bundle holds."""
        return sum(len(frame) for (_, table), frame in self.tables.items() if table == MAIN)

    @cached_property
    def place_names(self) -> Mapping[str, str]:
        """The name of every place by its 12-digit code."""
        return dict(zip(self.regions["code"], self.regions["name"], strict=True))

    def place_name(self, code: str) -> str:
        """The name of the place with this code of 6 digits (a county) or 12, or the code itself when the bundle does not know it."""
        return self.place_names.get(code.ljust(CODE_DIGITS, "0"), code)

    def visit(self, visit_id: str) -> Visit:
        """The visit with this id; NOT_FOUND naming those that there are."""
        found = next((visit for visit in self.visits if visit.id == visit_id), None)
        if found is None:
            known = ", ".join(visit.id for visit in self.visits) or "none"
            raise SurveyError(ErrorCode.NOT_FOUND, what="Visit", key=visit_id, remedy=f"Visits of this bundle: {known}.")
        return found


def read_bundle(
    path: Path | str,
    *,
    corrections: Path | str | None = None,
    is_raw: bool = False,
    with_interviews: bool = True,
    is_lenient: bool = False,
) -> Bundle:
    """The bundle in the folder `path`; INVALID_BUNDLE, naming file and remedy, when it is absent, incomplete, altered or of another age.

    If `is_lenient`, a table with broken keys, without its columns or unreadable is left out and told in `problems`, and so is a form with
    its main table; a bundle that was altered, lacks files or is of another schema version is refused all the same.

    The bundle's log of corrections is replayed, then that of an analyst in the file `corrections`; nothing of either if `is_raw`. Raises
    UNREADABLE_CORRECTIONS naming everything that is wrong with that file.
    Without interviews all tables of forms are empty and their files need not be there: what labels and names of places are taken from.
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    files = manifest.get("files", {})
    check_files(folder, files if with_interviews else {name: each for name, each in files.items() if not name.startswith(OF_INTERVIEWS)})
    reading = _Reading(folder, [] if is_lenient else None)
    forms = read_codebook(folder, reading.problems)
    tables, candidates = drop_second_records(reading.interviews(forms), reading.table("issue_candidates"))
    log = None if is_raw or not with_interviews else read_log(folder, manifest)
    replayed = replay_logs(tables, forms, log, None if is_raw or corrections is None else Path(corrections))
    return Bundle(
        path=folder,
        dataset_hash=str(manifest.get("hash", "")),
        visits=visits_of(folder, manifest),
        forms=forms,
        tables=replayed.tables,
        regions=reading.table("regions"),
        households=reading.table("households"),
        visit_villages=reading.table("visit_villages"),
        candidates=candidates,
        review=pd.DataFrame(manifest.get("review", []), columns=list(REVIEW_COLUMNS)),
        sample=reading.or_left_out(lambda: _read_sample(folder, manifest), None),
        corrections=replayed,
        raw_tables=tables,
        problems=tuple(reading.problems or ()),
        codings=read_table(folder, "codings") if "codings.parquet" in manifest.get("files", {}) else None,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reading the tables of a bundle: what is broken is told in `problems` and left out, or raised where that is None."""

    folder: Path
    problems: list[SurveyError] | None

    def or_left_out(self, read: Callable[[], _Read], otherwise: _Read) -> _Read:
        """What `read` gives, or `otherwise` with the problem told."""
        try:
            return read()
        except SurveyError as problem:
            if self.problems is None:
                raise
            self.problems.append(problem)
            return otherwise

    def table(self, name: str) -> pd.DataFrame:
        """One of the tables beside the submissions, without rows if it is left out."""
        return self.or_left_out(lambda: read_table(self.folder, name), _without_rows(TABLE_COLUMNS[name]))

    def interviews(self, forms: Mapping[str, Form]) -> Tables:
        """The tables of all forms. A form whose main table is left out has no rows at all."""
        tables: dict[tuple[str, str], pd.DataFrame] = {}
        for form in forms.values():
            for table in form.tables:
                place, required = self._place(form.form_id, table.name), _required(table.name)
                tables[form.form_id, table.name] = self.or_left_out(partial(_read_partitions, place, required), _without_rows(required))
        while broken := find_broken_key(tables, forms):
            problem = refuse(self._place(broken.form_id, broken.table), f"{broken.detail}. {EXPORT_AGAIN}")
            if self.problems is None:
                raise problem
            self.problems.append(problem)
            emptied = [key for key in tables if key[0] == broken.form_id and broken.table in (MAIN, key[1])]
            tables |= {key: _without_rows(_required(key[1])) for key in emptied}
        return tables

    def _place(self, form_id: str, table: str) -> Path:
        return self.folder / "submissions" / folder_name(form_id) / folder_name(table)


def _required(table: str) -> tuple[str, ...]:
    return MAIN_COLUMNS if table == MAIN else REPEAT_COLUMNS


def _without_rows(columns: Iterable[str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="str") for name in (*columns, "county")})


def folder_name(name: str) -> str:
    """The name as a folder of the bundle; signs that some file systems refuse are "_"."""
    return REFUSED_IN_FOLDERS.sub("_", name)


def refuse(place: Path, detail: str) -> SurveyError:
    """The error that refuses a bundle, to be raised."""
    return SurveyError(ErrorCode.INVALID_BUNDLE, place=place, detail=detail)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise refuse(path.parent, f"it has no {path.name}. Name the folder that `python -m survey export` wrote.") from None
    except NotADirectoryError:
        raise refuse(path.parent, "it is a file. Name the folder that `python -m survey export` wrote.") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise refuse(path, f"it cannot be read as JSON ({error}). {EXPORT_AGAIN}") from None
    if not isinstance(content, dict):
        raise refuse(path, f"it is not a JSON object. {EXPORT_AGAIN}")
    return content


def read_manifest(folder: Path) -> dict[str, Any]:
    """What `manifest.json` says; INVALID_BUNDLE when it is absent, broken or of another schema version."""
    manifest = _read_json(folder / "manifest.json")
    version = manifest.get("schema_version")
    if version != SCHEMA_VERSION:
        detail = (
            f"its schema version is {version}, this program reads {SCHEMA_VERSION}. Export it again with the same version of the program."
        )
        raise refuse(folder / "manifest.json", detail)
    return manifest


def check_files(folder: Path, expected: Mapping[str, str]) -> None:
    """Raise INVALID_BUNDLE when one of the files (name to SHA-256) is not there or is not the one that was exported."""
    for name, digest in expected.items():
        path = folder / name
        if not path.is_file():
            raise refuse(path, f"the manifest lists the file, and it is not there. {EXPORT_AGAIN}")
        if _sha256(path) != digest:
            raise refuse(path, f"the file is not the one that was exported (its SHA-256 differs). {EXPORT_AGAIN}")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def read_codebook(folder: Path, problems: list[SurveyError] | None = None) -> dict[str, Form]:
    """The forms of `codebook.json`; INVALID_BUNDLE when it is absent, or a form is incomplete and there are no `problems` to tell it in."""
    path = folder / "codebook.json"
    entries = _read_json(path).get("forms")
    if not isinstance(entries, dict):
        raise refuse(path, f"it has no 'forms'. {EXPORT_AGAIN}")
    forms = {}
    for form_id, entry in entries.items():
        try:
            forms[form_id] = parse_form(form_id, entry)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            problem = refuse(path, f"the entry of form '{form_id}' is incomplete ({error!r}). {EXPORT_AGAIN}")
            if problems is None:
                raise problem from None
            problems.append(problem)
    return forms


def visits_of(folder: Path, manifest: Mapping[str, Any]) -> tuple[Visit, ...]:
    """The visits of the manifest; INVALID_BUNDLE when one is incomplete."""
    try:
        return tuple(
            Visit(
                id=visit["id"],
                title=visit["title"],
                starts_on=date.fromisoformat(visit["starts_on"]),
                ends_on=date.fromisoformat(visit["ends_on"]),
                look_back_of=visit.get("look_back_of"),
                is_invented=bool(visit.get("is_invented", False)),
            )
            for visit in manifest["visits"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise refuse(folder / "manifest.json", f"its visits are incomplete ({error!r}). {EXPORT_AGAIN}") from None


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """One of the tables beside the submissions (`TABLE_COLUMNS`), whole; INVALID_BUNDLE when it cannot be read or lacks a column."""
    path = folder / f"{name}.parquet"
    table = _read_parquet(path)
    check_columns(path, table.column_names, TABLE_COLUMNS[name])
    return table.to_pandas()


def _read_sample(folder: Path, manifest: Mapping[str, Any]) -> pd.DataFrame | None:
    """The table of the sample; None when the manifest does not list it, because the bundle is of before there was one."""
    if "sample.parquet" not in manifest.get("files", {}):
        return None
    sample = read_table(folder, "sample")
    check_probabilities(folder, sample)
    return sample


def check_probabilities(folder: Path, sample: pd.DataFrame) -> None:
    """Raise UNUSABLE_WEIGHTS naming a household of the sample with a probability outside 0 to 1."""
    for name in ("inclusion_village", "inclusion_household"):
        wrong = sample[name].notna() & ~sample[name].between(0, 1, inclusive="right")
        if wrong.any():
            place = f"{folder / 'sample.parquet'}, household {sample.loc[wrong, 'household_id'].iloc[0]}"
            raise SurveyError(ErrorCode.UNUSABLE_WEIGHTS, place=place, detail=f"{name} must be above 0 and not above 1")


def read_log(folder: Path, manifest: Mapping[str, Any]) -> pd.DataFrame | None:
    """The log of corrections; None when the manifest does not list it, because the bundle is of before there was one."""
    return read_table(folder, LOG) if f"{LOG}.parquet" in manifest.get("files", {}) else None


def _read_partitions(folder: Path, required: Iterable[str]) -> pd.DataFrame:
    """The rows of all counties with the county's code in the column "county"; a folder that is absent has no rows."""
    parts = []
    for path in sorted(folder.glob("county=*/*.parquet")):
        part = _read_parquet(path)
        county = path.parent.name.removeprefix("county=")
        parts.append(part.append_column("county", pa.array([county] * part.num_rows, pa.string())))
    if not parts:
        return _without_rows(required)
    try:
        table = pa.concat_tables(parts, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise refuse(folder, f"its files have columns that do not fit together ({error}). {EXPORT_AGAIN}") from None
    check_columns(folder, table.column_names, required)
    return table.to_pandas()


def _read_parquet(path: Path) -> pa.Table:
    try:
        # One file at a time: the folder's name must not become a column here, because its type would be guessed.
        return pq.ParquetFile(path).read()
    except FileNotFoundError:
        raise refuse(path, f"the file is not there. {EXPORT_AGAIN}") from None
    except (OSError, pa.ArrowInvalid) as error:
        raise refuse(path, f"it cannot be read as Parquet ({error}). {EXPORT_AGAIN}") from None


def check_columns(place: Path, found: Iterable[str], required: Iterable[str]) -> None:
    """Raise INVALID_BUNDLE naming the columns that are required and not there."""
    missing = sorted(set(required) - set(found))
    if missing:
        raise refuse(place, f"these columns are missing: {', '.join(missing)}. {EXPORT_AGAIN}")
