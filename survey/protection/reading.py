"""Showing names of people of households in pages and files, and the record of who was shown how many of them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request
from flask_security import current_user
from sqlalchemy import Engine, delete, insert
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Questionnaire
from survey.config import current_settings
from survey.db import n_changed, utc_now
from survey.intake.models import Attachment
from survey.protection.answers import NAME, NUMBER, POSITION, class_of_question, masked_answers
from survey.protection.camera_notes import has_cleaner, without_camera_notes
from survey.protection.models import PersonalRead
from survey.protection.names import STAR, is_shown_names, mask_name
from survey.storage import Storage
from survey.turns import going_first

KEPT_DAYS = 3 * 365
"""How long it is known who read what; the Personal Information Protection Law (article 56) asks for three years."""
PAGE_LIMIT, ADDRESS_LIMIT = 64, 255


def shown_name(name: str | None) -> str:
    """The name as the reader of this page may see it; whole ones are counted. Commands and jobs see whole names."""
    if not name or not has_request_context():
        return name or ""
    if not may_see_names():
        return mask_name(name)
    g.setdefault("survey_names", set()).add(name)
    return name


def name_in_file(name: str | None) -> str:
    """The name as it stands beside answers in a file that is taken along: masked for everybody where nobody takes a full dataset alone."""
    return mask_name(name) if name and not _may_take_names() else shown_name(name)


def _may_take_names() -> bool:
    return not has_request_context() or (may_see_names() and not current_settings().four_eyes)


def may_see_names() -> bool:
    """Whether the person who is signed in is shown whole names."""
    if "survey_sees_names" not in g:
        g.survey_sees_names = bool(current_user) and is_shown_names({role.name for role in getattr(current_user, "roles", ())})
    return bool(g.survey_sees_names)


def readable_answers(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answers as the reader of this page may see them; the interview of one household counts as one name."""
    if not has_request_context():
        return answers
    if not may_see_names():
        return masked_answers(questionnaire, answers)
    note_names(1)
    return answers


def readable_answer(tells: str, value: Any, *, is_file: bool = False) -> Any:
    """One answer as the reader of this page, or of a file, may see it; `tells` is its question's class, one of `PERSONAL` or "". Whole
    names are counted."""
    if value in (None, "", [], {}) or not has_request_context():
        return value
    if tells == NAME:
        return name_in_file(str(value)) if is_file else shown_name(str(value))
    is_shown = _may_take_names() if is_file else may_see_names()
    return STAR if tells in (NUMBER, POSITION) and not is_shown else value


def readable_evidence(questionnaire: Questionnaire, told: Mapping[str, Any]) -> dict[str, Any]:
    """Answers by the name of their question, those of a repeat as a list, as the reader of this page may see them."""
    tells = {question.name: class_of_question(questionnaire, question) for question in questionnaire.questions()}

    def read(name: str, value: Any) -> Any:
        return [read(name, each) for each in value] if isinstance(value, list) else readable_answer(tells.get(name, NAME), value)

    return {name: read(name, value) for name, value in told.items()}


def readable_file(attachment: Attachment, storage: Storage) -> bytes:
    """The file of an interview as the reader of this page may see it: who is shown no names is not told those of files either.

    Raises NOT_ALLOWED for a file out of which they cannot be taken.
    """
    data = None if is_withheld(attachment) else storage.get(attachment.sha256)
    if data is not None and not may_see_names():
        data = without_camera_notes(data, attachment.media_type)
    if data is None:
        raise SurveyError(
            ErrorCode.NOT_ALLOWED,
            who=current_user.name,
            action="open this file",
            remedy="It may tell names and places that nobody can take out. Somebody who is shown names opens it.",
        )
    return data


def is_withheld(attachment: Attachment) -> bool:
    """Whether files of this kind are kept from the reader of this page, because nobody can tell what they say of people and places."""
    return not may_see_names() and not has_cleaner(attachment.media_type)


def note_names(n_names: int) -> None:
    """Nothing; so many whole names go out with the answer to this request."""
    if has_request_context():
        g.survey_n_names = g.get("survey_n_names", 0) + n_names


def record_read(response: Response) -> Response:
    """The response, after it is on record that somebody was shown whole names. Runs after the request has committed, which frees its
    connection; what it writes stays also when nothing else was written."""
    n_names = g.get("survey_n_names", 0) + len(g.get("survey_names", ()))
    if not n_names or response.status_code >= 400 or not current_user.is_authenticated:
        return response
    engine: Engine = current_app.extensions["survey.engine"]
    values = {
        "user_id": current_user.id,
        "read_at": utc_now(),
        "page": (request.endpoint or "")[:PAGE_LIMIT],
        "address": request.path[:ADDRESS_LIMIT],
        "n_names": n_names,
    }
    # An engine of its own over the same connections: this is no part of what the page asks or writes.
    with going_first(engine), Engine(engine.pool, engine.dialect, engine.url).begin() as connection:
        connection.execute(insert(PersonalRead.__table__), values)
    return response


def forget_old_reads(session: Session) -> int:
    """How many records of reads were older than they are kept, and are gone."""
    statement = delete(PersonalRead).where(PersonalRead.read_at < utc_now() - timedelta(days=KEPT_DAYS))
    return n_changed(session, statement)


def init_reading(app: Flask) -> None:
    """Let templates show names by the filter `shown_name` and ask `is withheld` of files, and every answer record what it showed."""
    app.add_template_filter(shown_name)
    app.add_template_test(is_withheld, "withheld")
    app.after_request(record_read)
