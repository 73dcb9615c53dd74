"""What intake reads beside single rows: the forms that field clients are offered, and the drafts that wait to be fetched."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, undefer

from questionnaires.errors import ErrorCode, SurveyError
from survey.instruments.models import QuestionnaireVersion
from survey.intake.infected import CHECK
from survey.intake.models import Flag, RecoveredInterview, Submission
from survey.visits.models import Visit, VisitForm


def list_offered_versions(session: Session, form_id: str = "", *, every: bool = False) -> tuple[QuestionnaireVersion, ...]:
    """The newest version of every form, and every version that an open visit uses, by form and then oldest first; with XForm.

    `form_id` narrows the list to one form; `every` widens it to all versions that were ever published.
    """
    newest = (
        select(QuestionnaireVersion.id)
        .order_by(QuestionnaireVersion.form_id, QuestionnaireVersion.published_at.desc(), QuestionnaireVersion.version.desc())
        .add_columns(QuestionnaireVersion.form_id)
    )
    newest_ids = {row.form_id: row.id for row in reversed(session.execute(newest).all())}
    in_use = select(VisitForm.questionnaire_version_id).join(Visit, Visit.id == VisitForm.visit_id).where(Visit.state == "open")
    statement = (
        select(QuestionnaireVersion)
        .options(undefer(QuestionnaireVersion.xform))
        .order_by(QuestionnaireVersion.form_id, QuestionnaireVersion.published_at)
    )
    if not every:
        statement = statement.where(or_(QuestionnaireVersion.id.in_(newest_ids.values()), QuestionnaireVersion.id.in_(in_use)))
    if form_id:
        statement = statement.where(QuestionnaireVersion.form_id == form_id)
    return tuple(session.scalars(statement))


def count_infected(session: Session) -> int:
    """How many interviews that wait for a decision have a file in which the virus scanner found something."""
    infected = select(Flag.instance_id).where(Flag.check == CHECK)
    waiting = select(func.count()).select_from(Submission)
    return session.scalar(waiting.where(Submission.instance_id.in_(infected), Submission.review_state == "received")) or 0


def list_recovered(session: Session, user_id: str) -> Sequence[RecoveredInterview]:
    """The drafts from exported files that wait for this person, oldest first."""
    waiting = select(RecoveredInterview).where(RecoveredInterview.user_id == user_id, RecoveredInterview.taken_at.is_(None))
    return session.scalars(waiting.order_by(RecoveredInterview.recovered_at, RecoveredInterview.id)).all()


def find_recovered(session: Session, user_id: str, interview_id: str) -> RecoveredInterview:
    """The draft from an exported file, if it is this person's; NOT_FOUND otherwise."""
    found = session.get(RecoveredInterview, interview_id, options=(undefer(RecoveredInterview.interview),))
    if found is None or found.user_id != user_id:
        remedy = "It is offered to the person whose work it is."
        raise SurveyError(ErrorCode.NOT_FOUND, what="Draft", key=interview_id, remedy=remedy)
    return found
