"""Drafting a report of any kind: what it is about, in which language, for whom, and what is quoted in it."""

from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_security import current_user

from analysis.report.kinds.names import KIND_NAMES, KindName
from analysis.report.kinds.registry import KINDS, find_kind
from survey.accounts.access import actor, requires
from survey.db import current_session, reading_scope, rollback_request, utc_now
from survey.field_time import field_date
from survey.first_run.queries import organisation_name
from survey.house_styles.queries import list_styles, read_style
from survey.issues.identifying import find_identifying, identifying_text
from survey.issues.identifying_queries import read_known_of_visit
from survey.pages.downloads import DOCX, download
from survey.reports import operations
from survey.reports.about_form import FIELD_OF, AboutForm, about_form
from survey.reports.forms import DraftForm
from survey.reports.queries import content_of
from survey.reports.within import is_within
from survey.reports.words import KIND_LABELS, KIND_NOTES
from survey.rights.cutting import is_cut
from survey.rights.guard import refused_for_places
from survey.storage import current_storage
from survey.this_app import this_app

READERS = ("admin", "coordinator", "author")
blueprint = Blueprint("drafts", __name__, url_prefix="/reports/draft")


def offered_kinds() -> list[KindName]:
    """The kinds that whoever is signed in may draft, in the order in which they are offered."""
    return [kind for kind in KIND_NAMES if kind.name in KINDS and any(current_user.has_role(role) for role in kind.roles)]


@blueprint.route("/<kind>", methods=["GET", "POST"])
@requires(*READERS)
def draft(kind: str) -> Any:
    """Ask what the report is about and how it is to be written, draft it, and lead to the register, from where it is fetched at once."""
    told = find_kind(kind).told
    if told not in offered_kinds():
        abort(403)
    today = field_date(utc_now())
    about = about_form(current_session(), told, request.args, today.year, is_asked=request.method == "GET")
    if not is_within(current_session(), told, about.about().visit_id):
        # A kind may be about all places, or about the visit looked back on, whichever visit the address names.
        return refused_for_places(_("This report also tells of places that your account is not for."))
    form = DraftForm(language=str(get_locale())[:2], body=organisation_name(current_session()))
    form.offer_styles(list_styles(current_session()))
    if not form.validate_on_submit() or not _is_clean(form, about):
        return make_response(_page(told, about, form), 422 if form.errors else 200)
    # Drafting takes seconds; nobody else's writing waits for it, because this request has written nothing yet and lets go.
    rollback_request()
    with reading_scope(this_app()) as session:
        drafted = operations.make_draft(
            session,
            kind,
            about.about(),
            language=form.language.data,
            today=today,
            audience=form.audience.data,
            quotations=form.quoted(),
            formalities=form.formalities(today),
            house_style=read_style(session, form.house_style.data, form.language.data, current_storage()),
            has_native_charts=bool(form.has_native_charts.data),
        )
    report = operations.register_draft(current_session(), actor(), drafted, current_storage(), utc_now())
    if is_cut(current_session()):
        # Whoever is bound to places does not open the register, and has the draft at once.
        return download(content_of(report, current_storage()), f"{report.title}.docx", DOCX)
    flash(_("Drafted: %(title)s. The download begins by itself.", title=report.title), "success")
    return redirect(url_for("reports.index", drafted=report.id))


def _is_clean(form: DraftForm, about: AboutForm) -> bool:
    """Whether nothing that is quoted tells who said it; what does is said at its field."""
    visit_id = about.about().visit_id
    texts = [entry.form.text.data or "" for entry in form.quotations]
    if not visit_id or not any(texts):
        return True
    known = read_known_of_visit(current_session(), visit_id, texts)
    for entry in form.quotations:
        if found := find_identifying({"answer": entry.form.text.data or ""}, known):
            entry.form.text.errors = [*entry.form.text.errors, identifying_text(found)]
    return not form.errors


def _page(kind: KindName, about: AboutForm, form: DraftForm) -> str:
    return render_template(
        "reports/draft.html",
        kind=kind,
        about=about,
        form=form,
        kind_labels=KIND_LABELS,
        kind_notes=KIND_NOTES,
        lacks_choice=[about[FIELD_OF[name]].label.text for name in kind.about if not about[FIELD_OF[name]].data],
    )
