"""Publishing questionnaires. What is published is never changed and never withdrawn."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.data_files import digest_files, named_files
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.lint.check import Problem
from questionnaires.model import Questionnaire, text_in
from questionnaires.reader import read_questionnaire
from survey.accounts.models import User
from survey.events import log_event
from survey.instruments.earlier_files import earlier_files
from survey.instruments.files import file_media_type
from survey.instruments.household_file import lint_with_households, with_households
from survey.instruments.models import QuestionnaireFile, QuestionnaireVersion
from survey.instruments.outline import count_asked
from survey.instruments.registry import load_questionnaire
from survey.intake.texts import texts_by_code
from survey.storage import Storage


@dataclass(frozen=True, slots=True)
class Beside:
    """The files that are published with a questionnaire, by name, and where their bytes are to be kept."""

    storage: Storage
    files: Mapping[str, bytes] = field(default_factory=dict)


def publish_questionnaire(
    session: Session, actor: User | None, source: bytes, name: str, now: datetime, beside: Beside | None = None
) -> QuestionnaireVersion:
    """The published version of the questionnaire in `source`, the bytes of a file called `name`, with the files `beside` it.

    Files that it names and that are not beside it are taken over from its earlier versions.
    Publishing the same content again returns the version that is there. Raises VERSION_EXISTS when the form has this version with
    other content, NOT_A_WORKBOOK and the like for a file that cannot be read, and INVALID_QUESTIONNAIRE with the first error that
    the linter finds; warnings do not stand in the way.
    """
    files = {**earlier_files(session, beside.storage, source, name, beside.files), **beside.files} if beside else {}
    questionnaire = with_households(read_questionnaire(source, name, files), files)
    refuse_errors(lint_with_households(source, name, files), name)
    files = used_files(questionnaire, files)
    published = session.scalars(
        select(QuestionnaireVersion).where(
            QuestionnaireVersion.form_id == questionnaire.form_id, QuestionnaireVersion.version == questionnaire.version
        )
    ).one_or_none()
    sha256, files_sha256 = hashlib.sha256(source).hexdigest(), digest_files(files)
    if published is not None:
        # A workbook that was only opened and saved has other bytes but asks the same questions.
        is_same = published.source_sha256 == sha256 or load_questionnaire(published) == questionnaire
        if is_same and published.files_sha256 == files_sha256:
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
        files_sha256=files_sha256,
        files=store_files(beside.storage, files) if beside else [],
        xform=questionnaire.xform,
        n_questions=count_asked(questionnaire),
        published_at=now,
        published_by_id=actor.id if actor else None,
    )
    session.add(version)
    session.flush()
    subject = f"{version.form_id}/{version.version}"
    log_event(
        session,
        version.published_by_id,
        "questionnaire.published",
        "questionnaire_version",
        subject,
        now,
        sha256=sha256,
        files=files_sha256,
    )
    return version


def used_files(questionnaire: Questionnaire, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of the files that the questionnaire names."""
    return {name: files[name] for name in named_files(questionnaire.xform) if name in files}


def store_files(storage: Storage, files: Mapping[str, bytes]) -> list[QuestionnaireFile]:
    """The rows of the files, once their bytes are in storage."""
    return [
        QuestionnaireFile(
            name=name,
            sha256=storage.put(data),
            md5=hashlib.md5(data, usedforsecurity=False).hexdigest(),
            size=len(data),
            media_type=file_media_type(name, data),
        )
        for name, data in sorted(files.items())
    ]


def refuse_errors(problems: Sequence[Problem], name: str) -> None:
    """Raise INVALID_QUESTIONNAIRE when there is an error among the problems of the file called `name`."""
    errors = [problem for problem in problems if problem.severity == "error"]
    if not errors:
        return
    first = errors[0]
    place = ", ".join(f"{word} {value}" for word, value in (("sheet", first.sheet), ("row", first.row), ("column", first.column)) if value)
    place_zh = "，".join(
        text.format(value) for text, value in (("工作表“{}”", first.sheet), ("第 {} 行", first.row), ("“{}”列", first.column)) if value
    )
    more, more_zh = (f" There are {len(errors)} errors; the check lists them all.", f"共有 {len(errors)} 处错误，检查页面会全部列出。")
    if len(errors) == 1:
        more = more_zh = ""
    message_zh, remedy_zh = first.in_language("zh")
    raise SurveyError(
        ErrorCode.INVALID_QUESTIONNAIRE,
        file=name,
        detail=f"{place}{': ' if place else ''}{first.message} {first.remedy}{more}",
        detail_zh=f"{place_zh}{'：' if place_zh else ''}{message_zh}{remedy_zh}{more_zh}",
    )
