"""The form that adds a person."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectMultipleField, StringField, SubmitField
from wtforms.validators import DataRequired, Length, Optional

from survey.accounts.operations import MIN_PASSWORD_LENGTH

ROLE_LABELS = {
    "admin": _l("Administrator"),
    "coordinator": _l("Coordinator"),
    "interviewer": _l("Interviewer"),
    "author": _l("Author"),
    "responsible": _l("Responsible side"),
}


class UserForm(FlaskForm):
    """A new person: user name, name, organisation, roles and first password."""

    username = StringField(_l("User name"), [DataRequired(), Length(max=64)])
    name = StringField(_l("Name"), [DataRequired(), Length(max=64)])
    organisation = StringField(_l("Organisation"), [Length(max=128)])
    roles = SelectMultipleField(_l("Roles"), [DataRequired()], choices=list(ROLE_LABELS.items()))
    region_code = StringField(_l("Place code of the responsible side"), [Optional(), Length(min=12, max=12)])
    password = PasswordField(_l("First password"), [DataRequired(), Length(min=MIN_PASSWORD_LENGTH)])
    submit = SubmitField(_l("Add this person"))
