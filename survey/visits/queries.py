"""What the visit pages and the field list read of assignments; a fixed number of statements however large the visit is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from survey.accounts.models import User
from survey.db import AnyRow, AnySelect
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import Submission
from survey.intake.texts import text_for
from survey.places.models import Household, Region
from survey.visits.ledger import ARCHIVE_FORM
from survey.visits.models import Assignment, Pair, Visit, VisitForm

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class AssignedHousehold:
    """One assignment with everything a list shows of it.

    Household fields are "" (0, ()) when the form is filled in once per village. `state` is "open" before anything has arrived, else
    the review state of the newest submission that counts: "received", "accepted" or "returned" (then `review_reason` says what to
    do). Where each of a pair fills in a form of their own, that is the reader's own one; who reads both gets the one that is furthest
    behind. `form_version` and `form_title` are "" when the visit uses no version of the form.
    """

    assignment_id: str
    visit_id: str
    form_id: str
    form_version: str
    form_title: str
    form_titles: Mapping[str, str]
    pair_id: str
    pair_name: str
    lead_name: str
    second_name: str
    village_code: str
    village_name: str
    planned_on: date | None
    household_id: str
    number: str
    head_name: str
    kind: str
    n_members: int
    group_name: str
    markers: tuple[str, ...]
    state: str
    instance_id: str
    received_at: datetime | None
    review_reason: str

    def form_title_in(self, locale: str) -> str:
        """What the form is called for a reader of `locale`; its id when the visit uses no version of it."""
        return text_for(self.form_titles, locale) or self.form_title or self.form_id


def list_assignments_of(session: Session, user_id: str) -> tuple[AssignedHousehold, ...]:
    """What the pairs of this person are to do in open visits, by day (none last), village, group, number and form, the file last."""
    mine = or_(Pair.lead_id == user_id, Pair.second_id == user_id)
    return list_assigned(session, Visit.state == "open", mine, reader_id=user_id)


def list_assigned(session: Session, *conditions: Condition, reader_id: str | None = None) -> tuple[AssignedHousehold, ...]:
    """The assignments that meet conditions on Assignment, Pair, Visit, Region or Household, ordered as in `list_assignments_of`.

    `reader_id` is the one of the pairs who may not see the other's records where each has their own. Three statements.
    """
    lead, second = aliased(User), aliased(User)
    columns = select(
        Assignment.id,
        Assignment.visit_id,
        Assignment.form_id,
        Assignment.pair_id,
        Assignment.village_code,
        Assignment.planned_on,
        Pair.name.label("pair_name"),
        Pair.second_id,
        Visit.records,
        lead.name.label("lead_name"),
        second.name.label("second_name"),
        Region.name.label("village_name"),
        Household.id.label("household_id"),
        Household.number,
        Household.head_name,
        Household.kind,
        Household.n_members,
        Household.group_name,
        Household.markers,
    )
    rows = session.execute(
        _around_assignment(columns).join(lead, lead.id == Pair.lead_id).join(second, second.id == Pair.second_id).where(*conditions)
    ).all()
    answers = _newest_submissions(session, conditions)
    versions = _versions_of(session, {row.visit_id for row in rows})
    found = [_assigned(row, _answer_for(row, answers, reader_id), versions.get((row.visit_id, row.form_id))) for row in rows]
    return tuple(sorted(found, key=_field_order))


def _around_assignment(statement: AnySelect) -> AnySelect:
    """The statement with what conditions on assignments may speak of joined to it."""
    return (
        statement.join(Pair, Pair.id == Assignment.pair_id)
        .join(Visit, Visit.id == Assignment.visit_id)
        .join(Region, Region.code == Assignment.village_code)
        .outerjoin(Household, Household.id == Assignment.household_id)
    )


def _answer_for(row: AnyRow, answers: Mapping[tuple[str, str], AnyRow], reader_id: str | None) -> AnyRow | None:
    """The submission that an assignment's state is told from, for this reader."""
    lead = answers.get((row.id, "lead"))
    if row.records != "independent":
        return lead
    second = answers.get((row.id, "second"))
    if reader_id is not None:
        return second if reader_id == row.second_id else lead
    if lead is None or second is None:
        return None
    return min((lead, second), key=lambda each: _AS_FAR.index(each.review_state))


_AS_FAR = ("returned", "received", "accepted")


def _newest_submissions(session: Session, conditions: tuple[Condition, ...]) -> dict[tuple[str, str], AnyRow]:
    """The newest submission that counts, by assignment and whose record it is."""
    columns = select(
        Submission.assignment_id,
        Submission.recorded_as,
        Submission.instance_id,
        Submission.review_state,
        Submission.received_at,
        Submission.review_reason,
    ).join(Assignment, Assignment.id == Submission.assignment_id)
    statement = (
        _around_assignment(columns)
        .where(*conditions, Submission.review_state != "replaced")
        .order_by(Submission.received_at, Submission.instance_id)
    )
    return {(str(row.assignment_id), row.recorded_as): row for row in session.execute(statement)}


def _versions_of(session: Session, visit_ids: set[str]) -> dict[tuple[str, str], AnyRow]:
    """The newest version of each form in each visit, by (visit id, form id)."""
    statement = (
        select(
            VisitForm.visit_id,
            QuestionnaireVersion.form_id,
            QuestionnaireVersion.version,
            QuestionnaireVersion.title,
            QuestionnaireVersion.titles,
        )
        .join(QuestionnaireVersion, QuestionnaireVersion.id == VisitForm.questionnaire_version_id)
        .where(VisitForm.visit_id.in_(sorted(visit_ids)))
        .order_by(QuestionnaireVersion.published_at, QuestionnaireVersion.version)
    )
    return {(row.visit_id, row.form_id): row for row in session.execute(statement)}


def _assigned(row: AnyRow, answer: AnyRow | None, version: AnyRow | None) -> AssignedHousehold:
    return AssignedHousehold(
        assignment_id=row.id,
        visit_id=row.visit_id,
        form_id=row.form_id,
        form_version=version.version if version else "",
        form_title=version.title if version else "",
        form_titles=version.titles if version else {},
        pair_id=row.pair_id,
        pair_name=row.pair_name,
        lead_name=row.lead_name,
        second_name=row.second_name,
        village_code=row.village_code,
        village_name=row.village_name,
        planned_on=row.planned_on,
        household_id=row.household_id or "",
        number=row.number or "",
        head_name=row.head_name or "",
        kind=row.kind or "",
        n_members=row.n_members or 0,
        group_name=row.group_name or "",
        markers=tuple(row.markers or ()),
        state=answer.review_state if answer else "open",
        instance_id=answer.instance_id if answer else "",
        received_at=answer.received_at if answer else None,
        review_reason=answer.review_reason if answer else "",
    )


def _field_order(found: AssignedHousehold) -> tuple[object, ...]:
    """As a pair walks: by day, village, group and number; numbers of different length in their numeric order.

    A household is heard before its file is read, so that nobody asks what the file made them expect.
    """
    day = found.planned_on or date.max
    household = (day, found.village_code, found.group_name, found.number.zfill(32))
    return (*household, found.form_id == ARCHIVE_FORM, found.form_id, found.assignment_id)
