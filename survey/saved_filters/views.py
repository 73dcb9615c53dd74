"""Saving the present filter of the issues, and the page on which filters are renamed, shared, removed and chosen to open the list."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Redirect

from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.issue_figures.queries import list_issue_counties, list_issue_visits
from survey.issues.filters import IssueFilter
from survey.issues.forms import FilterForm
from survey.issues.list_page import render_list
from survey.issues.page import READERS, issue_words
from survey.pages.buttons import EmptyForm
from survey.saved_filters.forms import BOARD, NameForm, SaveForm
from survey.saved_filters.operations import MOST_FILTERS, change_filter, open_with, remove_filter, save_filter
from survey.saved_filters.page import filter_links, told_parts
from survey.saved_filters.queries import find_filter, list_filters

blueprint = Blueprint("saved_filters", __name__, url_prefix="/issues/filters")
blueprint.context_processor(issue_words)


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """The filters that the person sees, with what each limits and what can be done with it."""
    return _page()


@blueprint.post("")
@requires(*READERS)
def save() -> Any:
    """Keep the filter that the list shows under a name."""
    session, me = current_session(), actor()
    filters, form = FilterForm(request.form), SaveForm()
    wanted = filters.wanted()
    own = [each for each in list_filters(session, me) if each.user_id == me.id]
    is_taken = any(each.name == form.name.data for each in own)
    if form.validate_on_submit():
        if not wanted.parameters():
            form.name.errors = [_("Choose what the filter is to limit before saving it.")]
        elif is_taken and not form.replaces.data:
            form.name.errors = [_("You have a filter of this name already. Choose another name, or tick that it is to be replaced.")]
        elif not is_taken and len(own) >= MOST_FILTERS:
            form.name.errors = [
                ngettext("At most %(num)s filter is kept.", "At most %(num)s filters are kept; remove one first.", MOST_FILTERS)
            ]
    if form.errors:
        return make_response(render_list(filters, bad=form, is_taken=is_taken), 422)
    save_filter(session, me, form.name.data or "", wanted, utc_now(), is_shared=form.is_shared.data, replaces=form.replaces.data)
    flash(_("Saved as “%(name)s”.", name=form.name.data), "success")
    return redirect(url_for("issue_boards.board" if form.page.data == BOARD else "issues.index", **wanted.parameters()))


@blueprint.post("/opening")
@requires(*READERS)
def choose_opening() -> Redirect:
    """Choose what the list opens with; without a key it opens with nothing."""
    open_with(current_session(), actor(), request.form.get("key", ""), utc_now())
    flash(_("Saved."), "success")
    return redirect(url_for(".index"))


@blueprint.post("/<filter_id>")
@requires(*READERS)
def change(filter_id: str) -> str | Redirect | Response:
    """Give one's own filter another name, share it, or share it no longer."""
    session, me = current_session(), actor()
    saved, form = find_filter(session, me, filter_id), NameForm()
    names = {each.name for each in list_filters(session, me) if each.user_id == me.id and each.id != saved.id}
    if form.validate_on_submit() and form.name.data in names:
        form.name.errors = [_("Another of your filters has this name.")]
    if form.errors:
        return make_response(_page(bad=form, bad_id=filter_id), 422)
    change_filter(session, me, filter_id, form.name.data or "", utc_now(), is_shared=form.is_shared.data)
    flash(_("Saved."), "success")
    return redirect(url_for(".index"))


@blueprint.post("/<filter_id>/remove")
@requires(*READERS)
def remove(filter_id: str) -> Redirect:
    """Remove one's own filter; the page asks before."""
    name = remove_filter(current_session(), actor(), filter_id, utc_now())
    flash(_("The filter “%(name)s” is removed.", name=name), "success")
    return redirect(url_for(".index"))


def _page(bad: NameForm | None = None, bad_id: str = "") -> str:
    session, me = current_session(), actor()
    counties, visits = list_issue_counties(session), list_issue_visits(session)
    links = filter_links(session, me, IssueFilter(), field_date(utc_now()))
    forms = {link.key: NameForm(obj=link.saved, formdata=None) for link in links if link.saved is not None and not link.owner}
    if bad is not None:
        forms[bad_id] = bad
    told = {link.key: told_parts(link.wanted, counties, visits) for link in links}
    return render_template(
        "issues/filters.html",
        links=links,
        forms=forms,
        told=told,
        bad_id=bad_id,
        empty_form=EmptyForm(formdata=None),
        has_opening=any(link.is_opening for link in links),
    )
