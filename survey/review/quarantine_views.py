"""The quarantine pages: what was refused and why, and what becomes of it."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_security import current_user

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.intake.media import OTHER_MEDIA_TYPE, found_in
from survey.intake.models import QUARANTINE_STATES, QuarantinedSubmission
from survey.intake.operations import settle_quarantined
from survey.intake.receive import receive_quarantined
from survey.intake.refusals import spoken_record
from survey.pages.downloads import download
from survey.review.forms import ReasonForm
from survey.review.queries import count_quarantined, find_quarantined, list_quarantined, read_form_titles, read_history
from survey.review.views import DECIDERS
from survey.review.views import blueprint as blueprint
from survey.review.words import FINDING_LABELS, QUARANTINE_LABELS
from survey.storage import current_storage


@blueprint.get("/quarantine")
@requires(*DECIDERS)
def quarantine() -> str:
    """The list, by state."""
    state = request.args.get("state", "waiting")
    if state not in QUARANTINE_STATES:
        raise SurveyError(ErrorCode.NOT_FOUND, what="State", key=state, remedy="Choose one on the page.")
    page, rows = list_quarantined(current_session(), state, request.args.get("page", 1, int))
    counts = count_quarantined(current_session())
    return render_template(
        "review/quarantine.html",
        page=page,
        rows=rows,
        counts=counts,
        state=state,
        form_titles=read_form_titles(current_session(), str(get_locale())),
        quarantine_labels=QUARANTINE_LABELS,
        finding_labels=FINDING_LABELS,
    )


@blueprint.get("/quarantine/<quarantined_id>")
@requires(*DECIDERS)
def quarantined(quarantined_id: str) -> str:
    """One refused submission with every finding."""
    return _page(find_quarantined(current_session(), quarantined_id), ReasonForm())


@blueprint.get("/quarantine/<quarantined_id>/submission.xml")
@requires(*DECIDERS)
def quarantined_xml(quarantined_id: str) -> Response:
    """The refused XML as it was received, as a download."""
    row = find_quarantined(current_session(), quarantined_id)
    return download(row.xml, f"{row.instance_id.replace(':', '_')}.xml", "application/xml")


@blueprint.get("/quarantine/<quarantined_id>/files/<path:name>")
@requires(*DECIDERS)
def quarantined_file(quarantined_id: str, name: str) -> Response:
    """A file of a refused submission; always a download, for nobody has judged it."""
    row = find_quarantined(current_session(), quarantined_id)
    record = next((record for record in row.files if record["name"] == name), None)
    if record is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Attachment", key=name, remedy="It was not part of this upload.")
    media_type = record["media_type"] if found_in(record["media_type"]) else OTHER_MEDIA_TYPE
    return download(current_storage().get(record["sha256"]), name, media_type)


@blueprint.post("/quarantine/<quarantined_id>/check")
@requires(*DECIDERS)
def check_again(quarantined_id: str) -> Any:
    """Check the refused submission once more and admit it if nothing is wrong any longer."""
    row = find_quarantined(current_session(), quarantined_id)
    receipt = receive_quarantined(current_session(), current_user._get_current_object(), row, current_storage(), utc_now())
    if receipt.outcome in ("stored", "repeated"):
        flash(_("Admitted: nothing is wrong with it any longer."), "success")
        return redirect(url_for(".submission", instance_id=receipt.instance_id))
    if receipt.outcome == "conflict":
        flash(_("A different interview with the same identifier is already stored. Settle this one with a reason."), "warning")
    else:
        flash(_("It is still refused; the findings below are those of now."), "warning")
    return redirect(url_for(".quarantined", quarantined_id=quarantined_id))


@blueprint.post("/quarantine/<quarantined_id>/settle")
@requires(*DECIDERS)
def settle(quarantined_id: str) -> Any:
    """Decide that the refused submission never becomes one, and why."""
    row = find_quarantined(current_session(), quarantined_id)
    form = ReasonForm()
    if not form.validate_on_submit():
        return make_response(_page(row, form), 422)
    settle_quarantined(current_session(), current_user._get_current_object(), row, form.reason.data or "", utc_now())
    flash(_("Settled. It stays here with your reason."), "success")
    return redirect(url_for(".quarantine"))


def _page(row: QuarantinedSubmission, form: ReasonForm) -> str:
    return render_template(
        "review/quarantined.html",
        row=row,
        form_titles=read_form_titles(current_session(), str(get_locale())),
        findings=[spoken_record(finding, str(get_locale())) for finding in row.findings],
        finding_labels=FINDING_LABELS,
        quarantine_labels=QUARANTINE_LABELS,
        history=read_history(current_session(), "quarantined_submission", row.id),
        form=form,
    )
