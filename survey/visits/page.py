"""What the pages of one visit share: who may do what, the words, and the counts on the tabs."""

from typing import Any

from flask import render_template
from flask_security import current_user

from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.places.words import KIND_LABELS, MARKER_LABELS
from survey.visits.forms import EmptyForm
from survey.visits.models import Visit
from survey.visits.plan_queries import count_parts
from survey.visits.words import ASSIGNMENT_STATE_LABELS, BASIS_LABELS, RECORDS_LABELS, VISIT_STATE_LABELS

READERS = ("admin", "coordinator", "author")
EDITORS = ("admin", "coordinator")


def visit_words() -> dict[str, Any]:
    """The words that every page of visits may use, and whether the reader may change things."""
    return {
        "visit_state_labels": VISIT_STATE_LABELS,
        "basis_labels": BASIS_LABELS,
        "records_labels": RECORDS_LABELS,
        "assignment_state_labels": ASSIGNMENT_STATE_LABELS,
        "kind_labels": KIND_LABELS,
        "marker_labels": MARKER_LABELS,
        "may_edit": any(current_user.has_role(role) for role in EDITORS),
        "today": field_date(utc_now()),
    }


def render_visit(template: str, visit: Visit, **values: Any) -> str:
    """The page of one visit, with its head and tabs."""
    parts = count_parts(current_session(), visit)
    return render_template(
        template,
        visit=visit,
        parts=parts,
        may_plan=visit_words()["may_edit"] and visit.state != "closed",
        empty_form=EmptyForm(formdata=None),
        **values,
    )
