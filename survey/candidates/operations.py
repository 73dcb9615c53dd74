"""Every write to candidates of issues by hand; those of rules are written when a submission is received."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from questionnaires.model import AREAS
from survey.accounts.models import User
from survey.candidates.models import IssueCandidate
from survey.events import log_event
from survey.intake.models import Submission
from survey.issues.words import LEVEL_LABELS, SEVERITIES


def raise_candidate(
    session: Session,
    actor: User,
    submission: Submission,
    *,
    rule: str,
    title: Mapping[str, str],
    area: str,
    level: str,
    severity: str,
    evidence: Mapping[str, Any],
    comparison: Mapping[str, Any] | None = None,
    now: datetime,
) -> IssueCandidate:
    """The new candidate, raised by a person from one submission; `title` is by language code.

    Raises INVALID_VALUE for an unknown area, level or severity, or when this submission has a candidate of this rule already.
    """
    for field, value, allowed in (("area", area, AREAS), ("level", level, tuple(LEVEL_LABELS)), ("severity", severity, SEVERITIES)):
        if value not in allowed:
            raise not_one_of(field, value, allowed)
    is_there = exists().where(IssueCandidate.instance_id == submission.instance_id, IssueCandidate.rule == rule)
    if session.scalar(select(is_there)):
        raise SurveyError(ErrorCode.INVALID_VALUE, field=rule, detail="it was offered as evidence already; nothing is kept twice")
    candidate = IssueCandidate(
        rule=rule,
        title=dict(title),
        area=area,
        level=level,
        severity=severity,
        instance_id=submission.instance_id,
        visit_id=submission.visit_id,
        village_code=submission.village_code,
        household_id=submission.household_id,
        evidence=dict(evidence),
        raised_at=now,
        raised_by_id=actor.id,
        comparison=dict(comparison) if comparison is not None else None,
    )
    session.add(candidate)
    session.flush()
    details = {"candidate": candidate.id, "rule": rule, "area": area, "level": level, "severity": severity}
    log_event(session, actor.id, "submission.candidate_raised", "submission", submission.instance_id, now, **details)
    return candidate


def withdraw_candidate(session: Session, actor: User, candidate: IssueCandidate, now: datetime) -> None:
    """Take back a candidate that a person raised; the event keeps that it was there. INVALID_VALUE for one that a rule raised."""
    if candidate.raised_by_id is None:
        raise SurveyError(
            ErrorCode.INVALID_VALUE,
            field=candidate.rule,
            detail="a rule of the questionnaire raised it; it stays as long as the interview counts",
        )
    instance_id, details = candidate.instance_id, {"candidate": candidate.id, "rule": candidate.rule}
    session.delete(candidate)
    session.flush()
    log_event(session, actor.id, "submission.candidate_withdrawn", "submission", instance_id, now, **details)
