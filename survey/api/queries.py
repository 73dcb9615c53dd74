"""What the interface reads of the register: one page of each list by the key of its last item, in a fixed number of statements."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import Flag, Submission
from survey.issues.models import Issue, IssueStep
from survey.places import codes
from survey.places.models import Household, Region
from survey.reports.models import Report
from survey.visits.models import Visit, VisitForm, VisitVillage

Condition = ColumnElement[bool]


class Moment(NamedTuple):
    """Where a page begins: behind the row of this instant and identifier."""

    at: datetime
    id: str


def within(column: Any, place: str, name: str) -> list[Condition]:
    """The condition that a code lies in the place, none for ""; INVALID_VALUE for what is no code of a place."""
    if not place:
        return []
    code = codes.full_code(place)
    if code is None:
        detail = f"'{place}' is no code of a place; write 6 digits for a county, 12 for a village"
        told = f"“{place}”不是行政区划代码；县写6位，村写12位"
        raise SurveyError(ErrorCode.INVALID_VALUE, field=name, detail=detail, detail_zh=told)
    return [column.between(*codes.bounds_of(code))]


def equal(column: Any, value: str | None) -> list[Condition]:
    """The condition that the column holds the value; none for ""."""
    return [column == value] if value else []


def after_moment(moment: Any, key: Any, after: Moment | None) -> list[Condition]:
    """The condition that a row comes after this key, in the order of the moment and then the key."""
    return [] if after is None else [moment >= after[0], or_(moment > after[0], and_(moment == after[0], key > after[1]))]


def list_visits(session: Session, conditions: Sequence[Condition], limit: int) -> list[Visit]:
    """The visits in the order of their ids, with villages and questionnaires."""
    loaded = selectinload(Visit.villages), selectinload(Visit.forms).load_only(QuestionnaireVersion.form_id, QuestionnaireVersion.version)
    return list(session.scalars(select(Visit).where(*conditions).options(*loaded).order_by(Visit.id).limit(limit)))


def find_visit(session: Session, visit_id: str) -> Visit:
    """The visit with its villages and questionnaires; NOT_FOUND otherwise."""
    found = list_visits(session, [Visit.id == visit_id], 1)
    if not found:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Visit", key=visit_id, remedy="List the visits and take one of their ids.")
    return found[0]


def list_places(session: Session, conditions: Sequence[Condition], limit: int) -> list[Region]:
    """The places in the order of their codes."""
    return list(session.scalars(select(Region).where(*conditions).order_by(Region.code).limit(limit)))


def of_visit(visit_id: str) -> list[Condition]:
    """The condition that a household's village is one of the visit's; none for ""."""
    return [Household.village_code.in_(select(VisitVillage.village_code).where(VisitVillage.visit_id == visit_id))] if visit_id else []


def list_households(session: Session, conditions: Sequence[Condition], after: tuple[str, str] | None, limit: int) -> list[Household]:
    """The households in the order of their villages and numbers."""
    key = Household.village_code, Household.number
    later = [] if after is None else [key[0] >= after[0], or_(key[0] > after[0], and_(key[0] == after[0], key[1] > after[1]))]
    return list(session.scalars(select(Household).where(*conditions, *later).order_by(*key).limit(limit)))


def since_received(since: datetime | None) -> list[Condition]:
    """The condition that an interview came in or was decided about since; none for None."""
    return [] if since is None else [or_(Submission.received_at >= since, Submission.reviewed_at >= since)]


def list_interviews(session: Session, conditions: Sequence[Condition], after: Moment | None, limit: int) -> list[Submission]:
    """The interviews in the order in which they came, with the doubts about them and without their answers."""
    key = Submission.received_at, Submission.instance_id
    statement = (
        select(Submission)
        .where(*conditions, *after_moment(*key, after))
        .options(selectinload(Submission.flags).load_only(Flag.check, Flag.instance_id))
        .order_by(*key)
        .limit(limit)
    )
    return list(session.scalars(statement))


def since_step(since: datetime | None) -> list[Condition]:
    """The condition that something happened with an issue since; none for None."""
    return [] if since is None else [select(IssueStep.number).where(IssueStep.issue_id == Issue.id, IssueStep.taken_at >= since).exists()]


def list_issues(session: Session, conditions: Sequence[Condition], limit: int) -> list[Issue]:
    """The issues in the order of their numbers, with the number of the one that each was merged into."""
    merged = joinedload(Issue.merged_into).load_only(Issue.number)
    return list(session.scalars(select(Issue).where(*conditions).options(merged).order_by(Issue.number).limit(limit)))


def find_issue(session: Session, number: str) -> Issue:
    """The issue of this number; NOT_FOUND otherwise."""
    found = list_issues(session, [Issue.number == number], 1)
    if not found:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Issue", key=number, remedy="List the issues and take one of their numbers.")
    return found[0]


def histories(session: Session, issues: Iterable[Issue]) -> dict[str, list[tuple[IssueStep, str]]]:
    """Every step of these issues with the name of who took it ("" for the program), by issue, the first one first; one statement."""
    ids = [issue.id for issue in issues]
    statement = (
        select(IssueStep, User.name)
        .outerjoin(User, User.id == IssueStep.taken_by_id)
        .where(IssueStep.issue_id.in_(ids))
        .options(defer(IssueStep.changes), defer(IssueStep.details))
        .order_by(IssueStep.issue_id, IssueStep.number)
    )
    found: dict[str, list[tuple[IssueStep, str]]] = {key: [] for key in ids}
    for step, name in session.execute(statement) if ids else ():
        found[step.issue_id].append((step, name or ""))
    return found


def list_steps(session: Session, conditions: Sequence[Condition]) -> list[tuple[str, IssueStep, str]]:
    """Every step of the issues that pass, as (number of the issue, step, name of who took it), in the order of both."""
    statement = (
        select(Issue.number, IssueStep, User.name)
        .join(Issue, Issue.id == IssueStep.issue_id)
        .outerjoin(User, User.id == IssueStep.taken_by_id)
        .where(*conditions)
        .options(defer(IssueStep.changes), defer(IssueStep.details))
        .order_by(Issue.number, IssueStep.number)
    )
    return [(number, step, name or "") for number, step, name in session.execute(statement)]


def list_versions(
    session: Session, conditions: Sequence[Condition], after: tuple[str, str] | None, limit: int
) -> list[QuestionnaireVersion]:
    """The published versions in the order of form and version."""
    key = QuestionnaireVersion.form_id, QuestionnaireVersion.version
    later = [] if after is None else [key[0] >= after[0], or_(key[0] > after[0], and_(key[0] == after[0], key[1] > after[1]))]
    return list(session.scalars(select(QuestionnaireVersion).where(*conditions, *later).order_by(*key).limit(limit)))


def visit_uses(visit_id: str) -> list[Condition]:
    """The condition that the visit uses a version; none for ""."""
    using = select(VisitForm.questionnaire_version_id).where(VisitForm.visit_id == visit_id)
    return [QuestionnaireVersion.id.in_(using)] if visit_id else []


def list_reports(session: Session, conditions: Sequence[Condition], after: Moment | None, limit: int) -> list[Report]:
    """The reports of the register in the order in which they came into it."""
    key = Report.created_at, Report.id
    return list(session.scalars(select(Report).where(*conditions, *after_moment(*key, after)).order_by(*key).limit(limit)))
