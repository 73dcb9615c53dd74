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
from itertools import groupby

import pyarrow as pa
from sqlalchemy.orm import Session

from survey.export_queries import COUNTS, FIELD_END, MARK_END, Scope, find_versions, list_reconciled, read_marks
from survey.export_tables import county_of
from survey.instruments.models import QuestionnaireVersion

LAYOUT = 3
"""Raised whenever the program makes other rows or files of the same data, so that nothing that was written before is kept."""
PART_AT_LEAST = 250
"""With so many interviews received a part ends with the day: fewer make files dearer than their rows, more are rewritten too often."""

Day = tuple[str, str]
"""A county and a day of receipt."""


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
    received: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for form_id, village_code, marks in read_marks(session, scope):
        received[form_id][county_of(village_code)].extend(marks)
    planned = []
    for form_id, counties in sorted(received.items()):
        counting = _cut(counties)
        versions = find_versions(session, {mark.split(FIELD_END, 2)[1] for marks in counting.values() for mark in marks})
        if versions:
            planned.append(PlannedForm(form_id, versions, _parts(form_id, counting, reconciled, _basis(versions))))
    return tuple(planned)


def _basis(versions: Iterable[QuestionnaireVersion]) -> bytes:
    """What all parts of a form depend on: its versions, and the programs that write the files."""
    made_by = [LAYOUT, pa.__version__, *(f"{version.version} {version.source_sha256} {version.files_sha256}" for version in versions)]
    return json.dumps(made_by).encode()


def _parts(form_id: str, counting: Mapping[Day, list[str]], reconciled: Mapping[str, str], basis: bytes) -> tuple[Part, ...]:
    parts = []
    for (county, name), marks in counting.items():
        marks.sort()
        keys = tuple(mark[: mark.index(FIELD_END)] for mark in marks)
        digest = hashlib.sha256(basis)
        digest.update(MARK_END.join(marks).encode())
        digest.update(repr([reconciled[key] for key in keys if key in reconciled] if reconciled else []).encode())
        parts.append(Part(form_id, county, name, keys, digest.hexdigest()))
    return tuple(parts)


def _cut(counties: Mapping[str, list[str]]) -> dict[Day, list[str]]:
    """The marks of the interviews that count, from their identifiers on, by the county and first day of their part.

    All that were received say where parts end.
    """
    groups: dict[Day, list[str]] = {}
    for county, all_marks in sorted(counties.items()):
        all_marks.sort()
        n_received, part = PART_AT_LEAST, ""
        for day, marks in groupby(all_marks, key=_day_of):
            if n_received >= PART_AT_LEAST:
                part, n_received = day, 0
            of_day = list(marks)
            n_received += len(of_day)
            counts = f"{day}{FIELD_END}{COUNTS}{FIELD_END}"
            if counting := [mark[len(counts) :] for mark in of_day if mark.startswith(counts)]:
                groups.setdefault((county, part), []).extend(counting)
    return groups


def _day_of(mark: str) -> str:
    return mark[:10]
