"""Publishing questionnaires. What is published is never changed and never withdrawn."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.lint import Problem, lint_questionnaire
from questionnaires.model import text_in
from questionnaires.reader import read_questionnaire
from survey.accounts.models import User
from survey.events import log_event
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.outline import count_asked
from survey.instruments.registry import load_questionnaire
from survey.intake.texts import texts_by_code


def publish_questionnaire(session: Session, actor: User | None, source: bytes, name: str, now: datetime) -> QuestionnaireVersion:
    """The published version of the questionnaire in `source`, the bytes of a file called `name`.

    Publishing the same content again returns the version that is there. Raises VERSION_EXISTS when the form has this version with
    other content, NOT_A_WORKBOOK and the like for a file that cannot be read, and INVALID_QUESTIONNAIRE with the first error that
    the linter finds; warnings do not stand in the way.
    """
    questionnaire = read_questionnaire(source, name)
    refuse_errors(lint_questionnaire(source, name), name)
    published = session.scalars(
        select(QuestionnaireVersion).where(
            QuestionnaireVersion.form_id == questionnaire.form_id, QuestionnaireVersion.version == questionnaire.version
        )
    ).one_or_none()
    sha256 = hashlib.sha256(source).hexdigest()
    if published is not None:
        # A workbook that was only opened and saved has other bytes but asks the same questions.
        if published.source_sha256 == sha256 or load_questionnaire(published) == questionnaire:
            return published
        raise SurveyError(ErrorCode.VERSION_EXISTS, form_id=questionnaire.form_id, version=questionnaire.version)
    version = QuestionnaireVersion(
        form_id=questionnaire.form_id,
        version=questionnaire.version,
        title=text_in(questionnaire.title, questionnaire.default_language),
        titles=texts_by_code(questionnaire, questionnaire.title),
        source_name=name,
        source=source,
        source_sha256=sha256,
        xform=questionnaire.xform,
        n_questions=count_asked(questionnaire),
        published_at=now,
        published_by_id=actor.id if actor else None,
    )
    session.add(version)
    session.flush()
    subject = f"{version.form_id}/{version.version}"
    log_event(session, version.published_by_id, "questionnaire.published", "questionnaire_version", subject, now, sha256=sha256)
    return version


def refuse_errors(problems: Sequence[Problem], name: str) -> None:
    """Raise INVALID_QUESTIONNAIRE when there is an error among the problems of the file called `name`."""
    errors = [problem for problem in problems if problem.severity == "error"]
    if not errors:
        return
    first = errors[0]
    place = ", ".join(f"{word} {value}" for word, value in (("sheet", first.sheet), ("row", first.row), ("column", first.column)) if value)
    more = f" There are {len(errors)} errors; the check lists them all." if len(errors) > 1 else ""
    detail = f"{place}: {first.message} {first.remedy}{more}" if place else f"{first.message} {first.remedy}{more}"
    raise SurveyError(ErrorCode.INVALID_QUESTIONNAIRE, file=name, detail=detail)
