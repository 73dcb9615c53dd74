"""The form with which a coordinator takes in what a tablet exported."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired


class ImportForm(FlaskForm):
    """The encrypted file of a tablet."""

    file = FileField(_l("File from the tablet (.sealed)"), [FileRequired(_l("Choose a file first."))])
