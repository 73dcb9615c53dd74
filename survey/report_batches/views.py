"""The pages of batches: what each place of a visit lacks and the action that drafts all, how far it is, and all drafts as one zip."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale, ngettext

from analysis.report.kinds.names import KIND_OF_NAME
from questionnaires.errors import not_one_of
from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.pages.choices import choices_of
from survey.pages.downloads import ZIP, download
from survey.places.codes import county_of
from survey.report_batches import drafting
from survey.report_batches.forms import BatchForm
from survey.report_batches.lacking import read_lacks
from survey.report_batches.models import ReportBatch
from survey.report_batches.operations import begin_batch, try_again
from survey.report_batches.packing import zip_of
from survey.report_batches.places import PARAMETER_OF, kinds_by
from survey.report_batches.queries import find_batch, list_batches
from survey.report_batches.words import lack_address, lack_text
from survey.reports.draft_views import READERS
from survey.reports.queries import list_places
from survey.reports.within import is_within
from survey.reports.words import AUDIENCE_LABELS, KIND_LABELS
from survey.storage import current_storage
from survey.this_app import this_app
from survey.visits.plan_queries import find_visit

blueprint = Blueprint("report_batches", __name__, url_prefix="/reports/batches")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "lack_text": lack_text,
        "lack_address": lack_address,
        "kind_labels": KIND_LABELS,
        "audience_labels": AUDIENCE_LABELS,
        "county_of": county_of,
    }


@blueprint.route("/visits/<visit_id>", methods=["GET", "POST"])
@requires(*READERS)
def visit(visit_id: str) -> Any:
    """What each county or village of the visit lacks, and the action that drafts a report on all of those ticked."""
    session = current_session()
    found = find_visit(session, visit_id)
    by = request.args.get("by", "county")
    if by not in PARAMETER_OF:
        raise not_one_of("by", by, PARAMETER_OF)
    places = list_places(session, visit_id, by)
    form = BatchForm(language=str(get_locale())[:2])
    form.kind.choices = choices_of({kind: KIND_LABELS[kind] for kind in kinds_by(by) if is_within(session, KIND_OF_NAME[kind], visit_id)})
    form.places.choices = [(place.code, place.name) for place in places]
    if form.validate_on_submit():
        told = {"kind": form.kind.data, "language": form.language.data, "audience": form.audience.data}
        batch = begin_batch(session, actor(), found, form.places.data or (), now=utc_now(), **told)
        return redirect(url_for(".batch", batch_id=batch.id))
    if request.method == "GET":
        form.places.data = [place.code for place in places if place.n_accepted]
    page = render_template(
        "report_batches/visit.html",
        visit=found,
        by=by,
        form=form,
        places=places,
        lacks=read_lacks(session, visit_id) if by == "county" else {},
        batches=list_batches(session, visit_id),
    )
    return make_response(page, 422 if form.errors else 200)


@blueprint.get("/<batch_id>")
@requires(*READERS)
def batch(batch_id: str) -> str:
    """How far the batch is, and its drafts; a batch whose drafting was cut off goes on."""
    found = find_batch(current_session(), batch_id)
    if any(draft.ended_at is None for draft in found.drafts):
        drafting.begin(this_app(), found.id)
    n_done = sum(draft.ended_at is not None for draft in found.drafts)
    lacks = read_lacks(current_session(), found.visit_id)
    return render_template("report_batches/batch.html", batch=found, n_done=n_done, lacks=lacks, n_failed=_failed(found))


@blueprint.post("/<batch_id>/again")
@requires(*READERS)
def again(batch_id: str) -> Any:
    """Draft those once more that failed."""
    n = try_again(current_session(), actor(), find_batch(current_session(), batch_id), utc_now())
    flash(ngettext("%(num)s draft is made once more.", "%(num)s drafts are made once more.", n), "success")
    return redirect(url_for(".batch", batch_id=batch_id))


@blueprint.get("/<batch_id>/all.zip")
@requires(*READERS)
def packed(batch_id: str) -> Response:
    """All drafts of the batch in one file."""
    found = find_batch(current_session(), batch_id)
    return download(zip_of(found, current_storage()), f"{found.visit.title}.zip", ZIP)


def _failed(found: ReportBatch) -> int:
    return sum(bool(draft.failure) for draft in found.drafts)
