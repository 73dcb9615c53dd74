"""A Word file that somebody hands in, and what is to be done with it."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField

from survey.pages.choices import choices_of

ACTIONS = {
    "refresh": _l("Bring its figures up to date"),
    "trace": _l("Compare its figures with the data"),
    "names": _l("Look for names, numbers and dates of those visited"),
    "format": _l("Hold it against the official format"),
}


class FileForm(FlaskForm):
    """The file, which is never changed itself, and the action."""

    file = FileField(_l("Word file (.docx)"), [FileRequired(_l("Choose a file first."))])
    action = RadioField(_l("What to do"), choices=choices_of(ACTIONS), default="refresh")
