"""What an export reads of the database: keys first, then chunk by chunk, so that memory stays flat."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, String, and_, case, func, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.candidates.models import IssueCandidate
from survey.candidates.raised_queries import counts_as_finding
from survey.db import AnyRow
from survey.draws.standing import inclusions
from survey.events import Event
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import AnswerNote, AnswerTimes, Submission
from survey.places.models import Household, Region
from survey.proof.received import ERASED
from survey.reconciling.counted import is_counted
from survey.reconciling.models import Reconciliation
from survey.sealing.fields import SealedJson
from survey.visits.models import Visit, VisitVillage

ROWS_AT_ONCE = 2000
FIELD_END, MARK_END = "\x1f", "\x1e"
"""The signs that ASCII has for the ends of fields and of records."""
COUNTS = "counts"
UNKNOWN_COUNTY = "unknown"
"""The county of a submission whose village is unknown."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an export covers: these visits, or everything when there are none."""

    visits: tuple[str, ...] = ()

    def submissions(self) -> list[ColumnElement[bool]]:
        """The conditions on `Submission`, whatever its state."""
        return [Submission.visit_id.in_(self.visits)] if self.visits else []

    def accepted(self) -> list[ColumnElement[bool]]:
        """The conditions on the submissions that count: of two records of one interview the lead's, with what was reconciled in it."""
        return [Submission.review_state == "accepted", Submission.recorded_as == "lead", *self.submissions()]

    def villages(self) -> Select[str]:
        """The codes of the villages of the visits."""
        return select(VisitVillage.village_code).where(VisitVillage.visit_id.in_(self.visits))


def list_visits(session: Session, scope: Scope) -> tuple[Visit, ...]:
    """The visits of the export by their first day; NOT_FOUND for an unknown one."""
    statement = select(Visit).order_by(Visit.starts_on, Visit.id)
    found = session.scalars(statement.where(Visit.id.in_(scope.visits)) if scope.visits else statement).all()
    if missing := sorted(set(scope.visits) - {visit.id for visit in found}):
        remedy = "See the visits one can ask for with: python -m survey report list"
        raise SurveyError(ErrorCode.NOT_FOUND, what="Visit", key=missing[0], remedy=remedy)
    return tuple(found)


def read_marks(session: Session, scope: Scope) -> list[tuple[str, str | None, list[str]]]:
    """The marks of all submissions, as (form, village, marks), in no order, without the answers and without a row for each.

    A mark is the day of receipt, `COUNTS` or not, the version, the identifier, and what else of the submission's rows can change after
    receipt, with `FIELD_END` between them. No identifier holds these signs, which XML does not allow.
    """
    of_mark = (
        _day_of(session, Submission.received_at),
        case((and_(*scope.accepted()), COUNTS), else_=""),
        Submission.questionnaire_version_id,
        Submission.instance_id,
        Submission.visit_id,
        Submission.assignment_id,
        Submission.household_id,
        Submission.lead_id,
        Submission.second_id,
        Household.kind,
        Visit.records,
        case((AnswerTimes.instance_id.is_not(None), "timed"), else_=""),
    )
    # One call is quicker than a sum of so many, and what is null is nothing in it.
    put_together = func.format if session.get_bind().dialect.name == "postgresql" else func.printf
    mark = put_together(FIELD_END.join(["%s"] * len(of_mark)), *of_mark, type_=String)
    statement = (
        select(Submission.form_id, Submission.village_code, func.aggregate_strings(mark, MARK_END))
        .outerjoin(Household, Household.id == Submission.household_id)
        .outerjoin(Visit, Visit.id == Submission.visit_id)
        .outerjoin(AnswerTimes, AnswerTimes.instance_id == Submission.instance_id)
        .where(*scope.submissions())
        .group_by(Submission.form_id, Submission.village_code)
    )
    return [(form_id, village_code, marks.split(MARK_END)) for form_id, village_code, marks in session.execute(statement)]


def _day_of(session: Session, instant: InstrumentedAttribute[datetime]) -> ColumnElement[str]:
    """The day of an instant in UTC as ISO text."""
    if session.get_bind().dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", instant), "YYYY-MM-DD", type_=String)
    return func.substr(instant, 1, 10, type_=String)


