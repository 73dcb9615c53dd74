"""A visit's tables without what tells who was interviewed, by whom, where exactly and when.

Columns that name somebody or may say anything are left out; the rest is coarsened (`sensitivity.py` says which is which) and small cells
are checked over all forms together (`units.py`, `cells.py`). What was done is told, column by column and in numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta, timezone
from typing import Any

import pandas as pd

from analysis.bundle import Bundle
from analysis.codebook import Column
from analysis.exports import sensitivity
from analysis.exports.cells import widen_small_cells
from analysis.exports.tables import SourceColumn, SourceTable, record_column
from analysis.exports.units import SIZE_NAMES, Pseudonyms, Safety, Units, find_units
from analysis.exports.words import YES_NO
from questionnaires.model import Choice

FIELD_ZONE = timezone(timedelta(hours=8))
REMOVED_RECORD = ("assignment_id", "lead_id", "second_id", "recorded_as", "device_id", "started_at", "ended_at", "received_at")
PERSON_ROLES = (sensitivity.AGE, sensitivity.BIRTH, sensitivity.SEX)
NARROW, WIDE = 5, 20
MINUTES = 5
AROUND = ("county", "village", "kind")


@dataclass(frozen=True)
class Disclosure:
    """What was done so that nobody can be told apart, in numbers."""

    safety: Safety
    n_units: int
    n_dropped: int
    n_coded_villages: int
    withheld: Mapping[str, int]
    persons: Mapping[str, int] = field(default_factory=dict)
    n_columns_removed: int = 0
    n_unlinked: int = 0
    """Rows of repeats whose household is not told because their number would tell its size."""
    n_groups: int = 0
    """Groups of those who cannot be told apart by place, kind, size and marks, as they are shown."""
    n_smallest: int = 0
    """How many stand in the smallest of them: the k that was reached."""

    @property
    def mean_risk(self) -> float:
        """The share of right guesses, on average, of somebody who knows all of these of everybody (El Emam 2013, chapter 16)."""
        n_shown = self.n_units - self.n_dropped
        return self.n_groups / n_shown if n_shown else 0.0


def deidentify(
    bundle: Bundle, tables: Sequence[SourceTable], visit_id: str, *, key: bytes, safety: Safety
) -> tuple[tuple[SourceTable, ...], Disclosure]:
    """The tables that may be handed out, and what was done to them. The same key gives the same pseudonyms."""
    pseudonyms = Pseudonyms(key, visit_id)
    classed = [_classed(table) for table in tables]
    units = find_units(bundle, classed, pseudonyms, safety)
    safe, persons, n_unlinked = [], dict.fromkeys(("wider", "no_group", "no_other"), 0), 0
    for table in classed:
        worked = _Table(table, units, pseudonyms, bundle)
        finished, counts = worked.finish(safety.k)
        safe.append(finished)
        n_unlinked += worked.n_unlinked
        persons = {name: number + counts.get(name, 0) for name, number in persons.items()}
    groups = units.frame.groupby(list(units.frame.columns), dropna=False).size() if len(units.frame) else pd.Series(dtype=int)
    disclosure = Disclosure(
        safety,
        n_units=units.n_units,
        n_dropped=units.n_dropped,
        n_coded_villages=units.n_coded_villages,
        withheld=units.withheld,
        persons=persons,
        n_columns_removed=sum(len(table.left_out) for table in safe),
        n_unlinked=n_unlinked,
        n_groups=len(groups),
        n_smallest=int(groups.min()) if len(groups) else 0,
    )
    return tuple(table for table in safe if len(table.frame)), disclosure


def _classed(table: SourceTable) -> SourceTable:
    columns = tuple(
        each if each.is_record else replace(each, risk=sensitivity.class_of(each.column, table.frame[each.column.name], table.codes))
        for each in table.columns
    )
    return replace(table, columns=columns)


class _Table:
    """One table on its way out: `put` adds a column that may be shown, `remove` notes one that may not."""

    def __init__(self, table: SourceTable, units: Units, pseudonyms: Pseudonyms, bundle: Bundle) -> None:
        keys = table.frame["instance_id"].map(units.of_interview)
        is_kept = keys.isin(units.frame.index)
        self.source = table
        self.rows = table.frame[is_kept].reset_index(drop=True)
        self.unit = units.frame.loc[keys[is_kept]].reset_index()
        self.units = units
        self.pseudonyms = pseudonyms
        self.bundle = bundle
        self.is_repeat = "position" in table.frame
        self.columns: list[SourceColumn] = []
        self.values: dict[str, pd.Series] = {}
        self.removed: list[SourceColumn] = []
        self.n_unlinked = 0

    def put(self, column: SourceColumn, values: Any) -> None:
        """Show a column."""
        self.columns.append(column)
        self.values[column.column.name] = pd.Series(values, index=self.rows.index, name=column.column.name)

    def finish(self, k: int) -> tuple[SourceTable, dict[str, int]]:
        """The table as it may be shown, its rows in the order of pseudonyms, and what was done to persons in it."""
        self._put_record()
        counts = self._put_questions(k)
        frame = pd.DataFrame(self.values, index=self.rows.index)
        order = [name for name in ("instance_id", "position", "row_id") if name in frame]
        frame = frame.sort_values(order).drop(columns="row_id", errors="ignore").reset_index(drop=True)
        return replace(self.source, frame=frame, columns=tuple(self.columns), left_out=tuple(self.removed)), counts

    def _put_record(self) -> None:
        record = {each.column.name: each for each in self.source.columns if each.is_record}
        unit, rows = self.unit, self.rows
        interviews = rows["instance_id"].map(lambda key: self.pseudonyms.name("interview", key))
        if self.is_repeat:
            # The number of rows would tell the size of a household that is withheld: its rows are no longer told to belong together.
            alone = (unit["size"] == "") & (unit["about"] == "household")
            self.n_unlinked = int(alone.sum())
            position = rows["position"].astype("Int64").where(~alone)
            own = [
                self.pseudonyms.name("row", f"{key}/{number}") for key, number in zip(rows["instance_id"], rows["position"], strict=True)
            ]
            interviews = interviews.where(~alone, "")
            self.values["row_id"] = pd.Series(own, index=rows.index)
        self.put(replace(record["instance_id"], risk="identifier", treatment="pseudonym"), interviews.replace("", None))
        if self.is_repeat:
            self.put(replace(record["position"], treatment="cells"), position)
        if "household_id" in record:
            known = rows["household_id"].map(lambda key: self.pseudonyms.name("household", key) if isinstance(key, str) and key else None)
            self.put(replace(record["household_id"], risk="identifier", treatment="pseudonym"), known)
        for name in ("form_version", "visit_id"):
            if name in record:
                self.put(record[name], rows[name])
        self._put_place(record)
        if "started_at" in rows:
            months = rows["started_at"].map(_month)
            self.put(SourceColumn(record_column("month", "text"), is_record=True, risk="time", treatment="month"), months)
        for name in ("reconciliation", "duration_minutes"):
            if name in record and name in rows:
                values = rows[name] if name == "reconciliation" else (rows[name].astype(float) / MINUTES).round() * MINUTES
                self.put(replace(record[name], treatment="kept" if name == "reconciliation" else "minutes"), values)
        self.removed += [
            replace(record[name], risk="time" if name.endswith("_at") else "identifier", treatment="removed")
            for name in REMOVED_RECORD
            if name in record
        ]

    def _put_place(self, record: Mapping[str, SourceColumn]) -> None:
        unit = self.unit
        village = unit["village"].replace("", None)
        county = unit["county"].replace("", None)
        by_code = village.map(lambda code: isinstance(code, str) and code not in self.units.coded)
        names = village.map(lambda code: self.bundle.place_name(code) if isinstance(code, str) and code not in self.units.coded else None)
        self.put(replace(record["county"], risk="quasi", treatment="cells"), county)
        self.put(
            replace(record["county_name"], risk="quasi", treatment="cells"),
            county.map(lambda code: self.bundle.place_name(code) if isinstance(code, str) and code != "unknown" else None),
        )
        self.put(replace(record["village_code"], risk="quasi", treatment="village"), village)
        self.put(replace(record["village_name"], risk="quasi", treatment="village"), names)
        if "household_kind" in record:
            self.put(replace(record["household_kind"], risk="quasi", treatment="cells"), unit["kind"].replace("", None))
        if not self.is_repeat and (unit["about"] == "household").any():
            sizes = tuple(Choice(name, {"zh": f"{name}人", "en": name}) for name in SIZE_NAMES)
            marks = tuple(Choice(name, dict(YES_NO[code])) for code, name in enumerate(("no", "yes")))
            for name, attribute, choices in (("size_group", "size", sizes), ("markers", "markers", marks)):
                column = replace(record_column(name, "category"), choices=choices)
                self.put(SourceColumn(column, is_record=True, risk="quasi", treatment="groups"), unit[attribute].replace("", None))
        if "inclusion_probability" in record:
            # A probability belongs to one village; beside a code it would tell which.
            self.put(replace(record["inclusion_probability"], treatment="village"), self.rows["inclusion_probability"].where(by_code))

    def _put_questions(self, k: int) -> dict[str, int]:
        asked = [each for each in self.source.columns if not each.is_record]
        roles = {each.column.name: sensitivity.role_of(each.column) if each.risk == sensitivity.QUASI else "" for each in asked}
        persons, counts = self._persons(asked, roles, k)
        has_age = sensitivity.AGE in roles.values()
        for each in asked:
            name, role = each.column.name, roles[each.column.name]
            if each.risk in (sensitivity.IDENTIFIER, sensitivity.FREE_TEXT, sensitivity.PICTURE):
                self.removed.append(replace(each, treatment="removed"))
            elif each.risk == sensitivity.TIME:
                self.put(replace(each, column=replace(each.column, kind="text"), treatment="month"), self.rows[name].map(_month))
            elif role in PERSON_ROLES:
                if role == sensitivity.BIRTH and has_age:
                    self.removed.append(replace(each, treatment="removed"))
                else:
                    self._put_person(each, role, persons[name])
            elif role in (sensitivity.SIZE, sensitivity.MARKERS):
                self.removed.append(replace(each, treatment="groups"))
            elif role == sensitivity.KIND:
                self.put(replace(each, treatment="cells"), self.rows[name].where(self.unit["kind"] != ""))
            elif each.risk == sensitivity.QUASI:
                # Somebody called it a quasi-identifier and the program does not know which: in doubt it stays here.
                self.removed.append(replace(each, treatment="removed"))
            else:
                self.put(each, self.rows[name])
        return counts

    def _persons(self, asked: Sequence[SourceColumn], roles: Mapping[str, str], k: int) -> tuple[dict[str, pd.Series], dict[str, int]]:
        """The safe values of every column of sex, age or year of birth; each sex column is checked with the first of age or birth."""
        of_role = {role: [each.column.name for each in asked if roles[each.column.name] == role] for role in PERSON_ROLES}
        ages = of_role[sensitivity.AGE] or of_role[sensitivity.BIRTH]
        pairs = list(zip(ages, of_role[sensitivity.SEX], strict=False))
        pairs += [(age, "") for age in ages[len(pairs) :]] + [("", sex) for sex in of_role[sensitivity.SEX][len(pairs) :]]
        safe: dict[str, pd.Series] = {}
        counts: dict[str, int] = {}
        for age, sex in pairs:
            nothing = pd.Series("", index=self.rows.index)
            frame = self.unit[list(AROUND)].assign(
                narrow=self.rows[age].map(lambda value: band(value, NARROW)) if age else nothing,
                wide=self.rows[age].map(lambda value: band(value, WIDE)) if age else nothing,
                other=self.rows[sex] if sex else nothing,
            )
            found, numbers = widen_small_cells(frame, AROUND, "narrow", "wide", "other", k)
            counts = {name: counts.get(name, 0) + number for name, number in numbers.items()}
            safe |= {name: found[column].replace("", None) for name, column in ((age, "narrow"), (sex, "other")) if name}
        return safe, counts

    def _put_person(self, each: SourceColumn, role: str, values: pd.Series) -> None:
        if role == sensitivity.SEX:
            self.put(replace(each, treatment="cells"), values)
            return
        found = sorted(set(values.dropna()), key=lambda text: (int(text.partition("-")[0]), len(text)))
        column: Column = replace(each.column, kind="category", choices=tuple(Choice(name, {"zh": name, "en": name}) for name in found))
        self.put(replace(each, column=column, treatment="years"), values)


def band(value: object, width: int) -> str:
    """The group of so many years that an age or a year lies in, "35-39"; "" for none."""
    number = pd.to_numeric(value, errors="coerce")
    if pd.isna(number):
        return ""
    first = int(number // width * width)
    return f"{first}-{first + width - 1}"


def _month(value: object) -> str | None:
    if value is None or pd.isna(value):
        return None
    moment = pd.Timestamp(value)
    local = moment.tz_convert(FIELD_ZONE) if moment.tzinfo else moment
    return str(local.strftime("%Y-%m"))
