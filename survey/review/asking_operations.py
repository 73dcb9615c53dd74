"""Asking a pair about single answers: noted while an interview is reviewed, sent with its return, resolved by the next decision."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from questionnaires.audit_log import split_node
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Questionnaire
from survey.accounts.models import User
from survey.events import log_event
from survey.intake.models import Submission
from survey.review.asking_queries import find_query
from survey.review.models import AnswerQuery

MAX_TEXT_LENGTH = 2000


def note_query(
    session: Session, actor: User, submission: Submission, questionnaire: Questionnaire, node: str, text: str, now: datetime
) -> AnswerQuery:
    """What is asked about the answer at a node; asked again about the same one, the new text takes the place of the old.

    Raises INVALID_TRANSITION unless the interview waits for a decision, INVALID_VALUE without a text or for a node of no question.
    """
    text = text.strip()
    if submission.review_state != "received":
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=submission.instance_id, state=submission.review_state, action="asked about")
    if not text or len(text) > MAX_TEXT_LENGTH:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="text", detail="write what the pair is to check or to ask again")
    path, _positions = split_node(node)
    question = next((each for each in questionnaire.questions() if each.path == path), None)
    if question is None:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="node", detail="'{node}' is no question of the form", node=node[:80])
    found = find_query(session, submission.instance_id, node)
    if found is None:
        found = AnswerQuery(instance_id=submission.instance_id, node=node, question=question.name)
        session.add(found)
    found.text, found.asked_by_id, found.asked_at = text, actor.id, now
    log_event(session, actor.id, "submission.query_noted", "submission", submission.instance_id, now, node=node, reason=text)
    return found


def drop_query(session: Session, actor: User, submission: Submission, node: str, now: datetime) -> None:
    """Nothing; what was to be asked about the answer at a node is taken back. NOT_FOUND once it was sent."""
    found = find_query(session, submission.instance_id, node)
    if found is None or found.state != "noted":
        raise SurveyError(ErrorCode.NOT_FOUND, what="Query", key=node, remedy="It was sent or taken back already.")
    session.delete(found)
    log_event(session, actor.id, "submission.query_dropped", "submission", submission.instance_id, now, node=node)


def close_query(session: Session, actor: User, submission: Submission, node: str, now: datetime) -> AnswerQuery:
    """What was asked about the answer at a node of the interview that this one edits, resolved because what came back contents.

    Raises NOT_FOUND unless something was asked there and is still open, INVALID_TRANSITION unless the edit waits for a decision.
    """
    if submission.review_state != "received":
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=submission.instance_id, state=submission.review_state, action="changed")
    found = find_query(session, submission.deprecated_id, node) if submission.deprecated_id else None
    if found is None or found.state != "asked":
        raise SurveyError(ErrorCode.NOT_FOUND, what="Query", key=node, remedy="It was closed already, or nothing was asked there.")
    found.state, found.resolved_at, found.resolved_by_id = "resolved", now, actor.id
    log_event(session, actor.id, "submission.query_closed", "submission", submission.instance_id, now, node=node)
    return found


def send_queries(session: Session, submission: Submission) -> None:
    """Nothing; what was noted about the interview is asked of its pair, because it is returned."""
    _set_state(session, submission.instance_id, "noted", "asked")


def recall_queries(session: Session, submission: Submission) -> None:
    """Nothing; what was asked is only noted again, because the decision is taken back."""
    _set_state(session, submission.instance_id, "asked", "noted")


def resolve_queries(session: Session, actor: User, original_ids: Collection[str], now: datetime) -> None:
    """Nothing; what was asked about these interviews is resolved, because there is a decision on those that edit them."""
    if original_ids:
        statement = update(AnswerQuery).where(AnswerQuery.instance_id.in_(original_ids), AnswerQuery.state == "asked")
        session.execute(statement.values(state="resolved", resolved_at=now, resolved_by_id=actor.id))


def forget_noted(session: Session, instance_ids: Collection[str]) -> None:
    """Nothing; what was noted about these interviews and never asked goes, because they are accepted."""
    session.execute(delete(AnswerQuery).where(AnswerQuery.instance_id.in_(instance_ids), AnswerQuery.state == "noted"))


def _set_state(session: Session, instance_id: str, before: str, after: str) -> None:
    statement = update(AnswerQuery).where(AnswerQuery.instance_id == instance_id, AnswerQuery.state == before)
    session.execute(statement.values(state=after))
