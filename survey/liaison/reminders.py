"""The text with which somebody is reminded of materials, to be copied into a letter or message. Nothing is sent from here."""

from datetime import date

from flask_babel import gettext, ngettext

from survey.liaison.models import MaterialRequest
from survey.pages.dates import format_date


def reminder_text(request: MaterialRequest, today: date) -> str:
    """The reminder in the reader's language: what was asked for, when, until when, and what has come of it."""
    lines = [
        gettext("%(name)s:", name=" ".join(filter(None, (request.contact.name, request.contact.post))))
        if request.contact
        else gettext("To the colleagues responsible in %(place)s:", place=request.region.name)
    ]
    asked = {"asked_on": format_date(request.asked_on, "long"), "due_on": format_date(request.due_on, "long"), "title": request.title}
    n_late = (today - request.due_on).days
    if n_late > 0:
        lines.append(gettext("on %(asked_on)s we asked you for “%(title)s”, due on %(due_on)s.", **asked))
        lines.append(ngettext("It is now %(num)s day overdue.", "It is now %(num)s days overdue.", n_late))
    else:
        lines.append(gettext("on %(asked_on)s we asked you for “%(title)s”, which is due on %(due_on)s.", **asked))
    if request.visit:
        lines.append(gettext("We need it to prepare the visit “%(visit)s”.", visit=request.visit.title))
    if request.state == "partly":
        n_files = len(request.files)
        if n_files:
            lines.append(
                ngettext("%(num)s file has arrived; the rest is missing.", "%(num)s files have arrived; the rest is missing.", n_files)
            )
        else:
            lines.append(gettext("A part of it has arrived; the rest is missing."))
    if request.details:
        lines.append(gettext("What is needed: %(details)s", details=request.details))
    lines.append(gettext("Please send it to us soon, or tell us when we may expect it. Thank you."))
    return "\n".join(lines)
