"""The forms of the register of assistance. Places and years are offered through arguments."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field, IntegerField, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from survey.liaison.amounts import parse_fen, ten_thousands
from survey.liaison.assistance_operations import AssistanceFacts
from survey.liaison.assistance_queries import AssistanceFilter
from survey.liaison.forms import trimmed
from survey.liaison.models import Assistance
from survey.liaison.register import MAX_GIVER_LENGTH, MAX_NOTE_LENGTH, YEARS
from survey.liaison.words import COLUMN_LABELS, GIVER_KIND_LABELS, HELP_KIND_LABELS
from survey.pages.choices import choices_of
from survey.pages.plain_form import PlainForm
from survey.places.codes import full_code


class AssistanceFilterForm(PlainForm):
    """Which entries are shown; sent with GET."""

    year = SelectField(_l("Year"), validate_choice=False)
    place = SelectField(_l("Receiving place"), validate_choice=False)
    giver_kind = SelectField(_l("Kind of giver"), choices=choices_of(GIVER_KIND_LABELS, none=_l("All")), validate_choice=False)
    help_kind = SelectField(_l("Kind of help"), choices=choices_of(HELP_KIND_LABELS, none=_l("All")), validate_choice=False)
    search = StringField(_l("Giver or note"), filters=[trimmed])

    def offer(self, years: Iterable[int], places: Iterable[tuple[str, str]]) -> None:
        """Let one of these years and places be chosen."""
        self.year.choices = choices_of(((str(year), str(year)) for year in years), none=_l("All"))
        self.place.choices = choices_of(places, none=_l("All"))

    def wanted(self) -> AssistanceFilter:
        """What is looked for."""
        return AssistanceFilter(
            year=self.year.data or "",
            place=full_code(self.place.data or "") or "",
            giver_kind=self.giver_kind.data or "",
            help_kind=self.help_kind.data or "",
            search=self.search.data or "",
        )


class AssistanceForm(FlaskForm):
    """Help that was given."""

    giver = StringField(
        COLUMN_LABELS["giver"],
        [DataRequired(_l("Write who gave it.")), Length(max=MAX_GIVER_LENGTH)],
        filters=[trimmed],
        render_kw={"list": "givers", "autocomplete": "off"},
    )
    giver_kind = SelectField(COLUMN_LABELS["giver_kind"], choices=choices_of(GIVER_KIND_LABELS))
    help_kind = SelectField(COLUMN_LABELS["help_kind"], choices=choices_of(HELP_KIND_LABELS))
    amount = StringField(
        COLUMN_LABELS["amount"],
        [DataRequired(_l("Write an amount; 0 for help without one."))],
        filters=[trimmed],
        description=_l("Up to six decimals, such as 12.5."),
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    region_code = SelectField(COLUMN_LABELS["place"], [DataRequired(_l("Choose a place."))])
    year = IntegerField(COLUMN_LABELS["year"], [InputRequired(_l("Write a year.")), NumberRange(YEARS.start, YEARS.stop - 1)])
    note = StringField(COLUMN_LABELS["note"], [Length(max=MAX_NOTE_LENGTH)], filters=[trimmed])

    def offer(self, places: Iterable[tuple[str, str]]) -> None:
        """Let one of these places be chosen, given as (code, name)."""
        self.region_code.choices = choices_of(places, none=_l("Choose a place"))

    def validate_amount(self, field: Field) -> None:
        """Refuse what is no amount, is below zero, or finer than a fen."""
        if parse_fen(field.data or "") is None:
            raise ValidationError(_l("This is no amount in 10,000 yuan. Write digits with at most six decimals, not below zero."))

    def facts(self) -> AssistanceFacts:
        """What was entered."""
        return AssistanceFacts(
            giver=self.giver.data or "",
            giver_kind=self.giver_kind.data,
            help_kind=self.help_kind.data,
            amount_fen=parse_fen(self.amount.data or "") or 0,
            region_code=self.region_code.data,
            year=self.year.data or 0,
            note=self.note.data or "",
        )

    @classmethod
    def of(cls, found: Assistance) -> "AssistanceForm":
        """The form, filled with the entry."""
        names = ("giver", "giver_kind", "help_kind", "region_code", "year", "note")
        amount = f"{ten_thousands(found.amount_fen).normalize():f}"
        return cls(data={"amount": amount, **{name: getattr(found, name) for name in names}})


class RegisterUploadForm(FlaskForm):
    """A spreadsheet to be read."""

    file = FileField(_l("File (.xlsx or .csv)"), [FileRequired(_l("Choose a file first."))])


class RegisterConfirmForm(FlaskForm):
    """The importer's word on a spreadsheet that was read."""

    keep_good = BooleanField(_l("Leave the bad rows out and import the good ones only"))
    with_duplicates = BooleanField(_l("Import the duplicates too; they are separate gifts"))
