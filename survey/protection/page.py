"""What all pages of protection share: their parts, and who sees them."""

from typing import Any

from flask import render_template
from flask_babel import lazy_gettext as _l
from flask_security import current_user

from survey.pages.navigation import Tab

MANAGERS = ("admin", "coordinator")

TABS = (
    Tab("log", "proof.index", _l("Log and proof")),
    Tab("people", "personal_data.index", _l("One person's data")),
    Tab("retention", "retention.index", _l("Retention")),
)
OF_ADMINS = (Tab("reads", "personal_reads.index", _l("Who read what")),)


def render_protection(template: str, **values: Any) -> str:
    """A page of protection under the tabs of its parts."""
    tabs = (*TABS, *OF_ADMINS) if current_user.has_role("admin") else TABS
    return render_template(template, tabs=tabs, **values)
