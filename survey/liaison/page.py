"""What the pages of liaison share: who may do what, the tabs, the words, and reading numbers and lists out of texts."""

from typing import Any

from flask import render_template
from flask_babel import lazy_gettext as _l
from flask_security import current_user

from survey.db import utc_now
from survey.field_time import field_date
from survey.issues.words import AREA_LABELS
from survey.liaison import words
from survey.pages.buttons import EmptyForm
from survey.pages.navigation import Tab
from survey.visits.words import MEETING_KIND_LABELS

READERS = ("admin", "coordinator", "author")
EDITORS = ("admin", "coordinator")


TABS = (
    Tab("overview", "liaison.index", _l("Overview")),
    Tab("contacts", "liaison_contacts.index", _l("Contacts")),
    Tab("materials", "liaison_materials.index", _l("Materials")),
    Tab("meetings", "liaison_meetings.index", _l("Meetings")),
    Tab("experts", "liaison_experts.index", _l("Expert pool")),
    Tab("assistance", "liaison_assistance.index", _l("Assistance")),
)


def may_edit() -> bool:
    """Whether the reader may change things, and so may see numbers and addresses."""
    return any(current_user.has_role(role) for role in EDITORS)


def liaison_words() -> dict[str, Any]:
    """The words that every page of liaison may use, and whether the reader may change things."""
    return {
        "area_labels": AREA_LABELS,
        "availability_labels": words.AVAILABILITY_LABELS,
        "column_labels": words.COLUMN_LABELS,
        "contact_level_labels": words.CONTACT_LEVEL_LABELS,
        "expert_level_labels": words.EXPERT_LEVEL_LABELS,
        "giver_kind_labels": words.GIVER_KIND_LABELS,
        "help_kind_labels": words.HELP_KIND_LABELS,
        "means_labels": words.MEANS_LABELS,
        "meeting_kind_labels": MEETING_KIND_LABELS,
        "request_state_labels": words.REQUEST_STATE_LABELS,
        "skill_labels": words.SKILL_LABELS,
        "may_edit": may_edit(),
        "today": field_date(utc_now()),
    }


def render_liaison(template: str, **values: Any) -> str:
    """A page of liaison with its tabs."""
    return render_template(template, tabs=TABS, empty_form=EmptyForm(formdata=None), **values)