def list_reconciled(session: Session) -> dict[str, str]:
    """Which reconciliation tells what counts, with when it was finished, by instance id of the lead's record."""
    statement = select(Submission.instance_id, Reconciliation.id, Reconciliation.finished_at).join(Reconciliation, is_counted())
    rows = session.execute(statement.order_by(Reconciliation.finished_at))
    return {instance_id: f"{key} {finished_at}" for instance_id, key, finished_at in rows}


def origin_of(session: Session) -> str:
    """The digest of the first event, which tells one installation from every other, with the number of the last event that erased
    answers, after which nothing of an earlier bundle may be kept; "" before anything happened."""
    first = select(Event.digest).order_by(Event.number).limit(1).scalar_subquery()
    erased = select(func.max(Event.number)).where(Event.action == ERASED).scalar_subquery()
    digest, number = session.execute(select(first, erased)).one()
    return f"{digest or ''}{f' {number}' if number else ''}"


def count_states(session: Session, scope: Scope) -> list[dict[str, Any]]:
    """How many submissions of each visit, form and county are in each review state, so that a report can say what it leaves out.

    Records that seconds made for themselves are not counted: figures take the lead's.
    """
    # By village, as an index has them, is quicker than by county.
    told = (Submission.visit_id, Submission.form_id, Submission.village_code, Submission.review_state)
    statement = select(*told, func.count()).where(*scope.submissions(), Submission.recorded_as == "lead").group_by(*told)
    counts: Counter[tuple[str | None, str, str, str]] = Counter()
    for visit_id, form_id, village_code, state, n in session.execute(statement):
        counts[visit_id, form_id, village_code[:6] if village_code else UNKNOWN_COUNTY, state] += n
    names = ("visit_id", "form_id", "county_code", "state")
    rows = [{**dict(zip(names, key, strict=True)), "n": n} for key, n in counts.items()]
    return sorted(rows, key=lambda row: (row["visit_id"] or "", row["form_id"], row["county_code"], row["state"]))


def find_versions(session: Session, version_ids: Collection[str]) -> tuple[QuestionnaireVersion, ...]:
    """The versions with these ids, in the order of publication."""
    statement = (
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.id.in_(version_ids))
        .order_by(QuestionnaireVersion.published_at, QuestionnaireVersion.version)
    )
    return tuple(session.scalars(statement))


def read_chunk(session: Session, instance_ids: Sequence[str]) -> list[AnyRow]:
    """What the dataset holds of these submissions, in the order of their ids as given.

    `answers` are JSON as the database holds them; `reconciled_answers` those that two records were reconciled to, None before that or while
    the second's record does not count.
    """
    statement = (
        select(
            Submission.instance_id,
            Submission.form_version,
            Submission.questionnaire_version_id,
            Submission.visit_id,
            Submission.assignment_id,
            Submission.household_id,
            Household.kind.label("household_kind"),
            Submission.village_code,
            Submission.lead_id,
            Submission.second_id,
            Submission.recorded_as,
            Submission.device_id,
            Submission.started_at,
            Submission.ended_at,
            Submission.received_at,
            type_coerce(Submission.answers, SealedJson("submissions.answers", is_parsed=False)).label("answers"),
            Visit.records,
            type_coerce(Reconciliation.answers, SealedJson("reconciliations.answers", is_parsed=False)).label("reconciled_answers"),
            Reconciliation.finished_at,
        )
        .outerjoin(Household, Household.id == Submission.household_id)
        .outerjoin(Visit, Visit.id == Submission.visit_id)
        .outerjoin(Reconciliation, is_counted())
        .where(Submission.instance_id.in_(instance_ids))
    )
    found: dict[str, AnyRow] = {}
    # The one finished last counts; the database would put whole interviews in order to tell.
    for row in session.execute(statement):
        known = found.get(row.instance_id)
        if known is None or known.finished_at <= row.finished_at:
            found[row.instance_id] = row
    return [found[instance_id] for instance_id in instance_ids]


