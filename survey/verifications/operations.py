"""Verification of an issue by a named person who is not its author: asked for, done, taken back."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from survey.accounts.models import User
from survey.field_time import field_date
from survey.issues.files import attach_files
from survey.issues.life import VERIFICATION_KINDS, VERIFICATION_RESULTS
from survey.issues.models import Issue, Verification
from survey.issues.stepping import check_editor, hold_issue, take_step
from survey.kept_files import KeptFile

MAY_VERIFY = ("admin", "coordinator", "interviewer", "author")


def ask_verification(
    session: Session, actor: User, issue: Issue, person: User, now: datetime, *, kind: str, due_on: date, task: str = ""
) -> Verification:
    """The task; raises INVALID_TRANSITION unless the issue waits for verification, INVALID_VALUE for its author or a day before today."""
    check_editor(actor, "plan verification")
    hold_issue(session, issue)
    if issue.state != "raised":
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=issue.number, state=issue.state.replace("_", " "), action="verified")
    if kind not in VERIFICATION_KINDS:
        raise not_one_of("kind", kind, VERIFICATION_KINDS)
    if person.id == issue.author_id:
        raise SurveyError(
            ErrorCode.INVALID_VALUE, field="person", detail="whoever raised an issue does not verify it; choose somebody else"
        )
    if not person.active or not any(person.has_role(role) for role in MAY_VERIFY):
        raise SurveyError(ErrorCode.INVALID_VALUE, field="person", detail="this person cannot verify issues; choose somebody of the visits")
    if due_on < field_date(now):
        raise SurveyError(ErrorCode.INVALID_VALUE, field="due_on", detail="the day lies before today; choose a later one")
    verification = Verification(
        issue_id=issue.id,
        author_id=issue.author_id,
        kind=kind,
        task=task.strip(),
        assigned_to_id=person.id,
        asked_at=now,
        asked_by_id=actor.id,
        due_on=due_on,
    )
    session.add(verification)
    session.flush()
    take_step(session, actor, issue, "ask_verification", now, verification=verification.id, kind=kind, person=person.id)
    return verification


def finish_verification(
    session: Session,
    actor: User,
    verification: Verification,
    result: str,
    found: str,
    now: datetime,
    *,
    files: Iterable[KeptFile] = (),
) -> Verification:
    """The verification with its result; only the person it was given to finishes it, once, and says what was found."""
    issue = verification.issue
    if actor.id != verification.assigned_to_id:
        remedy = "It is done by the person it was given to; ask a coordinator to give it to you."
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=actor.name, action="verify", remedy=remedy)
    _check_open(session, verification, "finished")
    if result not in VERIFICATION_RESULTS:
        raise not_one_of("result", result, VERIFICATION_RESULTS)
    if not found.strip():
        raise SurveyError(ErrorCode.INVALID_VALUE, field="found", detail="say what was read, heard or seen")
    verification.result, verification.found, verification.done_at = result, found.strip(), now
    n_files = attach_files(session, actor, issue, files, now, verification_id=verification.id)
    told: dict[str, Any] = {"verification": verification.id, "kind": verification.kind, "result": result, "n_files": n_files}
    take_step(session, actor, issue, "finish_verification", now, **told)
    return verification


def withdraw_verification(session: Session, actor: User, verification: Verification, now: datetime, reason: str = "") -> None:
    """Take a task back that is not done; it stays in the history."""
    check_editor(actor, "plan verification")
    _check_open(session, verification, "withdrawn")
    verification.withdrawn_at = now
    take_step(session, actor, verification.issue, "withdraw_verification", now, reason=reason, verification=verification.id)


def _check_open(session: Session, verification: Verification, action: str) -> None:
    hold_issue(session, verification.issue)
    session.refresh(verification, ("done_at", "withdrawn_at"))
    if verification.done_at is not None or verification.withdrawn_at is not None:
        state = "finished" if verification.done_at is not None else "withdrawn"
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=verification.issue.number, state=state, action=action)
    if verification.issue.state != "raised":
        raise SurveyError(
            ErrorCode.INVALID_TRANSITION, what=verification.issue.number, state=verification.issue.state.replace("_", " "), action=action
        )
