"""Evidence that ceases to hold: its interview was returned or replaced, or its rule holds no longer; and what is decided about it.

Nothing is removed; the issue says so and asks for a decision. Marking is done at that moment and by whoever returns or replaces; a
coordinator decides afterwards whether the issue stands without it or is verified anew.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.issues.life import VERIFIED
from survey.issues.models import Issue, IssueEvidence
from survey.issues.stepping import Change, act, check_editor, check_seen, take_step

STANDS, STANDS_CHANGED, ANEW = "stands", "stands_changed", "anew"
"""What is decided: it stands without evidence that was withdrawn, or with what changed evidence tells now; or it is verified anew."""


def withdraw_evidence_of(session: Session, actor: User | None, instance_id: str, now: datetime, *, why: str, replaced_by: str = "") -> None:
    """Mark what an interview gave as evidence as withdrawn; one step in each issue that has some. `why` is "returned" or "replaced"."""
    _withdraw(session, actor, IssueEvidence.instance_id == instance_id, now, instance=instance_id, why=why, replaced_by=replaced_by)


def withdraw_candidates(session: Session, actor: User | None, candidate_ids: Iterable[str], now: datetime, *, why: str) -> None:
    """Mark candidates as withdrawn whose rule holds no longer for the answers that count; one step in each issue that has some.

    `why` other answers count is "reconciled" or "corrected".
    """
    ids = tuple(candidate_ids)
    if ids:
        _withdraw(session, actor, IssueEvidence.candidate_id.in_(ids), now, why=why)


def restore_evidence_of(session: Session, actor: User | None, instance_id: str, now: datetime) -> None:
    """Let evidence stand again whose interview counts again, unless somebody has decided about it meanwhile."""
    _restore(session, actor, IssueEvidence.instance_id == instance_id, now, instance=instance_id)


def restore_candidates(session: Session, actor: User | None, candidate_ids: Iterable[str], now: datetime) -> None:
    """Let candidates stand again whose rule holds again, unless somebody has decided about them meanwhile."""
    ids = tuple(candidate_ids)
    if ids:
        _restore(session, actor, IssueEvidence.candidate_id.in_(ids), now)


def decide_withdrawal(
    session: Session, actor: User, issue: Issue, evidence: IssueEvidence, decision: str, reason: str, now: datetime, *, seen: int
) -> None:
    """What becomes of the issue without this evidence, or with what it tells now; raises STALE and NOT_ALLOWED as `act` does,
    INVALID_VALUE without a reason.

    To have it verified anew is only possible while it is not handed over; later, whoever doubts it says so in the reason.
    """
    check_seen(session, issue, seen)
    check_editor(actor, "decide about evidence")
    is_doubted = evidence.withdrawn_at is not None or evidence.changed_at is not None
    if evidence.issue_id != issue.id or not is_doubted or evidence.withdrawal_decided_at is not None:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="evidence", detail="nothing is to be decided about it")
    if not reason.strip():
        raise SurveyError(ErrorCode.INVALID_VALUE, field="reason", detail="say why; the reason is kept")
    stands = STANDS if evidence.withdrawn_at is not None else STANDS_CHANGED
    if decision not in (stands, ANEW) or (decision == ANEW and issue.state not in VERIFIED):
        raise SurveyError(ErrorCode.INVALID_VALUE, field="decision", detail="only an issue that was verified can be verified anew")
    evidence.withdrawal_decided_at = now
    take_step(session, actor, issue, "decide_evidence", now, reason=reason, evidence=evidence.id, decision=decision)
    if decision == ANEW:
        act(session, actor, issue, "reconsider", now, seen=issue.n_steps, change=Change(reason=reason))


def _withdraw(session: Session, actor: User | None, condition: ColumnElement[bool], now: datetime, **details: str) -> None:
    for issue, rows in _by_issue(_rows(session, condition, IssueEvidence.withdrawn_at.is_(None))):
        for row in rows:
            row.withdrawn_at, row.withdrawal_decided_at = now, None
        told: dict[str, Any] = {name: value for name, value in details.items() if value}
        take_step(session, actor, issue, "withdraw_evidence", now, n_evidence=len(rows), **told)


def _restore(session: Session, actor: User | None, condition: ColumnElement[bool], now: datetime, **details: str) -> None:
    undecided = IssueEvidence.withdrawn_at.is_not(None), IssueEvidence.withdrawal_decided_at.is_(None)
    for issue, rows in _by_issue(_rows(session, condition, *undecided)):
        for row in rows:
            row.withdrawn_at = None
        told: dict[str, Any] = {**details}
        take_step(session, actor, issue, "restore_evidence", now, n_evidence=len(rows), **told)


def _rows(session: Session, *conditions: ColumnElement[bool]) -> list[IssueEvidence]:
    statement = select(IssueEvidence).where(*conditions).options(joinedload(IssueEvidence.issue)).order_by(IssueEvidence.issue_id)
    return list(session.scalars(statement))


def _by_issue(rows: Iterable[IssueEvidence]) -> list[tuple[Issue, list[IssueEvidence]]]:
    found: dict[str, tuple[Issue, list[IssueEvidence]]] = {}
    for row in rows:
        found.setdefault(row.issue_id, (row.issue, []))[1].append(row)
    return list(found.values())
