"""The administrator's form that binds an account to somebody of the provider."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, SubmitField
from wtforms.validators import DataRequired, Length

from survey.openid.models import MAX_SUBJECT_LENGTH


class SubjectForm(FlaskForm):
    """By what the provider means the person."""

    subject = StringField(
        _l("Identifier at the provider (sub)"),
        [DataRequired(_l("Write the identifier.")), Length(max=MAX_SUBJECT_LENGTH, message=_l("At most %(max)d signs."))],
        description=_l("Not the user name: the provider's directory shows it, often as a row of letters and digits."),
    )
    submit = SubmitField(_l("Connect"))
