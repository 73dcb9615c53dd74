"""Drafting a batch in a thread beside the request, place after place; what is done is in the database, so a page can tell how far it is.

A thread that ends with its process leaves the rest of its places undrafted; whoever opens the page then has it go on.
"""

import logging
from typing import Any

from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _

from questionnaires.errors import SurveyError
from survey.background import Key, Telling, Work, begin_work, work_called
from survey.db import reading_scope, session_scope, utc_now
from survey.errors import spoken
from survey.field_time import field_date
from survey.house_styles.queries import read_used
from survey.report_batches.models import BatchDraft, ReportBatch
from survey.report_batches.operations import end_draft
from survey.report_batches.places import about_place
from survey.report_batches.queries import find_batch
from survey.reports.operations import Draft, make_draft, register_draft
from survey.storage import current_storage

log = logging.getLogger(__name__)
WORK = "batch"


def begin(app: Flask, batch_id: str) -> Work:
    """The drafting of what is left of the batch beside this thread; one that is under way already is not begun twice."""
    return begin_work(app, WORK, batch_id)


@work_called(WORK)
def _draft_rest(app: Flask, arguments: Key, _telling: Telling) -> None:
    with app.app_context():
        draft_batch(app, arguments[0])


def draft_batch(app: Flask, batch_id: str) -> None:
    """Nothing; every place of the batch that waits has its draft in the register, or the reason why it has none, in the language of whoever
    began it."""
    with reading_scope(app) as session:
        batch = find_batch(session, batch_id)
        waiting = [draft.region_code for draft in batch.drafts if draft.ended_at is None]
        language = batch.begun_by.locale if batch.begun_by else batch.language
    for code in waiting:
        try:
            outcome: Draft | str = _draft(app, batch_id, code)
        except SurveyError as error:
            with force_locale(language):
                outcome = spoken(error)
        except Exception:
            log.exception("the draft on %s of the batch %s failed", code, batch_id)
            with force_locale(language):
                outcome = _("The program failed; its log says why.")
        _keep(app, batch_id, code, outcome)


def _draft(app: Flask, batch_id: str, code: str) -> Draft:
    now = utc_now()
    with reading_scope(app) as session:
        batch = session.get_one(ReportBatch, batch_id)
        about = about_place(batch.visit_id, batch.kind, code)
        how: dict[str, Any] = {
            "language": batch.language,
            "audience": batch.audience,
            "house_style": read_used(session, batch.language, current_storage()),
        }
        return make_draft(session, batch.kind, about, today=field_date(now), **how)


def _keep(app: Flask, batch_id: str, code: str, outcome: Draft | str) -> None:
    now = utc_now()
    with session_scope(app) as session:
        draft = session.get_one(BatchDraft, (batch_id, code))
        by = session.get_one(ReportBatch, batch_id).begun_by
        found = register_draft(session, by, outcome, current_storage(), now) if isinstance(outcome, Draft) else outcome
        end_draft(session, draft, found, now)
