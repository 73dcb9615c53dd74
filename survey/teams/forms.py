"""The forms of the pages of teams. What needs the database (people, places) is offered through arguments."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FloatField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from survey.pages.choices import choices_of
from survey.pages.fields import given
from survey.pages.plain_form import PlainForm
from survey.teams.distributing import Rules
from survey.teams.operations import MAX_LANGUAGE_LENGTH, MAX_NOTE_LENGTH
from survey.teams.words import ROLE_LABELS, day_text
from survey.visits.assignment_operations import MAX_TASKS
from survey.visits.forms import pair_label, trimmed
from survey.visits.models import Visit
from survey.visits.ordering import pairs_in_order

_BETWEEN = re.compile(r"[,，、;；/\n]+")
MAX_DAYS_OFFERED = 62
USUAL = Rules()
ANY_DAY = "none"
"""The choice of no day on the board."""


def split_languages(text: str | None) -> list[str]:
    """The languages that a line names, separated by commas of either language."""
    return [word.strip() for word in _BETWEEN.split(text or "") if word.strip()]


def days_of(visit: Visit) -> list[date]:
    """The days of the visit, at most two months of them."""
    n_days = min((visit.ends_on - visit.starts_on).days + 1, MAX_DAYS_OFFERED)
    return [visit.starts_on + timedelta(days=number) for number in range(n_days)]


class MemberForm(FlaskForm):
    """Somebody who joins the team."""

    user_id = SelectField(_l("Person"), [DataRequired(_l("Choose a person."))])
    role = SelectField(_l("Role in the team"), choices=choices_of(ROLE_LABELS), default="member")

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        """Let one of these people be chosen, given as (id, name)."""
        self.user_id.choices = choices_of(people, none=_l("Choose a person"))


class RoleForm(FlaskForm):
    """What somebody is in the team."""

    role = SelectField(_l("Role in the team"), choices=choices_of(ROLE_LABELS))


class LanguagesForm(FlaskForm):
    """What is spoken in a county."""

    languages = StringField(_l("Spoken there"), filters=[trimmed])

    def validate_languages(self, field: Field) -> None:
        """Refuse a word that is a sentence."""
        _check_languages(field)


class ProfileForm(FlaskForm):
    """What somebody brings to a team."""

    languages = StringField(
        _l("Languages and dialects"),
        description=_l("Separated by commas, such as: Southern Shaanxi dialect, Sichuanese. The common language needs no mention."),
        filters=[trimmed],
        render_kw={"list": "languages-known"},
    )
    home_region_code = SelectField(_l("Home"), [Optional()], validate_choice=False)
    tie_codes = SelectMultipleField(
        _l("Other ties"),
        description=_l("Places where the person worked, has relatives or property. Nobody is sent where they have ties."),
        validate_choice=False,
    )
    is_experienced = BooleanField(_l("Experienced from interviews elsewhere, of which there is no record here"))
    experience = TextAreaField(_l("Experience in words"), [Length(max=MAX_NOTE_LENGTH)], filters=[trimmed])

    def offer(self, places: Sequence[tuple[str, str]]) -> None:
        """Let home and ties be these places, given as (code, name)."""
        self.home_region_code.choices = choices_of(places, none=_l("Not known"))
        self.tie_codes.choices = choices_of(places)

    def validate_languages(self, field: Field) -> None:
        """Refuse a word that is a sentence."""
        _check_languages(field)


def _check_languages(field: Field) -> None:
    if any(len(word) > MAX_LANGUAGE_LENGTH for word in split_languages(field.data)):
        raise ValidationError(_("Separate languages by commas; each is at most %(max)d characters long.", max=MAX_LANGUAGE_LENGTH))


class PeopleFilterForm(PlainForm):
    """Which people are shown; sent with GET."""

    language = SelectField(_l("Speaks"), validate_choice=False)

    def offer(self, languages: Iterable[str]) -> None:
        """Let one of these languages be chosen."""
        self.language.choices = choices_of(((word, word) for word in languages), none=_l("All"))


class DistributeForm(PlainForm):
    """How households are to be given out; sent with GET, so that a proposal has an address."""

    forms = SelectMultipleField(_l("Questionnaires"), [DataRequired(_l("Choose at least one questionnaire."))])
    days = SelectMultipleField(_l("Days"), [DataRequired(_l("Choose at least one day."))])
    per_day = IntegerField(
        _l("Households per pair and day"), [InputRequired(_l("Write a number.")), NumberRange(1, 40)], default=USUAL.households_per_day
    )
    minutes = IntegerField(
        _l("Minutes per household"), [InputRequired(_l("Write a number.")), NumberRange(5, 600)], default=USUAL.minutes_per_household
    )
    near_km = FloatField(
        _l("Largest distance between villages of a day (km)"),
        [InputRequired(_l("Write a number.")), NumberRange(0, 200)],
        default=USUAL.near_km,
    )
    speed_kmh = FloatField(
        _l("Speed on the way (km/h)"), [InputRequired(_l("Write a number.")), NumberRange(1, 120)], default=USUAL.speed_kmh
    )

    def offer(self, visit: Visit, today: date) -> None:
        """Let the forms and days of the visit be chosen; days that have passed are not chosen already."""
        versions = sorted(visit.forms, key=lambda version: (version.form_id != "household", version.form_id))
        days = days_of(visit)
        self.forms.choices = choices_of((version.form_id, version.title_in(str(get_locale()))) for version in versions)
        self.days.choices = choices_of((day.isoformat(), day_text(day)) for day in days)
        if self.forms.data is None:
            self.forms.data = [version.form_id for version in versions[:1]]
        if self.days.data is None:
            self.days.data = [day.isoformat() for day in days if day >= today] or [day.isoformat() for day in days]

    def rules(self) -> Rules:
        """How much fits into a day."""
        return Rules(given(self.per_day.data), given(self.minutes.data), given(self.near_km.data), given(self.speed_kmh.data))

    def chosen_days(self) -> list[date]:
        """The days in order."""
        return sorted(date.fromisoformat(text) for text in self.days.data or ())


class MoveForm(FlaskForm):
    """Where a bundle of the board goes; the bundle is named by pair, day and village."""

    from_pair = StringField(validators=[DataRequired()])
    from_day = StringField(filters=[trimmed])
    village = StringField(validators=[DataRequired()])
    to_pair = SelectField(_l("Pair"), validators=[DataRequired(_l("Choose a pair."))])
    to_day = SelectField(_l("Day"))

    def offer(self, visit: Visit) -> None:
        """Let the visit's pairs and days be chosen, or no day."""
        self.to_pair.choices = choices_of((pair.id, pair_label(pair)) for pair in pairs_in_order(visit))
        self.to_day.choices = choices_of([(ANY_DAY, _l("No day yet")), *((day.isoformat(), day_text(day)) for day in days_of(visit))])


