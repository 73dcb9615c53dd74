"""The forms of joint meetings: which place one is prepared for, and a decision that is written down."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from survey.joint_meetings.operations import MAX_LENGTH
from survey.pages.plain_form import PlainForm


class PlaceForm(PlainForm):
    """Whose joint meeting is prepared; sent with GET."""

    region = SelectField(_l("Place"), validate_choice=False)


class DecisionForm(FlaskForm):
    """What the meeting decided about one issue."""

    body = TextAreaField(_l("Decision of the meeting"), [InputRequired(), Length(max=MAX_LENGTH)], render_kw={"rows": 2})
