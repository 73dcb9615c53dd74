"""What the tablet pages read beside a pair's assignments: the forms to try, and submissions that may be corrected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import Attachment, Submission
from survey.visits.queries import AssignedHousehold

CORRECTING_ROLES = frozenset(("coordinator", "admin"))


@dataclass(frozen=True, slots=True)
class VillageTasks:
    """The assignments in one village on one day, never none."""

    code: str
    name: str
    tasks: tuple[AssignedHousehold, ...]

    @property
    def forms(self) -> tuple[AssignedHousehold, ...]:
        """One assignment of each form in use there: what may be asked at a household that is on no list."""
        return tuple({(task.form_id, task.form_version): task for task in self.tasks if task.form_version}.values())


@dataclass(frozen=True, slots=True)
class Day:
    """The assignments planned for one day (None: for no particular day), by village."""

    planned_on: date | None
    villages: tuple[VillageTasks, ...]

    @property
    def n_tasks(self) -> int:
        """How many assignments there are."""
        return sum(len(village.tasks) for village in self.villages)

    @property
    def n_left(self) -> int:
        """How many of them still need the pair: nothing sent yet, or returned."""
        return sum(task.state in ("open", "returned") for village in self.villages for task in village.tasks)


def group_tasks(tasks: Sequence[AssignedHousehold]) -> tuple[Day, ...]:
    """The assignments by day and village; `tasks` come in the order of `list_assignments_of`, days without a date last."""
    days = []
    for planned_on, of_day in groupby(tasks, key=lambda task: task.planned_on):
        by_village = groupby(of_day, key=lambda task: (task.village_code, task.village_name))
        villages = tuple(VillageTasks(code, name, tuple(of_village)) for (code, name), of_village in by_village)
        days.append(Day(planned_on, villages))
    return tuple(days)


def prefilled_answers(task: AssignedHousehold) -> dict[str, str]:
    """The answers that the assignment gives beforehand, by the names that docs/questionnaires.md lists; unknown ones are left out."""
    values = {
        "assignment_id": task.assignment_id,
        "household_number": task.number,
        "household_kind": task.kind,
        "village_code": task.village_code,
        "village_name": task.village_name,
        "head_name": task.head_name,
        "lead_name": task.lead_name,
        "second_name": task.second_name,
    }
    return {name: value for name, value in values.items() if value}


def list_newest_versions(session: Session) -> tuple[QuestionnaireVersion, ...]:
    """The newest published version of every form, by title."""
    statement = select(QuestionnaireVersion).order_by(QuestionnaireVersion.published_at, QuestionnaireVersion.version)
    newest = {version.form_id: version for version in session.scalars(statement)}
    return tuple(sorted(newest.values(), key=lambda version: (version.title, version.form_id)))


def find_correctable(session: Session, user: User, instance_id: str) -> Submission:
    """The submission, for somebody who may send a correction of it now.

    That is its pair or its sender (of a pair that fills in a form each, the one whose form it is)
    while it is returned, and a coordinator at any time until it is replaced. Raises NOT_FOUND, which
    tells others nothing, and INVALID_TRANSITION.
    """
    place = (joinedload(Submission.household), joinedload(Submission.visit))
    options = (selectinload(Submission.attachments), *place, undefer(Submission.xml))
    submission = session.get(Submission, instance_id, options=options)
    is_coordinator = any(role.name in CORRECTING_ROLES for role in user.roles)
    own = submission is not None and user.id in _people_of(submission)
    if submission is None or not (own or is_coordinator):
        raise SurveyError(
            ErrorCode.NOT_FOUND, what="Submission", key=instance_id, remedy="Go back to your list and open the household from there."
        )
    if submission.review_state != "returned" and not (is_coordinator and submission.review_state != "replaced"):
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=instance_id, state=submission.review_state, action="corrected")
    return submission


def _people_of(submission: Submission) -> tuple[str | None, ...]:
    if submission.visit is None or submission.visit.records != "independent":
        return (submission.received_from_id, submission.lead_id, submission.second_id)
    return (submission.received_from_id, submission.second_id if submission.recorded_as == "second" else submission.lead_id)


def find_attachment(submission: Submission, name: str) -> Attachment:
    """The file of this name; raises NOT_FOUND."""
    found = next((each for each in submission.attachments if each.name == name), None)
    if found is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="File", key=name, remedy="It may not have arrived; take the picture again.")
    return found
