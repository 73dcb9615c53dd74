"""A generated nation in Parquet: 832 counties, 128,000 villages drawn by chance, households with six members each, 40 indicators.

The files are written once, in three months of which the first one or two make the smaller bundles, so that places are the same in all.
Half of the indicators are of households, half of persons; half are shares, the others means; a tenth of the answers is missing.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from survey.bundles.parquet import compression_of

N_COUNTIES, N_VILLAGES, N_MEMBERS, N_INDICATORS = 832, 128_000, 6, 40
MONTHS = ("2018-03", "2018-04", "2018-05")
SHARES_OF_MONTHS = (0.1, 0.2, 0.7)
"""Of all households, by the month of their interview: the first month is a tenth, the first two are three tenths."""
KINDS = ("registered", "lifted_out", "marginal", "ordinary")
MARKERS = ("old", "sick", "disabled", "other_special")
VISIT = "2018-nation"
RESPONSE = 0.95
INTERVIEWS_PER_GROUP, PLACES_PER_GROUP = 8_000, 20_000
"""The rows that the export writes at once, of interviews and of the tables beside them."""
KINDS_OF_KEYS = {"position": "integer", "duration_minutes": "decimal", "recorded_as": "category"}
N_SIZES = 200
"""Numbers of households are among so many different ones, as amounts told in hundreds are."""


@dataclass(frozen=True, slots=True)
class Nation:
    """How many households there are, in how many counties and villages, and the folder of the largest bundle."""

    folder: Path
    n_households: int
    n_counties: int = N_COUNTIES
    n_villages: int = N_VILLAGES

    def county_code(self, county: int) -> str:
        """Six digits, in the order of the counties."""
        return f"{100_001 + county}"

    def households_of(self, county: int) -> int:
        """How many households the county has."""
        return self.n_households * (county + 1) // self.n_counties - self.n_households * county // self.n_counties

    def villages_of(self, county: int) -> range:
        """The numbers of the county's villages."""
        return range(self.n_villages * county // self.n_counties, self.n_villages * (county + 1) // self.n_counties)


@dataclass(frozen=True, slots=True)
class Households:
    """The sampled households of one county and one month, by village."""

    ids: pa.Array
    village: np.ndarray
    kind: np.ndarray
    answered: np.ndarray
    marker: np.ndarray


def write_nation(nation: Nation, workers: int = 2) -> list[Path]:
    """The folders of the bundles, from the smallest to the whole, once they are there."""
    with ProcessPoolExecutor(workers) as pool:
        hashes: dict[str, str] = {}
        for found in pool.map(_write_county, [nation] * nation.n_counties, range(nation.n_counties), chunksize=4):
            hashes.update(found)
    folders = [nation.folder.with_name(f"{nation.folder.name}-{n_months}") for n_months in (1, 2)] + [nation.folder]
    for n_months, folder in enumerate(folders, start=1):
        _write_around(nation, folder, n_months, hashes)
    return folders


def households_of(nation: Nation, county: int, month: int) -> Households:
    """The households of the county that were to be interviewed in the month: the same whenever asked."""
    random = np.random.default_rng([20180416, county, month])
    ends = np.round(np.cumsum((0.0, *SHARES_OF_MONTHS)) * nation.households_of(county)).astype(int)
    n, villages = ends[month + 1] - ends[month], nation.villages_of(county)
    codes = np.sort(np.arange(n) % len(villages))
    return Households(
        ids=_hexadecimal(random, n),
        village=codes,
        kind=random.integers(len(KINDS), size=n, dtype=np.int8),
        answered=random.random(n) < RESPONSE,
        marker=random.integers(5 * len(MARKERS), size=n, dtype=np.int8),
    )


def _hexadecimal(random: np.random.Generator, n: int) -> pa.Array:
    digits = random.bytes(16 * n).hex().encode("ascii")
    return pa.StringArray.from_buffers(n, pa.py_buffer((np.arange(n + 1) * 32).astype(np.int32)), pa.py_buffer(digits))


def _texts(codes: np.ndarray, values: tuple[str, ...] | list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(values, pa.string())).cast(pa.string())


def _village_codes(nation: Nation, county: int) -> list[str]:
    return [f"{nation.county_code(county)}{number:06}" for number in nation.villages_of(county)]


def _questions(random: np.random.Generator, n: int, prefix: str) -> dict[str, pa.Array]:
    columns: dict[str, pa.Array] = {}
    for number in range(N_INDICATORS // 2):
        mask = random.random(n, dtype=np.float32) < 0.1
        if number % 2:
            values = random.integers(N_SIZES, size=n, dtype=np.int16)
            dtype = pa.float64() if prefix == "h" else pa.int64()
            columns[f"{prefix}{number}"] = pa.array((values * 100).astype(np.int64), pa.int64(), mask=mask).cast(dtype)
        else:
            codes = pa.array(random.integers(2, size=n, dtype=np.int8), pa.int8(), mask=mask)
            columns[f"{prefix}{number}"] = pa.DictionaryArray.from_arrays(codes, pa.array(["yes", "no"])).cast(pa.string())
    return columns


def _write_county(nation: Nation, county: int) -> dict[str, str]:
    """The hashes of the county's files, by their names, once they are written."""
    found: dict[str, str] = {}
    codes = _village_codes(nation, county)
    for month, name in enumerate(MONTHS):
        asked = households_of(nation, county, month)
        taken = np.flatnonzero(asked.answered)
        random = np.random.default_rng([416, county, month])
        instances = _hexadecimal(random, len(taken))
        for table, per_interview in (("main", 1), ("members", N_MEMBERS)):
            of_interview = np.repeat(np.arange(len(taken)), per_interview)
            keys = {
                "instance_id": instances.take(pa.array(of_interview)),
                "visit_id": _same(VISIT, len(of_interview)),
                "village_code": _texts(asked.village[taken][of_interview], codes),
                "household_kind": _texts(asked.kind[taken][of_interview], KINDS),
                **(_record(asked, taken) if table == "main" else {"position": pa.array(np.arange(len(of_interview)) % per_interview + 1)}),
            }
            questions = _questions(random, len(of_interview), "h" if table == "main" else "p")
            path = f"submissions/household/{table}/county={nation.county_code(county)}/{name}.parquet"
            (nation.folder / path).parent.mkdir(parents=True, exist_ok=True)
            rows = pa.table({**keys, **questions})
            kinds = {**dict.fromkeys(keys, "text"), **KINDS_OF_KEYS, **dict.fromkeys(questions, "category")}
            compression = compression_of((name, kinds[name]) for name in rows.column_names)
            pq.write_table(rows, nation.folder / path, compression=compression, row_group_size=INTERVIEWS_PER_GROUP * per_interview)
            found[path] = _sha256(nation.folder / path)
    return found


def _record(asked: Households, taken: np.ndarray) -> dict[str, pa.Array]:
    """The columns of interviews that those of persons do not have."""
    n = len(taken)
    texts = {"form_version": "1", "lead_id": "lead", "second_id": "second", "recorded_as": "lead"}
    told = {name: _same(value, n) for name, value in texts.items()}
    return {"household_id": asked.ids.take(pa.array(taken)), "duration_minutes": pa.array(np.full(n, 40.0)), **told}


def _same(value: str, n: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string()), n)


def _write_around(nation: Nation, folder: Path, n_months: int, hashes: Mapping[str, str]) -> None:
    """Complete the bundle of the first months: the files of interviews are those of the whole one."""
    kept = {path: digest for path, digest in hashes.items() if path.rpartition("/")[2].removesuffix(".parquet") in MONTHS[:n_months]}
    if folder != nation.folder:
        for path in kept:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            os.link(nation.folder / path, folder / path)
    writers: dict[str, pq.ParquetWriter] = {}
    for name, table in _tables(nation, n_months):
        if name not in writers:
            writers[name] = pq.ParquetWriter(folder / f"{name}.parquet", table.schema, compression="zstd")
        writers[name].write_table(table, row_group_size=PLACES_PER_GROUP)
    for writer in writers.values():
        writer.close()
    empty = pa.array([], pa.string())
    texts = ("rule", "title_zh", "title_en", "area", "level", "severity", "instance_id", "visit_id", "village_code", "county_code")
    pq.write_table(pa.table(dict.fromkeys((*texts, "household_id"), empty)), folder / "issue_candidates.parquet")
    (folder / "codebook.json").write_text(json.dumps({"forms": {"household": _form()}}), encoding="utf-8")
    around = {path.name: _sha256(path) for path in sorted(folder.iterdir()) if path.is_file() and path.name != "manifest.json"}
    n_taken = sum(
        int(households_of(nation, county, month).answered.sum()) for county in range(nation.n_counties) for month in range(n_months)
    )
    manifest = {
        "schema_version": 1,
        "visits": [{"id": VISIT, "title": "", "starts_on": "2018-03-01", "ends_on": "2018-05-31", "is_invented": True}],
        "forms": {"household": {"versions": ["1"], "n_submissions": n_taken}},
        "review": [],
        "counts": {"submissions": n_taken},
        "files": {**kept, **around},
        "hash": "",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def _tables(nation: Nation, n_months: int) -> Iterator[tuple[str, pa.Table]]:
    """Pieces of the bundle's other tables, county by county as the export orders them."""
    for county in range(nation.n_counties):
        codes, county_code = _village_codes(nation, county), nation.county_code(county)
        months = [households_of(nation, county, month) for month in range(n_months)]
        village = np.concatenate([each.village for each in months])
        order = np.argsort(village, kind="stable")
        n, per_village = len(village), np.bincount(village, minlength=len(codes))
        ids = pa.concat_arrays([each.ids for each in months]).take(pa.array(order))
        place = {"village_code": _texts(village[order], codes), "county_code": _same(county_code, n)}
        markers, kinds = (np.concatenate([getattr(each, name) for each in months])[order] for name in ("marker", "kind"))
        has_marker = markers < len(MARKERS)
        marks = _texts(markers[has_marker], MARKERS)
        lists = pa.ListArray.from_arrays(pa.array(np.concatenate([[0], np.cumsum(has_marker)]), pa.int32()), marks)
        members = pa.array(np.full(n, N_MEMBERS), pa.int64())
        frame = {"household_id": ids, **place, "kind": _texts(kinds, KINDS), "n_members": members, "markers": lists}
        yield "households", pa.table(frame)
        drawn = {
            "visit_id": _same(VISIT, n),
            "household_id": ids,
            **place,
            "village_stratum": place["county_code"],
            "household_stratum": _same("all", n),
            "inclusion_village": pa.array(np.full(n, 0.2)),
            "inclusion_household": pa.array(np.full(n, 1 / 3)),
            "n_households_frame": pa.array(3 * per_village[village[order]], pa.int64()),
            "state": _same("drawn", n),
        }
        yield "sample", pa.table(drawn)
        m = len(codes)
        chosen = {"visit_id": _same(VISIT, m), "village_code": codes, "county_code": _same(county_code, m)}
        yield "visit_villages", pa.table({**chosen, "basis": _same("probability", m)})
        names = {"name": codes, "level": _same("village", m), "is_invented": pa.array([True] * m)}
        yield "regions", pa.table({"code": codes, **names})


def _form() -> dict[str, Any]:
    tables, indicators = [], []
    for name, prefix in (("main", "h"), ("members", "p")):
        columns = []
        for number in range(N_INDICATORS // 2):
            question, is_number = f"{prefix}{number}", bool(number % 2)
            choices = [] if is_number else [{"name": choice, "label": {}} for choice in ("yes", "no")]
            kind = ("decimal" if prefix == "h" else "integer") if is_number else "category"
            column = {"name": question, "kind": kind, "question": question, "label": {}, "choices": choices, "is_asked": True}
            columns.append(column)
            asked = {"kind": "mean", "values": []} if is_number else {"kind": "share", "values": ["yes"]}
            of = None if name == "main" else name
            indicators.append({"name": question, "label": {}, "area": "other", "variable": question, "of": of, "unit": "", **asked})
        tables.append({"name": name, "parent": None if name == "main" else "main", "columns": columns})
    return {"title": {}, "versions": ["1"], "languages": [], "tables": tables, "indicators": indicators, "issue_rules": []}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
