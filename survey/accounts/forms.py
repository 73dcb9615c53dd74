"""The forms about people and their passwords."""

from collections.abc import Iterable

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectChoice, SelectField, SelectMultipleField, StringField, SubmitField, ValidationError
from wtforms.validators import DataRequired, EqualTo, Length, Regexp

from survey.accounts.passwords import COMMON, LONG, MIN_PASSWORD_LENGTH, OWN, weakness
from survey.accounts.tokens import ROLES_OF_SCOPE
from survey.accounts.words import ROLE_LABELS, SCOPE_LABELS
from survey.rights.cutting import BOUND_ROLES

_NEW_PASSWORD = {"autocomplete": "new-password"}
_ROLE_CHOICES = [SelectChoice(value=role, label=label) for role, label in ROLE_LABELS.items()]


_WEAKNESS_LABELS = {
    OWN: _l("This is little more than the name or the organisation."),
    COMMON: _l("This is among the passwords that are tried first. A longer sentence is better."),
    LONG: _l("This is too long."),
}


class NotGuessable:
    """A validator of new passwords: not what others try first. The form may have `known`, words that others know of the person."""

    def __call__(self, form: FlaskForm, field: PasswordField) -> None:
        """Raise ValidationError with what is wrong."""
        own = (form[name].data or "" for name in ("username", "name", "organisation") if name in form)
        wrong = weakness(field.data or "", (*own, *getattr(form, "known", ())))
        if wrong in _WEAKNESS_LABELS:
            raise ValidationError(_WEAKNESS_LABELS[wrong])


def _new_password(label: LazyString) -> PasswordField:
    too_short = _l("Use at least %(min)d characters.")
    hint = _l("At least %(number)s characters; a short sentence is easy to remember.", number=MIN_PASSWORD_LENGTH)
    validators = [DataRequired(_l("Write a password.")), Length(min=MIN_PASSWORD_LENGTH, message=too_short), NotGuessable()]
    return PasswordField(label, validators, description=hint, render_kw=_NEW_PASSWORD)


class PersonForm(FlaskForm):
    """A person's name, organisation, roles, and the place that somebody of the responsible side answers for."""

    name = StringField(_l("Full name"), [DataRequired(_l("Write the person's name.")), Length(max=64)])
    organisation = StringField(_l("Organisation"), [Length(max=128)])
    phone = StringField(
        _l("Telephone"),
        [Length(max=32), Regexp(r"^[0-9+() -]*$", message=_l("Use digits, spaces, hyphens, brackets and a plus sign only."))],
        description=_l("Only for questionnaires that ask for the interviewer's telephone number."),
        render_kw={"inputmode": "tel", "autocomplete": "off"},
    )
    contact_email = StringField(
        _l("E-mail address"),
        [Length(max=255), Regexp(r"^$|^[^@\s]+@[^@\s]+$", message=_l("Write one address, such as name@example.org."))],
        description=_l("Only for questionnaires that ask for the interviewer's e-mail address."),
        render_kw={"inputmode": "email", "autocomplete": "off", "autocapitalize": "none"},
    )
    roles = SelectMultipleField(_l("Roles"), [DataRequired(_l("Choose at least one role."))], choices=_ROLE_CHOICES)
    region_code = SelectField(_l("Place"), description=_l("For the responsible side only: the county it answers for."))
    place_codes = SelectMultipleField(
        _l("Bound to places"),
        description=_l("For coordinators and authors: they see nothing of other places. None: everywhere."),
    )
    submit = SubmitField(_l("Save"))

    def validate_place_codes(self, field: SelectMultipleField) -> None:
        """Only roles that can be bound to places are."""
        roles = set(self.roles.data or ())
        if field.data and ("admin" in roles or not BOUND_ROLES & roles):
            raise ValidationError(_l("Only coordinators and authors who are not administrators can be bound to places."))

    def offer_bounds(self, places: Iterable[tuple[str, str]]) -> None:
        """Let the person be bound to some of these places, given as (code, name)."""
        self.place_codes.choices = [SelectChoice(value=code, label=name) for code, name in places]

    def offer_places(self, places: Iterable[tuple[str, str]]) -> None:
        """Let the person answer for one of these places, given as (code, name), or for none."""
        self.region_code.choices = [SelectChoice(value="", label="—"), *(SelectChoice(value=code, label=name) for code, name in places)]


class UserForm(PersonForm):
    """A new person, with a user name; the first password is made by the program."""

    username = StringField(
        _l("User name"),
        [
            DataRequired(_l("Write a user name.")),
            Length(max=64),
            Regexp(r"^[A-Za-z0-9._-]+$", message=_l("Use letters, digits, dots, hyphens and underscores only.")),
        ],
        render_kw={"autocomplete": "off", "autocapitalize": "none"},
    )
    submit = SubmitField(_l("Add this person"))


class OwnPasswordForm(FlaskForm):
    """One's own password: the present one, the new one, and the new one again."""

    known: tuple[str, ...] = ()
    current = PasswordField(
        _l("Present password"), [DataRequired(_l("Write your present password."))], render_kw={"autocomplete": "current-password"}
    )
    password = _new_password(_l("New password"))
    again = PasswordField(_l("New password again"), [EqualTo("password", _l("The two are not the same."))], render_kw=_NEW_PASSWORD)
    submit = SubmitField(_l("Change my password"))


class TokenForm(FlaskForm):
    """A token for a program: what it is called, what it may do, and how long."""

    name = StringField(
        _l("Name"),
        [DataRequired(_l("Say what the token is for.")), Length(max=64)],
        description=_l("For example the device it will be on, so that it can be told from others later."),
    )
    scope = SelectField(_l("What it may do"))
    days = SelectField(
        _l("Valid for"),
        choices=[
            SelectChoice(value="7", label=_l("a week")),
            SelectChoice(value="30", label=_l("a month")),
            SelectChoice(value="90", label=_l("three months")),
            SelectChoice(value="365", label=_l("a year")),
        ],
        default="30",
    )
    submit = SubmitField(_l("Make a token"))

    def offer_scopes(self, roles: Iterable[str]) -> None:
        """Offer what the tokens of somebody with these roles may do."""
        held = set(roles)
        self.scope.choices = [
            SelectChoice(value=scope, label=label) for scope, label in SCOPE_LABELS.items() if ROLES_OF_SCOPE[scope] & held
        ]

    def offering(self, other: "TokenForm") -> "TokenForm":
        """This form, offering what the other one does."""
        self.scope.choices = other.scope.choices
        return self
