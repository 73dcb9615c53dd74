"""The pages of retention: until when the personal parts of all visits are kept, and a visit's own page of personal data."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _

from survey.accounts.access import actor, requires
from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.protection import operations
from survey.protection.forms import RetentionForm
from survey.protection.page import MANAGERS, render_protection
from survey.protection.retention import count_consents, list_kept
from survey.protection.words import STATE_LABELS, STATE_TONES
from survey.visits.page import READERS, render_visit, visit_words
from survey.visits.plan_queries import find_visit

blueprint = Blueprint("retention", __name__)
WORDS: dict[str, Any] = {"state_labels": STATE_LABELS, "state_tones": STATE_TONES}


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return visit_words()


@blueprint.get("/protection/retention")
@requires(*MANAGERS)
def index() -> str:
    """Every visit with interviews, by the day until which its personal parts are kept."""
    months = current_settings().retention_months
    kept = list_kept(current_session(), field_date(utc_now()), months)
    return render_protection("protection/retention.html", kept=kept, months=months, **WORDS)


@blueprint.get("/visits/<visit_id>/personal-data")
@requires(*READERS)
def visit(visit_id: str) -> str:
    """What a visit's personal data are for, until when they are kept, and who consented."""
    return _page(visit_id, None)


@blueprint.post("/visits/<visit_id>/personal-data")
@requires(*MANAGERS)
def change(visit_id: str) -> Any:
    """Change purpose and day."""
    session, form = current_session(), RetentionForm()
    found = find_visit(session, visit_id)
    if not form.validate_on_submit() or not form.check_day(found.ends_on):
        return _page(visit_id, form), 422
    operations.set_retention(session, actor(), found, purpose=form.purpose.data or "", keep_until=form.keep_until.data, now=utc_now())
    flash(_("Saved."), "success")
    return redirect(url_for(".visit", visit_id=visit_id))


def _page(visit_id: str, form: RetentionForm | None) -> str:
    session = current_session()
    found = find_visit(session, visit_id)
    kept = list_kept(session, field_date(utc_now()), current_settings().retention_months, visit_id)[0]
    if form is None:
        form = RetentionForm(formdata=None, data={"purpose": kept.purpose, "keep_until": None if kept.is_default else kept.keep_until})
    return render_visit("protection/visit.html", found, kept=kept, consents=count_consents(session, visit_id), form=form, **WORDS)
