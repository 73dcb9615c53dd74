"""The board of issues, and the pages of counties."""

from typing import Any

from flask import Blueprint, render_template, request

from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.issue_boards.board_queries import read_columns
from survey.issue_boards.county import WORST_FIRST
from survey.issue_boards.county_queries import (
    count_county,
    count_undecided,
    find_county,
    list_awaited,
    list_counties,
    list_open,
    list_recurrences,
)
from survey.issue_figures.queries import list_issue_counties, list_issue_visits, read_confirmation
from survey.issues.ageing import age_labels
from survey.issues.filters import SEVERAL_STATES
from survey.issues.forms import FilterForm
from survey.issues.life import ENDED, OPEN
from survey.issues.page import READERS, issue_words
from survey.kept import kept
from survey.places.queries import list_history
from survey.responsible.handed_over import read_handed_over
from survey.saved_filters.forms import BOARD
from survey.saved_filters.page import filters_context
from survey.visits.words import MEETING_KIND_LABELS

HANDED_SHOWN = 10
"""So many opinions and meetings stand on the page of a county, the latest; the page of the place has all."""

blueprint = Blueprint("issue_boards", __name__, url_prefix="/issues")
blueprint.context_processor(issue_words)


@blueprint.get("/board")
@requires(*READERS)
def board() -> str:
    """A column for each state, or for those that the filter names, with how many issues are in it and the first of them."""
    session, me, now = current_session(), actor(), utc_now()
    form, today = FilterForm(request.args), field_date(now)
    wanted, counties = form.wanted(), list_issue_counties(session)
    form.offer(counties, list_issue_visits(session))
    states = SEVERAL_STATES.get(wanted.state, (wanted.state,)) if wanted.state else (*OPEN, *ENDED)
    return render_template(
        "issues/board.html",
        form=form,
        wanted=wanted,
        columns=read_columns(session, wanted, states, today, me.id),
        county_names=dict(counties),
        **filters_context(session, me, wanted, today, page=BOARD),
    )


@blueprint.get("/counties")
@requires(*READERS)
def counties() -> str:
    """Every county with an issue, and how its issues stand."""
    return render_template("issues/counties.html", counties=list_counties(current_session(), field_date(utc_now())))


@blueprint.get("/counties/<code>")
@requires(*READERS)
def county(code: str) -> str:
    """Everything about the issues of one county (six digits) that a meeting with it needs."""
    session, now = current_session(), utc_now()
    region = find_county(session, code)
    # Both read the history or the evidence of every issue of the county, and change with events alone.
    recurrences, n_recurrences = kept(session, ("county_recurrences", code), lambda: list_recurrences(session, code))
    awaited, n_awaited = list_awaited(session, code)
    handed = read_handed_over(session, region.code)
    return render_template(
        "issues/county.html",
        region=region,
        code=code,
        numbers=count_county(session, code, field_date(now), now),
        confirmation=kept(session, ("county_confirmation", code), lambda: read_confirmation(session, code)),
        issues=list_open(session, code),
        recurrences=recurrences,
        n_recurrences=n_recurrences,
        awaited=awaited,
        n_awaited=n_awaited,
        n_undecided=count_undecided(session, code),
        visits=list_history(session, region),
        handed=handed,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "age_labels": age_labels(),
        "worst_first": WORST_FIRST,
        "handed_shown": HANDED_SHOWN,
        "meeting_kind_labels": MEETING_KIND_LABELS,
    }
