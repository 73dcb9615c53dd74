"""The work ledger 工作台账: what the supervision has done, in ten numbers, by period and by visit. Every number is a count of stored rows.

| number | what is counted | the day it counts on |
|---|---|---|
| visits | visits that have begun: open or closed; one still in planning is no work done | the visit's first day |
| cities, counties, villages | different places among the villages of those visits; a place visited twice counts once | the same |
| households | different households interviewed, per visit: an edit or a pair's second form adds none, a look-back does | the same |
| files_read | archive checks received, counted in the same way | the same |
| meetings, recommendations | all that are recorded | the day they were held, or handed over |
| survey_reports, theory_reports | reports registered as such; drafts for a county do not count | the day of the report |

Interviews count whatever was decided on them, because the ledger says what was done; figures in reports use the accepted ones. What
was received without a visit counts on the day on which it was first received. The rows behind each number are in ledger_rows.py, and
both count the same selections.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import Subquery, case, func, select
from sqlalchemy.orm import Session

from survey.field_time import field_date
from survey.intake.models import Submission
from survey.places import codes
from survey.reports.models import Report
from survey.visits.models import Meeting, Recommendation, Visit, VisitVillage
from survey.visits.periods import EVER, NamedPeriod, Period, named_periods

HOUSEHOLD_FORM, ARCHIVE_FORM = "household", "archive_check"
BEGUN = ("open", "closed")
NO_VISIT = "none"
"""Stands in addresses for what belongs to no visit that has begun."""


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
class PeriodRow:
    """The numbers of one year or quarter."""

    named: NamedPeriod
    numbers: Ledger


@dataclass(frozen=True, slots=True)
class WorkLedger:
    """The ledger of a period: its totals, by visit, and by year or quarter."""

    total: Ledger
    rows: tuple[LedgerRow, ...]
    periods: tuple[PeriodRow, ...]


Dated = Counter[tuple[str | None, date]]
"""How many records there are by visit and day."""


@dataclass(frozen=True, slots=True)
class _Counts:
    """What the database counted: visits by id, their villages, and the records of each number by visit and day."""

    visits: Mapping[str, Visit]
    villages: Mapping[str, set[str]]
    records: Mapping[str, Dated]

    @property
    def begun(self) -> list[Visit]:
        """The visits that have begun, oldest first."""
        return [visit for visit in self.visits.values() if visit.state in BEGUN]

    def days(self) -> list[date]:
        """Every day that something counts on."""
        return [visit.starts_on for visit in self.begun] + [day for dated in self.records.values() for _, day in dated]


def read_ledger(session: Session, period: Period = EVER) -> Ledger:
    """The ten numbers of everything stored here that counts in the period."""
    counts = _count(session)
    return _ledger(counts, counts.begun, period)


def read_ledger_rows(session: Session, period: Period = EVER) -> tuple[LedgerRow, ...]:
    """One row per visit with work in the period, oldest first; then one for records that belong to none, if there are any."""
    return _rows(_count(session), period)


def read_work_ledger(session: Session, period: Period = EVER, *, by_quarter: bool = False) -> WorkLedger:
    """The ledger of a period with its parts; six statements."""
    counts = _count(session)
    days = [day for day in counts.days() if period.holds(day)]
    named = named_periods(min(days), max(days), by_quarter=by_quarter) if days else ()
    inside = ((each, _overlap(period, each.period)) for each in named)
    return WorkLedger(
        total=_ledger(counts, counts.begun, period),
        rows=_rows(counts, period),
        periods=tuple(PeriodRow(each, _ledger(counts, counts.begun, part)) for each, part in inside),
    )


def received_forms(form_id: str) -> Subquery:
    """What the ledger counts of a form: one row per visit and household with its first receipt and one instance that counts.

    What was received of no known household is a row of its own. A row whose every form was replaced by another's edit is left out.
    """
    counts = case((Submission.review_state != "replaced", Submission.instance_id))
    key = func.coalesce(Submission.household_id, Submission.instance_id)
    return (
        select(
            Submission.visit_id,
            func.min(Submission.household_id).label("household_id"),
            func.min(Submission.village_code).label("village_code"),
            func.min(Submission.received_at).label("received_at"),
            func.min(counts).label("instance_id"),
        )
        .where(Submission.form_id == form_id)
        .group_by(Submission.visit_id, key)
        .having(func.count(counts) > 0)
        .subquery()
    )


def _rows(counts: _Counts, period: Period) -> tuple[LedgerRow, ...]:
    rows = [LedgerRow(visit, _ledger(counts, [visit], period, {visit.id})) for visit in counts.begun]
    begun = {visit.id for visit in counts.begun}
    others = {key for dated in counts.records.values() for key, _ in dated} - begun
    rest = LedgerRow(None, _ledger(counts, (), period, others))
    return tuple(row for row in (*rows, rest) if any(row.numbers.numbers().values()))


def _ledger(counts: _Counts, visits: Iterable[Visit], period: Period, only: Container[str | None] | None = None) -> Ledger:
    """The numbers of a period over these visits and the records of the visits in `only` (all records when None)."""
    inside = [visit for visit in visits if period.holds(visit.starts_on)]
    villages = set().union(*(counts.villages.get(visit.id, set()) for visit in inside))
    records = {
        name: sum(n for (key, day), n in dated.items() if (only is None or key in only) and period.holds(day))
        for name, dated in counts.records.items()
    }
    return Ledger(
        visits=len(inside),
        cities=len({codes.city_of(code) for code in villages}),
        counties=len({codes.county_of(code) for code in villages}),
        villages=len(villages),
        **records,
    )


def _overlap(one: Period, other: Period) -> Period:
    starts = [day for day in (one.since, other.since) if day]
    ends = [day for day in (one.until, other.until) if day]
    return Period(max(starts, default=None), min(ends, default=None))


def _count(session: Session) -> _Counts:
    visits = {visit.id: visit for visit in session.scalars(select(Visit).order_by(Visit.starts_on, Visit.id))}
    villages: dict[str, set[str]] = {}
    for visit_id, code in session.execute(select(VisitVillage.visit_id, VisitVillage.village_code)):
        villages.setdefault(visit_id, set()).add(code)
    meetings = select(Meeting.visit_id, Meeting.held_on, func.count()).group_by(Meeting.visit_id, Meeting.held_on)
    handed_over = (Recommendation.visit_id, Recommendation.handed_over_on)
    reports = select(Report.kind, Report.visit_id, Report.reported_on, func.count())
    by_kind: dict[str, Dated] = {"survey": Counter(), "theory": Counter()}
    for kind, key, day, n in session.execute(
        reports.where(Report.kind.in_(by_kind)).group_by(Report.kind, Report.visit_id, Report.reported_on)
    ):
        by_kind[kind][key, day] = n
    return _Counts(
        visits,
        villages,
        {
            "households": _count_forms(session, HOUSEHOLD_FORM, visits),
            "files_read": _count_forms(session, ARCHIVE_FORM, visits),
            "meetings": Counter({(key, day): n for key, day, n in session.execute(meetings)}),
            "recommendations": Counter(
                {(key, day): n for key, day, n in session.execute(select(*handed_over, func.count()).group_by(*handed_over))}
            ),
            "survey_reports": by_kind["survey"],
            "theory_reports": by_kind["theory"],
        },
    )


def _count_forms(session: Session, form_id: str, visits: Mapping[str, Visit]) -> Dated:
    """The received forms by visit and its first day; those without a visit by the day of their receipt. Two statements."""
    forms = received_forms(form_id)
    with_visit = select(forms.c.visit_id, func.count()).where(forms.c.visit_id.is_not(None)).group_by(forms.c.visit_id)
    found: Dated = Counter({(key, visits[key].starts_on): n for key, n in session.execute(with_visit)})
    found.update((None, field_date(at)) for at in session.scalars(select(forms.c.received_at).where(forms.c.visit_id.is_(None))))
    return found
