"""What all pages of open answers share: their words, the question that an address names, and the way back."""

from typing import Any

from flask import redirect, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response as Redirect

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor
from survey.coding.answers import OpenQuestion, find_question
from survey.coding.words import REASON_LABELS, STATE_LABELS, STATE_TONES
from survey.db import current_session
from survey.intake.texts import text_for
from survey.visits.models import Visit
from survey.visits.page import EDITORS, visit_words
from survey.visits.plan_queries import find_visit

PREFIX = "/visits/<visit_id>/open-answers"
OF_QUESTION = "/<form_id>/<question>"


def coding_words() -> dict[str, Any]:
    """What the templates of these pages may use."""
    return {
        **visit_words(),
        "coding_states": STATE_LABELS,
        "coding_tones": STATE_TONES,
        "reason_labels": REASON_LABELS,
        "text_of": lambda texts: text_for(texts, language()),
        "label_of": lambda code: code.label_in(language()),
    }


def language() -> str:
    """The language that the page speaks."""
    return str(get_locale())


def find_asked(visit_id: str, form_id: str, question: str) -> tuple[Visit, OpenQuestion]:
    """The visit and its open question; NOT_FOUND otherwise."""
    visit = find_visit(current_session(), visit_id)
    return visit, find_question(current_session(), visit.id, form_id, question)


def check_edits() -> None:
    """Raise NOT_ALLOWED unless the reader may change what these pages show."""
    if not any(actor().has_role(role) for role in EDITORS):
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=actor().username, action="change this", remedy="A coordinator does it.")


def lead_to(endpoint: str, visit: Visit, asked: OpenQuestion | None = None, **values: Any) -> Redirect:
    """The way to a page of the visit, or of one of its open questions."""
    named: dict[str, Any] = {"form_id": asked.form_id, "question": asked.question} if asked else {}
    return redirect(url_for(endpoint, visit_id=visit.id, **named, **values))
