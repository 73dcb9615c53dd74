"""The step that plans a first visit on one page."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.first_run.forms import FirstVisitForm
from survey.first_run.operations import FirstVisit, plan_first_visit
from survey.first_run.queries import list_interviewers, list_villages
from survey.first_run.views import PAGES, step_page
from survey.instruments.supplied import publish_supplied, supplied_questionnaires
from survey.pages.fields import given
from survey.pages.language import page_language
from survey.storage import current_storage

MAX_PAIRS = 12
"""So many pairs are offered on the page; a visit with more is planned on its own pages."""

blueprint = Blueprint("first_visit", __name__, url_prefix="/first-run")


@blueprint.route("/visit", methods=["GET", "POST"])
@requires("admin")
def plan() -> Any:
    """Plan the first visit: days, villages, questionnaires, pairs, and who goes where."""
    session = current_session()
    villages, people, supplied = list_villages(session), list_interviewers(session), supplied_questionnaires()
    form = FirstVisitForm(data=None if request.method == "POST" else _proposed(villages, people))
    form.offer(
        [(code, _("%(village)s · households: %(number)s", village=name, number=n)) for code, name, n in villages],
        [(each.file, each.titles[page_language()]) for each in supplied],
        people,
    )
    if not form.validate_on_submit():
        return step_page("first_run/visit.html", "visit", 422 if form.is_submitted() else 200, form=form, villages=villages, people=people)
    now, pairs = utc_now(), form.chosen_pairs()
    planned = FirstVisit(
        title=given(form.title.data),
        starts_on=given(form.starts_on.data),
        ends_on=given(form.ends_on.data),
        village_codes=form.villages.data or (),
        versions=publish_supplied(session, actor(), form.forms.data or (), current_storage(), now),
        once_per_village=frozenset(each.form_id for each in supplied if each.per == "village"),
        pairs=pairs,
        pair_names=[_("Pair %(number)s", number=number) for number in range(1, len(pairs) + 1)],
        assigns_all=form.assigns_all.data,
    )
    plan_first_visit(session, actor(), planned, now)
    flash(_("The visit is planned."), "success")
    return redirect(url_for(PAGES["next"]))


def _proposed(villages: list[tuple[str, str, int]], people: list[tuple[str, str]]) -> dict[str, Any]:
    """What the page proposes: today, the only village, what is asked and filed of a household, and pairs in the order of the accounts."""
    today, n_pairs = field_date(utc_now()), min(MAX_PAIRS, max(1, len(people) // 2))
    ids = [key for key, _name in people] + [""] * 2
    return {
        "starts_on": today,
        "ends_on": today,
        "villages": [villages[0][0]] if len(villages) == 1 else [],
        "forms": [each.file for each in supplied_questionnaires() if each.per == "household"],
        "pairs": [{"lead": ids[2 * number], "second": ids[2 * number + 1]} for number in range(n_pairs)],
        "assigns_all": True,
    }