def read_times(session: Session, instance_ids: Sequence[str]) -> list[tuple[str, Mapping[str, Sequence[float]]]]:
    """How many seconds each question of these submissions was in hand, by path, as (instance id, seconds); only of those with a log."""
    statement = select(AnswerTimes.instance_id, AnswerTimes.seconds).where(AnswerTimes.instance_id.in_(instance_ids))
    # In the order of all rows, which no database's collation decides.
    return sorted(((instance_id, seconds) for instance_id, seconds in session.execute(statement)), key=itemgetter(0))


def stream_regions(session: Session, scope: Scope) -> Iterator[RowMapping]:
    """Every place by code; of chosen visits their villages and what lies above them."""
    statement = select(
        Region.code, Region.name, Region.level, Region.parent_code, Region.is_invented, Region.latitude, Region.longitude
    ).order_by(Region.code)
    if scope.visits:
        above = {code[:length].ljust(12, "0") for code in session.scalars(scope.villages().distinct()) for length in (2, 4, 6, 9, 12)}
        statement = statement.where(Region.code.in_(above))
    return _stream(session, statement)


def stream_households(session: Session, scope: Scope) -> Iterator[RowMapping]:
    """The households of the frame by village and number, without names, with stratum and probabilities where they were drawn."""
    drawn = inclusions(scope.visits)
    statement = select(
        Household.id.label("household_id"),
        Household.village_code,
        Household.number,
        Household.kind,
        Household.n_members,
        Household.cause,
        Household.markers,
        drawn.c.stratum,
        drawn.c.of_village,
        drawn.c.of_household,
        drawn.c.of_both,
    ).outerjoin(drawn, drawn.c.household_id == Household.id)
    statement = statement.order_by(Household.village_code, Household.number)
    return _stream(session, statement.where(Household.village_code.in_(scope.villages())) if scope.visits else statement)


def stream_visit_villages(session: Session, scope: Scope) -> Iterator[RowMapping]:
    """The villages of each visit and how they were chosen."""
    statement = select(VisitVillage.visit_id, VisitVillage.village_code, VisitVillage.basis).order_by(
        VisitVillage.visit_id, VisitVillage.village_code
    )
    return _stream(session, statement.where(VisitVillage.visit_id.in_(scope.visits)) if scope.visits else statement)


def stream_candidates(session: Session, scope: Scope) -> Iterator[RowMapping]:
    """What rules found in the submissions that count, by submission and rule."""
    statement = (
        select(
            IssueCandidate.rule,
            IssueCandidate.title,
            IssueCandidate.area,
            IssueCandidate.level,
            IssueCandidate.severity,
            IssueCandidate.instance_id,
            IssueCandidate.visit_id,
            IssueCandidate.village_code,
            IssueCandidate.household_id,
        )
        .join(Submission, Submission.instance_id == IssueCandidate.instance_id)
        .where(*scope.accepted(), *counts_as_finding())
        .order_by(IssueCandidate.instance_id, IssueCandidate.rule)
    )
    return _stream(session, statement)


def stream_notes(session: Session, scope: Scope) -> Iterator[RowMapping]:
    """What interviewers wrote beside single answers of the submissions that count; without who wrote it."""
    statement = (
        select(AnswerNote.instance_id, AnswerNote.question, AnswerNote.node, AnswerNote.text, AnswerNote.written_at)
        .join(Submission, Submission.instance_id == AnswerNote.instance_id)
        .where(*scope.accepted())
        .order_by(AnswerNote.instance_id, AnswerNote.node)
    )
    return _stream(session, statement)


def stream_events(session: Session, scope: Scope) -> Iterator[RowMapping]:
    """The event log; of chosen visits what happened to them and to the submissions that count."""
    statement = select(
        Event.number, Event.happened_at, Event.actor_id, Event.action, Event.subject_type, Event.subject_id, Event.digest
    ).order_by(Event.number)
    if scope.visits:
        counted = select(Submission.instance_id).where(*scope.accepted())
        statement = statement.where(
            or_(
                and_(Event.subject_type == "submission", Event.subject_id.in_(counted)),
                and_(Event.subject_type == "visit", Event.subject_id.in_(scope.visits)),
            )
        )
    return _stream(session, statement)


def _stream(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterator[RowMapping]:
    with closing(session.execute(statement.execution_options(yield_per=ROWS_AT_ONCE))) as streamed:
        yield from streamed.mappings()
