"""The forms of contacts and materials, and what the forms of liaison share. Places and people are offered through arguments."""

from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import BooleanField, DateField, Field, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from survey.liaison.contact_queries import ContactFilter
from survey.liaison.material_queries import RequestFilter
from survey.liaison.models import Contact
from survey.liaison.words import CONTACT_LEVEL_LABELS, MEANS_LABELS, REQUEST_STATE_LABELS
from survey.pages.choices import choices_of
from survey.pages.plain_form import PlainForm
from survey.places.codes import full_code

PHONE = Regexp(r"^[0-9+()（）、,/ -]*$", message=_l("Use digits, spaces, hyphens, brackets and a plus sign only."))
EMAIL = Regexp(r"^$|^[^@\s]+@[^@\s]+$", message=_l("Write one address, such as name@example.org."))
DUE_CHOICES = {"overdue": _l("Overdue"), "soon": _l("Due soon"), "waiting": _l("Still to come")}


def trimmed(value: str | None) -> str | None:
    """The text without blanks around it, for a field's filters."""
    return value.strip() if value else value


def refuse_future(day: date | None, today: date) -> None:
    """Refuse a day that has not come."""
    if day and day > today:
        raise ValidationError(_l("This day has not come yet."))


class ContactFilterForm(PlainForm):
    """Which contacts are shown; sent with GET."""

    place = SelectField(_l("Place"), validate_choice=False)
    level = SelectField(_l("Level"), choices=choices_of(CONTACT_LEVEL_LABELS, none=_l("All")), validate_choice=False)
    search = StringField(_l("Name, post or organisation"), filters=[trimmed])
    past = BooleanField(_l("Former ones too"))

    def offer(self, places: Iterable[tuple[str, str]]) -> None:
        """Let the contacts in one of these places be chosen, given as (code, name)."""
        self.place.choices = choices_of(places, none=_l("All"))

    def wanted(self) -> ContactFilter:
        """What is looked for."""
        return ContactFilter(full_code(self.place.data or "") or "", self.level.data or "", self.search.data or "", self.past.data)


class ContactForm(FlaskForm):
    """One contact."""

    region_code = SelectField(_l("Place"), [DataRequired(_l("Choose a place."))])
    name = StringField(_l("Full name"), [DataRequired(_l("Write the person's name.")), Length(max=64)], filters=[trimmed])
    post = StringField(_l("Post"), [Length(max=128)], filters=[trimmed])
    organisation = StringField(_l("Organisation"), [Length(max=128)], filters=[trimmed])
    phone = StringField(_l("Telephone"), [Length(max=64), PHONE], filters=[trimmed], render_kw={"inputmode": "tel", "autocomplete": "off"})
    email = StringField(
        _l("E-mail address"),
        [Length(max=255), EMAIL],
        filters=[trimmed],
        render_kw={"inputmode": "email", "autocomplete": "off", "autocapitalize": "none"},
    )
    active_from = DateField(_l("In this post from"), [InputRequired(_l("Choose a day."))])
    active_until = DateField(_l("In this post until"), [Optional()], description=_l("Left empty as long as it goes on."))
    note = StringField(_l("Note"), [Length(max=255)], filters=[trimmed])

    def offer(self, places: Iterable[tuple[str, str]]) -> None:
        """Let the contact be one of these places, given as (code, name)."""
        self.region_code.choices = choices_of(places, none=_l("Choose a place"))

    def validate_active_until(self, field: Field) -> None:
        """Refuse an end before the beginning."""
        if field.data and self.active_from.data and field.data < self.active_from.data:
            raise ValidationError(_l("This lies before the first day."))


