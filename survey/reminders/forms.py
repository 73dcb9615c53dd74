"""The forms of reminders: how often, and a group to be told."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from survey.pages.choices import choices_of
from survey.reminders.words import FREQUENCY_LABELS, STYLE_LABELS


class FrequencyForm(FlaskForm):
    """How often somebody wants a digest."""

    frequency = RadioField(_l("Digest by e-mail"), choices=choices_of(FREQUENCY_LABELS))


class ChannelForm(FlaskForm):
    """A group whose robot is told."""

    name = StringField(_l("Name of the group"), [InputRequired(), Length(max=64)])
    style = SelectField(_l("Robot of"), choices=choices_of(STYLE_LABELS))
    address = StringField(
        _l("Address of the robot"),
        [
            InputRequired(),
            Length(max=1000),
            Regexp(r"^\s*https://\S+\s*$", message=_l("Enter the whole address, which begins with https://.")),
        ],
        description=_l("It is kept sealed and never shown again."),
    )
    secret = PasswordField(_l("Secret, if the robot asks for signed messages"), [Optional(), Length(max=200)])
    region = SelectField(_l("About issues in"), validate_choice=False)
    frequency = SelectField(
        _l("How often"), choices=choices_of({name: label for name, label in FREQUENCY_LABELS.items() if name != "never"})
    )
