"""The report pages: what can be drafted, and the register with the drafts themselves."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.pages.choices import choices_of
from survey.pages.downloads import DOCX, download
from survey.pages.fields import given
from survey.reports import operations
from survey.reports.draft_views import READERS, offered_kinds
from survey.reports.forms import RegisterForm
from survey.reports.queries import content_of, find_report, list_reportable, list_reports, list_visit_titles
from survey.reports.words import KIND_LABELS, KIND_NOTES
from survey.storage import current_storage

KEEPERS = ("admin", "coordinator")

blueprint = Blueprint("reports", __name__, url_prefix="/reports")


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """The kinds of reports that can be drafted, the visits one can draft many on at once, and the register of reports."""
    return _page(_register_form())


@blueprint.get("/<report_id>/file")
@requires(*READERS)
def file(report_id: str) -> Response:
    """The Word document of a draft, as a download."""
    report = find_report(current_session(), report_id)
    return download(content_of(report, current_storage()), f"{report.title}.docx", DOCX)


@blueprint.post("/register")
@requires(*KEEPERS)
def register() -> Any:
    """Register a report that was written elsewhere."""
    form = _register_form()
    if not form.validate_on_submit():
        return make_response(_page(form), 422)
    operations.register_report(
        current_session(),
        actor(),
        kind=form.kind.data,
        title=form.title.data or "",
        reported_on=given(form.reported_on.data),
        visit_id=form.visit.data or None,
        now=utc_now(),
    )
    flash(_("Registered. The work ledger counts it."), "success")
    return redirect(url_for(".index"))


@blueprint.route("/<report_id>/remove", methods=["GET", "POST"])
@requires(*KEEPERS)
def remove(report_id: str) -> Any:
    """Ask whether a report shall leave the register, then take it out."""
    report = find_report(current_session(), report_id)
    if request.method == "GET":
        return render_template("reports/remove.html", report=report, kind_labels=KIND_LABELS)
    operations.remove_report(current_session(), current_storage(), actor(), report, utc_now())
    flash(_("Removed from the register: %(title)s", title=report.title), "success")
    return redirect(url_for(".index"))


def _register_form() -> RegisterForm:
    form = RegisterForm()
    form.visit.choices = choices_of(list_visit_titles(current_session()), none=_("None"))
    return form


def _page(register_form: RegisterForm) -> str:
    session = current_session()
    page, reports = list_reports(session, request.args.get("page", 1, int))
    return render_template(
        "reports/index.html",
        reportable=list_reportable(session),
        page=page,
        reports=reports,
        kinds=offered_kinds(),
        kind_notes=KIND_NOTES,
        register_form=register_form,
        kind_labels=KIND_LABELS,
        drafted=request.args.get("drafted", ""),
        may_keep=any(current_user.has_role(role) for role in KEEPERS),
    )
