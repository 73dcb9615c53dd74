"""What the pages of one visit share: who may do what, the words, and the counts on the tabs."""

from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_security import current_user

from survey.accounts.access import actor
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.pages.buttons import EmptyForm
from survey.places.words import KIND_LABELS, MARKER_LABELS
from survey.rights.guard import may_open
from survey.visits.models import Visit
from survey.visits.plan_queries import count_parts
from survey.visits.words import ASSIGNMENT_STATE_LABELS, BASIS_LABELS, RECORDS_LABELS, VISIT_STATE_LABELS

READERS = ("admin", "coordinator", "author")
EDITORS = ("admin", "coordinator")


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of a visit's pages: its name in templates (`{% set tab = "pairs" %}`), its view, its label, and what its count is called."""

    name: str
    endpoint: str
    label: LazyString
    count: str = ""


TABS = (
    (
        _l("Plan"),
        (
            Tab("villages", "visit_plan.villages", _l("Villages"), "villages"),
            Tab("draw", "draws.index", _l("Sealed draw")),
            Tab("forms", "visit_plan.forms", _l("Questionnaires"), "forms"),
            Tab("team", "teams.team", _l("Team"), "members"),
            Tab("pairs", "visit_plan.pairs", _l("Pairs"), "pairs"),
            Tab("assignments", "visit_assignments.index", _l("Assignments"), "assignments"),
        ),
    ),
    (
        _l("In the field"),
        (
            Tab("overview", "visits.overview", _l("Progress")),
            Tab("outcomes", "outcomes.index", _l("Not met")),
            Tab("protocol", "protocol.index", _l("Protocol")),
            Tab("quality", "quality.index", _l("Quality")),
            Tab("records", "reconciling.index", _l("Both records")),
            Tab("meetings", "visit_records.meetings", _l("Meetings"), "meetings"),
            Tab("personal_data", "retention.visit", _l("Personal data")),
        ),
    ),
    (
        _l("What came of it"),
        (
            Tab("agreement", "agreement.index", _l("Agreement")),
            Tab("comparison", "comparison.index", _l("Said, filed, seen")),
            Tab("corrections", "corrections.of_visit", _l("Corrections")),
            Tab("coding", "coding.index", _l("Open answers")),
            Tab("gaps", "gaps.index", _l("Gaps")),
            Tab("recommendations", "visit_records.recommendations", _l("Recommendations"), "recommendations"),
            Tab("wall_charts", "wall_charts.index", _l("Wall charts")),
            Tab("look_back", "look_back.index", _l("Look-back")),
        ),
    ),
)
"""The parts of a visit in the order of the work. Every slice that has one adds it here."""
PHASES = dict(zip(("planned", "open", "closed"), (label for label, _tabs in TABS), strict=True))
"""The part of the work that a visit is in, by its state."""


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
    counts = {
        **count_parts(current_session(), visit),
        "villages": len(visit.villages),
        "forms": len(visit.forms),
        "pairs": len(visit.pairs),
    }
    return render_template(
        template,
        visit=visit,
        groups=_open_tabs(visit),
        phase=PHASES[visit.state],
        counts_of_tabs=counts,
        may_plan=visit_words()["may_edit"] and visit.state != "closed",
        empty_form=EmptyForm(formdata=None),
        **values,
    )


def _open_tabs(visit: Visit) -> tuple[tuple[LazyString, tuple[Tab, ...]], ...]:
    """The tabs without those that the reader, bound to places, may not open for this visit."""
    reader = actor()
    groups = ((label, tuple(tab for tab in tabs if may_open(reader, tab.endpoint, visit.id))) for label, tabs in TABS)
    return tuple((label, tabs) for label, tabs in groups if tabs)
