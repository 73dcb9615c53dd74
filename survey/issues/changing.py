"""Evidence that says something else by now: its interview was reconciled or corrected, and other answers count than when it was added.

What it said stays as it was known then; beside it stands what is told by now, and the issue asks for a decision, as it does for evidence
that was withdrawn.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from questionnaires.errors import SurveyError
from survey.accounts.models import User
from survey.issues.carrying import read_pieces
from survey.issues.models import Issue, IssueEvidence
from survey.issues.stepping import take_step

REREAD = ("candidate", "answer")
"""The kinds of evidence that are of answers, and so change with them."""


def reread_evidence_of(session: Session, actor: User | None, instance_id: str, now: datetime, *, why: str) -> None:
    """Nothing; evidence of this interview that stands says what it tells by now, where that is something else: one step in each issue.

    `why` is "reconciled" or "corrected". Evidence that tells again what it told at first is as before, unless somebody decided about it.
    """
    of_interview = IssueEvidence.instance_id == instance_id, IssueEvidence.kind.in_(REREAD), IssueEvidence.withdrawn_at.is_(None)
    statement = select(IssueEvidence).where(*of_interview).options(joinedload(IssueEvidence.issue)).order_by(IssueEvidence.issue_id)
    done: dict[tuple[str, str], list[Issue]] = {}
    for row in session.scalars(statement).all():
        told = _told_now(session, row)
        if _said(row, told) == _said(row, row.told if row.told_now is None else row.told_now):
            continue
        is_as_before = _said(row, told) == _said(row, row.told)
        if is_as_before and row.withdrawal_decided_at is None:
            row.told_now = row.changed_at = None
        else:
            row.told_now, row.changed_at, row.withdrawal_decided_at = told, now, None
        action = "restore_evidence" if row.changed_at is None else "change_evidence"
        done.setdefault((row.issue_id, action), []).append(row.issue)
    for (_issue_id, action), issues in done.items():
        take_step(session, actor, issues[0], action, now, n_evidence=len(issues), instance=instance_id, why=why)


def _told_now(session: Session, row: IssueEvidence) -> dict[str, Any]:
    """What the evidence tells by now; without lines where nothing is answered there any more."""
    reference = f"candidate|{row.candidate_id}" if row.candidate_id else f"answer|{row.instance_id}|{row.question}"
    try:
        (piece,) = read_pieces(session, (reference,))
    except SurveyError:
        return {"lines": {}}
    return {"lines": piece.row.told["lines"]}


def _said(row: IssueEvidence, told: Mapping[str, Any]) -> Any:
    """What is compared: of an answer the one that counts, without what each of two had recorded; whole numbers in either writing."""
    lines: dict[str, list[list[str]]] = told.get("lines") or {}
    return {
        code: [(label, text.removesuffix(".0")) for label, text in (said[:1] if row.kind == "answer" else said)]
        for code, said in lines.items()
    }
