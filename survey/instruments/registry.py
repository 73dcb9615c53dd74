"""Finding published versions, and the questionnaire behind each, parsed once per process."""

from collections import OrderedDict
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.data_files import is_data_file
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire
from survey.instruments.household_file import with_households
from survey.instruments.models import QuestionnaireFile, QuestionnaireVersion
from survey.storage import current_storage

KEPT_AT_MOST = 32

_parsed: OrderedDict[tuple[str, ...], Questionnaire] = OrderedDict()
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
    key = version_key(version)
    with _lock:
        if key in _parsed:
            _parsed.move_to_end(key)
            return _parsed[key]
    files = load_data_files(version)
    questionnaire = with_households(read_questionnaire(version.source, version.source_name, files), files)
    with _lock:
        _parsed[key] = questionnaire
        while len(_parsed) > KEPT_AT_MOST:
            _parsed.popitem(last=False)
    return questionnaire


def load_data_files(version: QuestionnaireVersion) -> dict[str, bytes]:
    """The data files published with a version, by name; its pictures, sounds and films are left out."""
    if not version.files_sha256:
        return {}
    storage = current_storage()
    return {file.name: storage.get(file.sha256) for file in version.files if is_data_file(file.name)}


def find_file(version: QuestionnaireVersion, name: str) -> QuestionnaireFile:
    """The file of this name that was published with a version; raises NOT_FOUND."""
    found = next((file for file in version.files if file.name == name), None)
    if found is None:
        raise SurveyError(
            ErrorCode.NOT_FOUND,
            what="File",
            key=name,
            remedy=f"It was not published with {version.form_id} {version.version}.",
            remedy_zh=f"它没有随{version.form_id} {version.version}一起发布。",
        )
    return found


def version_key(version: QuestionnaireVersion) -> tuple[str, str, str]:
    """What identifies the content of a published version: its bytes, the files beside it, and the name that a form without an id takes."""
    return version.source_sha256, version.files_sha256, version.source_name
