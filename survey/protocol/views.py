"""The protocol of a visit: what is checked, what each doubt does, how often it was raised, and the limits."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.protocol.checks import CHECKS, EFFECT_LABELS
from survey.protocol.forms import LimitsForm
from survey.protocol.limits import DEFAULTS, as_text, read_limits
from survey.protocol.operations import set_limits
from survey.protocol.queries import Doubted, count_doubted, find_limits
from survey.visits.models import Visit
from survey.visits.page import EDITORS, READERS, render_visit, visit_words
from survey.visits.plan_queries import find_visit

blueprint = Blueprint("protocol", __name__)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {**visit_words(), "effect_labels": EFFECT_LABELS, "number": as_text, "defaults": asdict(DEFAULTS)}


@blueprint.get("/visits/<visit_id>/protocol")
@requires(*READERS)
def index(visit_id: str) -> str:
    """The checks of the visit, and its limits."""
    return _page(find_visit(current_session(), visit_id))


@blueprint.post("/visits/<visit_id>/protocol")
@requires(*EDITORS)
def change_limits(visit_id: str) -> str | tuple[str, int] | Response:
    """Set the visit's limits, and look at what waits for review anew."""
    session, visit = current_session(), find_visit(current_session(), visit_id)
    form = LimitsForm()
    if not form.validate_on_submit():
        return _page(visit, form), 422
    outcome = set_limits(session, current_user, visit, form.values(), utc_now())
    flash(_("The limits are saved. They count for everything that waits for review, and for what is still to come."), "success")
    if outcome.n_raised or outcome.n_taken_back:
        raised = ngettext("%(num)s doubt was raised", "%(num)s doubts were raised", outcome.n_raised)
        taken_back = ngettext("%(num)s was taken back.", "%(num)s were taken back.", outcome.n_taken_back)
        flash(f"{raised}{_(', ')}{taken_back}", "info")
    return redirect(url_for(".index", visit_id=visit.id))


def _page(visit: Visit, form: LimitsForm | None = None) -> str:
    kept = find_limits(current_session(), visit.id)
    limits = read_limits(kept.values if kept else None)
    doubted = count_doubted(current_session(), visit.id)
    return render_visit(
        "protocol/index.html",
        visit,
        kept=kept,
        limits=limits,
        rows=[(check, check.said(limits), check.is_on(limits), doubted.get(check.name, Doubted())) for check in CHECKS],
        form=form or LimitsForm(formdata=None, data=asdict(limits)),
    )
