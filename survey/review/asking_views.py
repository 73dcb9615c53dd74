"""Asking about single answers on the page of an interview."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from survey.accounts.access import requires
from survey.accounts.models import User
from survey.db import current_session, utc_now
from survey.instruments.registry import load_questionnaire
from survey.review import asking_operations
from survey.review.forms import FilterForm
from survey.review.queries import find_submission

DECIDERS = ("admin", "coordinator")

blueprint = Blueprint("asking", __name__, url_prefix="/review")


@blueprint.post("/<instance_id>/ask")
@requires(*DECIDERS)
def ask(instance_id: str) -> Response:
    """Note what the pair is to be asked about one answer, or take it back when nothing is written any more."""
    session = current_session()
    found = find_submission(session, instance_id)
    node, text = request.form.get("node", ""), request.form.get("text", "").strip()
    actor: User = current_user._get_current_object()
    if text:
        asking_operations.note_query(session, actor, found, load_questionnaire(found.questionnaire), node, text, utc_now())
        flash(_("Noted. The pair is asked when you return the interview."), "success")
    else:
        asking_operations.drop_query(session, actor, found, node, utc_now())
        flash(_("Taken back. The pair is not asked about this answer."), "success")
    return redirect(url_for("review.submission", instance_id=instance_id, _anchor=node, **_parameters()))


@blueprint.post("/<instance_id>/close")
@requires(*DECIDERS)
def close(instance_id: str) -> Response:
    """Close what was asked about one answer, because what came back contents."""
    session = current_session()
    node = request.form.get("node", "")
    actor: User = current_user._get_current_object()
    asking_operations.close_query(session, actor, find_submission(session, instance_id), node, utc_now())
    flash(_("Closed. What was asked and what came back stay beside the answer."), "success")
    return redirect(url_for("review.submission", instance_id=instance_id, _anchor=node, **_parameters()))


def _parameters() -> dict[str, Any]:
    blanks = {"blanks": 1} if request.args.get("blanks") == "1" else {}
    return {**FilterForm(request.args).wanted().parameters(), **blanks}
