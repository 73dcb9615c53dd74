"""What was raised about households, read in one place for the tablet and for looking back: the candidates that forms raised."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from survey.candidates.models import IssueCandidate
from survey.db import batches
from survey.intake.models import COUNTED, Submission


@dataclass(frozen=True, slots=True)
class Raised:
    """Something that a form raised about a household; `title` is by language code."""

    id: str
    form_id: str
    rule: str
    title: Mapping[str, str]
    area: str
    severity: str
    instance_id: str
    visit_id: str | None
    village_code: str | None
    household_id: str | None
    raised_at: datetime


def counts_as_finding() -> tuple[ColumnElement[bool], ...]:
    """The conditions on a candidate and its submission: figures take the record, and the rule holds for the answers that count."""
    return (Submission.recorded_as == "lead", IssueCandidate.withdrawn_at.is_(None))


def raised_about(session: Session, household_ids: Iterable[str]) -> Iterator[Raised]:
    """What forms raised about these households, the newest first; one statement for every 500 of them."""
    for ids in batches(household_ids):
        yield from _raised(session, IssueCandidate.household_id.in_(ids))


def raised_at(session: Session, visit_ids: Sequence[str]) -> tuple[Raised, ...]:
    """What forms raised at these visits, the newest first."""
    return tuple(_raised(session, IssueCandidate.visit_id.in_(visit_ids)))


def _raised(session: Session, *conditions: ColumnElement[bool]) -> Iterator[Raised]:
    statement = (
        select(
            IssueCandidate.id,
            Submission.form_id,
            IssueCandidate.rule,
            IssueCandidate.title,
            IssueCandidate.area,
            IssueCandidate.severity,
            IssueCandidate.instance_id,
            IssueCandidate.visit_id,
            IssueCandidate.village_code,
            IssueCandidate.household_id,
            IssueCandidate.raised_at,
        )
        .join(Submission, Submission.instance_id == IssueCandidate.instance_id)
        .where(Submission.review_state.in_(COUNTED), *counts_as_finding(), *conditions)
        .order_by(IssueCandidate.raised_at.desc(), IssueCandidate.rule, IssueCandidate.id)
    )
    return (Raised(*row) for row in session.execute(statement))
