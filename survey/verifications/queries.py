"""What the pages of verification read: tasks of an issue and of a person, who can be given one, and the files that came of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import Role, User
from survey.issues.models import Issue, IssueEvidence, IssueFile, Verification
from survey.verifications.operations import MAY_VERIFY
from survey.visits.models import Pair, VisitMember

SHOWN_DONE = 30
"""So many of a person's finished tasks are listed, the newest."""
SHOWN_EVIDENCE = 50
"""So many pieces of evidence go with a task."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can be given a task; `is_in_team` says that the person went along on the visit that found the issue."""

    id: str
    name: str
    username: str
    organisation: str
    is_in_team: bool


@dataclass(frozen=True, slots=True)
class OwnTasks:
    """A person's tasks: those that wait, the most urgent first, and the newest of those that are done or no longer needed."""

    waiting: tuple[Verification, ...]
    past: tuple[Verification, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many tasks wait for a person, and how many of them are overdue."""

    n: int
    n_overdue: int


def is_waiting() -> tuple[ColumnElement[bool], ...]:
    """The conditions on a verification and its issue: neither done nor taken back, and the issue still waits for it."""
    return (Verification.done_at.is_(None), Verification.withdrawn_at.is_(None), Issue.state == "raised")


def list_verifiers(session: Session, issue: Issue) -> tuple[Candidate, ...]:
    """Everybody who may verify the issue, its author left out; people of the visit that found it first. One statement."""
    members = select(VisitMember.user_id).where(VisitMember.visit_id == issue.visit_id)
    pairs = [select(column).where(Pair.visit_id == issue.visit_id) for column in (Pair.lead_id, Pair.second_id)]
    in_team = or_(User.id.in_(members), *(User.id.in_(each) for each in pairs))
    statement = (
        select(User.id, User.name, User.username, User.organisation, case((in_team, 1), else_=0).label("in_team"))
        .where(User.active, User.id != issue.author_id, User.roles.any(Role.name.in_(MAY_VERIFY)))
        .order_by(case((in_team, 0), else_=1), User.name, User.username)
    )
    return tuple(
        Candidate(id, name, username, organisation, is_in_team=bool(place))
        for id, name, username, organisation, place in session.execute(statement)
    )


def list_tasks(session: Session, issue: Issue) -> tuple[Verification, ...]:
    """The issue's tasks in the order in which they were given."""
    statement = _with_people().where(Verification.issue_id == issue.id).order_by(Verification.asked_at, Verification.id)
    return tuple(session.scalars(statement))


def list_own(session: Session, user_id: str) -> OwnTasks:
    """The tasks that were given to a person; two statements."""
    mine = _with_people().join(Issue, Issue.id == Verification.issue_id).where(Verification.assigned_to_id == user_id)
    waiting = mine.where(*is_waiting()).order_by(Verification.due_on, Verification.asked_at)
    is_past = or_(Verification.done_at.is_not(None), Verification.withdrawn_at.is_not(None), Issue.state != "raised")
    past = mine.where(is_past).order_by(func.coalesce(Verification.done_at, Verification.asked_at).desc()).limit(SHOWN_DONE)
    return OwnTasks(tuple(session.scalars(waiting)), tuple(session.scalars(past)))


def count_waiting(session: Session, user_id: str, today: date) -> Waiting:
    """How many tasks wait for a person. One statement."""
    late = func.coalesce(func.sum(case((Verification.due_on < today, 1), else_=0)), 0)
    statement = select(func.count(), late).select_from(Verification).join(Issue, Issue.id == Verification.issue_id)
    n, n_overdue = session.execute(statement.where(Verification.assigned_to_id == user_id, *is_waiting())).one()
    return Waiting(n, n_overdue)


def find_task(session: Session, number: str, task_id: str, reader: User, *, reads_all: bool) -> Verification:
    """One task of the issue; raises NOT_FOUND for anybody who neither reads issues nor was given it."""
    statement = _with_people().join(Issue, Issue.id == Verification.issue_id)
    found = session.scalars(statement.where(Verification.id == task_id, Issue.number == number)).one_or_none()
    if found is None or not (reads_all or found.assigned_to_id == reader.id):
        raise SurveyError(ErrorCode.NOT_FOUND, what="Verification", key=task_id, remedy="Open it from the list of your verifications.")
    return found


def list_evidence_for(session: Session, task: Verification) -> tuple[IssueEvidence, ...]:
    """What shows the issue and still counts, for whoever checks it."""
    statement = (
        select(IssueEvidence)
        .where(IssueEvidence.issue_id == task.issue_id, IssueEvidence.withdrawn_at.is_(None))
        .options(joinedload(IssueEvidence.household), joinedload(IssueEvidence.village))
        .order_by(IssueEvidence.village_code, IssueEvidence.household_id, IssueEvidence.added_at)
        .limit(SHOWN_EVIDENCE)
    )
    return tuple(session.scalars(statement))


def files_of(session: Session, task_ids: Iterable[str]) -> Mapping[str, list[IssueFile]]:
    """The files of tasks by task. One statement."""
    statement = select(IssueFile).where(IssueFile.verification_id.in_(list(task_ids))).order_by(IssueFile.added_at, IssueFile.name)
    found: dict[str, list[IssueFile]] = {}
    for file in session.scalars(statement):
        found.setdefault(str(file.verification_id), []).append(file)
    return found


def _with_people() -> Select[Verification]:
    people = (joinedload(each).lazyload(User.roles) for each in (Verification.assigned_to, Verification.asked_by))
    return select(Verification).options(*people, joinedload(Verification.issue).joinedload(Issue.place))
