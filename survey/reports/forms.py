"""The forms of the report pages."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from survey.choices import choices_of
from survey.language import LANGUAGES
from survey.reports.operations import REGISTERED_BY_HAND, TITLE_LIMIT
from survey.reports.words import KIND_LABELS


class DraftForm(FlaskForm):
    """Which county of which visit a draft is asked for, and in which language."""

    visit = StringField(validators=[DataRequired()])
    county = StringField(validators=[DataRequired()])
    language = SelectField(_l("Language of the draft"), choices=choices_of(LANGUAGES))


class RegisterForm(FlaskForm):
    """A report that was written elsewhere."""

    kind = SelectField(_l("Kind"), [DataRequired()], choices=choices_of({kind: KIND_LABELS[kind] for kind in REGISTERED_BY_HAND}))
    title = StringField(_l("Title"), [DataRequired(), Length(max=TITLE_LIMIT)])
    reported_on = DateField(_l("Date of the report"), [DataRequired()])
    visit = SelectField(_l("Visit"), [Optional()])
