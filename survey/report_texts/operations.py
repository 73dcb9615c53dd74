"""Every write of text blocks: an organisation's own wording, and the way back to that of the program."""

from datetime import datetime

from sqlalchemy.orm import Session

from analysis.report.kinds.blocks import TextBlock, find_block, problems_in, refusal_of
from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from survey.accounts.models import User
from survey.events import log_event
from survey.pages.language import LANGUAGES
from survey.report_texts.models import ReportText
from survey.report_texts.queries import newest_text


def save_text(session: Session, actor: User, name: str, language: str, body: str, now: datetime) -> ReportText:
    """The block's next version in the language; what is the newest already is not saved again.

    NOT_FOUND for an unknown block, INVALID_VALUE for a text that is empty or has a problem, naming it.
    """
    block = _checked(name, language)
    body = tidied(body)
    if not body:
        detail = "it is empty. Write a text, or go back to the words of the program."
        raise SurveyError(ErrorCode.INVALID_VALUE, field="Text block '{block}'", detail=detail, block=block.name)
    for kind, found in problems_in(block, body):
        raise refusal_of(block, kind, found)
    newest = newest_text(session, block.name, language)
    if newest is not None and newest.body == body:
        return newest
    return _add(session, actor, block, language, body, now)


def use_default(session: Session, actor: User, name: str, language: str, now: datetime) -> ReportText | None:
    """The version that brings the words of the program back; None where they are used already. Earlier versions stay."""
    block = _checked(name, language)
    newest = newest_text(session, block.name, language)
    if newest is None or newest.body is None:
        return None
    return _add(session, actor, block, language, None, now)


def tidied(body: str) -> str:
    """The text without blanks at the ends of its lines, and without empty lines around it."""
    return "\n".join(line.rstrip() for line in body.replace("\r\n", "\n").splitlines()).strip()


def _add(session: Session, actor: User, block: TextBlock, language: str, body: str | None, now: datetime) -> ReportText:
    newest = newest_text(session, block.name, language)
    version = (newest.version if newest else 0) + 1
    text = ReportText(block=block.name, language=language, version=version, body=body, saved_at=now, saved_by_id=actor.id)
    session.add(text)
    session.flush()
    action = "report_text.saved" if body is not None else "report_text.reset"
    log_event(session, actor.id, action, "report_text", text.id, now, block=block.name, language=language, version=version)
    return text


def _checked(name: str, language: str) -> TextBlock:
    if language not in LANGUAGES:
        raise not_one_of("language", language, LANGUAGES)
    return find_block(name)
