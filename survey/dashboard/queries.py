"""The few numbers of the start page."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.intake.models import QuarantinedSubmission, Submission
from survey.issues.models import IssueCandidate
from survey.visits.models import Visit


def start_counts(session: Session) -> dict[str, int]:
    """How many open visits, submissions waiting for review, quarantined submissions and issue candidates there are."""
    counts = {
        "open_visits": select(func.count()).select_from(Visit).where(Visit.state == "open"),
        "waiting": select(func.count()).select_from(Submission).where(Submission.review_state == "received"),
        "quarantined": select(func.count()).select_from(QuarantinedSubmission),
        "candidates": select(func.count()).select_from(IssueCandidate),
    }
    return {name: session.scalar(query) or 0 for name, query in counts.items()}
