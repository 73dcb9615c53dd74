"""What a batch is to draft."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import DataRequired

from survey.pages.choices import choices_of
from survey.pages.language import LANGUAGES
from survey.reports.words import AUDIENCE_LABELS


class BatchForm(FlaskForm):
    """Kind, language and readers of the drafts, and the places; all of them are ticked at first."""

    kind = SelectField(_l("Kind"), [DataRequired()])
    language = SelectField(_l("Language of the draft"), choices=choices_of(LANGUAGES))
    audience = SelectField(_l("For"), choices=choices_of(AUDIENCE_LABELS))
    places = SelectMultipleField(_l("Places"), [DataRequired(_l("Tick at least one place."))])
