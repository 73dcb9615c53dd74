"""Reading published questionnaires."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import Submission


def list_versions(session: Session) -> Sequence[QuestionnaireVersion]:
    """Every published version, by form, newest first."""
    order = (QuestionnaireVersion.form_id, QuestionnaireVersion.published_at.desc(), QuestionnaireVersion.version.desc())
    return session.scalars(select(QuestionnaireVersion).order_by(*order)).all()


def count_submissions(session: Session) -> dict[str, int]:
    """How many submissions each version has, by the version's id; versions without any are left out."""
    counts = select(Submission.questionnaire_version_id, func.count()).group_by(Submission.questionnaire_version_id)
    return {version_id: count for version_id, count in session.execute(counts)}
