"""The forms of the pages of two records."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FloatField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from survey.pages.fields import given
from survey.reconciling.operations import MAX_DAYS, MAX_METRES, MAX_MINUTES, MAX_PERCENT, MAX_REASON_LENGTH
from survey.reconciling.tolerances import Tolerances


def _between(most: int) -> NumberRange:
    return NumberRange(0, most, _l("It lies between %(min)s and %(max)s."))


class DecisionForm(FlaskForm):
    """What counts at one node; another answer is read from the request, because its field depends on the question."""

    node = HiddenField(validators=[DataRequired(), Length(max=512)])
    choice = HiddenField(validators=[DataRequired()])
    reason = StringField(_l("Why neither of the two"), [Length(max=MAX_REASON_LENGTH)])


class ReopenForm(FlaskForm):
    """Taking a finished reconciliation up again."""

    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Please say why; the reason is kept.")), Length(max=MAX_REASON_LENGTH)])


class ToleranceForm(FlaskForm):
    """What two records may differ in and still be the same."""

    number_percent = FloatField(
        _l("Numbers, per cent"),
        [InputRequired(_l("Write a number.")), _between(MAX_PERCENT)],
        description=_l("Two amounts that are this close, measured by the larger one, agree."),
    )
    exact_names = StringField(
        _l("Questions whose numbers must be equal"),
        [Length(max=2000)],
        description=_l(
            "Names of questions with spaces between them; * stands for any letters. Years and numbers of documents are no amounts."
        ),
    )
    date_days = IntegerField(_l("Dates, days"), [InputRequired(_l("Write a number.")), _between(MAX_DAYS)])
    time_minutes = IntegerField(_l("Times, minutes"), [InputRequired(_l("Write a number.")), _between(MAX_MINUTES)])
    position_m = FloatField(_l("Positions, metres"), [InputRequired(_l("Write a number.")), _between(MAX_METRES)])
    is_text_loose = BooleanField(_l("Texts agree whatever their spaces, punctuation, capitals, and full or half width"))

    def tolerances(self) -> Tolerances:
        """What is wanted."""
        return Tolerances(
            number_percent=given(self.number_percent.data),
            date_days=given(self.date_days.data),
            time_minutes=given(self.time_minutes.data),
            position_m=given(self.position_m.data),
            is_text_loose=self.is_text_loose.data,
            exact_names=" ".join((self.exact_names.data or "").split()),
        )
