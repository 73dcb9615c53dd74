"""What the tablet pages read beside a pair's assignments: the forms to try, and submissions that may be corrected."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import Attachment, Submission
from survey.visits.queries import AssignedHousehold

CORRECTING_ROLES = frozenset(("coordinator", "admin"))


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


def countersigning_pair(submission: Submission) -> dict[str, dict[str, str]] | None:
    """Lead and second as JSON values, one of whom countersigns what the other corrects; None where nobody does."""
    lead, second, visit = submission.lead, submission.second, submission.visit
    if lead is None or second is None or (visit is not None and visit.records == "independent"):
        return None
    return {name: {"username": person.username, "name": person.name} for name, person in (("lead", lead), ("second", second))}


def find_attachment(submission: Submission, name: str) -> Attachment:
    """The file of this name; raises NOT_FOUND."""
    found = next((each for each in submission.attachments if each.name == name), None)
    if found is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="File", key=name, remedy="It may not have arrived; take the picture again.")
    return found
