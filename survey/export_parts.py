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
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import pyarrow as pa
from sqlalchemy.orm import Session

from survey.export_queries import Scope, find_versions, list_marks, list_reconciled
from survey.export_tables import county_of
from survey.instruments.models import QuestionnaireVersion

LAYOUT = 2
"""Raised whenever the program makes other rows or files of the same data, so that nothing that was written before is kept."""
PART_AT_LEAST = 250
"""With so many interviews received a part ends with the day: fewer make files dearer than their rows, more are rewritten too often."""

Day = tuple[str, str]
"""A county and a day of receipt."""
Mark = tuple[Any, ...]
"""Whether an interview counts, its identifier, its version, and what else of its rows can change after receipt."""


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
    received: defaultdict[str, defaultdict[Day, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    for form_id, received_at, village_code, *mark in list_marks(session, scope):
        received[form_id][county_of(village_code), received_at.date().isoformat()].append(tuple(mark))
    planned = []
    for form_id, days in sorted(received.items()):
        versions = find_versions(session, {version_id for marks in days.values() for counts, _, version_id, *_ in marks if counts})
        if versions:
            planned.append(PlannedForm(form_id, versions, _parts(form_id, days, reconciled, _basis(versions))))
    return tuple(planned)


def _basis(versions: Iterable[QuestionnaireVersion]) -> bytes:
    """What all parts of a form depend on: its versions, and the programs that write the files."""
    made_by = [LAYOUT, pa.__version__, *(f"{version.version} {version.source_sha256} {version.files_sha256}" for version in versions)]
    return json.dumps(made_by).encode()


def _parts(form_id: str, days: Mapping[Day, list[Mark]], reconciled: Mapping[str, str], basis: bytes) -> tuple[Part, ...]:
    parts = []
    for (county, name), marks in _cut(days).items():
        marks.sort(key=itemgetter(1))
        keys = tuple(mark[1] for mark in marks)
        digest = hashlib.sha256(basis)
        digest.update(repr((marks, [reconciled[key] for key in keys if key in reconciled])).encode())
        parts.append(Part(form_id, county, name, keys, digest.hexdigest()))
    return tuple(parts)


def _cut(days: Mapping[Day, list[Mark]]) -> dict[Day, list[Mark]]:
    """The interviews that count by the county and first day of their part; all that were received say where parts end."""
    groups: dict[Day, list[Mark]] = {}
    at, n_received = ("", ""), 0
    for (county, day), marks in sorted(days.items(), key=itemgetter(0)):
        if county != at[0] or n_received >= PART_AT_LEAST:
            at, n_received = (county, day), 0
        n_received += len(marks)
        if counting := [mark for mark in marks if mark[0]]:
            groups.setdefault(at, []).extend(counting)
    return groups
