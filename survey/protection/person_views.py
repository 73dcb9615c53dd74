"""The pages of one person's rights: what is held of a household or one of its members, a file for them, and erasing by two people."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.events import log_event
from survey.pages.buttons import EmptyForm
from survey.pages.downloads import ZIP, download
from survey.protection import operations
from survey.protection.erased import lift_erased, list_erased
from survey.protection.following_up import mark_done, read_follow_up
from survey.protection.forms import ErasureForm, PersonSearchForm
from survey.protection.held import find_people, find_subject, read_held
from survey.protection.page import MANAGERS, render_protection
from survey.protection.person_file import person_file
from survey.protection.queries import list_requests
from survey.protection.reading import note_names
from survey.protection.words import BY_HAND, HELD_LABELS
from survey.registry.household_page import current_vault
from survey.storage import current_storage

blueprint = Blueprint("personal_data", __name__, url_prefix="/protection/people")


@blueprint.get("")
@requires(*MANAGERS)
def index() -> str:
    """Looking for somebody, and the requests for erasure."""
    session, form = current_session(), PersonSearchForm(request.args)
    wanted = (form.q.data or "").strip()
    page, requests = list_requests(session, request.args.get("page", 1, int))
    found = find_people(session, wanted, current_vault()) if wanted else ()
    return render_protection(
        "protection/people.html", form=form, wanted=wanted, found=found, page=page, requests=requests, me=actor().id, empty_form=EmptyForm()
    )


@blueprint.get("/<household_id>")
@requires(*MANAGERS)
def show(household_id: str) -> str:
    """What is held of a household; with `member`, on behalf of one of its members."""
    return _page(household_id, ErasureForm(formdata=None))


def _page(household_id: str, form: ErasureForm) -> str:
    session = current_session()
    found = find_subject(session, household_id, request.args.get("member") or None)
    held = read_held(session, found.household)
    return render_protection(
        "protection/person.html", found=found, held=held, counts=held.counts(), held_labels=HELD_LABELS, by_hand=BY_HAND, form=form
    )


@blueprint.post("/<household_id>/file")
@requires(*MANAGERS)
def file(household_id: str) -> Response:
    """Everything that is held, as a file for the person who asked; that it was made is an event."""
    session, now = current_session(), utc_now()
    found = find_subject(session, household_id, request.args.get("member") or None)
    content = person_file(session, current_storage(), found, current_vault(), now)
    subject = ("household_member", found.member.id) if found.member else ("household", found.household.id)
    log_event(session, actor().id, "person.exported", *subject, now)
    note_names(1)
    return download(content, f"personal-data-{found.household.village_code}-{found.household.number}.zip", ZIP)


@blueprint.post("/<household_id>")
@requires(*MANAGERS)
def ask(household_id: str) -> Any:
    """Ask that the data be erased; somebody else confirms."""
    form = ErasureForm()
    if not form.validate_on_submit():
        return _page(household_id, form), 422
    found = find_subject(current_session(), household_id, request.args.get("member") or None)
    operations.ask_erasure(current_session(), actor(), found, form.reason.data or "", utc_now())
    flash(_("The request is recorded. Another coordinator or administrator confirms it before anything is erased."), "success")
    return redirect(url_for(".index"))


@blueprint.route("/requests/<request_id>", methods=["GET", "POST"])
@requires(*MANAGERS)
def confirm(request_id: str) -> str | Response:
    """Erase what was asked for, after saying what that means."""
    session = current_session()
    asked = operations.find_request(session, request_id)
    form = EmptyForm()
    if form.validate_on_submit():
        operations.confirm_erasure(session, current_storage(), actor(), asked, utc_now())
        flash(_("The data are erased."), "success")
        return redirect(url_for(".after", request_id=asked.id))
    held = read_held(session, asked.household)
    values = {"asked": asked, "held": held, "counts": held.counts(), "held_labels": HELD_LABELS, "by_hand": BY_HAND}
    return render_template("protection/confirm.html", **values, form=form, is_own=asked.asked_by_id == actor().id)


@blueprint.get("/requests/<request_id>/after")
@requires(*MANAGERS)
def after(request_id: str) -> str:
    """What the erasing itself did not reach, with the state of each: drafts that named the person, datasets handed out, backups."""
    session = current_session()
    asked = operations.find_request(session, request_id)
    if not asked.is_erased:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Erasure", key=request_id, remedy="It is not confirmed yet.")
    return render_protection("protection/after.html", asked=asked, follow_up=read_follow_up(session, asked), form=EmptyForm(formdata=None))


@blueprint.post("/requests/<request_id>/seen/<kind>/<key>")
@requires(*MANAGERS)
def seen(request_id: str, kind: str, key: str) -> Response:
    """Note that somebody saw to one draft or dataset."""
    session = current_session()
    mark_done(session, actor(), operations.find_request(session, request_id), kind, key, utc_now())
    flash(_("Noted."), "success")
    return redirect(url_for(".after", request_id=request_id))


@blueprint.get("/erased")
@requires(*MANAGERS)
def erased() -> str:
    """The households and members whose data were erased, and which lists therefore do not bring back."""
    page, rows = list_erased(current_session(), request.args.get("page", 1, int))
    return render_protection("protection/erased.html", page=page, rows=rows, form=EmptyForm(formdata=None))


@blueprint.post("/erased/<household_id>/lift")
@requires(*MANAGERS)
def lift(household_id: str) -> Response:
    """The household agreed anew: it may be on lists again."""
    lift_erased(current_session(), actor(), household_id, utc_now())
    flash(_("The household may be recorded again."), "success")
    return redirect(url_for(".erased"))


@blueprint.post("/requests/<request_id>/decline")
@requires(*MANAGERS)
def decline(request_id: str) -> Response:
    """Decline a request; everything stays."""
    operations.decline_erasure(current_session(), actor(), operations.find_request(current_session(), request_id), utc_now())
    flash(_("The request is declined."), "success")
    return redirect(url_for(".index"))
