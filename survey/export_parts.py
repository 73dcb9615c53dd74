"""Into which files the interviews of a bundle go, and what each file depends on, so that an export writes only those that changed.

A part holds one form's interviews of one county and of days of receipt that follow each other: as many whole days as it takes to be worth
a file. Where it ends does not depend on what became of the interviews, so that a decision about one changes no other part, and new ones
come into the last. Its fingerprint covers everything that its rows are made of and that can change after receipt: which interviews count,
what they were reconciled to, to whom they belong, the versions of the form. What was received never changes, so its identifier stands for
it.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from survey.export_queries import Scope, find_versions, list_marks, list_reconciled
from survey.export_tables import county_of
from survey.instruments.models import QuestionnaireVersion

LAYOUT = 2
"""Raised whenever the program makes other rows or files of the same data, so that nothing that was written before is kept."""
PART_AT_LEAST = 500
"""With so many interviews received a part ends with the day: fewer make files dearer than their rows, more are rewritten too often."""
MARKS = slice(3, None)
"""The columns of `list_marks` that a fingerprint covers: the identifier and what can change after receipt."""


@dataclass(frozen=True, slots=True)
class Part:
    """The interviews of one file of each of a form's tables, in order; `name` is the first of its days of receipt."""

    form_id: str
    county: str
    name: str
    keys: tuple[str, ...]
    fingerprint: str

    @property
    def id(self) -> str:
        """What the manifest calls the part."""
        return f"{self.form_id}/{self.county}/{self.name}"


@dataclass(frozen=True, slots=True)
class PlannedForm:
    """One form's versions in the order of publication, and its parts in the order of their names."""

    form_id: str
    versions: tuple[QuestionnaireVersion, ...]
    parts: tuple[Part, ...]

    @property
    def n_submissions(self) -> int:
        """How many interviews count."""
        return sum(len(part.keys) for part in self.parts)


def plan_parts(session: Session, scope: Scope) -> tuple[PlannedForm, ...]:
    """Every form with its parts, from a few statements however many interviews there are."""
    reconciled = list_reconciled(session)
    rows: defaultdict[str, list[Row[tuple[object, ...]]]] = defaultdict(list)
    for row in list_marks(session, scope):
        rows[row.form_id].append(row)
    planned = []
    for form_id, of_form in sorted(rows.items()):
        versions = find_versions(session, {row.questionnaire_version_id for row in of_form if row.counts})
        if not versions:
            continue
        planned.append(PlannedForm(form_id, versions, _parts(form_id, of_form, reconciled, _basis(versions))))
    return tuple(planned)


def _basis(versions: Iterable[QuestionnaireVersion]) -> bytes:
    """What all parts of a form depend on: its versions, and the programs that write the files."""
    made_by = [LAYOUT, pa.__version__, *(f"{version.version} {version.source_sha256} {version.files_sha256}" for version in versions)]
    return json.dumps(made_by).encode()


def _parts(form_id: str, rows: Sequence[Row[tuple[object, ...]]], reconciled: Mapping[str, str], basis: bytes) -> tuple[Part, ...]:
    parts = []
    for (county, name), of_part in _cut(rows).items():
        of_part.sort(key=lambda row: row.instance_id)
        digest = hashlib.sha256(basis)
        for row in of_part:
            digest.update("\x1f".join((*map(str, row[MARKS]), reconciled.get(row.instance_id, ""), "\n")).encode())
        parts.append(Part(form_id, county, name, tuple(row.instance_id for row in of_part), digest.hexdigest()))
    return tuple(parts)


def _cut(rows: Iterable[Row[tuple[object, ...]]]) -> dict[tuple[str, str], list[Row[tuple[object, ...]]]]:
    """The interviews that count by (county, first day) of their part; all that were received say where parts end."""
    of_day: defaultdict[tuple[str, str], list[Row[tuple[object, ...]]]] = defaultdict(list)
    for row in rows:
        of_day[county_of(row.village_code), row.received_at.date().isoformat()].append(row)
    groups: dict[tuple[str, str], list[Row[tuple[object, ...]]]] = {}
    at, n_received = ("", ""), 0
    for county, day in sorted(of_day):
        if county != at[0] or n_received >= PART_AT_LEAST:
            at, n_received = (county, day), 0
        received = of_day[county, day]
        n_received += len(received)
        if counting := [row for row in received if row.counts]:
            groups.setdefault(at, []).extend(counting)
    return groups
