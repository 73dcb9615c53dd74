"""The forms of the pages of places."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from survey.pages.choices import choices_of
from survey.pages.plain_form import PlainForm
from survey.places import codes
from survey.places.models import Household, MonitoringPoint
from survey.places.operations import HouseholdFacts
from survey.places.queries import HouseholdFilter
from survey.places.region_table import MAX_NAME_LENGTH
from survey.places.roster import MAX_LENGTHS, MAX_MEMBERS
from survey.places.words import CAUSE_LABELS, KIND_LABELS, MARKER_LABELS
from survey.protection.reading import may_see_names


def trimmed(value: str | None) -> str | None:
    """The text without blanks around it, for a field's filters."""
    return value.strip() if value else value


class SearchForm(PlainForm):
    """Looking for a place by name or code."""

    search = StringField(_l("Name or code"), filters=[trimmed])


class HouseholdFilterForm(PlainForm):
    """Looking for households of a village; sent with GET."""

    kind = SelectField(_l("Kind of household"), choices=choices_of(KIND_LABELS, none=_l("All")), validate_choice=False)
    search = StringField(_l("Number, head or group"), filters=[trimmed])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_see_names():
            self.search.label.text = _l("Number or group")

    def wanted(self) -> HouseholdFilter:
        """What is looked for."""
        return HouseholdFilter(self.kind.data or "", self.search.data or "", is_by_name=may_see_names())


class RegionForm(FlaskForm):
    """A new place; the names of places above that are missing are asked for by the page when the code is known."""

    code = StringField(
        _l("Code"), [DataRequired()], filters=[trimmed], description=_l("2, 4, 6, 9 or 12 digits, as the statistics office writes it")
    )
    name = StringField(_l("Name"), [DataRequired(), Length(max=MAX_NAME_LENGTH)], filters=[trimmed])

    def validate_code(self, field: StringField) -> None:
        """Refuse what is no place code; afterwards the field holds all twelve digits."""
        full = codes.full_code(field.data or "")
        if full is None:
            raise ValidationError(_l("This is no place code. Write 2, 4, 6, 9 or 12 digits that begin with a province."))
        field.data = full


class RenameForm(FlaskForm):
    """Another name for a place."""

    name = StringField(_l("Name"), [DataRequired(), Length(max=MAX_NAME_LENGTH)], filters=[trimmed])


class MonitoringForm(FlaskForm):
    """A place becomes a monitoring point."""

    chosen_on = DateField(_l("Chosen on"), [InputRequired()])
    reason = StringField(_l("Reason"), [Length(max=255)], filters=[trimmed])

    def __init__(self, today: date, point: MonitoringPoint | None = None, **kwargs: Any) -> None:
        super().__init__(obj=point, data=None if point else {"chosen_on": today}, **kwargs)
        self._today = today

    def validate_chosen_on(self, field: Field) -> None:
        """Refuse a day that has not come."""
        if field.data and field.data > self._today:
            raise ValidationError(_l("This day has not come yet."))


class EndMonitoringForm(FlaskForm):
    """A monitoring point is observed no longer."""

    ended_on = DateField(_l("Ended on"), [InputRequired()])
    end_reason = StringField(_l("Why it ended"), [Length(max=255)], filters=[trimmed])

    def __init__(self, today: date, point: MonitoringPoint | None = None, **kwargs: Any) -> None:
        super().__init__(data={"ended_on": today}, **kwargs)
        self._today, self._point = today, point

    def validate_ended_on(self, field: Field) -> None:
        """Refuse a day that has not come, or on which the place had not been chosen yet."""
        if field.data and field.data > self._today:
            raise ValidationError(_l("This day has not come yet."))
        if field.data and self._point and field.data < self._point.chosen_on:
            raise ValidationError(_l("The place was chosen later than that."))


class HouseholdForm(FlaskForm):
    """One household of the frame."""

    number = StringField(_l("Number"), [DataRequired(), Length(max=MAX_LENGTHS["number"])], filters=[trimmed])
    head_name = StringField(_l("Head of household"), [DataRequired(), Length(max=MAX_LENGTHS["head_name"])], filters=[trimmed])
    kind = SelectField(_l("Kind of household"), choices=choices_of(KIND_LABELS))
    n_members = IntegerField(_l("Members"), [InputRequired(), NumberRange(1, MAX_MEMBERS)])
    cause = SelectField(_l("Main cause of poverty"), choices=choices_of(CAUSE_LABELS, none=_l("None")))
    group_name = StringField(_l("Village group"), [Length(max=MAX_LENGTHS["group_name"])], filters=[trimmed])
    markers = SelectMultipleField(_l("Special attention"), choices=choices_of(MARKER_LABELS))

    def facts(self) -> HouseholdFacts:
        """What was entered."""
        return HouseholdFacts(
            number=self.number.data or "",
            head_name=self.head_name.data or "",
            kind=self.kind.data,
            n_members=self.n_members.data or 0,
            cause=self.cause.data,
            markers=tuple(self.markers.data or ()),
            group_name=self.group_name.data or "",
        )

    @classmethod
    def of(cls, household: Household | None) -> "HouseholdForm":
        """The form, filled with the household if there is one."""
        return cls(obj=household)


class UploadForm(FlaskForm):
    """A spreadsheet to be read."""

    file = FileField(_l("File (.xlsx or .csv)"), [FileRequired(_l("Choose a file first."))])


class ConfirmForm(FlaskForm):
    """The importer's word on a list that was read."""

    keep_good = BooleanField(_l("Leave the bad rows out and import the good ones only"))