class RequestFilterForm(PlainForm):
    """Which requests are shown; sent with GET."""

    place = SelectField(_l("Place"), validate_choice=False)
    visit = SelectField(_l("Visit"), validate_choice=False)
    state = SelectField(
        _l("State"), choices=choices_of([*DUE_CHOICES.items(), *REQUEST_STATE_LABELS.items()], none=_l("All")), validate_choice=False
    )
    search = StringField(_l("What was asked for"), filters=[trimmed])

    def offer(self, places: Iterable[tuple[str, str]], visits: Iterable[tuple[str, str]]) -> None:
        """Let one of these places and visits be chosen, given as (code, name)."""
        self.place.choices = choices_of(places, none=_l("All"))
        self.visit.choices = choices_of(visits, none=_l("All"))

    def wanted(self) -> RequestFilter:
        """What is looked for."""
        place = full_code(self.place.data or "") or ""
        return RequestFilter(place, self.visit.data or "", self.state.data or "", self.search.data or "")


class RequestForm(FlaskForm):
    """What is asked of whom, and by when."""

    title = StringField(_l("What is asked for"), [DataRequired(_l("Write what is asked for.")), Length(max=128)], filters=[trimmed])
    details = TextAreaField(_l("Details"), filters=[trimmed], description=_l("Years, tables, form: whatever the other side needs to know."))
    region_code = SelectField(_l("Asked of the place"), [DataRequired(_l("Choose a place."))])
    contact_id = SelectField(_l("Through the contact"), description=_l("A contact of this place or of one above it."))
    visit_id = SelectField(_l("For the visit"))
    asked_on = DateField(_l("Asked on"), [InputRequired(_l("Choose a day."))])
    due_on = DateField(_l("Due on"), [InputRequired(_l("Choose a day."))])

    def offer(self, places: Iterable[tuple[str, str]], contacts: Sequence[Contact], visits: Iterable[tuple[str, str]], today: date) -> None:
        """Let one of these places, contacts and visits be chosen."""
        self.region_code.choices = choices_of(places, none=_l("Choose a place"))
        shown = [(contact.id, " · ".join(filter(None, (contact.region.name, contact.name, contact.post)))) for contact in contacts]
        self.contact_id.choices = choices_of(shown, none=_l("Nobody in particular"))
        self.visit_id.choices = choices_of(visits, none=_l("No visit in particular"))
        self.contacts = contacts
        self._today = today

    def validate_asked_on(self, field: Field) -> None:
        """Refuse a day that has not come."""
        refuse_future(field.data, self._today)

    def validate_due_on(self, field: Field) -> None:
        """Refuse a day before the one on which it was asked for."""
        if field.data and self.asked_on.data and field.data < self.asked_on.data:
            raise ValidationError(_l("This lies before the day on which it is asked for."))


class FilesForm(FlaskForm):
    """Files that belong to a record."""

    files = MultipleFileField(_l("Files"), [FileRequired(_l("Choose a file first."))])


class ReceiveForm(FlaskForm):
    """What has come of a request: files, or a note of what came on paper; and whether that is all."""

    files = MultipleFileField(_l("Files"))
    note = StringField(_l("What came without a file"), [Length(max=255)], filters=[trimmed])
    is_complete = BooleanField(_l("That is all; nothing is still to come"))

    def validate_note(self, field: Field) -> None:
        """Ask for something when nothing is entered at all."""
        has_file = any(each and each.filename for each in self.files.data or ())
        if not has_file and not field.data and not self.is_complete.data:
            raise ValidationError(_l("Choose a file, or write what came."))


class WithdrawForm(FlaskForm):
    """Why a request is no longer needed."""

    reason = StringField(_l("Reason"), [DataRequired(_l("Write a reason.")), Length(max=255)], filters=[trimmed])


class ReminderForm(FlaskForm):
    """That somebody was reminded."""

    reminded_on = DateField(_l("Day"), [InputRequired(_l("Choose a day."))])
    means = SelectField(_l("How"), choices=choices_of(MEANS_LABELS))
    note = StringField(_l("Note"), [Length(max=255)], filters=[trimmed], id="reminder-note")

    def offer(self, asked_on: date, today: date) -> None:
        """Let days since it was asked for be chosen, up to today."""
        self._asked_on, self._today = asked_on, today

    def validate_reminded_on(self, field: Field) -> None:
        """Refuse a day that has not come, or before it was asked for."""
        refuse_future(field.data, self._today)
        if field.data and field.data < self._asked_on:
            raise ValidationError(_l("This lies before the day on which it was asked for."))
