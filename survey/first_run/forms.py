"""The forms of the first steps."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    FormField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, Optional, Regexp

from survey.accounts.forms import NotGuessable
from survey.accounts.passwords import MIN_PASSWORD_LENGTH
from survey.liaison.words import EXPERT_LEVEL_LABELS
from survey.pages.choices import choices_of
from survey.pages.plain_form import PlainForm
from survey.visits.forms import trimmed
from survey.visits.operations import MAX_TITLE_LENGTH

_NEW_PASSWORD = {"autocomplete": "new-password"}


class AdministratorForm(FlaskForm):
    """The first account: the code from the terminal, and who it is for."""

    code = StringField(
        _l("Code from the terminal"),
        [DataRequired(_l("Write the code."))],
        filters=[trimmed],
        description=_l("Printed in the window in which the server was started. It proves that you run it."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    name = StringField(_l("Full name"), [DataRequired(_l("Write the person's name.")), Length(max=64)], filters=[trimmed])
    username = StringField(
        _l("User name"),
        [
            DataRequired(_l("Write a user name.")),
            Length(max=64),
            Regexp(r"^[A-Za-z0-9._-]+$", message=_l("Use letters, digits, dots, hyphens and underscores only.")),
        ],
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )
    password = PasswordField(
        _l("Password"),
        [
            DataRequired(_l("Write a password.")),
            Length(min=MIN_PASSWORD_LENGTH, message=_l("Use at least %(min)d characters.")),
            NotGuessable(),
        ],
        description=_l("At least %(number)s characters; a short sentence is easy to remember.", number=MIN_PASSWORD_LENGTH),
        render_kw=_NEW_PASSWORD,
    )
    again = PasswordField(_l("The same password again"), [EqualTo("password", _l("The two are not the same."))], render_kw=_NEW_PASSWORD)


class OrganisationForm(FlaskForm):
    """Whose installation it is."""

    organisation = StringField(
        _l("Name of the organisation"),
        [DataRequired(_l("Write the name of the organisation.")), Length(max=128)],
        filters=[trimmed],
        description=_l("In full, as it stands under reports."),
    )
    short_name = StringField(
        _l("Short name"), [Length(max=32)], filters=[trimmed], description=_l("Shown on the start page; may be left empty.")
    )
    level = SelectField(_l("Level of the organisation"), choices=choices_of(EXPERT_LEVEL_LABELS), default="county")


class PairRow(PlainForm):
    """The two people of a pair; both empty for none."""

    lead = SelectField(_l("Lead"), validate_choice=False)
    second = SelectField(_l("Second"), validate_choice=False)


class FirstVisitForm(FlaskForm):
    """A first visit on one page."""

    title = StringField(_l("Title"), [DataRequired(_l("Write a title.")), Length(max=MAX_TITLE_LENGTH)], filters=[trimmed])
    starts_on = DateField(_l("First day"), [InputRequired(_l("Choose a day."))])
    ends_on = DateField(_l("Last day"), [InputRequired(_l("Choose a day."))])
    villages = SelectMultipleField(_l("Villages"), [DataRequired(_l("Choose at least one village."))])
    forms = SelectMultipleField(
        _l("Questionnaires"),
        [DataRequired(_l("Choose a questionnaire."))],
        description=_l("They come with the program. Others, and your own, are added on the page of questionnaires."),
    )
    pairs = FieldList(FormField(PairRow))
    assigns_all = BooleanField(
        _l("Give all households of these villages to the pairs, evenly"),
        [Optional()],
        default=True,
        description=_l("Otherwise households are drawn by chance, or chosen, on the pages of the visit."),
    )

    def offer(self, villages: Iterable[tuple[str, str]], forms: Iterable[tuple[str, str]], people: Iterable[tuple[str, str]]) -> None:
        """Let these villages, questionnaires and people be chosen, each given as (key, name)."""
        self.villages.choices, self.forms.choices = choices_of(villages), choices_of(forms)
        options = choices_of(people, none=_l("Nobody"))
        for row in self.pairs:
            row.form.lead.choices = row.form.second.choices = options
        self._names = dict(people)

    def validate_ends_on(self, field: Field) -> None:
        """Refuse an end before the beginning."""
        if self.starts_on.data and field.data and field.data < self.starts_on.data:
            raise ValidationError(_l("The visit cannot end before it begins."))

    def validate_pairs(self, field: "FieldList[Any]") -> None:
        """Refuse half pairs, strangers, and people in two pairs."""
        chosen = [person for row in field for person in (row.form.lead.data, row.form.second.data) if person]
        if not self.chosen_pairs():
            raise ValidationError(_l("Choose at least one pair: two different people."))
        if any(bool(row.form.lead.data) != bool(row.form.second.data) for row in field):
            raise ValidationError(_l("A pair is two people; nobody interviews alone."))
        if set(chosen) - self._names.keys():
            raise ValidationError(_l("Everybody can be in one pair only."))
        if twice := [name for key, name in self._names.items() if chosen.count(key) > 1]:
            raise ValidationError(
                _l("Everybody can be in one pair only, but these are chosen twice: %(people)s", people=_(", ").join(twice))
            )

    def chosen_pairs(self) -> list[tuple[str, str]]:
        """The pairs with both people, as (lead, second)."""
        return [(row.form.lead.data, row.form.second.data) for row in self.pairs if row.form.lead.data and row.form.second.data]
