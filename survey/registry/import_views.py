"""Importing persons and the register of identification in three steps: choose the file, look at what it would do, say so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from werkzeug.wrappers import Response as Redirect

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.pages.buttons import EmptyForm
from survey.pages.downloads import download
from survey.pages.fields import sent_file
from survey.pages.language import page_language
from survey.pages.workbooks import XLSX
from survey.places.forms import ConfirmForm, UploadForm
from survey.places.models import RosterDraft
from survey.places.queries import find_draft
from survey.places.roster_compare import problems_csv
from survey.places.roster_operations import drop_draft
from survey.places.roster_texts import unreadable_text
from survey.places.sheet_layout import SheetProblem
from survey.places.views import EDITORS, place_words
from survey.registry import import_operations
from survey.registry.drafts import identifications_of, members_of
from survey.registry.household_page import current_vault, field_today, registry_words
from survey.registry.identification_plan import IdentificationPlan, plan_identifications
from survey.registry.identification_sheet import IdentificationList, read_identifications
from survey.registry.member_plan import MemberPlan, plan_members
from survey.registry.member_sheet import MemberList, read_members
from survey.registry.queries import list_imports
from survey.registry.samples import identification_sample, member_sample
from survey.registry.texts import identification_reason_text, member_reason_text
from survey.registry.words import VALUE_LABELS

ROWS_SHOWN = 200
"""So many rows of each sort are listed; the file of bad rows holds all of them."""

blueprint = Blueprint("lists", __name__, url_prefix="/places/lists")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of list: what it is called, how it is read, and which words and files belong to it."""

    title: LazyString
    action: str
    read: Callable[[bytes, str, date], MemberList | IdentificationList]
    reason_text: Callable[[SheetProblem], str]
    sample: Callable[[str], bytes]


def _read_members(data: bytes, name: str, today: date) -> MemberList:
    return read_members(data, name, current_vault(), today)


KINDS = {
    "members": Kind(_l("Import persons"), "members.imported", _read_members, member_reason_text, member_sample),
    "identification": Kind(
        _l("Import the register"), "identifications.imported", read_identifications, identification_reason_text, identification_sample
    ),
}


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {**place_words(), **registry_words(), "kinds": KINDS}


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Kind of list", key=name, remedy="Open it from the page of places.")
    return KINDS[name]


@blueprint.route("/<kind>", methods=["GET", "POST"])
@requires(*EDITORS)
def upload(kind: str) -> str | Redirect:
    """Choose a file; what it holds is shown next, and nothing is imported yet."""
    of_kind, form = _kind(kind), UploadForm()
    if form.validate_on_submit():
        name, data = sent_file(form.file)
        try:
            listed = of_kind.read(data, name, field_today())
        except SurveyError as error:
            form.file.errors = [unreadable_text(error)]
        else:
            draft = import_operations.keep_draft(current_session(), current_user, listed, name, utc_now())
            return redirect(url_for(".preview", kind=kind, draft_id=draft.id))
    imports = list_imports(current_session(), of_kind.action)
    return render_template("registry/upload.html", kind=kind, title=of_kind.title, form=form, imports=imports)


@blueprint.get("/<kind>/sample.xlsx")
@requires(*EDITORS)
def sample(kind: str) -> Response:
    """The sample file that people fill in."""
    return download(_kind(kind).sample(page_language()), f"{kind}-sample.xlsx", XLSX)


@blueprint.get("/<kind>/<draft_id>")
@requires(*EDITORS)
def preview(kind: str, draft_id: str) -> str:
    """What importing the file would do, and every row that it cannot import."""
    return _preview(kind, _draft(kind, draft_id), ConfirmForm(formdata=None))


def _draft(kind: str, draft_id: str) -> RosterDraft:
    _kind(kind)
    return find_draft(current_session(), draft_id, current_user, kind)


def _plan(draft: RosterDraft) -> MemberPlan | IdentificationPlan:
    if draft.kind == "members":
        return plan_members(current_session(), members_of(draft.content))
    return plan_identifications(current_session(), identifications_of(draft.content))


def _problems(plan: MemberPlan | IdentificationPlan) -> tuple[SheetProblem, ...]:
    return plan.members.problems if isinstance(plan, MemberPlan) else plan.listed.problems


def _preview(kind: str, draft: RosterDraft, form: ConfirmForm) -> str:
    plan = _plan(draft)
    return render_template(
        f"registry/{kind}_preview.html",
        kind=kind,
        title=KINDS[kind].title,
        draft=draft,
        plan=plan,
        problems=_problems(plan),
        form=form,
        drop_form=EmptyForm(formdata=None),
        limit=ROWS_SHOWN,
        reason_text=KINDS[kind].reason_text,
        show=_shown,
    )


def _shown(field: str, value: Any) -> str:
    """The value of a person's field in words; of an identity number only that it changes."""
    if field == "id_number":
        return _("the stored one") if value else ""
    return str(VALUE_LABELS[field].get(value, value) if field in VALUE_LABELS else value if value is not None else "")


@blueprint.get("/<kind>/<draft_id>/bad-rows.csv")
@requires(*EDITORS)
def bad_rows(kind: str, draft_id: str) -> Response:
    """Every bad row of the file with its reason, for whoever corrects the file."""
    problems = _problems(_plan(_draft(kind, draft_id)))
    headings = (_("Sheet"), _("Row"), _("Column"), _("Value"), _("What is wrong"))
    return download(problems_csv(problems, headings, map(KINDS[kind].reason_text, problems)), "bad-rows.csv", "text/csv; charset=utf-8")


@blueprint.post("/<kind>/<draft_id>/import")
@requires(*EDITORS)
def confirm(kind: str, draft_id: str) -> str | Redirect:
    """Import the list; with bad rows only when the importer says that they are to be left out."""
    draft, form = _draft(kind, draft_id), ConfirmForm()
    n_bad = _plan(draft).n_bad_rows
    if not form.validate_on_submit() or (n_bad and not form.keep_good.data):
        form.keep_good.errors = [_("Say that the bad rows are to be left out, or correct the file and choose it again.")]
        return _preview(kind, draft, form)
    wanted: dict[str, Any] = {"keep_good": form.keep_good.data, "now": utc_now()}
    if kind == "members":
        done = import_operations.import_member_draft(current_session(), current_user, draft, **wanted)
        counts = {"new": done.n_new, "changed": done.n_changed, "households": done.n_new_households, "bad": n_bad}
        flash(
            _("Persons added: %(new)s, changed: %(changed)s, households made: %(households)s, bad rows left out: %(bad)s.", **counts),
            "success",
        )
    else:
        moved = import_operations.import_identification_draft(current_session(), current_user, draft, **wanted)
        told = {"new": moved.n_new, "known": moved.n_known, "kinds": moved.n_kinds_changed, "bad": n_bad}
        text = _(
            "Rows added: %(new)s, known already: %(known)s, households of another kind now: %(kinds)s, bad rows left out: %(bad)s.", **told
        )
        flash(text, "success")
    return redirect(url_for(".upload", kind=kind))


@blueprint.post("/<kind>/<draft_id>/drop")
@requires(*EDITORS)
def drop(kind: str, draft_id: str) -> Redirect:
    """Give the file up; nothing of it is imported."""
    drop_draft(current_session(), current_user, _draft(kind, draft_id), utc_now())
    flash(_("The file was given up; nothing was imported."))
    return redirect(url_for(".upload", kind=kind))
