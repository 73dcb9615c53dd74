"""What all pages of protection share: their parts, and who sees them."""

from typing import Any

from flask import render_template
from flask_babel import lazy_gettext as _l

from survey.navigation import Tab

MANAGERS = ("admin", "coordinator")

TABS = (Tab("log", "proof.index", _l("Log and proof")),)


def render_protection(template: str, **values: Any) -> str:
    """A page of protection under the tabs of its parts."""
    return render_template(template, tabs=TABS, **values)
