"""The page of who decided what."""

from flask import Blueprint, render_template, request

from survey.accounts.access import requires
from survey.db import current_session
from survey.intake.flags import FLAG_LABELS
from survey.places.words import KIND_LABELS
from survey.review.decision_queries import count_decisions, list_deciders, list_decisions
from survey.review.forms import DecisionFilterForm
from survey.review.words import EVENT_LABELS

READERS = ("admin", "coordinator", "author")

blueprint = Blueprint("decisions", __name__, url_prefix="/review")


@blueprint.get("/decisions")
@requires(*READERS)
def index() -> str:
    """Decisions, newest first, and how many everybody made."""
    session = current_session()
    form = DecisionFilterForm(request.args)
    form.validate()
    wanted = form.wanted()
    form.offer(list_deciders(session))
    decisions, older = list_decisions(session, wanted, request.args.get("before", None, int))
    return render_template(
        "review/decisions.html",
        form=form,
        wanted=wanted,
        decisions=decisions,
        older=older,
        is_first="before" not in request.args,
        tallies=count_decisions(session, wanted),
        event_labels=EVENT_LABELS,
        flag_labels=FLAG_LABELS,
        kind_labels=KIND_LABELS,
    )
