"""The forms of the pages of open answers."""

from collections.abc import Iterable, Sequence

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from survey.coding.models import MAX_LABEL_LENGTH, MAX_NAME_LENGTH, MAX_TEXT_LENGTH, BookCode
from survey.coding.operations import NAME, RESERVED, CodeValues
from survey.pages.choices import choices_of


class CodeForm(FlaskForm):
    """One code, new or said anew."""

    name = StringField(
        _l("Code"),
        [DataRequired(), Length(max=MAX_NAME_LENGTH)],
        description=_l("A letter, then letters, digits and underscores. It stands in datasets and does not change."),
    )
    label_zh = StringField(_l("Chinese label"), [DataRequired(), Length(max=MAX_LABEL_LENGTH)])
    label_en = StringField(_l("English label"), [DataRequired(), Length(max=MAX_LABEL_LENGTH)])
    definition = TextAreaField(_l("Definition"), [Length(max=MAX_TEXT_LENGTH)])
    example = TextAreaField(_l("Example"), [Length(max=MAX_TEXT_LENGTH)])

    def validate_name(self, field: StringField) -> None:
        """A name that datasets can hold."""
        if not NAME.fullmatch((field.data or "").strip()) or field.data == RESERVED:
            raise ValidationError(_l("Begin with a letter; use letters, digits and underscores only."))

    def values(self) -> CodeValues:
        """What was entered."""
        return CodeValues(**{name: (self[name].data or "").strip() for name in ("name", "label_zh", "label_en", "definition", "example")})


class CodeFileForm(FlaskForm):
    """A code book as a file."""

    file = FileField(_l("Code book (.xlsx or .csv)"), [FileRequired(_l("Choose a file first."))])


class CodersForm(FlaskForm):
    """The two people who code."""

    first = SelectField(_l("First coder"), [DataRequired(_l("Choose somebody."))])
    second = SelectField(_l("Second coder"), [DataRequired(_l("Choose somebody."))])

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        """Fill both lists."""
        self.first.choices = self.second.choices = choices_of(list(people), none=_l("Choose"))

    def validate_second(self, field: SelectField) -> None:
        """Two different people."""
        if field.data == self.first.data:
            raise ValidationError(_l("Two different people code the answers."))


class DecisionForm(FlaskForm):
    """The codes that one person gives an answer; none where none fits."""

    codes = SelectMultipleField(_l("Codes"))
    note = StringField(_l("Note"), [Length(max=MAX_TEXT_LENGTH)])
    instance = HiddenField()

    def offer(self, codes: Sequence[BookCode]) -> None:
        """The codes that are not retired, in the reader's language."""
        language = str(get_locale())
        self.codes.choices = [(code.name, code.label_in(language)) for code in codes if not code.is_retired]


class WordsForm(FlaskForm):
    """Of which question words are counted; sent with GET."""

    class Meta:
        csrf = False

    question = SelectField(_l("Open question"), validate_choice=False)
