"""Finding published versions, and the questionnaire behind each, parsed once per process."""

from collections import OrderedDict
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire
from survey.instruments.models import QuestionnaireVersion

KEPT_AT_MOST = 32

_parsed: OrderedDict[tuple[str, str], Questionnaire] = OrderedDict()
_lock = Lock()


def find_version(session: Session, form_id: str, version: str = "") -> QuestionnaireVersion:
    """The published version of a form, the newest when `version` is "".

    Raises UNKNOWN_FORM or UNKNOWN_FORM_VERSION, each with what is published instead.
    """
    wanted = select(QuestionnaireVersion).where(QuestionnaireVersion.form_id == form_id)
    if version:
        wanted = wanted.where(QuestionnaireVersion.version == version)
    newest_first = wanted.order_by(QuestionnaireVersion.published_at.desc(), QuestionnaireVersion.version.desc())
    found = session.scalars(newest_first.limit(1)).one_or_none()
    if found is not None:
        return found
    versions = session.scalars(
        select(QuestionnaireVersion.version)
        .where(QuestionnaireVersion.form_id == form_id)
        .order_by(QuestionnaireVersion.published_at, QuestionnaireVersion.version)
    ).all()
    if versions:
        raise SurveyError(ErrorCode.UNKNOWN_FORM_VERSION, form_id=form_id, version=version, published=", ".join(versions))
    forms = session.scalars(select(QuestionnaireVersion.form_id).distinct().order_by(QuestionnaireVersion.form_id)).all()
    raise SurveyError(ErrorCode.UNKNOWN_FORM, form_id=form_id, published=", ".join(forms) or "none yet")


def load_questionnaire(version: QuestionnaireVersion) -> Questionnaire:
    """The questionnaire of a published version; a version never changes, so it is parsed once and shared by all threads."""
    # The file's name belongs to the key: a form without an id takes it from there.
    key = (version.source_sha256, version.source_name)
    with _lock:
        if key in _parsed:
            _parsed.move_to_end(key)
            return _parsed[key]
    questionnaire = read_questionnaire(version.source, version.source_name)
    with _lock:
        _parsed[key] = questionnaire
        while len(_parsed) > KEPT_AT_MOST:
            _parsed.popitem(last=False)
    return questionnaire
