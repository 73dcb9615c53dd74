"""The page of the list of issues, for a filter."""

from typing import Any

from flask import render_template, request

from survey.accounts.access import actor
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.issue_figures.queries import list_issue_counties, list_issue_visits
from survey.issues.forms import FilterForm
from survey.issues.queries import count_same, list_issues
from survey.saved_filters.forms import LIST, SaveForm
from survey.saved_filters.page import filters_context

STATE_TABS = ("open", "raised", "verified", "partly_verified", "reported", "rectifying", "rectified", "not_fixed", "reopened", "closed")
ENDED_TABS = ("refuted", "merged")


def render_list(form: FilterForm, *, bad: SaveForm | None = None, **values: Any) -> str:
    """The issues that pass the filters, those due first at the top, with counts by state. `bad` is a name that was refused."""
    session, me, now = current_session(), actor(), utc_now()
    wanted, today = form.wanted(), field_date(now)
    form.offer(list_issue_counties(session), list_issue_visits(session))
    counts, page, issues = list_issues(session, wanted, today, me.id, request.args.get("page", 1, int))
    extra = tuple(state for state in ENDED_TABS if counts.by_state.get(state))
    chosen = (wanted.state,) if wanted.state and wanted.state not in (*STATE_TABS, *extra) else ()
    return render_template(
        "issues/list.html",
        form=form,
        wanted=wanted,
        counts=counts,
        page=page,
        issues=issues,
        same=count_same(session, issues),
        state_tabs=(*STATE_TABS, *extra, *chosen),
        **filters_context(session, me, wanted, today, page=LIST, bad=bad),
        **values,
    )
