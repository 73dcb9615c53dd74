"""What is kept of a visit's figures beside its bundle: the estimates, the rows behind them, and what labels are taken from.

A folder is named for the bundle's hash and the version of the program's analysis, and never changes once it is there. `current.json` says
which one is current, and of which moment; it is replaced in one step. The folder before stays until the next one comes, for pages that
are just reading it.
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import analysis.bundle
from analysis.bundle import Bundle, read_bundle
from analysis.indicators import Estimated
from analysis.lineage.behind import MeasureColumns, RowsBehind
from questionnaires.errors import ErrorCode, SurveyError
from survey.bundles.kept import keep_file

CURRENT, ESTIMATES, BY_INDICATOR, FRAME = "current.json", "estimates.parquet", "by-indicator.parquet", "frame"
ROWS_IN_GROUP = 5_000
"""Rows that are read together; small, so that a page reads little more than it shows."""
FRAMES_KEPT = 16


@dataclass(frozen=True, slots=True)
class KeptTable:
    """The file with the rows behind the figures of one table of a form."""

    form_id: str
    table: str
    file: str
    has_sample: bool
    measures: tuple[MeasureColumns, ...]

    def measure(self, indicator: str, category: str) -> MeasureColumns | None:
        """Where the rows keep this measure, or None."""
        return next((each for each in self.measures if (each.indicator, each.category) == (indicator, category)), None)


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """The figures of a visit as of one moment; `number` and `digest` are those of the latest event then."""

    folder: Path
    made_at: datetime
    number: int
    digest: str
    dataset_hash: str
    n_interviews: int
    tables: tuple[KeptTable, ...]
    problems: tuple[SurveyError, ...]

    @property
    def estimates(self) -> Path:
        """The file of the estimates, by place."""
        return self.folder / ESTIMATES

    @property
    def by_indicator(self) -> Path:
        """The file of the same estimates, by indicator."""
        return self.folder / BY_INDICATOR

    def table_with(self, form_id: str, indicator: str, category: str) -> tuple[KeptTable, MeasureColumns] | None:
        """The table whose rows stand behind the measure, and where they keep it; None if there is none."""
        for table in self.tables:
            if table.form_id == form_id and (found := table.measure(indicator, category)):
                return table, found
        return None


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of the database of which figures are made."""

    at: datetime
    number: int
    digest: str


@cache
def analysis_version() -> str:
    """What names the program's analysis: a hash over its code, so that figures of an older program are never taken for today's."""
    root = Path(analysis.bundle.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def read_kept(folder: Path) -> Kept | None:
    """What is kept in a visit's folder; None when there is nothing, or nothing that this version of the program made."""
    try:
        told = json.loads((folder / CURRENT).read_text(encoding="utf-8"))
        if told["analysis_version"] != analysis_version() or not (folder / told["folder"] / ESTIMATES).is_file():
            return None
        tables = tuple(
            KeptTable(**{**table, "measures": tuple(MeasureColumns(**measure) for measure in table["measures"])})
            for table in told["tables"]
        )
        return Kept(
            folder=folder / told["folder"],
            made_at=datetime.fromisoformat(told["made_at"]),
            number=told["number"],
            digest=told["digest"],
            dataset_hash=told["dataset_hash"],
            n_interviews=told["n_interviews"],
            tables=tables,
            problems=tuple(SurveyError(ErrorCode[each["code"]], **each["values"]) for each in told["problems"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def still_right(folder: Path, moment: Moment, dataset_hash: str) -> bool:
    """Whether what is kept is of the same data; then it is only of a later moment, and says so from now on."""
    known = read_kept(folder)
    if known is None or known.dataset_hash != dataset_hash:
        return False
    told = json.loads((folder / CURRENT).read_text(encoding="utf-8"))
    _point_to(folder, {**told, **_told_of(moment)})
    return True


def keep(folder: Path, moment: Moment, bundle: Bundle, found: Estimated, rows: Sequence[RowsBehind]) -> None:
    """Nothing; the figures are the current ones of the visit whose folder this is."""
    name = f"{bundle.dataset_hash[:16]}-{analysis_version()}"
    partial = folder / f".{uuid.uuid4().hex}"
    partial.mkdir(parents=True)
    try:
        _write_estimates(partial, found)
        tables = [_write_rows(partial, number, each) for number, each in enumerate(rows)]
        for path in bundle.path.iterdir():
            if path.is_file():
                keep_file(path, partial / FRAME / path.name)
        shutil.rmtree(folder / name, ignore_errors=True)
        partial.rename(folder / name)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    before = read_kept(folder)
    told = {
        "folder": name,
        "analysis_version": analysis_version(),
        "dataset_hash": bundle.dataset_hash,
        "n_interviews": bundle.n_submissions,
        "tables": [asdict(table) for table in tables],
        "problems": [_problem_record(problem, bundle) for problem in found.problems],
    }
    _point_to(folder, {**told, **_told_of(moment)})
    _clear(folder, {name, before.folder.name if before else ""})


def _problem_record(problem: SurveyError, bundle: Bundle) -> dict[str, Any]:
    """The problem without where the bundle lies on this machine, which is nobody's business on a page."""
    place = str(bundle.path)
    values = {
        name: value.replace(f"{place}, ", "").replace(place, "bundle") if isinstance(value, str) else value
        for name, value in problem.values.items()
    }
    return {"code": problem.code.name, "values": values}


def _told_of(moment: Moment) -> dict[str, Any]:
    return {"made_at": moment.at.astimezone(UTC).isoformat(), "number": moment.number, "digest": moment.digest}


def _point_to(folder: Path, told: dict[str, Any]) -> None:
    partial = folder / f".{uuid.uuid4().hex}.json"
    partial.write_text(json.dumps(told, ensure_ascii=False, default=str), encoding="utf-8")
    os.replace(partial, folder / CURRENT)


def _clear(folder: Path, kept: set[str]) -> None:
    """Remove the figures of before, those of `kept` excepted."""
    for path in folder.iterdir():
        if path.is_dir() and path.name not in kept and (path / ESTIMATES).is_file():
            shutil.rmtree(path, ignore_errors=True)


def _write_estimates(folder: Path, found: Estimated) -> None:
    """The table twice, so that a page of one place and a page of one indicator each read few groups of rows; `order` is its own order."""
    table = found.table.assign(order=range(len(found.table)))
    places = ["domain_type", "county_code", "domain", "order"]
    for name, keys in ((ESTIMATES, places), (BY_INDICATOR, ["form_id", "indicator", *places])):
        ordered = table.sort_values(keys, kind="stable", ignore_index=True)
        pq.write_table(pa.Table.from_pandas(ordered, preserve_index=False), folder / name, row_group_size=ROWS_IN_GROUP)


def _write_rows(folder: Path, number: int, behind: RowsBehind) -> KeptTable:
    file = f"rows-{number}.parquet"
    pq.write_table(pa.Table.from_pandas(behind.rows, preserve_index=False), folder / file, row_group_size=ROWS_IN_GROUP)
    return KeptTable(behind.form_id, behind.table, file, behind.has_sample, behind.measures)


def frame_of(kept: Kept) -> Bundle:
    """The bundle of the figures without its interviews: labels, choices and names of places as they were then."""
    return _read_frame(kept.folder / FRAME)


@lru_cache(maxsize=FRAMES_KEPT)
def _read_frame(path: Path) -> Bundle:
    return read_bundle(path, with_interviews=False)
