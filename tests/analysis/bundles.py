"""Builders of small bundle folders as `docs/bundle.md` describes them. Villages and people in them are invented."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

VISIT = {
    "id": "2018-04-test",
    "title": "2018年4月略阳县民主监督调研",
    "starts_on": "2018-04-16",
    "ends_on": "2018-04-27",
    "state": "closed",
    "purpose": "",
    "look_back_of": None,
    "is_invented": True,
}
COUNTY = "610727"
NORTH, SOUTH = "610727101201", "610727101202"
PLACES = {
    "610000000000": ("陕西省", "province", False),
    "610700000000": ("汉中市", "city", False),
    "610727000000": ("略阳县", "county", False),
    NORTH: ("上石沟村", "village", True),
    SOUTH: ("下石沟村", "village", True),
}
RECORD = ("form_version", "assignment_id", "lead_id", "second_id", "device_id")
TEXT, NUMBER, WHOLE, LIST = pa.string(), pa.float64(), pa.int64(), pa.list_(pa.string())
KIND_TYPES = {
    "category": TEXT,
    "text": TEXT,
    "media": TEXT,
    "multi": LIST,
    "integer": WHOLE,
    "decimal": NUMBER,
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


def column(
    name: str, kind: str, zh: str, en: str = "", choices: Mapping[str, str] | None = None, *, is_asked: bool = True
) -> dict[str, Any]:
    """One column of the codebook; `choices` maps names to Chinese labels."""
    return {
        "name": name,
        "kind": kind,
        "question": name,
        "label": {"zh": zh, "en": en or name},
        "choices": [{"name": key, "label": {"zh": label, "en": key}} for key, label in (choices or {}).items()],
        "is_asked": is_asked,
    }


def indicator(name: str, kind: str, variable: str | None = None, **values: Any) -> dict[str, Any]:
    """One indicator of the codebook; its labels are made of its name unless `zh` or `en` is given."""
    label = {"zh": values.pop("zh", name), "en": values.pop("en", name)}
    empty = {"area": "health", "values": [], "numerator": None, "denominator": None, "of": None, "unit": "", "good": "", "threshold": None}
    return {"name": name, "label": label, "kind": kind, "variable": variable, "source": "", **empty, **values}


def rule(name: str, zh: str, area: str = "health", level: str = "county", severity: str = "medium") -> dict[str, Any]:
    """One issue rule of the codebook."""
    return {"name": name, "title": {"zh": zh, "en": name}, "area": area, "level": level, "severity": severity}


@dataclass(frozen=True)
class FormData:
    """One form of a bundle: its columns by table and its rows by table; a row is a mapping from column to value."""

    form_id: str
    columns: Mapping[str, Sequence[dict[str, Any]]]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    indicators: Sequence[dict[str, Any]] = ()
    rules: Sequence[dict[str, Any]] = ()
    title: str = "测试问卷"
    compared: Sequence[dict[str, Any]] = ()
    told_of: str = ""


@dataclass(frozen=True)
class BundleData:
    """What a bundle is made of; what is not given is a small county with two invented villages."""

    forms: Sequence[FormData]
    visits: Sequence[Mapping[str, Any]] = (VISIT,)
    places: Mapping[str, tuple[str, str, bool]] = field(default_factory=lambda: PLACES)
    households: Sequence[Mapping[str, Any]] = ()
    villages: Sequence[tuple[str, str, str]] = ((VISIT["id"], NORTH, "purposive"), (VISIT["id"], SOUTH, "purposive"))  # type: ignore[assignment]
    candidates: Sequence[Mapping[str, Any]] = ()
    review: Sequence[Mapping[str, Any]] = ()
    sample: Sequence[Mapping[str, Any]] | None = None
    """The rows of the table of the sample; None for a bundle without one."""


def submission(
    number: int, village: str | None = NORTH, kind: str | None = "registered", visit: str | None = "2018-04-test", **answers: Any
) -> dict[str, Any]:
    """One row of a main table: the record columns and the answers."""
    return {
        "instance_id": f"uuid:{number:04}",
        "household_id": f"h{number}",
        "visit_id": visit,
        "village_code": village,
        "household_kind": kind,
        "lead_id": f"lead{number % 2}",
        "second_id": f"second{number % 2}",
        "duration_minutes": 40.0 + number,
        **answers,
    }


def member(number: int, position: int, village: str = NORTH, kind: str = "registered", **answers: Any) -> dict[str, Any]:
    """One row of the member table of submission `number`."""
    return {
        "instance_id": f"uuid:{number:04}",
        "position": position,
        "parent_position": None,
        "visit_id": "2018-04-test",
        "village_code": village,
        "household_kind": kind,
        **answers,
    }


def household(number: int, village: str = NORTH, kind: str = "registered", markers: Sequence[str] = ()) -> dict[str, Any]:
    """One household of the frame."""
    return {
        "household_id": f"h{number}",
        "village_code": village,
        "county_code": village[:6],
        "number": f"{number:03}",
        "kind": kind,
        "n_members": 3,
        "cause": None,
        "markers": list(markers),
        "inclusion_probability": None,
    }


def candidate(name: str, number: int, village: str = NORTH, **values: Any) -> dict[str, Any]:
    """One issue candidate that the rule `name` raised for submission `number`."""
    titles = {"title_zh": values.pop("zh", name), "title_en": values.pop("en", name)}
    place = {"instance_id": f"uuid:{number:04}", "visit_id": "2018-04-test", "village_code": village, "county_code": village[:6]}
    return {
        "rule": name,
        **titles,
        "area": "health",
        "level": "county",
        "severity": "medium",
        "household_id": f"h{number}",
        **place,
        **values,
    }


def write_bundle(folder: Path, data: BundleData) -> Path:
    """The folder, once it holds the bundle with a complete manifest."""
    folder.mkdir(parents=True)
    for form in data.forms:
        _write_form(folder, form)
    _write(folder / "regions.parquet", [_region(code, *place) for code, place in data.places.items()], _REGIONS)
    _write(folder / "households.parquet", data.households, _HOUSEHOLDS)
    _write(folder / "visit_villages.parquet", [_visited(*row) for row in data.villages], _VISIT_VILLAGES)
    _write(folder / "issue_candidates.parquet", data.candidates, _CANDIDATES)
    if data.sample is not None:
        _write(folder / "sample.parquet", data.sample, _SAMPLE)
    entries = {form.form_id: _entry(form) for form in data.forms}
    (folder / "codebook.json").write_text(json.dumps({"forms": entries}, ensure_ascii=False), encoding="utf-8")
    write_manifest(folder, data)
    return folder


def write_manifest(folder: Path, data: BundleData) -> None:
    """Write the manifest of what lies in the folder, with the hash of every file."""
    files = {
        path.relative_to(folder).as_posix(): _sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    manifest = {
        "schema_version": 1,
        "visits": list(data.visits),
        "forms": {form.form_id: {"versions": ["1"], "n_submissions": len(form.rows["main"])} for form in data.forms},
        "review": list(data.review),
        "counts": {},
        "files": files,
        "hash": hashlib.sha256(json.dumps(files).encode()).hexdigest(),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")


_REGIONS = {"code": TEXT, "name": TEXT, "level": TEXT, "parent_code": TEXT, "is_invented": pa.bool_()}
_HOUSEHOLDS = {
    "household_id": TEXT,
    "village_code": TEXT,
    "county_code": TEXT,
    "number": TEXT,
    "kind": TEXT,
    "n_members": WHOLE,
    "cause": TEXT,
    "markers": LIST,
    "inclusion_probability": NUMBER,
}
_VISIT_VILLAGES = {"visit_id": TEXT, "village_code": TEXT, "county_code": TEXT, "basis": TEXT}
_SAMPLE = {
    **dict.fromkeys(("visit_id", "household_id", "village_code", "village_stratum", "household_stratum", "state"), TEXT),
    **dict.fromkeys(("inclusion_village", "inclusion_household"), NUMBER),
    "n_households_frame": WHOLE,
}
_CANDIDATES = dict.fromkeys(
    ("rule", "title_zh", "title_en", "area", "level", "severity", "instance_id", "visit_id", "village_code", "county_code", "household_id"),
    TEXT,
)
_MAIN = {
    **dict.fromkeys(("instance_id", "visit_id", "household_id", "household_kind", "village_code", *RECORD), TEXT),
    "duration_minutes": NUMBER,
}
_REPEAT = {"instance_id": TEXT, "position": WHOLE, "parent_position": WHOLE, "visit_id": TEXT, "village_code": TEXT, "household_kind": TEXT}


def _write_form(folder: Path, form: FormData) -> None:
    counties = {row["instance_id"]: row["village_code"][:6] if row["village_code"] else "unknown" for row in form.rows["main"]}
    for table, rows in form.rows.items():
        types = {**(_MAIN if table == "main" else _REPEAT), **{each["name"]: KIND_TYPES[each["kind"]] for each in form.columns[table]}}
        for county in sorted({counties[row["instance_id"]] for row in rows}):
            path = folder / "submissions" / form.form_id / table / f"county={county}" / "part.parquet"
            _write(path, [row for row in rows if counties[row["instance_id"]] == county], types)


def _write(path: Path, rows: Iterable[Mapping[str, Any]], types: Mapping[str, pa.DataType]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = [{name: row.get(name) for name in types} for row in rows]
    pq.write_table(pa.Table.from_pylist(whole, schema=pa.schema(list(types.items()))), path)


def _region(code: str, name: str, level: str, is_invented: bool) -> dict[str, Any]:
    return {"code": code, "name": name, "level": level, "parent_code": None, "is_invented": is_invented}


def _visited(visit: str, village: str, basis: str) -> dict[str, Any]:
    return {"visit_id": visit, "village_code": village, "county_code": village[:6], "basis": basis}


def _entry(form: FormData) -> dict[str, Any]:
    return {
        "title": {"zh": form.title, "en": form.form_id},
        "versions": ["1"],
        "told_of": form.told_of,
        "languages": ["zh", "en"],
        "tables": [
            {"name": name, "parent": None if name == "main" else "main", "columns": list(columns)} for name, columns in form.columns.items()
        ],
        "indicators": list(form.indicators),
        "issue_rules": list(form.rules),
        "compared": list(form.compared),
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
