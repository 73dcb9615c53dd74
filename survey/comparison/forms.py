"""The forms of the pages of comparisons."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from survey.comparison.cases import EVERYTHING, WAITING_TOO, CaseFilter
from survey.comparison.operations import MAX_REASON_LENGTH
from survey.comparison.words import DECIDED_LABELS, KIND_LABELS
from survey.issues.words import AREA_LABELS, LEVEL_LABELS, SEVERITIES, SEVERITY_LABELS
from survey.pages.choices import Label, choices_of
from survey.pages.plain_form import PlainForm


class FilterForm(PlainForm):
    """The filters; sent with GET, so it needs no token and its address can be passed on."""

    item = SelectField(_l("Item"), validate_choice=False)
    kind = SelectField(_l("Comparison"), validate_choice=False)
    village = SelectField(_l("Village"), validate_choice=False)
    decided = SelectField(_l("State"), validate_choice=False)
    scope = SelectField(_l("Interviews"), validate_choice=False)

    def wanted(self) -> CaseFilter:
        """What is looked for."""
        return CaseFilter(**{name: (field.data or "").strip() for name, field in self._fields.items()})

    def offer(self, items: list[tuple[str, str]], villages: list[tuple[str, str]]) -> None:
        """Fill the lists; items and villages are given as (code, name)."""
        discrepancies: dict[str, Label] = {kind: label for kind, label in KIND_LABELS.items() if kind != "agrees"}
        self.item.choices = choices_of(items, none=_("All"))
        self.kind.choices = choices_of(
            {**discrepancies, "agrees": KIND_LABELS["agrees"], EVERYTHING: _("Everything compared")}, none=_("All discrepancies")
        )
        self.village.choices = choices_of(villages, none=_("All"))
        self.decided.choices = choices_of(DECIDED_LABELS, none=_("All"))
        self.scope.choices = choices_of({WAITING_TOO: _("Those waiting for review too")}, none=_("Accepted only"))


class CorrectionForm(FlaskForm):
    """Another kind for one item of a household than the one it has `before`, and why."""

    kind = SelectField(_l("Kind"))
    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Please say why; the reason is kept.")), Length(max=MAX_REASON_LENGTH)])

    def __init__(self, before: str, **values: Any) -> None:
        super().__init__(**values)
        self.kind.choices = choices_of({kind: label for kind, label in KIND_LABELS.items() if kind != before})


class EvidenceForm(FlaskForm):
    """What a coordinator says of a discrepancy that becomes evidence of an issue."""

    area = SelectField(_l("Area"), choices=choices_of(AREA_LABELS))
    level = SelectField(_l("Level"), choices=choices_of(LEVEL_LABELS))
    severity = SelectField(_l("Severity"), choices=choices_of({name: SEVERITY_LABELS[name] for name in SEVERITIES}), default="medium")
    note = StringField(_l("What was found, if the values do not say it"), [Length(max=MAX_REASON_LENGTH)])
