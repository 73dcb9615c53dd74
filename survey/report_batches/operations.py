"""Every write of a batch: its beginning, each draft that it is done with, and another try at those that failed."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.events import log_event
from survey.report_batches.models import BatchDraft, ReportBatch
from survey.reports.models import Report
from survey.visits.models import Visit


def begin_batch(
    session: Session, actor: User | None, visit: Visit, codes: Iterable[str], *, kind: str, language: str, audience: str, now: datetime
) -> ReportBatch:
    """A batch of one kind of report on these places (twelve digits each), all of them still to be drafted.

    Raises INVALID_VALUE when there is none.
    """
    places = sorted(set(codes))
    if not places:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="places", detail="choose at least one place to draft a report on.")
    batch = ReportBatch(
        visit_id=visit.id, kind=kind, language=language, audience=audience, begun_at=now, begun_by_id=actor.id if actor else None
    )
    batch.drafts = [BatchDraft(region_code=code) for code in places]
    session.add(batch)
    session.flush()
    told = {"visit_id": visit.id, "kind": kind, "n": len(places)}
    log_event(session, batch.begun_by_id, "report_batch.begun", "report_batch", batch.id, now, **told)
    return batch


def end_draft(session: Session, draft: BatchDraft, outcome: Report | str, now: datetime) -> None:
    """Nothing; the draft is done, with its report or with the sentence that says why there is none."""
    draft.ended_at = now
    if isinstance(outcome, Report):
        draft.report_id, draft.failure = outcome.id, ""
    else:
        draft.report_id, draft.failure = None, outcome
        told = {"region_code": draft.region_code, "why": outcome}
        log_event(session, draft.batch.begun_by_id, "report_batch.failed", "report_batch", draft.batch_id, now, **told)
    session.flush()


def try_again(session: Session, actor: User, batch: ReportBatch, now: datetime) -> int:
    """How many drafts of the batch are to be made once more, because they had failed."""
    failed = [draft for draft in batch.drafts if draft.failure]
    for draft in failed:
        draft.failure, draft.ended_at = "", None
    if failed:
        log_event(session, actor.id, "report_batch.tried_again", "report_batch", batch.id, now, n=len(failed))
    return len(failed)
