"""The files of earlier versions that a new version goes on using: whoever corrects one question need not hand in every picture again."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.data_files import named_files
from questionnaires.errors import SurveyError
from questionnaires.reader import convert_workbook, declared_types
from questionnaires.sheets import read_workbook
from questionnaires.xform import read_xform
from survey.instruments.models import QuestionnaireFile, QuestionnaireVersion
from survey.storage import Storage


def earlier_files(session: Session, storage: Storage, source: bytes, name: str, given: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that the questionnaire in `source` names, that are not among those `given`, and that the newest earlier version with
    a file of that name was published with. None for a file that cannot be read."""
    if session.scalars(select(QuestionnaireFile.name).limit(1)).first() is None:
        return {}
    try:
        workbook = read_workbook(source, name)
        xform = convert_workbook(workbook, given).xform
    except SurveyError:
        return {}
    missing = named_files(xform).keys() - given.keys()
    if not missing:
        return {}
    form_id = read_xform(xform, declared_types(workbook)).form_id
    newest_last = (QuestionnaireVersion.published_at, QuestionnaireVersion.version)
    wanted = select(QuestionnaireFile.name, QuestionnaireFile.sha256).join(
        QuestionnaireVersion, QuestionnaireVersion.id == QuestionnaireFile.version_id
    )
    wanted = wanted.where(QuestionnaireVersion.form_id == form_id, QuestionnaireFile.name.in_(missing)).order_by(*newest_last)
    newest = {file_name: sha256 for file_name, sha256 in session.execute(wanted)}
    return {file_name: storage.get(sha256) for file_name, sha256 in sorted(newest.items()) if storage.exists(sha256)}
