"""The page that takes a Word file, and what it tells of it."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template
from flask_babel import get_locale
from flask_security import current_user

from analysis.report.official.lint.check import lint_content
from analysis.report.outward.checking import check_anonymity
from analysis.report.outward.drafting import INWARD
from survey.accounts.access import actor, requires
from survey.db import current_session, reading_scope, rollback_request, utc_now
from survey.field_time import field_date
from survey.pages.downloads import DOCX, download
from survey.pages.fields import sent_file
from survey.report_files.forms import FileForm
from survey.report_files.operations import renew, trace, with_evidence
from survey.reports.audiences import read_frame_names
from survey.reports.draft_views import READERS
from survey.reports.operations import register_draft
from survey.reports.queries import content_of, find_report
from survey.reports.redrafts import visits_of_file
from survey.storage import current_storage
from survey.this_app import this_app

REVIEWERS = ("admin", "coordinator")
SHOWN = 500
"""So many figures or findings a page shows; the commands print them all."""

blueprint = Blueprint("report_files", __name__, url_prefix="/reports/files")


@blueprint.route("", methods=["GET", "POST"])
@requires(*READERS)
def index() -> Any:
    """Take a file and tell of it what was asked: its figures of today, its figures beside the data, names in it, or its format."""
    form = FileForm()
    if not form.validate_on_submit():
        return make_response(render_template("report_files/index.html", form=form), 422 if form.errors else 200)
    name, content = sent_file(form.file)
    # Reading the data takes seconds; nobody else's writing waits for it.
    rollback_request()
    with reading_scope(this_app()) as session:
        match form.action.data:
            case "refresh":
                renewed = renew(session, content, name, today=field_date(utc_now()))
            case "trace":
                found = trace(session, content, name, today=field_date(utc_now()))
                return _result(form, name, "trace", trace=found, differing=found.differing[:SHOWN])
            case "names":
                left = check_anonymity(content, read_frame_names(session, visits_of_file(session, content)), name=name)
                return _result(form, name, "names", n=len(left), lines=[each.line(_language()) for each in left[:SHOWN]])
            case _:
                findings = lint_content(content, name)
                return _result(form, name, "format", findings=findings[:SHOWN], n=len(findings))
    # What did not change is no version of its own.
    has_changed = bool(renewed.refreshed.changes)
    report = register_draft(current_session(), actor(), renewed.draft, current_storage(), utc_now()) if has_changed else None
    return _result(form, name, "refresh", report=report, refreshed=renewed.refreshed)


@blueprint.get("/<report_id>/evidence")
@requires(*READERS)
def evidence(report_id: str) -> Response:
    """A draft of the register with comments that say what stands behind its figures; interviews are named to those who review them."""
    report = find_report(current_session(), report_id)
    content, title = content_of(report, current_storage()), report.title
    may_see = any(current_user.has_role(role) for role in REVIEWERS) and report.audience == INWARD
    with reading_scope(this_app()) as session:
        commented = with_evidence(session, content, today=field_date(utc_now()), names_interviews=may_see)
    return download(commented, f"{title}.docx", DOCX)


def _result(form: FileForm, name: str, told: str, **found: Any) -> str:
    return render_template("report_files/index.html", form=form, name=name, told=told, language_code=_language(), **found)


def _language() -> str:
    return str(get_locale())[:2]
