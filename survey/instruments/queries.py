"""Reading published questionnaires."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.instruments.models import QuestionnaireDraft, QuestionnaireVersion
from survey.intake.models import Submission
from survey.visits.models import Visit, VisitForm


def list_versions(session: Session) -> Sequence[QuestionnaireVersion]:
    """Every published version, by form, newest first."""
    order = (QuestionnaireVersion.form_id, QuestionnaireVersion.published_at.desc(), QuestionnaireVersion.version.desc())
    return session.scalars(select(QuestionnaireVersion).order_by(*order)).all()


def list_versions_of(session: Session, form_id: str) -> Sequence[QuestionnaireVersion]:
    """The published versions of one form, newest first."""
    return [version for version in list_versions(session) if version.form_id == form_id]


def count_submissions(session: Session) -> dict[str, int]:
    """How many submissions each version has, by the version's id; versions without any are left out."""
    counts = select(Submission.questionnaire_version_id, func.count()).group_by(Submission.questionnaire_version_id)
    return {version_id: count for version_id, count in session.execute(counts)}


def find_publisher(session: Session, version: QuestionnaireVersion) -> User | None:
    """Who published the version; None when it was done by a command."""
    return session.get(User, version.published_by_id) if version.published_by_id else None


def list_visits_using(session: Session, version: QuestionnaireVersion) -> Sequence[Visit]:
    """The visits that use this version, the latest first."""
    using = select(VisitForm.visit_id).where(VisitForm.questionnaire_version_id == version.id)
    return session.scalars(select(Visit).where(Visit.id.in_(using)).order_by(Visit.starts_on.desc(), Visit.id)).all()


def find_draft(session: Session, draft_id: str, user: User) -> QuestionnaireDraft:
    """The checked file of this id, for the person who checked it; raises NOT_FOUND, which tells others nothing."""
    draft = session.get(QuestionnaireDraft, draft_id)
    if draft is None or draft.created_by_id != user.id:
        remedy = "It is kept for a day, for whoever checked it; check the file again."
        raise SurveyError(ErrorCode.NOT_FOUND, what="Checked file", key=draft_id, remedy=remedy)
    return draft
