"""The forms of persons, of the register of identification, and of the day that figures are asked for."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, Field, IntegerField, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from survey.pages.choices import choices_of
from survey.pages.plain_form import PlainForm
from survey.places.forms import trimmed
from survey.registry.id_numbers import clean_id_number, read_id_number
from survey.registry.models import HouseholdMember, Identification
from survey.registry.operations import MAX_NAME_LENGTH, MAX_NOTE_LENGTH, MemberFacts
from survey.registry.texts import id_number_text
from survey.registry.words import (
    HEALTH_LABELS,
    IDENTIFICATION_LABELS,
    LEAVING_LABELS,
    MEMBER_FIELD_LABELS,
    RELATION_LABELS,
    SCHOOLING_LABELS,
    SEX_LABELS,
    WORK_LABELS,
)

UNKNOWN = _l("Not known")
EARLIEST_YEAR = 1890


def refuse_later(day: date | None, today: date) -> None:
    """Refuse a day that has not come."""
    if day and day > today:
        raise ValidationError(_("This day has not come yet."))


class MemberForm(FlaskForm):
    """One person of a household; a stored identity number is never sent out to be filled in, and an empty field keeps it."""

    name = StringField(MEMBER_FIELD_LABELS["name"], [DataRequired(), Length(max=MAX_NAME_LENGTH)], filters=[trimmed])
    relation = SelectField(MEMBER_FIELD_LABELS["relation"], choices=choices_of(RELATION_LABELS, none=UNKNOWN))
    sex = SelectField(MEMBER_FIELD_LABELS["sex"], choices=choices_of(SEX_LABELS, none=UNKNOWN))
    birth_year = IntegerField(MEMBER_FIELD_LABELS["birth_year"], [Optional(), NumberRange(min=EARLIEST_YEAR)])
    schooling = SelectField(MEMBER_FIELD_LABELS["schooling"], choices=choices_of(SCHOOLING_LABELS, none=UNKNOWN))
    health = SelectField(MEMBER_FIELD_LABELS["health"], choices=choices_of(HEALTH_LABELS, none=UNKNOWN))
    work = SelectField(MEMBER_FIELD_LABELS["work"], choices=choices_of(WORK_LABELS, none=UNKNOWN))
    new_number = StringField(MEMBER_FIELD_LABELS["id_number"], [Length(max=40)], filters=[trimmed])
    forget_number = BooleanField(_l("Take the stored identity number away"))

    def __init__(self, today: date, member: HouseholdMember | None = None, **kwargs: Any) -> None:
        super().__init__(obj=member, **kwargs)
        self._today = today

    def validate_birth_year(self, field: Field) -> None:
        """Refuse a year that has not come."""
        if field.data and field.data > self._today.year:
            raise ValidationError(_l("This year has not come yet."))

    def validate_new_number(self, field: Field) -> None:
        """Refuse what is no identity number, or says another year or sex than the other fields."""
        if not field.data:
            return
        found = read_id_number(clean_id_number(field.data), self._today)
        if isinstance(found, str):
            raise ValidationError(id_number_text(found))
        if self.birth_year.data not in (None, found.born_on.year):
            raise ValidationError(_("The identity number says %(year)s as the year of birth.", year=found.born_on.year))
        if self.sex.data not in ("", found.sex):
            raise ValidationError(_("The identity number says the other sex. Compare both with the card."))
        self.birth_year.data, self.sex.data = found.born_on.year, found.sex

    def facts(self) -> MemberFacts:
        """What was entered."""
        return MemberFacts(
            name=self.name.data or "",
            sex=self.sex.data,
            birth_year=self.birth_year.data,
            relation=self.relation.data,
            schooling=self.schooling.data,
            health=self.health.data,
            work=self.work.data,
            id_number=self.new_number.data or ("" if self.forget_number.data else None),
        )


class LeaveForm(FlaskForm):
    """A person lives in the household no longer."""

    left_on = DateField(_l("Since"), [InputRequired()])
    left_reason = SelectField(_l("Reason"), choices=choices_of(LEAVING_LABELS))

    def __init__(self, today: date, **kwargs: Any) -> None:
        super().__init__(data={"left_on": today}, **kwargs)
        self._today = today

    def validate_left_on(self, field: Field) -> None:
        """Refuse a day that has not come."""
        refuse_later(field.data, self._today)


class IdentificationForm(FlaskForm):
    """What happened to a household in the register."""

    kind = SelectField(_l("What happened"), choices=choices_of(IDENTIFICATION_LABELS))
    happened_on = DateField(_l("On"), [InputRequired()])
    note = StringField(_l("Note"), [Length(max=MAX_NOTE_LENGTH)], filters=[trimmed])

    def __init__(self, today: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._today = today

    def validate_happened_on(self, field: Field) -> None:
        """Refuse a day that has not come."""
        refuse_later(field.data, self._today)


class CorrectionForm(IdentificationForm):
    """What a row of the register should have said, or that it should not be there, and why."""

    is_withdrawn = BooleanField(_l("It did not happen: take the row back"))
    reason = StringField(_l("Why it is corrected"), [DataRequired(), Length(max=MAX_NOTE_LENGTH)], filters=[trimmed])

    @classmethod
    def of(cls, row: Identification, today: date) -> "CorrectionForm":
        """The form, filled with the row."""
        return cls(today, data={"kind": row.kind, "happened_on": row.happened_on, "note": row.note})


class DayForm(PlainForm):
    """The day that is asked about; sent with GET."""

    day = DateField(_l("On the day"), [Optional()])

    def wanted(self, today: date) -> date:
        """The day, today when none (or nonsense) was sent."""
        return self.day.data if self.validate() and self.day.data else today
