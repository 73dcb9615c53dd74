"""How far a visit is: assigned, received, accepted, returned, flagged, by village, pair and form. Three statements, whatever its size."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from survey.intake.models import RECORDING_ROLES, AwaitedFile, Flag, Submission
from survey.visits.models import Assignment, Visit

NO_PAIR = ""
"""The key of interviews that came without an assignment."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of assignments and of the interviews that count (those replaced by an edit do not).

    `n_open` assignments have nothing received; `n_waiting`, `n_accepted` and `n_returned` are interviews by review state, those
    without an assignment included; `n_flagged` of them carry a doubt. `n_awaited` files that they name are still to come.
    """

    n_assigned: int = 0
    n_open: int = 0
    n_waiting: int = 0
    n_accepted: int = 0
    n_returned: int = 0
    n_flagged: int = 0
    n_awaited: int = 0

    @property
    def n_received(self) -> int:
        """The interviews that count."""
        return self.n_waiting + self.n_accepted + self.n_returned

    @property
    def done_share(self) -> float:
        """The share of assignments that are answered and not returned; 0 without assignments."""
        return max(0.0, 1 - (self.n_open + self.n_returned) / self.n_assigned) if self.n_assigned else 0.0

    def segments(self) -> tuple[tuple[str, float, float], ...]:
        """The parts of a bar that is 100 wide, as (state, where it begins, width): accepted, received, returned; the rest is open."""
        whole = max(self.n_open + self.n_received, 1)
        parts, start = [], 0.0
        for state, n in (("accepted", self.n_accepted), ("received", self.n_waiting), ("returned", self.n_returned)):
            parts.append((state, round(start, 2), round(100 * n / whole, 2)))
            start += 100 * n / whole
        return tuple(parts)


@dataclass(frozen=True, slots=True)
class VisitProgress:
    """The progress of a visit as a whole and by village code, pair id and form id."""

    total: Progress
    by_village: dict[str, Progress]
    by_pair: dict[str, Progress]
    by_form: dict[str, Progress]


Key = tuple[str, str, str, str]
"""Visit id, village code, pair id, form id."""


def read_progress(session: Session, visit_id: str) -> VisitProgress:
    """The progress of one visit."""
    cells = _read_cells(session, visit_id)
    by_village = _sum_by(cells, lambda key: key[1])
    by_pair = _sum_by(cells, lambda key: key[2])
    by_form = _sum_by(cells, lambda key: key[3])
    return VisitProgress(_sum(cells.values()), by_village, by_pair, by_form)


def read_all_progress(session: Session) -> dict[str, Progress]:
    """The progress of every visit that has any, by visit id."""
    return _sum_by(_read_cells(session, None), lambda key: key[0])


def _read_cells(session: Session, visit_id: str | None) -> dict[Key, Progress]:
    """The finest counts: per visit, village, pair and form."""
    counts: defaultdict[Key, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    of_assignments = (Assignment.visit_id, Assignment.village_code, Assignment.pair_id, Assignment.form_id)
    still_counts = Submission.review_state != "replaced"
    answered = {
        role: exists().where(Submission.assignment_id == Assignment.id, Submission.recorded_as == role, still_counts)
        for role in RECORDING_ROLES
    }
    every = select(*of_assignments, func.count()).join(Visit, Visit.id == Assignment.visit_id).group_by(*of_assignments)
    is_flagged = exists().where(Flag.instance_id == Submission.instance_id)
    awaited = select(func.count()).where(AwaitedFile.instance_id == Submission.instance_id).correlate(Submission).scalar_subquery()
    of_submissions = (Submission.visit_id, Submission.village_code, Assignment.pair_id, Submission.form_id, Submission.review_state)
    received = (
        select(*of_submissions, func.count(), func.count().filter(is_flagged), func.sum(awaited))
        .outerjoin(Assignment, Assignment.id == Submission.assignment_id)
        .where(Submission.visit_id.is_not(None), Submission.review_state != "replaced")
        .group_by(*of_submissions)
    )
    if visit_id is not None:
        every = every.where(Assignment.visit_id == visit_id)
        received = received.where(Submission.visit_id == visit_id)
    # Where each of a pair fills in a form of their own, an assignment is two interviews to be received.
    for role, assigned in (("lead", every), ("second", every.where(Visit.records == "independent"))):
        for *key, n in session.execute(assigned):
            counts[_key(key)]["n_assigned"] += n
        for *key, n in session.execute(assigned.where(~answered[role])):
            counts[_key(key)]["n_open"] += n
    names = {"received": "n_waiting", "accepted": "n_accepted", "returned": "n_returned"}
    for *key, state, n, n_flagged, n_awaited in session.execute(received):
        counts[_key(key)][names[state]] += n
        counts[_key(key)]["n_flagged"] += n_flagged
        counts[_key(key)]["n_awaited"] += int(n_awaited or 0)
    return {key: Progress(**cell) for key, cell in counts.items()}


def _key(values: Iterable[Any]) -> Key:
    visit_id, village_code, pair_id, form_id = (value or "" for value in values)
    return visit_id, village_code, pair_id, form_id


def _sum_by(cells: dict[Key, Progress], part: Callable[[Key], str]) -> dict[str, Progress]:
    groups: defaultdict[str, list[Progress]] = defaultdict(list)
    for key, cell in cells.items():
        groups[part(key)].append(cell)
    return {name: _sum(group) for name, group in groups.items()}


def _sum(cells: Iterable[Progress]) -> Progress:
    rows = list(cells)
    return Progress(**{item.name: sum(getattr(row, item.name) for row in rows) for item in fields(Progress)})
