"""The form of the page of datasets."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange

from analysis.exports.archive import FORMATS, MAX_K, MIN_K
from analysis.exports.units import Safety
from survey.datasets.operations import MAX_PURPOSE_LENGTH
from survey.datasets.words import CONTENTS_LABELS, FORMAT_LABELS
from survey.pages.choices import choices_of
from survey.pages.language import LANGUAGES


class DatasetForm(FlaskForm):
    """Which visit, with what in it, in which language and formats."""

    visit = SelectField(_l("Visit"), [InputRequired()])
    language = SelectField(_l("Language of the labels"), choices=choices_of(LANGUAGES))
    formats = SelectMultipleField(_l("Formats"), [InputRequired()], choices=choices_of(FORMAT_LABELS), default=FORMATS)
    contents = RadioField(_l("Contents"), choices=choices_of(CONTENTS_LABELS), default="deidentified")
    k = IntegerField(
        _l("Smallest cell"),
        [InputRequired(), NumberRange(MIN_K, MAX_K)],
        default=Safety().k,
        description=_l("So many households at least share every combination of place, kind, size and mark; what is rarer is withheld."),
    )
    purpose = TextAreaField(
        _l("What is it for?"),
        [Length(max=MAX_PURPOSE_LENGTH)],
        description=_l("Needed for a full dataset; it is kept in the log."),
    )

    def validate_purpose(self, field: TextAreaField) -> None:
        """A full dataset needs a purpose."""
        if self.contents.data == "full" and not (field.data or "").strip():
            raise ValidationError(_l("Say what the full dataset is for."))
