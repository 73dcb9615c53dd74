"""Into which files the interviews of a bundle go, and what each file depends on, so that an export writes only those that changed.

A part holds one form's interviews of one county and of days of receipt that follow each other: as many whole days as it takes to be worth
a file. Where it ends does not depend on what became of the interviews, so that a decision about one changes no other part, and new ones
come into the last. Its fingerprint covers everything that its rows are made of and that can change after receipt: which interviews count,
what they were reconciled to, to whom they belong, the versions of the form. What was received never changes, so its identifier stands for
it.
"""

import hashlib
import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa
from sqlalchemy.orm import Session

from survey.bundles.queries import COUNTS, FIELD_END, MARK_END, Scope, find_versions, list_reconciled, read_marks
from survey.bundles.tables import county_of
from survey.instruments.models import QuestionnaireVersion

LAYOUT = 4
"""Raised whenever the program makes other rows or files of the same data, so that nothing that was written before is kept."""
PART_AT_LEAST = 250
"""With so many interviews received a part ends with the day: fewer make files dearer than their rows, more are rewritten too often."""

AFTER_FIELD_END = chr(ord(FIELD_END) + 1)
"""What sorts after every field that ends where this stands."""

Day = tuple[str, str]
"""A county and a day of receipt."""


@dataclass(frozen=True, slots=True)
class Part:
    """The interviews of one file of each of a form's tables, as their marks; `name` is the first of its days of receipt."""

    form_id: str
    county: str
    name: str
    marks: tuple[str, ...]
    reconciled: Mapping[str, str]
    """What tells of those that two records were reconciled to, by instance id."""
    basis: str
    """A digest of what all rows depend on whatever interview they are of."""
    fingerprint: str

    @property
    def id(self) -> str:
        """What the manifest calls the part."""
        return f"{self.form_id}/{self.county}/{self.name}"

    @property
    def keys(self) -> tuple[str, ...]:
        """The instance ids in the order of the rows."""
        return _keys(self.marks)

    def digests(self) -> dict[str, str]:
        """A digest of all that the rows of each interview are made of and that can change, by instance id in the order of the rows."""
        by_key = {_key(mark): mark for mark in self.marks}
        return {key: _digest(f"{by_key[key]}{FIELD_END}{self.reconciled.get(key, '')}") for key in sorted(by_key)}


@dataclass(frozen=True, slots=True)
class PlannedForm:
    """One form's versions in the order of publication, and its parts in the order of their names."""

    form_id: str
    versions: tuple[QuestionnaireVersion, ...]
    parts: tuple[Part, ...]

    @property
    def n_submissions(self) -> int:
        """How many interviews count."""
        return sum(len(part.marks) for part in self.parts)


def plan_parts(session: Session, scope: Scope) -> tuple[PlannedForm, ...]:
    """Every form with its parts, from a few statements however many interviews there are."""
    reconciled = list_reconciled(session)
    received: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for form_id, village_code, marks in read_marks(session, scope):
        received[form_id][county_of(village_code)].extend(marks)
    planned = []
    for form_id, counties in sorted(received.items()):
        counting = _cut(counties)
        versions = find_versions(session, set().union(*map(_versions, counting.values())))
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
        digest = hashlib.sha256(basis)
        digest.update(MARK_END.join(marks).encode())
        told = {key: reconciled[key] for key in _keys(marks) if key in reconciled} if reconciled else {}
        if told:
            digest.update(repr(list(told.values())).encode())
        parts.append(Part(form_id, county, name, tuple(marks), told, _digest(basis.decode()), digest.hexdigest()))
    return tuple(parts)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _key(mark: str) -> str:
    return mark.split(FIELD_END, 4)[3]


def _keys(marks: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(map(_key, marks)))


def _cut(counties: Mapping[str, list[str]]) -> dict[Day, list[str]]:
    """The marks of the interviews that count, in order, by the county and first day of their part; all received say where parts end.

    Marks are in order, so that those of a day, and of these the ones that count, lie together and are found without looking at each.
    """
    groups: dict[Day, list[str]] = {}
    for county, marks in sorted(counties.items()):
        marks.sort()
        n_received, part, start = PART_AT_LEAST, "", 0
        while start < len(marks):
            day = marks[start].partition(FIELD_END)[0]
            end = bisect_left(marks, day + AFTER_FIELD_END, start)
            if n_received >= PART_AT_LEAST:
                part, n_received = day, 0
            n_received += end - start
            first = bisect_left(marks, f"{day}{FIELD_END}{COUNTS}{FIELD_END}", start, end)
            if first < end:
                groups.setdefault((county, part), []).extend(marks[first:end])
            start = end
    return groups


def _versions(marks: list[str]) -> set[str]:
    """The versions of the form that marks in order name; those of one day and version lie together."""
    found, start = set(), 0
    while start < len(marks):
        day, counts, version, _rest = marks[start].split(FIELD_END, 3)
        found.add(version)
        start = bisect_left(marks, f"{day}{FIELD_END}{counts}{FIELD_END}{version}{AFTER_FIELD_END}", start)
    return found
