"""What the pages of the responsible side share: who may open them, the tabs, and the words. They extend `responsible/layout.html`."""

from typing import Any

from flask import render_template
from flask_babel import lazy_gettext as _l

from survey.db import utc_now
from survey.field_time import field_date
from survey.issues.identifying import FIELD_LABELS, KIND_LABELS
from survey.issues.words import AREA_LABELS, ATTRIBUTION_LABELS, REPLY_KIND_LABELS, SCOPE_LABELS, STATE_LABELS, STATE_TONES
from survey.pages.navigation import Tab
from survey.responsible.words import DECISION_LABELS, WAY_LABELS

ROLE = "responsible"


TABS = (
    Tab("issues", "responsible.index", _l("Issues")),
    Tab("opinions", "responsible.opinions", _l("Opinions and suggestions")),
)


def reply_words() -> dict[str, Any]:
    """The words that pages of replies use."""
    return {
        "area_labels": AREA_LABELS,
        "attribution_labels": ATTRIBUTION_LABELS,
        "decision_labels": DECISION_LABELS,
        "identifying_field_labels": FIELD_LABELS,
        "identifying_kind_labels": KIND_LABELS,
        "reply_kind_labels": REPLY_KIND_LABELS,
        "scope_labels": SCOPE_LABELS,
        "state_labels": STATE_LABELS,
        "state_tones": STATE_TONES,
        "way_labels": WAY_LABELS,
        "today": field_date(utc_now()),
    }


def render_responsible(template: str, **values: Any) -> str:
    """A page of the responsible side with its tabs."""
    return render_template(template, tabs=TABS, **values)
