"""The forms of the pages of issues."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from survey.db import utc_now
from survey.field_time import field_date
from survey.issues.filters import (
    ASKED,
    AUTHOR,
    FOUND,
    LATE,
    MINE,
    OVERDUE,
    SEVERAL_STATES,
    UNASKED,
    VERIFIER,
    WITHDRAWN,
    IssueFilter,
)
from survey.issues.life import LEVELS, Action, is_above
from survey.issues.models import Issue
from survey.issues.stepping import MAX_REASON_LENGTH
from survey.issues.withdrawing import ANEW, STANDS, STANDS_CHANGED
from survey.issues.words import AREA_LABELS, ATTRIBUTION_LABELS, LEVEL_LABELS, SCOPE_LABELS, SEVERITIES, SEVERITY_LABELS, STATE_LABELS
from survey.pages.choices import Labels, choices_of
from survey.pages.fields import list_field
from survey.pages.plain_form import PlainForm
from survey.visits.forms import trimmed

MAX_TITLE_LENGTH = 200
MAX_BODY_LENGTH = 128
MAX_TEXT_LENGTH = 5000
SEVERITY_CHOICES = {name: SEVERITY_LABELS[name] for name in SEVERITIES}
WAIT_LABELS = {
    "any": _l("Waiting for verification"),
    UNASKED: _l("Nobody was asked yet"),
    ASKED: _l("Somebody was asked"),
    LATE: _l("Verification overdue"),
    FOUND: _l("Verified, to be concluded"),
}
WHO_LABELS = {MINE: _l("Mine"), AUTHOR: _l("Raised by me"), VERIFIER: _l("Given to me to verify")}


class FilterForm(PlainForm):
    """The filters of the list; sent with GET, so it needs no token and its address can be passed on."""

    text = StringField(_l("Number or words"), [Length(max=64)], render_kw={"placeholder": _l("Number, or words of the title")})
    county = SelectField(_l("County"), validate_choice=False)
    visit = SelectField(_l("Visit"), validate_choice=False)
    area = SelectField(_l("Area"), validate_choice=False)
    severity = SelectField(_l("Severity"), validate_choice=False)
    wait = SelectField(_l("Verification"), validate_choice=False)
    overdue = SelectField(_l("Due date"), validate_choice=False)
    who = SelectField(_l("Whose"), validate_choice=False)
    evidence = SelectField(_l("Evidence"), validate_choice=False)
    state = HiddenField()

    def wanted(self) -> IssueFilter:
        """What is looked for; a state that does not exist limits nothing."""
        values = {name: (field.data or "").strip() for name, field in self._fields.items()}
        known = (*STATE_LABELS, *SEVERAL_STATES)
        return IssueFilter(**{**values, "state": values["state"] if values["state"] in known else ""})

    def offer(self, counties: Iterable[tuple[str, str]], visits: Iterable[tuple[str, str]]) -> None:
        """Fill the lists; each begins with "all"."""
        offered: dict[str, Labels] = {
            "county": counties,
            "visit": visits,
            "area": AREA_LABELS,
            "severity": SEVERITY_CHOICES,
            "wait": WAIT_LABELS,
            "overdue": {OVERDUE: _("Overdue")},
            "who": WHO_LABELS,
            "evidence": {WITHDRAWN: _("Withdrawn, to be decided")},
        }
        for name, labels in offered.items():
            list_field(self, name).choices = choices_of(labels, none=_("All"))


class SeenForm(FlaskForm):
    """A form about an issue as its sender saw it; `seen` is the number of the last step that was there."""

    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


def _level_field() -> SelectField:
    choices = choices_of({level: LEVEL_LABELS[level] for level in LEVELS})
    return SelectField(_l("Level"), choices=choices, description=_l("Where it has to be mended."))


class EditForm(SeenForm):
    """What an issue says, and what the responsible side is asked to do."""

    title = StringField(_l("Title"), [DataRequired(_l("Write a title.")), Length(max=MAX_TITLE_LENGTH)], filters=[trimmed])
    finding = TextAreaField(_l("What was found"), [Length(max=MAX_TEXT_LENGTH)], filters=[trimmed])
    area = SelectField(_l("Area"), choices=choices_of(AREA_LABELS))
    level = _level_field()
    severity = SelectField(_l("Severity"), choices=choices_of(SEVERITY_CHOICES))
    attribution = SelectField(_l("Attribution"), choices=choices_of(ATTRIBUTION_LABELS, none=_l("Not decided yet")))
    scope = SelectField(_l("Scope"), choices=choices_of(SCOPE_LABELS, none=_l("Not decided yet")))
    scope_reason = TextAreaField(_l("Why another scope than the proposed one"), [Length(max=MAX_REASON_LENGTH)], filters=[trimmed])
    recommendation = TextAreaField(_l("Recommendation"), [Length(max=MAX_TEXT_LENGTH)], filters=[trimmed])
    responsible_body = StringField(
        _l("Responsible body"),
        [Length(max=MAX_BODY_LENGTH)],
        filters=[trimmed],
        render_kw={"placeholder": _l("Such as the county's water bureau")},
    )
    responsible_code = SelectField(
        _l("Place whose account sees it"), description=_l("Accounts of the responsible side at this place see it once it is reported.")
    )
    due_on = DateField(_l("Due date"), [Optional()])

    def offer(self, places: Iterable[tuple[str, str]]) -> None:
        """Fill the list of places."""
        self.responsible_code.choices = choices_of(places, none=_("Nobody yet"))

    def validate_due_on(self, field: DateField) -> None:
        """A new day lies today or later; the one that the issue has stays as it is."""
        if field.data and field.data != field.object_data and field.data < field_date(utc_now()):
            raise ValidationError(_("The day lies before today; choose a later one."))

    def values(self) -> dict[str, Any]:
        """The fields as an edit takes them."""
        empty_as_none = ("attribution", "scope", "responsible_code", "due_on")
        texts = ("title", "finding", "area", "level", "severity", "recommendation", "responsible_body", "scope_reason")
        return {**{name: self[name].data or "" for name in texts}, **{name: self[name].data or None for name in empty_as_none}}


class ActForm(SeenForm):
    """Why an action is taken; for an escalation also to which level, and who was asked there."""

    reason = TextAreaField(_l("Reason"), [Length(max=MAX_REASON_LENGTH)], filters=[trimmed])
    higher = SelectField(_l("To the level"), validate_choice=False)
    asked = StringField(_l("Who was asked there"), [Length(max=MAX_BODY_LENGTH)], filters=[trimmed])

    def __init__(self, action: Action, issue: Issue, **values: Any) -> None:
        super().__init__(**values)
        self.action = action
        above = [level for level in LEVELS if is_above(level, issue.escalated_to or issue.level)]
        self.higher.choices = choices_of({level: LEVEL_LABELS[level] for level in above})
        if action.name == "escalate":
            self.reason.label.text = _("What was asked of them")

    @property
    def needs_reason(self) -> bool:
        """Whether the action is refused without a reason."""
        return "reason" in self.action.needs

    def validate_reason(self, field: TextAreaField) -> None:
        """A reason where the action needs one."""
        if self.needs_reason and not field.data:
            raise ValidationError(_("Please say why; the reason is kept."))

    def validate_asked(self, field: StringField) -> None:
        """Somebody was asked, if it is escalated."""
        if self.action.name == "escalate" and not field.data:
            raise ValidationError(_("Say who was asked."))

    def told(self) -> str:
        """The reason as it is kept; of an escalation, who was asked comes first."""
        reason = self.reason.data or ""
        return f"{self.asked.data}{_(': ')}{reason}" if self.action.name == "escalate" else reason


class WithdrawalForm(SeenForm):
    """What becomes of an issue whose evidence was withdrawn or, `is_changed`, tells something else by now."""

    decision = RadioField(_l("Decision"))
    reason = TextAreaField(
        _l("Reason"), [DataRequired(_l("Please say why; the reason is kept.")), Length(max=MAX_REASON_LENGTH)], filters=[trimmed]
    )

    def __init__(self, *, can_verify_anew: bool, is_changed: bool = False, **values: Any) -> None:
        stands = STANDS_CHANGED if is_changed else STANDS
        super().__init__(**{"decision": stands, **values})
        label = _("The issue stands with what it tells now.") if is_changed else _("The issue stands without it.")
        labels: Mapping[str, Any] = {stands: label, ANEW: _("Have it verified anew.")}
        self.decision.choices = choices_of({name: label for name, label in labels.items() if can_verify_anew or name == stands})


class NoteForm(FlaskForm):
    """A piece of evidence in words."""

    note = TextAreaField(
        _l("What shows it"), [DataRequired(_l("Write what was seen, heard or read.")), Length(max=MAX_TEXT_LENGTH)], filters=[trimmed]
    )


class RaiseForm(FlaskForm):
    """A new issue; what it is raised from goes along in hidden fields that the page writes."""

    title = StringField(_l("Title"), [DataRequired(_l("Write a title.")), Length(max=MAX_TITLE_LENGTH)], filters=[trimmed])
    finding = TextAreaField(_l("What was found"), [Length(max=MAX_TEXT_LENGTH)], filters=[trimmed])
    area = SelectField(_l("Area"), choices=choices_of(AREA_LABELS))
    level = _level_field()
    severity = SelectField(_l("Severity"), choices=choices_of(SEVERITY_CHOICES), default="medium")
    place = SelectField(_l("Place"), [InputRequired(_l("Choose a place."))], description=_l("Where it was found."))
    note = TextAreaField(_l("Evidence in words"), [Length(max=MAX_TEXT_LENGTH)], filters=[trimmed])

    def __init__(self, *, has_evidence: bool, places: Iterable[tuple[str, str]], **values: Any) -> None:
        super().__init__(**values)
        self.has_evidence = has_evidence
        self.place.choices = choices_of(places, none=_("Choose …"))
        if not has_evidence:
            self.note.description = _("What was seen, heard or read, by whom and when. Without evidence nothing is raised.")

    def validate_note(self, field: TextAreaField) -> None:
        """Some evidence there must be."""
        if not self.has_evidence and not field.data:
            raise ValidationError(_("Write what was seen, heard or read."))


class AddForm(FlaskForm):
    """An issue of the county that evidence is added to."""

    number = SelectField(_l("Issue"), [InputRequired(_l("Choose an issue."))])


class MergeForm(SeenForm):
    """Which of two issues goes on, and why they are one."""

    seen_other = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    keep = RadioField(_l("Which goes on?"), [InputRequired(_l("Choose one of the two."))])
    reason = TextAreaField(_l("Reason"), [Length(max=MAX_REASON_LENGTH)], filters=[trimmed])
