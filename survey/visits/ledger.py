"""The work ledger 工作台账: what the supervision has done, in ten numbers and by visit. Every number is a count of stored rows.

| number | what is counted |
|---|---|
| visits | visits that have begun: open or closed; one still in planning is no work done |
| cities, counties, villages | different places among the villages of those visits; a place visited twice counts once |
| households | different households interviewed, per visit: an edit or a pair's second form adds none, a look-back interview does |
| files_read | archive checks received, counted in the same way |
| meetings, recommendations | all that are recorded |
| survey_reports, theory_reports | reports registered as such; drafts for a county do not count |

Interviews count whatever was decided on them, because the ledger says what was done; figures in reports use the accepted ones.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.intake.models import Submission
from survey.places import codes
from survey.reports.models import Report
from survey.visits.models import Meeting, Recommendation, Visit, VisitVillage

HOUSEHOLD_FORM, ARCHIVE_FORM = "household", "archive_check"
BEGUN = ("open", "closed")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ten numbers, as the module's head defines them."""

    visits: int
    cities: int
    counties: int
    villages: int
    households: int
    files_read: int
    meetings: int
    recommendations: int
    survey_reports: int
    theory_reports: int

    def numbers(self) -> dict[str, int]:
        """The numbers by name, in the order to show."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """The numbers of one visit; `visit` is None for records that belong to none. Places repeat between rows, so they do not add up."""

    visit: Visit | None
    numbers: Ledger


@dataclass(frozen=True, slots=True)
class _Counts:
    """What the database counted, keyed by (visit id, form id or kind)."""

    villages: Mapping[str, set[str]]
    submissions: Counter[tuple[str | None, str]]
    meetings: Counter[tuple[str | None, str]]
    recommendations: Counter[tuple[str | None, str]]
    reports: Counter[tuple[str | None, str]]


def read_ledger(session: Session) -> Ledger:
    """The ten numbers of everything stored here."""
    visits = _begun_visits(session)
    counts = _count(session)
    return _ledger(len(visits), counts, [visit.id for visit in visits], None)


def read_ledger_rows(session: Session) -> tuple[LedgerRow, ...]:
    """One row per visit that has begun, oldest first; then one for records that belong to none of them, if there are any."""
    visits = _begun_visits(session)
    counts = _count(session)
    rows = [LedgerRow(visit, _ledger(1, counts, [visit.id], {visit.id})) for visit in visits]
    begun = {visit.id for visit in visits}
    counters = (counts.submissions, counts.meetings, counts.recommendations, counts.reports)
    others = {key for counter in counters for key, _ in counter} - begun
    rest = LedgerRow(None, _ledger(0, counts, (), others))
    return (*rows, rest) if any(rest.numbers.numbers().values()) else tuple(rows)


def _ledger(n_visits: int, counts: _Counts, visit_ids: Iterable[str], only: set[str | None] | set[str] | None) -> Ledger:
    """The numbers over the places of `visit_ids` and the records of the visits in `only` (all records when None)."""
    villages = set().union(*(counts.villages.get(key, set()) for key in visit_ids))

    def total(counter: Counter[tuple[str | None, str]], kind: str) -> int:
        return sum(n for (visit_id, name), n in counter.items() if name == kind and (only is None or visit_id in only))

    return Ledger(
        visits=n_visits,
        cities=len({codes.city_of(code) for code in villages}),
        counties=len({codes.county_of(code) for code in villages}),
        villages=len(villages),
        households=total(counts.submissions, HOUSEHOLD_FORM),
        files_read=total(counts.submissions, ARCHIVE_FORM),
        meetings=total(counts.meetings, ""),
        recommendations=total(counts.recommendations, ""),
        survey_reports=total(counts.reports, "survey"),
        theory_reports=total(counts.reports, "theory"),
    )


def _begun_visits(session: Session) -> list[Visit]:
    return list(session.scalars(select(Visit).where(Visit.state.in_(BEGUN)).order_by(Visit.starts_on, Visit.id)))


def _count(session: Session) -> _Counts:
    villages: dict[str, set[str]] = {}
    for visit_id, code in session.execute(select(VisitVillage.visit_id, VisitVillage.village_code)):
        villages.setdefault(visit_id, set()).add(code)
    households = func.count(func.distinct(func.coalesce(Submission.household_id, Submission.instance_id)))
    submissions = (
        select(Submission.visit_id, Submission.form_id, households)
        .where(Submission.form_id.in_((HOUSEHOLD_FORM, ARCHIVE_FORM)), Submission.review_state != "replaced")
        .group_by(Submission.visit_id, Submission.form_id)
    )
    reports = select(Report.visit_id, Report.kind, func.count()).group_by(Report.visit_id, Report.kind)
    meetings = select(Meeting.visit_id, func.count()).group_by(Meeting.visit_id)
    recommendations = select(Recommendation.visit_id, func.count()).group_by(Recommendation.visit_id)
    return _Counts(
        villages=villages,
        submissions=Counter({(key, form_id): n for key, form_id, n in session.execute(submissions)}),
        meetings=Counter({(key, ""): n for key, n in session.execute(meetings)}),
        recommendations=Counter({(key, ""): n for key, n in session.execute(recommendations)}),
        reports=Counter({(key, kind): n for key, kind, n in session.execute(reports)}),
    )
