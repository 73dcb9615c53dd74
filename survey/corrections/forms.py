"""The forms of the pages of corrections; the field of the answer is the one that fits its question."""

from collections.abc import Mapping
from typing import Any

from flask_babel import get_locale, pgettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import DateInput, NumberInput

from questionnaires.errors import SurveyError
from questionnaires.model import Question, Questionnaire, text_in
from questionnaires.question_types import MULTIPLE_TYPES
from survey.corrections.operations import MAX_REASON_LENGTH, MAX_VALUE_LENGTH
from survey.corrections.page import shortened
from survey.corrections.queries import CorrectionFilter, FilterOptions
from survey.corrections.words import FILTER_LABELS
from survey.pages.choices import Labels, choices_of
from survey.pages.fields import list_field
from survey.pages.plain_form import PlainForm
from survey.reconciling.page import EXAMPLES

NUMBERS = ("integer", "decimal", "range")
LONG_TEXT = 60


class CorrectionForm(FlaskForm):
    """What counts instead of one answer, and why; `new` is put in for the question by `correction_form`."""

    seen = HiddenField()
    reason = TextAreaField(
        _l("Reason"),
        [DataRequired(_l("Please say why; the reason is kept.")), Length(max=MAX_REASON_LENGTH)],
        description=_l("How it was noticed, and what shows the right answer: a recording, a picture, a call."),
    )

    def text(self) -> str:
        """The answer as the form's XML writes it."""
        entered = self["new"].data
        return " ".join(entered) if isinstance(entered, list) else str(entered or "").strip()

    def refuse(self, error: SurveyError) -> None:
        """Show why it was refused, at the field that it speaks of."""
        name = str(error.values.get("field"))
        field = self[name if name in self else "reason"]
        field.errors = [*field.errors, detail_of(error)]


class WithdrawForm(FlaskForm):
    """Why a correction no longer counts."""

    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Please say why; the reason is kept.")), Length(max=MAX_REASON_LENGTH)])


class ChooseForm(PlainForm):
    """Which answer to correct; sent with GET."""

    node = SelectField(_l("Answer"), validate_choice=False)


class CorrectionFilterForm(PlainForm):
    """The filters of a visit's list; sent with GET, so its address can be passed on."""

    village = SelectField(_l("Village"), validate_choice=False)
    person = SelectField(_l("Corrected by"), validate_choice=False)
    question = SelectField(_l("Question"), validate_choice=False)
    state = SelectField(_l("State"), validate_choice=False)

    def wanted(self) -> CorrectionFilter:
        """What is looked for."""
        return CorrectionFilter(**{name: (field.data or "").strip() for name, field in self._fields.items()})

    def offer(self, options: FilterOptions, called: Mapping[str, str]) -> None:
        """Fill the lists, each beginning with "all"; `called` tells what questions are called."""
        questions = [(name, shortened(called.get(name) or name)) for name in options.questions]
        offered: dict[str, Labels] = {"village": options.villages, "person": options.people, "question": questions, "state": FILTER_LABELS}
        for name, labels in offered.items():
            list_field(self, name).choices = choices_of(labels, none=_("All"))


def correction_form(questionnaire: Questionnaire, question: Question, counting: str, language: str) -> CorrectionForm:
    """The form for the answer to a question, with the answer that counts now in it."""
    named = type("NamedCorrectionForm", (CorrectionForm,), {"new": _field_for(questionnaire, question, counting, language)})
    is_several = question.type in MULTIPLE_TYPES and question.type != "rank"
    form: CorrectionForm = named(new=counting.split() if is_several else counting, seen=counting)
    return form


def detail_of(error: SurveyError) -> str:
    """What an error says of a value, in the reader's language and without the name of the field, as a sentence."""
    written = error.values.get("detail_zh") if str(get_locale()).startswith("zh") else None
    detail = str(written or pgettext("detail", str(error.values["detail"])))
    return f"{detail[:1].upper()}{detail[1:]}"


def _field_for(questionnaire: Questionnaire, question: Question, counting: str, language: str) -> Field:
    label = _l("What counts")
    choices = questionnaire.choices.get(question.list_name or "", ())
    if choices and question.type != "rank":
        offered = [(choice.name, text_in(choice.label, language) or choice.name) for choice in choices]
        if question.type in MULTIPLE_TYPES:
            return SelectMultipleField(label, choices=choices_of(offered), validate_choice=False)
        return SelectField(label, choices=choices_of(offered, none=_("not answered")), validate_choice=False)
    length = Length(max=MAX_VALUE_LENGTH)
    if question.type in NUMBERS:
        return StringField(label, [length], widget=NumberInput(step="any"))
    if question.type == "date":
        return StringField(label, [length], widget=DateInput())
    if question.type == "text" and (len(counting) > LONG_TEXT or "multiline" in question.appearance):
        return TextAreaField(label, [length])
    example = EXAMPLES.get(question.type) or " ".join(choice.name for choice in choices)
    attributes: dict[str, Any] = {"placeholder": example, "autocomplete": "off"} if example else {"autocomplete": "off"}
    return StringField(label, [length], render_kw=attributes)
