"""The forms of the report pages: how a draft is written, what is quoted in it, and reports written elsewhere."""

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, FieldList, FormField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from analysis.report.kinds.records import Quotation
from analysis.report.official.formalities import Formalities, signed
from survey.house_styles.models import HouseStyle
from survey.house_styles.queries import IN_USE, NONE
from survey.issues.words import AREA_LABELS
from survey.pages.choices import Label, choices_of
from survey.pages.language import LANGUAGES
from survey.pages.plain_form import PlainForm
from survey.places.words import KIND_LABELS as HOUSEHOLD_KIND_LABELS
from survey.reports.operations import REGISTERED_BY_HAND, TITLE_LIMIT
from survey.reports.words import AUDIENCE_LABELS, KIND_LABELS

QUOTED_AT_MOST = 6
QUOTATION_LIMIT = 200
SPEAKERS = {**HOUSEHOLD_KIND_LABELS, "cadre": _l("Village cadre"), "work_team": _l("Resident work team")}


class QuotationForm(PlainForm):
    """What somebody said, and of which kind they are; without a text it counts for nothing."""

    text = TextAreaField(_l("Words quoted"), [Optional(), Length(max=QUOTATION_LIMIT)])
    speaker = SelectField(_l("Said by"), choices=choices_of(SPEAKERS, none=_l("not said")), default="")
    area = SelectField(_l("Area"), choices=choices_of(AREA_LABELS, none=_l("None")), default="")


class DraftForm(FlaskForm):
    """How a draft is written: its language, its readers, and what is quoted in it."""

    language = SelectField(_l("Language of the draft"), choices=choices_of(LANGUAGES))
    audience = SelectField(_l("Readers"), choices=choices_of(AUDIENCE_LABELS))
    house_style = SelectField(_l("House style"), default=IN_USE)
    has_native_charts = BooleanField(
        _l("Charts that can be edited in Word"),
        description=_l("Bars are drawn by Word from numbers in the file. Bringing figures up to date leaves such charts as they are."),
    )
    quotations = FieldList(FormField(QuotationForm), min_entries=QUOTED_AT_MOST, max_entries=QUOTED_AT_MOST)

    body = StringField(_l("Issued by"), [Optional(), Length(max=80)])
    number = StringField(_l("Document number"), [Optional(), Length(max=40)])
    addressee = StringField(_l("Addressee"), [Optional(), Length(max=120)])
    copies = StringField(_l("Copies to"), [Optional(), Length(max=200)], description=_l("Separate several by 、 or ;"))
    has_letterhead = BooleanField(_l("Red letterhead"))
    has_contents = BooleanField(_l("Table of contents"))

    def formalities(self, today: date) -> Formalities:
        """What makes an official document of the draft; what is left out is not in it."""
        return signed(
            today,
            body=self.body.data or "",
            number=self.number.data or "",
            addressee=self.addressee.data or "",
            copies=self.copies.data or "",
            has_letterhead=bool(self.has_letterhead.data),
            has_contents=bool(self.has_contents.data),
        )

    def offer_styles(self, styles: Iterable[HouseStyle]) -> None:
        """Nothing; whoever drafts may choose among these, each for drafts in its language."""
        self.styles = {style.id: style for style in styles}
        names = {style.id: f"{style.name}（{LANGUAGES[style.language]}）" for style in self.styles.values()}
        choices: dict[str, Label] = {IN_USE: _l("The one in use"), NONE: _l("The program's own format"), **names}
        self.house_style.choices = choices_of(choices)

    def validate_house_style(self, field: SelectField) -> None:
        """Nothing; a reference document is for drafts in one language."""
        chosen = self.styles.get(field.data)
        if chosen is not None and chosen.language != self.language.data:
            raise ValidationError(_("It is for drafts in the other language."))

    def validate_has_letterhead(self, field: BooleanField) -> None:
        """Nothing; a letterhead is the name of whoever issues the document, so it needs one."""
        if field.data and not (self.body.data or "").strip():
            raise ValidationError(_("Say who issues the document: its name stands in the letterhead."))

    def quoted(self) -> tuple[Quotation, ...]:
        """What is to be quoted, in order."""
        rows = (entry.data for entry in self.quotations)
        return tuple(Quotation(row["text"].strip(), row["speaker"], row["area"]) for row in rows if (row["text"] or "").strip())


class RegisterForm(FlaskForm):
    """A report that was written elsewhere."""

    kind = SelectField(_l("Kind"), [DataRequired()], choices=choices_of({kind: KIND_LABELS[kind] for kind in REGISTERED_BY_HAND}))
    title = StringField(_l("Title"), [DataRequired(), Length(max=TITLE_LIMIT)])
    reported_on = DateField(_l("Date of the report"), [DataRequired()])
    visit = SelectField(_l("Visit"), [Optional()])
