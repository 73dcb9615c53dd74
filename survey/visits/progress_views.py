"""The part of the progress page that renews itself, and the quotas of a visit."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.kept import state_of_data
from survey.visits.page import EDITORS, READERS, render_visit, visit_words
from survey.visits.plan_queries import find_visit
from survey.visits.progress_page import progress_values
from survey.visits.progress_queries import list_quotas
from survey.visits.quota_forms import QuotaForm
from survey.visits.quota_operations import set_quotas

blueprint = Blueprint("visit_progress", __name__, url_prefix="/visits")
blueprint.context_processor(visit_words)


@blueprint.get("/<visit_id>/progress")
@requires(*READERS)
def part(visit_id: str) -> Response:
    """The tables of the progress page alone; 304 while nothing has happened since the reader got them."""
    tag = f"{state_of_data(current_session())[:32]}-{get_locale()}"
    if request.if_none_match.contains(tag):
        answer = Response(status=304)
    else:
        visit = find_visit(current_session(), visit_id)
        answer = Response(render_template("visits/_progress.html", visit=visit, **progress_values(visit)))
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@blueprint.route("/<visit_id>/quotas", methods=["GET", "POST"])
@requires(*EDITORS)
def quotas(visit_id: str) -> str | BaseResponse:
    """How many respondents of each kind the visit is to interview."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = QuotaForm(data=list_quotas(session, visit.id))
    if visit.state != "closed" and form.validate_on_submit():
        set_quotas(session, current_user, visit, form.wanted(), utc_now())
        flash(_("The quotas were set."), "success")
        return redirect(url_for("visits.overview", visit_id=visit.id))
    return render_visit("visits/quotas.html", visit, form=form)
