"""The forms of the pages of protection."""

from collections.abc import Iterable
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from survey.pages.choices import choices_of
from survey.pages.plain_form import PlainForm
from survey.protection.operations import MAX_TEXT_LENGTH
from survey.protection.queries import ReadFilter


class ReadFilterForm(PlainForm):
    """Which reads are wanted; a filter that cannot be understood is none."""

    person = SelectField(_l("Person"), [Optional()], validate_choice=False)
    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("Until"), [Optional()])
    address = StringField(_l("Address of the page"), [Optional()])

    def offer(self, readers: Iterable[tuple[str, str]]) -> None:
        """Let these people, given as (id, name), be chosen, or everybody."""
        self.person.choices = choices_of(readers, none=_l("Everybody"))

    def wanted(self) -> ReadFilter:
        """What is asked for."""
        is_valid = self.validate()
        since, until = (self.since.data, self.until.data) if is_valid else (None, None)
        return ReadFilter(self.person.data or "", since, until, (self.address.data or "").strip())


class PersonSearchForm(PlainForm):
    """Who is looked for."""

    q = StringField(_l("Name, household number or identity number"), [Optional()])


class ErasureForm(FlaskForm):
    """Why the data of a household or person are to be erased."""

    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(_l("Say why.")), Length(max=MAX_TEXT_LENGTH)],
        description=_l("For example who asked for it in writing, and when; without names, as the log keeps it."),
    )


class RetentionForm(FlaskForm):
    """What a visit's personal data are used for, and until when they are kept."""

    purpose = TextAreaField(_l("What the personal data are used for"), [Optional(), Length(max=MAX_TEXT_LENGTH)])
    keep_until = DateField(_l("Kept until"), [Optional()], description=_l("Left empty: the day that follows from the settings."))

    def check_day(self, ends_on: date) -> bool:
        """Whether the day does not lie before the visit's end; says so at the field if it does."""
        if self.keep_until.data is None or self.keep_until.data >= ends_on:
            return True
        self.keep_until.errors = [_l("Personal data are kept until the visit ends at least.")]
        return False