def day_of(text: str | None) -> date | None:
    """The day that a field of the board names; None for none. Raises ValueError for what is no day."""
    return None if not text or text == ANY_DAY else date.fromisoformat(text)


class VillageTaskForm(FlaskForm):
    """A questionnaire that is filled in about a village, or with people who belong to no household: who does it, and when."""

    village = SelectField(_l("Village"), [DataRequired(_l("Choose a village."))])
    form_id = SelectField(_l("Questionnaire"), [DataRequired(_l("Choose a questionnaire."))])
    pair_id = SelectField(_l("Pair"), [DataRequired(_l("Choose a pair."))])
    day = SelectField(_l("Day"), description=_l("Without a day, the day planned for the village is used."))
    n = IntegerField(
        _l("How many"),
        [InputRequired(_l("Write a number.")), NumberRange(1, MAX_TASKS, _l("Write a number from 1 to 20."))],
        default=1,
        description=_l("One for each person to be interviewed, such as cadres; one for a form about the village itself."),
    )
    is_sure = BooleanField(_l("Assign it all the same"))

    def offer(self, visit: Visit) -> None:
        """Let the visit's villages, questionnaires, pairs and days be chosen."""
        villages = sorted((row.village_code, row.village.name) for row in visit.villages)
        versions = sorted(visit.forms, key=lambda version: (version.form_id == "household", version.form_id))
        self.village.choices = choices_of(villages)
        self.form_id.choices = choices_of((version.form_id, version.title_in(str(get_locale()))) for version in versions)
        self.pair_id.choices = choices_of((pair.id, pair_label(pair)) for pair in pairs_in_order(visit))
        self.day.choices = choices_of(((day.isoformat(), day_text(day)) for day in days_of(visit)), none=_l("The village's day"))

    def chosen_day(self, visit: Visit) -> date | None:
        """The day that was chosen, else the day planned for the village."""
        if self.day.data:
            return date.fromisoformat(self.day.data)
        return next((row.planned_on for row in visit.villages if row.village_code == self.village.data), None)


class NoteForm(FlaskForm):
    """What a pair is told for a day."""

    text = TextAreaField(
        _l("Note for this day"),
        [Length(max=MAX_NOTE_LENGTH)],
        description=_l("Printed on the plan: where to meet, who drives, what to take along."),
        filters=[trimmed],
    )


class PairsForm(FlaskForm):
    """Pairs as they are proposed and perhaps changed: one name, lead and second per row, "" for a row without a person.

    The rows come as lists, because their number is the team's.
    """

    def rows(self, values: Any) -> list[Mapping[str, str]]:
        """The rows that were sent, those without any person left out."""
        columns = {name: values.getlist(name) for name in ("pair_id", "name", "lead_id", "second_id")}
        n_rows = min(len(column) for column in columns.values())
        rows = [{name: column[number].strip() for name, column in columns.items()} for number in range(n_rows)]
        return [row for row in rows if row["lead_id"] or row["second_id"]]
