"""The forms of the report pages: how a draft is written, what is quoted in it, and reports written elsewhere."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, FieldList, Form, FormField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from analysis.report.kinds.records import Quotation
from survey.choices import choices_of
from survey.issues.words import AREA_LABELS
from survey.language import LANGUAGES
from survey.places.words import KIND_LABELS as HOUSEHOLD_KIND_LABELS
from survey.reports.operations import REGISTERED_BY_HAND, TITLE_LIMIT
from survey.reports.words import AUDIENCE_LABELS, KIND_LABELS

QUOTED_AT_MOST = 6
QUOTATION_LIMIT = 200
SPEAKERS = {**HOUSEHOLD_KIND_LABELS, "cadre": _l("Village cadre"), "work_team": _l("Resident work team")}


class QuotationForm(Form):
    """What somebody said, and of which kind they are; without a text it counts for nothing."""

    text = TextAreaField(_l("What was said"), [Optional(), Length(max=QUOTATION_LIMIT)])
    speaker = SelectField(_l("Said by"), choices=choices_of(SPEAKERS, none=_l("not said")), default="")
    area = SelectField(_l("Area"), choices=choices_of(AREA_LABELS, none=_l("None")), default="")


class DraftForm(FlaskForm):
    """How a draft is written: its language, its readers, and what is quoted in it."""

    language = SelectField(_l("Language of the draft"), choices=choices_of(LANGUAGES))
    audience = SelectField(_l("Readers"), choices=choices_of(AUDIENCE_LABELS))
    quotations = FieldList(FormField(QuotationForm), min_entries=QUOTED_AT_MOST, max_entries=QUOTED_AT_MOST)

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
