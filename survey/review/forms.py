"""The forms of the review pages."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from survey.intake.flags import FLAG_LABELS
from survey.pages.choices import Labels, choices_of
from survey.pages.fields import list_field
from survey.pages.plain_form import PlainForm
from survey.protection.reading import may_see_names
from survey.review.decision_queries import DONE, DecisionFilter
from survey.review.filters import ANY_FLAG, NO_FLAG, NOT_SIGNED, SubmissionFilter
from survey.review.queries import FilterOptions
from survey.review.words import EVENT_LABELS, STATE_LABELS


class FilterForm(PlainForm):
    """The filters of the list; sent with GET, so it needs no token and its address can be passed on."""

    visit = SelectField(_l("Visit"), validate_choice=False)
    county = SelectField(_l("County"), validate_choice=False)
    village = SelectField(_l("Village"), validate_choice=False)
    form = SelectField(_l("Questionnaire"), validate_choice=False)
    state = SelectField(_l("State"), validate_choice=False)
    pair = SelectField(_l("Pair"), validate_choice=False)
    flag = SelectField(_l("Flag"), validate_choice=False)
    signed = SelectField(_l("Countersignature"), validate_choice=False)
    interviewer = SelectField(_l("Interviewer"), validate_choice=False)
    since = DateField(_l("Held from"), [Optional()])
    until = DateField(_l("Held until"), [Optional()])
    text = StringField(_l("Household"), [Length(max=64)], render_kw={"placeholder": _l("Number, or part of the head’s name")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_see_names():
            self.text.render_kw = {"placeholder": _l("Number")}

    def wanted(self) -> SubmissionFilter:
        """What is looked for; a day that is none limits nothing, and `validate` says so at its field."""
        given = {name: str(field.data or "").strip() for name, field in self._fields.items()}
        return SubmissionFilter(**given, is_by_name=may_see_names())

    def offer(self, options: FilterOptions) -> None:
        """Fill the lists; each begins with "all"."""
        everything = _("All")
        offered: dict[str, Labels] = {
            "visit": options.visits,
            "county": options.counties,
            "village": options.villages,
            "form": options.forms,
            "pair": options.pairs,
            "interviewer": options.interviewers,
            "state": STATE_LABELS,
            "flag": [(ANY_FLAG, _("With any flag")), (NO_FLAG, _("Without a flag")), *FLAG_LABELS.items()],
            "signed": {NOT_SIGNED: _("Not countersigned")},
        }
        for name, labels in offered.items():
            list_field(self, name).choices = choices_of(labels, none=everything)


class DecisionFilterForm(PlainForm):
    """The filters of the decisions; sent with GET."""

    person = SelectField(_l("Person"), validate_choice=False)
    action = SelectField(_l("Decision"), validate_choice=False)
    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("Until"), [Optional()])

    def wanted(self) -> DecisionFilter:
        """What is looked for."""
        return DecisionFilter(self.person.data or "", self.action.data or "", self.since.data, self.until.data)

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        """Fill the lists; each begins with "all"."""
        self.person.choices = choices_of(people, none=_("All"))
        self.action.choices = choices_of({action: EVENT_LABELS[action] for action in DONE}, none=_("All"))


class AcceptForm(FlaskForm):
    """Accepting; the operation asks for the reason when the interview carries a flag."""

    reason = TextAreaField(_l("Reason for accepting it despite its flags"), [Optional(), Length(max=2000)], id="accept-reason")


class ReasonForm(FlaskForm):
    """A decision that must say why."""

    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Please say why; the reason is kept.")), Length(max=2000)])


class BatchForm(FlaskForm):
    """The submissions that were shown before they are accepted together."""

    instance_ids = SelectMultipleField(validate_choice=False)
