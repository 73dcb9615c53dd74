"""Making an issue: its number, its first step, and the evidence that it is raised with."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from questionnaires.model import AREAS
from survey.accounts.models import User
from survey.field_time import field_date
from survey.issues.life import LEVELS
from survey.issues.models import Issue, IssueEvidence
from survey.issues.stepping import MAX_TITLE_LENGTH, check_editor, check_told, hold_issue, take_step, titles_of
from survey.issues.words import SEVERITIES
from survey.places.models import Region

N_DIGITS = 3
"""Digits of a sequence; a county with more issues in a year than these can say simply has more of them."""


def raise_issue(
    session: Session,
    actor: User,
    now: datetime,
    *,
    title: str,
    area: str,
    level: str,
    severity: str,
    place: Region,
    evidence: Iterable[IssueEvidence],
    finding: str = "",
    visit_id: str | None = None,
    form_id: str | None = None,
    rule: str | None = None,
    basis: Mapping[str, Any] | None = None,
) -> Issue:
    """The new issue, numbered, waiting for verification; `evidence` are rows that belong to no issue yet.

    Raises INVALID_VALUE without a title or evidence, for an unknown word, for evidence from another county, and for a candidate that is
    evidence of another issue already.
    """
    check_editor(actor, "raise an issue")
    rows = tuple(evidence)
    title = " ".join(title.split())
    _check_words(title, area, level, severity)
    year, county_code = field_date(now).year, place.code[:6]
    _check_evidence(session, county_code, rows)
    sequence = _next_sequence(session, county_code, year)
    issue = Issue(
        number=f"{year}-{county_code}-{sequence:0{N_DIGITS}d}",
        county_code=county_code,
        year=year,
        sequence=sequence,
        title=title,
        titles=titles_of(title, rows),
        finding=finding.strip(),
        area=area,
        level=level,
        severity=severity,
        place_code=place.code,
        visit_id=visit_id,
        form_id=form_id,
        rule=rule,
        basis=dict(basis or {}),
        state="raised",
        state_since=now,
        n_steps=0,
        author_id=actor.id,
        raised_at=now,
    )
    session.add(issue)
    session.flush()
    _attach(session, actor, issue, rows, now)
    take_step(session, actor, issue, "raise", now, n_evidence=len(rows))
    return issue


def _check_words(title: str, area: str, level: str, severity: str) -> None:
    if not title or len(title) > MAX_TITLE_LENGTH:
        raise SurveyError(
            ErrorCode.INVALID_VALUE, field="title", detail="say in 1 to {most} characters what was found", most=MAX_TITLE_LENGTH
        )
    for field, value, allowed in (("area", area, AREAS), ("level", level, LEVELS), ("severity", severity, SEVERITIES)):
        if value not in allowed:
            raise not_one_of(field, value, allowed)


def add_evidence(session: Session, actor: User, issue: Issue, evidence: Iterable[IssueEvidence], now: datetime) -> None:
    """More evidence for an issue that has not ended; raises as `raise_issue` does, and INVALID_TRANSITION for one that has.

    INVALID_VALUE too when the issue was reported and its texts would tell who was interviewed of the new evidence.
    """
    check_editor(actor, "raise an issue")
    hold_issue(session, issue)
    if issue.state in ("refuted", "merged"):
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=issue.number, state=issue.state.replace("_", " "), action="given evidence")
    rows = tuple(evidence)
    _check_evidence(session, issue.county_code, rows)
    _attach(session, actor, issue, rows, now)
    check_told(session, issue)
    take_step(session, actor, issue, "add_evidence", now, n_evidence=len(rows), kinds=sorted({row.kind for row in rows}))


def _check_evidence(session: Session, county_code: str, rows: tuple[IssueEvidence, ...]) -> None:
    if not rows:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="evidence", detail="an issue needs at least one piece of evidence")
    for row in rows:
        if row.village_code is not None and row.village_code[:6] != county_code:
            detail = "it is from county {village_code}, and the issue is of {county_code}; raise an issue of its own there"
            raise SurveyError(
                ErrorCode.INVALID_VALUE, field="evidence", detail=detail, village_code=row.village_code[:6], county_code=county_code
            )
    candidates = [row.candidate_id for row in rows if row.candidate_id]
    if len(candidates) > len(set(candidates)):
        raise SurveyError(ErrorCode.INVALID_VALUE, field="evidence", detail="a candidate is among it twice")
    taken = _taken(session, set(candidates))
    if taken:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="evidence", detail="it is evidence of {taken} already", taken=", ".join(taken))


def _attach(session: Session, actor: User, issue: Issue, rows: tuple[IssueEvidence, ...], now: datetime) -> None:
    for row in rows:
        row.issue_id, row.added_at, row.added_by_id = issue.id, now, actor.id
    session.add_all(rows)
    session.flush()


def _taken(session: Session, candidate_ids: set[str]) -> list[str]:
    """The numbers of the issues that have one of these candidates."""
    if not candidate_ids:
        return []
    statement = select(Issue.number).join(Issue.evidence).where(IssueEvidence.candidate_id.in_(candidate_ids)).distinct()
    return sorted(session.scalars(statement))


def _next_sequence(session: Session, county_code: str, year: int) -> int:
    """The next number of the county in the year; nobody else takes one there until the transaction ends."""
    session.execute(select(Region.code).where(Region.code == county_code.ljust(12, "0")).with_for_update())
    newest = select(func.max(Issue.sequence)).where(Issue.county_code == county_code, Issue.year == year)
    return (session.scalar(newest) or 0) + 1
