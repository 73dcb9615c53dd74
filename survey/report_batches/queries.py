"""Reading batches and their drafts."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from questionnaires.errors import ErrorCode, SurveyError
from survey.report_batches.models import BatchDraft, ReportBatch

SHOWN = 10
"""So many earlier batches a page offers."""


def find_batch(session: Session, batch_id: str) -> ReportBatch:
    """The batch with its drafts, their places and reports; NOT_FOUND otherwise. Three statements."""
    statement = (
        select(ReportBatch)
        .where(ReportBatch.id == batch_id)
        .options(
            joinedload(ReportBatch.visit),
            joinedload(ReportBatch.begun_by),
            selectinload(ReportBatch.drafts).options(joinedload(BatchDraft.region), joinedload(BatchDraft.report)),
        )
    )
    batch = session.scalars(statement).unique().one_or_none()
    if batch is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Batch of reports", key=batch_id, remedy="Choose one on the page of reports.")
    return batch


def list_batches(session: Session, visit_id: str) -> tuple[ReportBatch, ...]:
    """The latest batches of the visit, newest first, with who began them and their drafts."""
    statement = (
        select(ReportBatch)
        .where(ReportBatch.visit_id == visit_id)
        .options(joinedload(ReportBatch.begun_by), selectinload(ReportBatch.drafts))
        .order_by(ReportBatch.begun_at.desc(), ReportBatch.id)
        .limit(SHOWN)
    )
    return tuple(session.scalars(statement).unique())
